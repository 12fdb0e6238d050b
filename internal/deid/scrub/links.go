package scrub

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"
)

// within bounds what is looked at around the sign of an address, so that a long text of signs alone is read in no more
// than the time of any other.
const within = 320

func stretch(s string, from, length int) string { return s[from:min(len(s), from+length)] }

var (
	domainPart  = regexp.MustCompile(`^[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+`)
	spacedLocal = regexp.MustCompile(`[\pL\pN][\pL\pN._+-]*[ \t]{1,3}$`)
	spacedAfter = regexp.MustCompile(`^[ \t]{0,3}[\pL\pN][\pL\pN-]*(?:[ \t]{0,2}\.[ \t]{0,2}[\pL\pN][\pL\pN-]*){0,3}?[ \t]{0,2}\.[ \t]{0,2}(?:com|org|net|edu|gov|ir|uk|de|fr|info|io|me|co|us|ca|au)\b`)
	handlePart  = regexp.MustCompile(`^[\pL\pN_](?:[\pL\pN_.-]*[\pL\pN_])?`)
	oneLabel    = regexp.MustCompile(`^[\pL\pN-]+`)
)

// atSigns finds e-mail addresses and handles.
func atSigns(t *Text, finds *Finds) {
	for at := strings.IndexByte(t.Small, '@'); at >= 0; at = nextByte(t.Small, '@', at) {
		before, after := t.Small[max(0, at-within):at], stretch(t.Small, at+1, within)
		local, domain := localPart(before), domainPart.FindString(after)
		switch {
		case local != "" && domain != "":
			finds.Add(at-len(local), at+1+len(domain), Email, "email", Certain)
		case local != "" && oneLabel.MatchString(after):
			finds.Add(at-len(local), at+1+len(oneLabel.FindString(after)), Email, "email.one_label", Likely)
		case spacedAfter.MatchString(after) && (local != "" || spacedLocal.MatchString(before)):
			finds.Add(at-max(len(local), len(spacedLocal.FindString(before))), at+1+len(spacedAfter.FindString(after)), Email, "email.spaced", Likely)
		case handlePart.MatchString(after):
			finds.Add(at, at+1+len(handlePart.FindString(after)), Handle, "handle.at", Certain)
		}
	}
}

// localPart is what stands before the sign. It is read backwards, so that a text of signs costs no more than another.
func localPart(before string) string {
	from := len(before)
	for from > 0 {
		r, size := utf8.DecodeLastRuneInString(before[:from])
		if !wordly(r) && !strings.ContainsRune("!#$%&'*+/=?^_{|}~.-", r) {
			break
		}
		from -= size
	}
	return strings.TrimLeft(before[from:], "!#$%&'*+/=?^_{|}~.-")
}

func nextByte(s string, b byte, after int) int {
	next := strings.IndexByte(s[after+1:], b)
	if next < 0 {
		return -1
	}
	return after + 1 + next
}

var (
	disguisedAt = regexp.MustCompile(`^[ \t]{0,3}(?:[(\[{<][ \t]?(?:at|@|ات|ایت)[ \t]?[)\]}>]|at|ات|ایت|اتساین)[ \t]{0,3}`)
	disguisedTo = regexp.MustCompile(`^(?:[a-z0-9][a-z0-9-]*(?:[ \t]{0,3}(?:\.|[(\[{<][ \t]?(?:dot|\.|دات|نقطه)[ \t]?[)\]}>]|\bdot\b|دات|نقطه)[ \t]{0,3}))+(?:com|org|net|edu|gov|ir|uk|de|fr|info|io|me|co|us|ca|au)\b`)
	writtenName = regexp.MustCompile(`[a-z0-9](?:[a-z0-9._+-]|[ \t](?:dot|underscore|دات|نقطه)[ \t]){0,62}[a-z0-9]?$`)
)

// disguised finds e-mail addresses whose sign is written as a word: "name at example dot com".
func disguised(t *Text, finds *Finds) {
	for _, w := range t.Words {
		switch w.Of(t) {
		case "at", "ات", "ایت", "اتساین":
		default:
			continue
		}
		from := int(w.Start)
		for from > 0 && strings.IndexByte(" \t([{<", t.Small[from-1]) >= 0 && int(w.Start)-from < 4 {
			from--
		}
		sign := disguisedAt.FindString(stretch(t.Small, from, 24))
		domain := disguisedTo.FindString(stretch(t.Small, from+len(sign), within))
		if sign == "" || domain == "" {
			continue
		}
		if name := writtenName.FindString(t.Small[max(0, from-64):from]); name != "" {
			finds.Add(from-len(name), from+len(sign)+len(domain), Email, "email.disguised", Likely)
		}
	}
}

