package scrub

import (
	"strings"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/deid/scrub/lexicon"
)

// enough is the weight from which on a word is taken for what it is weighed as.
const enough = 3

// never is the weight of what is no name whatever stands beside it.
const never = -9

// verdict is how a word weighs as each kind of name.
type verdict struct{ person, place, body int }

// names finds people, places and organisations by what words are and what stands beside them. What no list knows is
// taken for a name: a placeholder too many costs less than a person.
func names(t *Text, f *Finds) {
	s := look(t, f)
	s.phrases()
	weights := make([]verdict, len(s.all))
	for i := range s.all {
		s.all[i].own = s.alone(i)
	}
	for i := range s.all {
		weights[i].person = s.person(i)
		weights[i].place = s.place(i)
	}
	for range 2 {
		for i := range s.all {
			s.beside(weights, i)
		}
	}
	s.surnames(weights)
	s.regions(weights)
	s.persianBodies(weights)
	s.organisations(weights)
	s.around(weights)
	s.signatures(weights)
	s.tell(weights, f)
	s.prefixes(f)
}

// person weighs a word as somebody's name, by itself and what stands before and after it.
func (s *sights) person(i int) int {
	w := s.at(i)
	own := w.own
	if own == never {
		return never
	}
	return own + s.before(i) + s.after(w, i)
}

// alone weighs a word as a name by what it is and how it is written.
func (s *sights) alone(i int) int {
	w := s.at(i)
	letters := utf8.RuneCountInString(w.said)
	switch {
	case w.taken, w.kept, letters < 2, w.is.Is(lexicon.Help), contracted(w.said), w.has(titles), w.has(degrees):
		return never
	case w.digits:
		return never
	case !w.latin && !w.persian:
		return pick(3*s.foreign < len(s.all), enough, pick(w.is.Is(lexicon.Name), 4, never))
	case w.persian:
		return s.persian(i)
	}
	return s.english(w, letters)
}

func (s *sights) english(w *seen, letters int) int {
	capital := w.capital && !s.caseless
	told := capital && !w.first
	shouted := !s.caseless && letters <= 5 && w.Written(s.Text) == strings.ToUpper(w.Written(s.Text)) && capital
	word := w.is.Is(lexicon.Word)
	switch {
	case w.is.Is(lexicon.Medical) && !(word && w.is.Is(lexicon.Given)):
		if w.is.Is(lexicon.Name) && !word {
			return pick(told, 2, 0)
		}
		return -5
	case w.is.Is(lexicon.MostlyName):
		return 4
	case w.is.Is(lexicon.Name) && !word:
		return pick(letters <= 2, pick(told, 1, -2), 4)
	case w.is&^lexicon.Begins == 0:
		return unlisted(w, letters, capital, shouted)
	case told && w.said == "will":
		return enough
	case w.has(modals), w.has(calendar), !w.is.Is(lexicon.Name):
		return pick(told && !w.has(calendar), -2, -5)
	case w.is.Is(lexicon.Common):
		return pick(told && !shouted, pick(w.is.Is(lexicon.Given), enough, pick(w.is.Is(lexicon.Surname), 2, 0)), -1)
	case w.is.Is(lexicon.Known):
		return pick(told && !shouted, 3, pick(w.is.Is(lexicon.Given), 1, 0))
	}
	return pick(told && !shouted, 3, pick(w.is.Is(lexicon.Given), 3, 1))
}

// unlisted weighs a word that no list knows: a name, unless it looks like a slip of the pen or an abbreviation.
func unlisted(w *seen, letters int, capital, shouted bool) int {
	switch {
	case shouted, letters < 3:
		return -3
	case inflected(w.said), slip(w.said):
		return pick(capital && !w.first, 1, -3)
	}
	return 3
}

func pick(yes bool, a, b int) int {
	if yes {
		return a
	}
	return b
}

// eponym tells whether an illness is called after somebody of this name. "She has Parkinson" names no person.
func (w *seen) eponym() bool { return lexicon.Of(w.said + "'s").Is(lexicon.Medical) }

