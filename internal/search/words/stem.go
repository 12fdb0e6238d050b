package words

import (
	"strings"
	"sync"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// stem takes the endings off a folded word: by Snowball's rules where all of it is Latin, by ours where it is Persian or
// Arabic. Any other word is its own stem.
func stem(word string) string {
	if script := script(word); script == latin {
		return stemEnglish(word)
	} else if script == arabic {
		return stemPersian(word)
	}
	return word
}

// script of a folded word, or nothing where it has several, or digits.
func script(word string) class {
	small, high := true, len(word)%2 == 0
	for i := range len(word) {
		c := word[i]
		small = small && c >= 'a' && c <= 'z'
		high = high && (c >= 0xd8 && c <= 0xdb) == (i%2 == 0) // the first of two bytes, from U+0600 to U+06FF
	}
	switch {
	case small:
		return latin
	case high:
		return arabic
	}
	return nothing
}

var environments = sync.Pool{New: func() any { return snowballstem.NewEnv("") }}

func stemEnglish(word string) string {
	if len(word) < 3 {
		return word
	}
	env := environments.Get().(*snowballstem.Env)
	defer environments.Put(env)
	env.SetCurrent(word)
	defer env.SetCurrent("") // nothing of a member's stays behind
	english.Stem(env)
	return env.Current()
}

// ending of a word, what must be left of it before it may go, in letters, and what comes in its place.
type ending struct {
	text  string
	least int
	put   string
}

// plurals, with the possessives that follow them.
var plurals = endings(2, "هایمان هایتان هایشان هامون هاتون هاشون هایم هایت هایش هایی های هام هات هاش ها")

// nouns have these endings in Persian, and Arabic words have some of them in both languages; what they stand on must be
// long enough to bear it: درمان isn't the plural of درم, and ماهی has nothing to do with ماه.
var nouns = join(
	plurals,
	[]ending{{"انگی", 2, "انه"}, {"نگی", 2, "نگ"}, {"گی", 3, "ه"}, {"گان", 3, "ه"}, {"هی", 3, "ه"}, {"ای", 2, "ا"}, {"وی", 2, "و"}, {"ستان", 2, "ست"}, {"شتان", 2, "شت"}},
	endings(3, "ترین تری تر"),
	[]ending{{"ام", 1, "ام"}}, // stays: سلام, انجام, آرام
	endings(3, "م"),
	endings(4, "مان تان شان مون تون شون ات ان ین ون ند ید یم ی ش"),
)

// verbs in the present have these after می.
var verbs = endings(2, "یم ید ند م د ی")

// articles of Arabic, alone and with what is written in one with them.
var articles = []ending{{"وال", 4, ""}, {"بال", 4, ""}, {"فال", 4, ""}, {"کال", 4, ""}, {"لل", 4, ""}, {"ال", 3, ""}}

// stemPersian takes endings off until none is left, so that ‌های and ی in بیماری‌های both go.
func stemPersian(word string) string {
	for _, present := range []string{"نمی", "می"} {
		if verb, is := strings.CutPrefix(word, present); is {
			return present + stemVerb(verb)
		}
	}
	for {
		if root, is := roots[word]; is {
			return root
		}
		next := drop(dropPrefix(word, articles), nouns)
		if next == word {
			return word
		}
		word = next
	}
}

// stemVerb brings the six persons of a present to one. Stems that end in ن or ی lose it, because some of the endings
// begin with it: می‌خوانم and می‌خواند, می‌گویم and می‌گوید.
func stemVerb(verb string) string {
	verb = drop(drop(verb, plurals), verbs)
	return drop(verb, []ending{{"ن", 2, ""}, {"ی", 2, ""}})
}

func drop(word string, all []ending) string {
	for _, e := range all {
		if left, is := strings.CutSuffix(word, e.text); is && len(left) >= 2*e.least {
			return left + e.put
		}
	}
	return word
}

func dropPrefix(word string, all []ending) string {
	for _, e := range all {
		if left, is := strings.CutPrefix(word, e.text); is && len(left) >= 2*e.least {
			return left
		}
	}
	return word
}

// roots of words that only look as if they had an ending.
var roots = map[string]string{
	"تنها": "تنها", "تنهایی": "تنها", "تنهام": "تنها", "تنهایم": "تنها",
	"مردم": "مردم", "خانم": "خانم", "گندم": "گندم", "تورم": "تورم", "انتها": "انتها", "علایم": "علایم",
	"بزرگی": "بزرگ", "بزرگان": "بزرگ", "سالم": "سالم", "سالمند": "سالمند", "مریم": "مریم", "خورشید": "خورشید",
}

func endings(least int, list string) []ending {
	var all []ending
	for _, text := range strings.Fields(list) {
		all = append(all, ending{text, least, ""})
	}
	return all
}

func join(lists ...[]ending) []ending {
	var all []ending
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