var (
	scheme   = regexp.MustCompile(`[a-z][a-z0-9+.-]{1,15}$`)
	linkRest = regexp.MustCompile(`^[^\s<>"{}|\\^]+`)
	endings  = ".,;:!?'\")]}>"
	host     = regexp.MustCompile(`(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}$`)
	hostTail = regexp.MustCompile(`^(?:com|org|net|edu|gov|mil|int|info|biz|io|ir|uk|de|fr|es|nl|se|dk|fi|ru|cn|jp|br|ca|au|nz|za|ch|pl|cz|hu|eu|tv|app|dev|blog|online|site|xyz|health|care|tr|ae|iq|af|co|ly|gl)(?::[0-9]{2,5})?(?:[/?#][^\s<>"{}|\\^]*)?`)
	pathTail = regexp.MustCompile(`^(?:me|it|be|in|is|to|us|at|so|am|my|no|as|do|gg|id|link|page)/[^\s<>"{}|\\^]+`)
)

// links finds addresses of pages: with a scheme, with www, and hosts that people write without either.
func links(t *Text, finds *Finds) {
	for from := 0; ; {
		at := from + strings.Index(t.Small[from:], "://")
		if at < from {
			break
		}
		from = at + 3
		name := scheme.FindString(t.Small[max(0, at-16):at])
		if name == "" {
			continue
		}
		if rest := linkRest.FindString(stretch(t.Small, at+3, 4096)); rest != "" {
			finds.Add(at-len(name), at+3+trimmed(rest), URL, "url", Certain)
			from += trimmed(rest)
		}
	}
	for dot := strings.IndexByte(t.Small, '.'); dot >= 0; dot = nextByte(t.Small, '.', dot) {
		if dot+1 >= len(t.Small) || !alnum(t.Small[dot+1]) || finds.covered[dot] {
			continue
		}
		end := dot + 1 + trimmed(hostEnd(t.Small, dot))
		if end == dot+1 || end < len(t.Small) && alnum(t.Small[end]) {
			continue
		}
		name := host.FindString(t.Small[max(0, dot-128) : dot+1])
		if name == "" {
			continue
		}
		finds.Add(dot+1-len(name), end, URL, "url.host", Likely)
	}
}

// hostEnd is what follows the last dot of a host, from there to the end of its path.
func hostEnd(s string, dot int) string {
	after := stretch(s, dot+1, 2048)
	for _, tail := range []*regexp.Regexp{hostTail, pathTail} {
		if rest := tail.FindString(after); rest != "" {
			return rest
		}
	}
	if strings.HasSuffix(s[:dot], "www") {
		return linkRest.FindString(after)
	}
	return ""
}

// trimmed is how much of a link is left without the punctuation of the sentence that it ends.
func trimmed(link string) int { return len(strings.TrimRight(link, endings)) }

var hexRun = regexp.MustCompile(`^[0-9a-f:.]+`)

// networks finds addresses of the Internet protocol, of both versions, and of network cards.
func networks(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start := int(w.Start)
		if finds.covered[start] || !isHex(t.Small[start]) {
			continue
		}
		for start > 0 && t.Small[start-1] == ':' {
			start--
		}
		if start > 0 && (alnum(t.Small[start-1]) || t.Small[start-1] == '.') {
			continue
		}
		run := strings.TrimRight(hexRun.FindString(stretch(t.Small, start, 64)), ".")
		if !strings.Contains(run, ":") && strings.Count(run, ".") != 3 {
			continue
		}
		if end := start + len(run); end < len(t.Small) && alnum(t.Small[end]) {
			continue
		}
		if as, length := network(run); length > 0 {
			finds.Add(start, start+length, as, "network", Certain)
		}
	}
}

func alnum(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' }

func isHex(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' }

// network is how much of a run is an address.
func network(run string) (as Type, length int) {
	run = strings.TrimSuffix(run, ":")
	groups := strings.Split(run, ":")
	if four, _, found := strings.Cut(run, ":"); found && strings.Count(four, ".") == 3 { // with a port
		groups, run = groups[:1], four
	}
	if len(groups) == 6 && !strings.Contains(run, "::") && len(run) == 17 {
		return ID, len(run)
	}
	address, err := netip.ParseAddr(run)
	if err != nil || address.Is6() && strings.Count(run, ":") < 7 && !strings.ContainsAny(run, "0123456789") {
		return "", 0
	}
	return IP, len(run)
}
