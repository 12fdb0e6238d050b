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
	"hash/maphash"
	"io"
	"iter"
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

var letters = [256]Traits{
	'1': Common, '2': Known, '3': Rare, 'n': Name, 'g': Name | Given, 'G': Name | Given | MostlyName,
	'p': Place, 'P': Place | City, 'k': Country, 'm': Medical, 'h': Help, 's': Name | Surname, 'f': Begins,
}

// Of is what a word is, or a phrase with one space between its words: in small letters without marks, as the scrubber
// reads them. It is nothing where the word isn't listed.
func Of(word string) Traits {
	t := listed()
	mark := maphash.String(t.seed, word)
	for at := mark & slots; t.words[at] != 0; at = (at + 1) & slots {
		if t.words[at]>>16 == mark>>16 {
			return Traits(t.words[at])
		}
	}
	return 0
}

// Is tells whether any of some traits is there.
func (t Traits) Is(any Traits) bool { return t&any != 0 }

// slots is one less than the places of the table. They are more than twice the words, so most are found at once.
const slots = 1<<20 - 1

// table holds for each word 48 bits of its hash and its traits. That another word has the same bits, and so the same traits, is as
// likely as that somebody guesses one of a million million.
type table struct {
	seed  maphash.Seed
	words [slots + 1]uint64
}

var listed = sync.OnceValue(func() *table {
	t := &table{seed: maphash.MakeSeed()}
	for word, traits := range lines() {
		mark := maphash.String(t.seed, word)
		at := mark & slots
		for t.words[at] != 0 {
			at = (at + 1) & slots
		}
		t.words[at] = mark>>16<<16 | uint64(traits)
	}
	return t
})

// All are the words with any of some traits.
func All(any Traits) iter.Seq[string] {
	return func(yield func(string) bool) {
		for word, is := range lines() {
			if is.Is(any) && !yield(word) {
				return
			}
		}
	}
}

// lines are the words as they are packed.
func lines() iter.Seq2[string, Traits] {
	return func(yield func(string, Traits) bool) {
		unpacked, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			panic("the lexicon in this program is broken: " + err.Error())
		}
		all, err := io.ReadAll(unpacked)
		if err != nil {
			panic("the lexicon in this program is broken: " + err.Error())
		}
		for line := range bytes.Lines(all) {
			word, signs, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte("\t"))
			var traits Traits
			for _, sign := range signs {
				traits |= letters[sign]
			}
			if !yield(string(word), traits) {
				return
			}
		}
	}
}
