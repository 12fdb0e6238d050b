package markup

// Sanitise is the second lock alone.
var Sanitise = policy.Sanitize
