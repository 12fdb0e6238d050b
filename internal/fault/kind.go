package fault

// Kind says what sort of refusal a code is; the edge maps it to a status.
type Kind int

// The kinds. The zero Kind is KindInternal: a code that forgot its kind shows nothing.
const (
	KindInternal        Kind = iota
	KindInvalid              // the request can't be understood or breaks a limit
	KindUnauthenticated      // nobody is signed in, or the session is no longer good
	KindForbidden            // somebody is signed in, and policy says no
	KindNotFound             // it is not there, or its existence is not theirs to know
	KindConflict             // it clashes with what is there
	KindStale                // somebody changed it meanwhile
	KindUnguarded            // a condition (If-Match) is required and missing
	KindTooLarge             // more than we accept
	KindTimeout              // the request came too slowly
	KindUnsupported          // a media type or method that we don't speak
	KindMethod               // the route exists, the method doesn't
	KindUnprocessable        // well-formed, and refused for what it says
	KindThrottled            // too often
	KindRange                // a part of a file that it doesn't have
	KindUnavailable          // something we stand on is down
)
