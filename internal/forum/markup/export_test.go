package markup

// Sanitise is the second lock alone.
var Sanitise = policy.Sanitize

// Prose is the short way alone, and Thoroughly the long one, for a text as Render hands it to them.
var (
	Prose      = prose
	Thoroughly = thoroughly
	Unmasked   = unmasked
)
