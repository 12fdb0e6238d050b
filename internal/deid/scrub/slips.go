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
	for i := 2; i < len(word); i++ {
		if word[i] == word[i-1] && word[i] == word[i-2] {
			return true
		}
	}
	return false
}

// slip tells whether a word is one letter away from a common word of five letters or more, or two neighbours of it are
// swapped.
func slip(word string) bool {
	if len(word) < 4 || len(word) > 20 {
		return false
	}
	var room [24]byte
	for i := range len(word) {
		if common(append(append(room[:0], word[:i]...), word[i+1:]...)) { // a letter too many
			return true
		}
		if i+1 < len(word) && common(append(append(append(room[:0], word[:i]...), word[i+1], word[i]), word[i+2:]...)) {
			return true
		}
	}
	return changed(word, room[:0])
}

func changed(word string, room []byte) bool {
	for i := 0; i <= len(word); i++ {
		for c := byte('a'); c <= 'z'; c++ {
			if common(append(append(append(room[:0], word[:i]...), c), word[i:]...)) { // one too few
				return true
			}
			if i < len(word) && common(append(append(append(room[:0], word[:i]...), c), word[i+1:]...)) {
				return true
			}
		}
	}
	return false
}

// common tells whether a word is one that people often write, and could so miswrite.
func common(word []byte) bool {
	if len(word) < 5 || !often()[sum(word)] {
		return false
	}
	is := lexicon.Of(string(word))
	return is.Is(lexicon.Common) && !is.Is(lexicon.MostlyName)
}

// often marks the sums of common words: most of what is tried is none, and looking here is quicker than in the lexicon.
var often = sync.OnceValue(func() *[1 << 16]bool {
	var marks [1 << 16]bool
	for word := range lexicon.All(lexicon.Common) {
		marks[sum([]byte(word))] = true
	}
	return &marks
})

func sum(word []byte) uint16 {
	h := uint32(2166136261)
	for _, c := range word {
		h = (h ^ uint32(c)) * 16777619
	}
	return uint16(h>>16 ^ h)
}
