package authz

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mostFacts bounds how many facts there may be.
const mostFacts = 64

// codes is one complete set of facts: which of its values each fact has, by their numbers.
type codes [mostFacts]uint8

// codes numbers the facts. A fact with a value that does not exist is an error, which names the fact alone.
func (f *Facts) codes() (codes, error) {
	var c coder
	c.action(f.Action)
	c.flag(f.SignedIn)
	c.number(f.AAL)
	c.flag(f.RecentSignIn)
	c.flag(f.Operator)
	c.flag(f.ProgrammeLead)
	c.flag(f.Researcher)
	c.word(f.Purpose)
	c.word(f.Lifted)
	c.flag(f.ByKey)
	c.flag(f.InScope)
	c.flag(f.AlwaysFresh)
	c.word(f.CommunityVisibility)
	c.word(f.JoinPolicy)
	c.flag(f.Archived)
	c.number(f.Sensitivity)
	c.word(f.CommunitySearch)
	c.flag(f.CommunityAttachments)
	c.word(f.MemberState)
	c.word(f.MemberRole)
	c.flag(f.RulesAccepted)
	c.flag(f.Invited)
	c.flag(f.IsAuthor)
	c.word(f.Status)
	c.word(f.TopicStatus)
	c.flag(f.TopicLocked)
	c.flag(f.OthersReplied)
	if c.wrong > 0 {
		return codes{}, fmt.Errorf("%w: %s", errFacts, facts[c.wrong-1].name)
	}
	return c.codes, nil
}

// coder numbers one fact after the other, in the order in which they are declared.
type coder struct {
	codes
	at    int
	wrong int // the first fact, counted from one, whose value does not exist
}

func (c *coder) flag(value bool) {
	if value {
		c.codes[c.at] = 1
	}
	c.at++
}

func (c *coder) number(value int) {
	c.set(slices.Index(facts[c.at].numbers, value))
}

func (c *coder) word(text string) {
	if text == "" {
		c.at++ // "none", which comes first
		return
	}
	c.set(slices.Index(facts[c.at].words, text))
}

func (c *coder) action(name string) {
	code, known := actionCodes[name]
	if !known {
		code = -1
	}
	c.set(code)
}

func (c *coder) set(code int) {
	if code < 0 && c.wrong == 0 {
		c.wrong = c.at + 1
	}
	c.codes[c.at] = uint8(code)
	c.at++
}

// input is the facts as the policy reads them where it is judged as it is written.
func (f Facts) input() ast.Object {
	all := ast.NewObject()
	value := reflect.ValueOf(f)
	for i, fact := range facts {
		switch field := value.Field(i); fact.kind {
		case reflect.Bool:
			all.Insert(fact.key, ast.InternedTerm(field.Bool()))
		case reflect.Int:
			all.Insert(fact.key, ast.InternedTerm(int(field.Int())))
		default:
			all.Insert(fact.key, ast.InternedTerm(cmp.Or(field.String(), "none")))
		}
	}
	return all
}
