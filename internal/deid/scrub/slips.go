package scrub

import (
	"strings"
	"sync"

	"github.com/hamyar/hamyar/internal/deid/scrub/lexicon"
)

// inflected tells whether a word is a listed one with an ending or a beginning that English adds freely.
func inflected(word string) bool {
	for _, ending := range [...]string{"s", "es", "ed", "d", "ing", "ly", "er", "ers", "y", "ish", "ness", "less", "able", "n't", "nt", "'ve", "'re", "'ll", "'d", "ve", "'"} {
		if stem, cut := strings.CutSuffix(word, ending); cut && len(stem) >= 3 && listed(stem) {
			return true
		}
	}
	for _, beginning := range [...]string{"non", "anti", "pre", "post", "un", "re", "over", "under", "mis", "self", "co", "hyper", "hypo", "micro", "super"} {
		if stem, cut := strings.CutPrefix(word, beginning); cut && len(stem) >= 4 && listed(stem) {
			return true
		}
	}
	return drug(word) || stretched(word)
}

func listed(word string) bool {
	is := lexicon.Of(word)
	return is.Is(lexicon.Word|lexicon.Medical) && !is.Is(lexicon.MostlyName)
}

// drug tells whether a word has the ending of a drug, a disease or an operation.
func drug(word string) bool {
	if len(word) < 7 {
		return false
	}
	for _, ending := range [...]string{
		"mab", "pril", "sartan", "olol", "statin", "azole", "cillin", "mycin", "oxacin", "gliptin", "gliflozin", "glutide", "setron", "triptan", "prazole", "tidine",
		"caine", "azepam", "zolam", "barbital", "dipine", "parin", "xaban", "tinib", "ciclib", "vir", "vudine", "oxetine", "ipramine", "triptyline", "apine", "idone",
		"phylline", "terol", "sone", "solone", "onide", "thiazide", "semide", "formin", "glitazone", "dronate", "trexate", "platin", "rubicin", "taxel", "fibrate",
		"itis", "osis", "emia", "aemia", "oma", "opathy", "ectomy", "oscopy", "ostomy", "plasty", "algia", "uria", "plegia", "trophy", "ology", "ologist", "gram", "graphy", "therapy", "penia", "iasis",
	} {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}

// stretched tells whether a letter is drawn out, as in sooooo.
func stretched(word string) bool {
	run := 1
	for i := 1; i < len(word) && run < 3; i++ {
		run = pick(word[i] == word[i-1], run+1, 1)
	}
	return run == 3
}

// slip tells whether a word is one letter away from a common word of five letters or more, or two neighbours of it are
// swapped.
func slip(word string) bool {
	if len(word) < 4 || len(word) > 20 {
		return false
	}
	sum := uint32(start)
	for i := 0; i <= len(word); i++ { // word[:i] stays, and sum is of it
		rest := word[i:]
		if rest != "" && among(sum, word[:i], "", rest[1:]) || len(rest) > 1 && among(sum, word[:i], rest[1:2]+rest[:1], rest[2:]) {
			return true // a letter too many, or two swapped
		}
		for c := range len(alphabet) {
			letter := alphabet[c : c+1]
			if among(sum, word[:i], letter, rest) || rest != "" && among(sum, word[:i], letter, rest[1:]) {
				return true // a letter too few, or another
			}
		}
		if rest != "" {
			sum = step(sum, rest[0])
		}
	}
	return false
}

const alphabet = "abcdefghijklmnopqrstuvwxyz"

// among tells whether three pieces make a word that people often write, and could so miswrite. The sum of the first piece
// is known.
func among(sum uint32, first, letters, rest string) bool {
	if len(first)+len(letters)+len(rest) < 5 {
		return false
	}
	for i := range len(letters) {
		sum = step(sum, letters[i])
	}
	for i := range len(rest) {
		sum = step(sum, rest[i])
	}
	if !often()[mark(sum)] {
		return false
	}
	is := lexicon.Of(first + letters + rest)
	return is.Is(lexicon.Common) && !is.Is(lexicon.MostlyName)
}

// often marks the sums of common words: most of what is tried is none, and looking here is quicker than in the lexicon.
var often = sync.OnceValue(func() *[1 << 18]bool {
	var marks [1 << 18]bool
	for word := range lexicon.All(lexicon.Common) {
		sum := uint32(start)
		for i := range len(word) {
			sum = step(sum, word[i])
		}
		marks[mark(sum)] = true
	}
	return &marks
})

// A sum of letters, after Fowler, Noll and Vo.
const start = 2166136261

func step(sum uint32, letter byte) uint32 { return (sum ^ uint32(letter)) * 16777619 }

func mark(sum uint32) uint32 { return (sum>>14 ^ sum) & (1<<18 - 1) }
