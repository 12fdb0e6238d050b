package words

import "strings"

// spelled is a folded word with its place, before endings are taken off.
type spelled struct {
	text       string
	start, end int
	before     joint
	digits     bool
}

// units are the words of text, each in the parts that a hyphen or a half-space joins.
func units(text string) [][]spelled {
	words := spell(text)
	all := make([][]spelled, 0, len(words))
	for len(words) > 0 {
		after := 1
		for after < len(words) && words[after].before >= glued {
			after++
		}
		all, words = append(all, words[:after]), words[after:]
	}
	return all
}

// spell folds the parts of text, and brings together what Persian writes in one, with a half-space or with a space:
// می‌روم, میروم and می روم; کتاب‌ها, کتابها and کتاب ها.
func spell(text string) []spelled {
	parts := scan(text)
	words := make([]spelled, 0, len(parts))
	verb := false // the last word is a می that waits for its verb
	for _, p := range parts {
		w := spelled{fold(head(owner(text[p.start:p.end]))), p.start, p.end, p.before, p.class == number}
		if w.text == "" {
			verb = false
			continue
		}
		last := len(words) - 1
		switch near := last >= 0 && p.class == arabic && p.before >= spaced; {
		case near && clings(words[last], w):
			words[last].end, verb = w.end, false
			continue
		case near && (verb || ends(words[last], w)):
			words[last].text = cut(words[last].text + w.text)
			words[last].end, verb = w.end, false
			continue
		case near && words[last].text == "بی":
			w.before = bound
		}
		words = append(words, w)
		verb = w.text == "می" || w.text == "نمی"
	}
	return words
}

// owner is a word without the 's of English.
func owner(word string) string {
	if cut := len(word) - 1; cut > 0 && (word[cut] == 's' || word[cut] == 'S') {
		for _, mark := range []string{"'", "’", "＇", "ʼ"} {
			if name, is := strings.CutSuffix(word[:cut], mark); is {
				return name
			}
		}
	}
	return word
}

// clings says whether w is only the I, you or is that Persian hangs behind a word: خسته‌ام, بیماری‌اش, هفته‌ای.
func clings(before, w spelled) bool {
	return w.before == bound && clitics[w.text] && len(before.text) >= 2*3 &&
		(strings.HasSuffix(before.text, "ه") || strings.HasSuffix(before.text, "ی"))
}

// ends says whether w is an ending of the word before it.
func ends(before, w spelled) bool {
	if before.digits || before.text[0] < 0x80 {
		return false
	}
	return spacedEndings[w.text] || w.before == bound && boundEndings[w.text]
}

var clitics = set(`ام ای ات اش ایم اید اند ی`)

// spacedEndings are endings even after a space, because as words of their own they are rare.
var spacedEndings = set(`
	ها های هایی هایم هایت هایش هایمان هایتان هایشان هام هات هاش هامون هاتون هاشون
	تر تری ترین ترینها ترینهای ترها ترهای
`)

// boundEndings are endings after a half-space.
var boundEndings = set(`ی یی م ت ش مان تان شان مون تون شون`)
