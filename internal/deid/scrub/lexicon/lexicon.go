// Package lexicon knows what words are: common ones, names of people, places, what medicine says. It protects nobody by
// itself; the scrubber judges by it which words of a text may stay.
//
// It must never hold a word that came out of somebody's text. Its words come from packages and from lists of the
// project's own: tools/lexicon makes words.txt.gz, and LICENCES.md says under which terms each may be passed on.
package lexicon

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the words
	"io"
	"iter"
	"strings"
	"sync"
)

// Traits are what a word or a phrase can be. Many words are several things.
type Traits uint16

// What words are.
const (
	Common     Traits = 1 << iota // among the ten thousand that everybody uses
	Known                         // in any dictionary
	Rare                          // in a large one
	Name                          // of a person, given or of a family
	Given                         // a first name that many bear
	MostlyName                    // in a dictionary too, but nearly always a name
	Place                         // a town of 5,000 or more
	City                          // one of 100,000 or more
	Country
	Medical // a disease, a drug, a part of the body, and who gave one its name
	Help    // who helps anybody
	Surname // in a dictionary too, and many families are called so
	Begins  // a phrase of several words begins with it

	Word = Common | Known | Rare
)

//go:embed words.txt.gz
var packed []byte

var letters = map[byte]Traits{
	'1': Common, '2': Known, '3': Rare, 'n': Name, 'g': Name | Given, 'G': Name | Given | MostlyName,
	'p': Place, 'P': Place | City, 'k': Country, 'm': Medical, 'h': Help, 's': Name | Surname, 'f': Begins,
}

// Of is what a word is, or a phrase with one space between its words: in small letters without marks, as the scrubber
// reads them. It is nothing where the word isn't listed.
func Of(word string) Traits { return words()[word] }

// Is tells whether any of some traits is there.
func (t Traits) Is(any Traits) bool { return t&any != 0 }

var words = sync.OnceValue(func() map[string]Traits {
	all, err := unpack()
	if err != nil {
		panic("the lexicon in this program is broken: " + err.Error())
	}
	listed := make(map[string]Traits, strings.Count(all, "\n"))
	for line := range strings.Lines(all) {
		word, signs, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		var traits Traits
		for i := range len(signs) {
			traits |= letters[signs[i]]
		}
		listed[word] = traits
	}
	return listed
})

func unpack() (string, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	_, err = io.Copy(&all, r)
	return all.String(), err
}

// All are the words with any of some traits, in no order.
func All(any Traits) iter.Seq[string] {
	return func(yield func(string) bool) {
		for word, is := range words() {
			if is.Is(any) && !yield(word) {
				return
			}
		}
	}
}
