package authz

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// FuzzInput judges any JSON: whatever is not one complete set of facts is an error, and nothing panics.
func FuzzInput(f *testing.F) {
	f.Add(`{}`)
	f.Add(Facts{Action: ProgrammeRead, Purpose: "support"}.input().String())
	f.Add(strings.Replace(Facts{Action: MeRead, Purpose: "rights", SignedIn: true, AAL: 1}.input().String(), "true", `"true"`, 1))
	p := load(f)
	f.Fuzz(func(t *testing.T, text string) {
		term, err := ast.ParseTerm(text)
		if err != nil {
			return
		}
		input, ok := term.Value.(ast.Object)
		if !ok {
			return
		}
		d, err := p.judgeWritten(t.Context(), input)
		if err != nil && d.Allow {
			t.Fatal("an error allows")
		}
		if err == nil && complete(input) != nil {
			t.Fatal("incomplete facts were judged")
		}
	})
}

// FuzzFacts gives a fact any text: what does not exist denies, and everything else is decided as the reference does.
func FuzzFacts(f *testing.F) {
	f.Add(uint64(1), uint64(2), 7, "support")
	f.Add(uint64(3), uint64(4), 0, "post.burn")
	f.Add(uint64(3), uint64(4), 9, "public\x00")
	p := load(f)
	e := engineOf(p)
	f.Fuzz(func(t *testing.T, a, b uint64, at int, text string) {
		drawn := chance{rand.New(rand.NewPCG(a, b))}.facts() //nolint:gosec // draws test cases
		if fact := facts[uint(at)%uint(len(facts))]; fact.kind == reflect.String {
			fact.set(&drawn, ast.String(text))
		}
		d, err := e.Decide(t.Context(), drawn)
		switch {
		case (err == nil) != (complete(drawn.input()) == nil):
			t.Fatalf("%v: %+v", err, drawn)
		case err != nil && d.Allow:
			t.Fatal("an error allows")
		case err == nil && disagreement(d, drawn.plain()) != "":
			t.Fatalf("%s: %+v", disagreement(d, drawn.plain()), drawn)
		}
	})
}

// FuzzFilter asks for any list with any columns: there is an answer or an error, never a filter that says less than
// its verdict or whose placeholders and arguments don't match.
func FuzzFilter(f *testing.F) {
	f.Add(uint64(1), uint64(2), "r.status", 1)
	e := engineOf(load(f))
	f.Fuzz(func(t *testing.T, a, b uint64, expression string, next int) {
		c := chance{rand.New(rand.NewPCG(a, b))} //nolint:gosec // draws test cases
		subject, columns := c.facts(), Columns{}
		for _, fact := range rowFacts {
			if c.IntN(2) == 0 {
				columns[fact.name] = expression
			}
		}
		got, err := e.Filter(t.Context(), subject, columns, next)
		switch {
		case err != nil && (got.Verdict != None || got.SQL != "false" || len(got.Args) > 0):
			t.Fatalf("%+v, %v", got, err)
		case got.Verdict == None && got.SQL != "false", got.Verdict == All && got.SQL != "true":
			t.Fatalf("%+v", got)
		case got.Verdict == Some && !slices.ContainsFunc(got.Args, isText) && !strings.Contains(got.SQL, expression):
			t.Fatalf("%+v says nothing about a row", got)
		}
	})
}

func isText(arg any) bool {
	_, ok := arg.(string)
	return ok
}