// before weighs what stands before a word: a title, a kin, a greeting.
func (s *sights) before(i int) int {
	gap, prev, back := s.at(i).gap, s.at(i-1), s.at(i-2)
	if s.at(i).persian {
		return 0
	}
	if gap == " " && s.at(i).eponym() && (prev.has(having) || prev.said == "with" && back.has(ailing)) {
		return never
	}
	near := gap == " " || gap == ". " || gap == "."
	loose := near || gap == ", " || gap == ": " || gap == " (" || gap == " \"" || gap == " - "
	given := s.at(i).is.Is(lexicon.Given|lexicon.Surname) && !s.at(i).has(modals)
	switch {
	case near && s.at(i).is.Is(lexicon.Given) && (prev.has(addressees) || prev.said == "for" && (back.said == "ask" || back.said == "asked")):
		return pick(s.at(i).has(modals), 8, 4)
	case near && prev.has(titles):
		return pick(given, 4, 3)
	case near && prev.has(callings), near && prev.said == "is" && (back.said == "name" || back.said == "names"), near && prev.said == "me" && back.said == "call",
		near && (prev.said == "him" || prev.said == "her") && back.has(callings), gap == "? " && prev.said == "name":
		return pick(given, 5, 3)
	case loose && prev.has(greetings), gap == ": " && prev.has(naming):
		return pick(given, 3, 2)
	case loose && prev.has(kin):
		return pick(given && gap == " ", 4, 2)
	case near && (prev.said == "i'm" || prev.said == "im" || prev.said == "it's" || prev.said == "am" && back.said == "i"):
		return pick(given && prev.said != "it's", 1, 0)
	}
	return 0
}

func (s *sights) after(w *seen, i int) int {
	next := s.at(i + 1)
	given := w.is.Is(lexicon.Given) && (w.capital && w.first || !w.has(modals))
	switch {
	case w.first && w.capital && given && !w.has(modals) && next.gap == ", " && (next.said == "the" || next.said == "my" || next.said == "our" || next.said == "who"):
		return 4
	case given && next.gap == ", " && next.said == "the" && s.at(i+2).has(persons):
		return 4
	case w.persian || next.gap != " ":
		return 0
	case next.has(saying):
		return pick(given, pick(w.has(calendar), 8, 4), 1)
	case w.first && w.capital && given && !w.has(calendar) && !w.has(modals) && doing(next.said):
		return 4
	case w.is.Is(lexicon.Name) && !w.is.Is(lexicon.Common|lexicon.Known) && being(next.said):
		return 2
	}
	return 0
}

// doing tells whether a word looks like what a person at the head of a sentence does.
func doing(said string) bool {
	return strings.HasSuffix(said, "ed") && len(said) > 4 || said == "from" || said == "at" || said == "gave" || said == "made" || said == "sent" || said == "got"
}

// being tells whether somebody or something is, was or has.
func being(said string) bool { return said == "is" || said == "was" || said == "has" || said == "had" }

// beside weighs a word by the names next to it: the other half of a name, or more of a list of them.
func (s *sights) beside(weights []verdict, i int) {
	w := s.at(i)
	if weights[i].person <= never || weights[i].person >= enough || w.has(kin) || w.said == "law" {
		return
	}
	if w.persian {
		weights[i].person += pick(s.listed(weights, i) > 0 && w.is.Is(lexicon.Given), 4, 0)
		return
	}
	prev := i > 0 && s.joined(i) && weights[i-1].person >= enough
	next := i+1 < len(weights) && s.joined(i+1) && weights[i+1].person >= enough && !s.at(i+1).first
	capital := w.capital && !s.caseless
	listed := s.listed(weights, i)
	switch {
	case listed > 0 && capital && w.is.Is(lexicon.Name), listed > 1 && w.is.Is(lexicon.Given|lexicon.Surname):
		weights[i].person += 4
	case prev && w.gap == "-":
		weights[i].person = enough
	case prev && (capital || w.is.Is(lexicon.Surname) && (s.small || s.caseless || !s.at(i-1).capital)):
		weights[i].person += 4
	case next && capital && !w.has(greetings) && (w.is.Is(lexicon.Given|lexicon.Surname) || !w.first):
		weights[i].person += 4
	case prev && w.is.Is(lexicon.Name) && !w.is.Is(lexicon.Common), next && w.is.Is(lexicon.Given) && !w.has(modals),
		listed > 0 && w.is.Is(lexicon.Given) && !w.is.Is(lexicon.Common):
		weights[i].person += 3
	}
}

// listed is on how many sides of a word names stand in one list with it: Ann, Rose and Bill.
func (s *sights) listed(weights []verdict, i int) int {
	sides := 0
	for _, step := range [...]int{-1, 1} {
		other, gap := i+step, s.at(max(i, i+step)).gap
		if said := s.at(other).said; gap == " " && (said == "and" || said == "or" || said == "و") {
			other += step
			gap = pickText(s.at(max(other, other-step)).gap == " ", ", ", "")
		}
		if gap == ", " && other >= 0 && other < len(weights) && weights[other].person >= enough {
			sides++
		}
	}
	return sides
}

func pickText(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
