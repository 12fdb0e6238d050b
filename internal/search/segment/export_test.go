package segment

// TagOf is the tag of a term.
func TagOf(mac MAC, term string) int32 { return tag(mac, term) }
