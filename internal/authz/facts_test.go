package authz

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// The input must say what the struct says, under the names of the schema.
func TestInputSaysWhatTheFactsSay(t *testing.T) {
	c := newChance(t)
	for range 200 {
		f := c.facts()
		input, value := f.input(), reflect.ValueOf(f)
		if input.Len() != value.NumField() || complete(input) != nil {
			t.Fatalf("not one of each: %v", input)
		}
		for i, fact := range facts {
			want := value.Field(i).Interface()
			if want == "" {
				want = "none"
			}
			if got := input.Get(fact.key); !ast.ValueEqual(got.Value, ast.MustInterfaceToValue(want)) {
				t.Errorf("%s: %v instead of %v", fact.name, got, want)
			}
		}
	}
}

// wrong is every way in which one fact can be other than it must be.
func wrong(f fact, input ast.Object) map[string]ast.Object {
	with := func(value *ast.Term) ast.Object {
		changed := ast.NewObject()
		input.Foreach(func(k, v *ast.Term) {
			switch {
			case !k.Equal(f.key):
				changed.Insert(k, v)
			case value != nil:
				changed.Insert(k, value)
			}
		})
		return changed
	}
	cases := map[string]ast.Object{
		"missing": with(nil), "null": with(ast.NullTerm()), "a list": with(ast.ArrayTerm(input.Get(f.key))),
		"a set": with(ast.SetTerm(input.Get(f.key))), "an object": with(ast.ObjectTerm()), "another text": with(ast.StringTerm("everything")),
		"a large number": with(ast.IntNumberTerm(99)), "a fraction": with(ast.FloatNumberTerm(1.5)),
	}
	if f.kind != reflect.Bool {
		cases["true"] = with(ast.BooleanTerm(true))
	} else {
		cases["the text true"] = with(ast.StringTerm("true"))
		cases["one"] = with(ast.IntNumberTerm(1))
	}
	return cases
}

func TestEachFactMissingOrMistypedDenies(t *testing.T) {
	p, n := load(t), 0
	for _, c := range circumstances {
		for _, who := range people {
			for _, where := range c.places() {
				f := c.facts(who, where)
				if n++; !decide(t, p, f).Allow || n%7 != 0 {
					continue
				}
				for _, fact := range facts {
					for how, input := range wrong(fact, f.input()) {
						if d, err := p.judgeWritten(t.Context(), input); err == nil || d.Allow {
							t.Fatalf("%s: %s is %s: %+v", c.action, fact.name, how, d)
						}
					}
				}
			}
		}
	}
}

func TestAFactTooManyDenies(t *testing.T) {
	input := Facts{Action: ProgrammeRead, Purpose: "support"}.input()
	input.Insert(ast.StringTerm("superuser"), ast.BooleanTerm(true))
	if d, err := load(t).judgeWritten(t.Context(), input); err == nil || d.Allow {
		t.Fatalf("%+v", d)
	}
}

// The policy has a second line of its own: it grants by what is there, so that a fact that is gone takes rights away
// and gives none. A ban is the one denial, and it is why nothing is judged on incomplete facts in the first place.
func TestAMissingFactGrantsNothingInThePolicyItself(t *testing.T) {
	p, draw := load(t), newChance(t)
	allow, err := prepare(p.compiler, "data.hamyar.authz.allow = true")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range circumstances {
		for _, who := range people {
			if who.as.MemberState == "banned" {
				continue
			}
			for _, where := range c.places() {
				f := c.facts(who, where)
				if decide(t, p, f).Allow {
					continue
				}
				for range 1 {
					fact := facts[draw.IntN(len(facts))]
					input := wrong(fact, f.input())["missing"]
					result, err := p.ask(t.Context(), allow).WithInput(ast.NewTerm(input)).Run(t.Context())
					if err != nil || len(result) > 0 {
						t.Fatalf("%s, %s: without %s it is allowed", c.action, who.name, fact.name)
					}
				}
			}
		}
	}
}

// The codes are written by hand; each must be of its own fact, and tell its values apart.
func TestEachValueHasItsCode(t *testing.T) {
	if len(facts) > mostFacts || len(facts) != reflect.TypeFor[Facts]().NumField() {
		t.Fatalf("%d facts", len(facts))
	}
	for i, fact := range facts {
		if len(fact.values) > 256 || fact.kind == reflect.String && i > 0 && fact.words[0] != "none" {
			t.Fatalf("%s has %d values, %s first", fact.name, len(fact.values), fact.values[0])
		}
		for code, value := range fact.values {
			f := Facts{Action: Actions[0]}
			fact.set(&f, value)
			got, err := f.codes()
			var want codes
			want[i] = uint8(code)
			if err != nil || got != want {
				t.Errorf("%s is %s: %v, %v", fact.name, value, got, err)
			}
		}
	}
}

// set gives the facts a value of this one.
func (f fact) set(facts *Facts, value ast.Value) {
	switch field := reflect.ValueOf(facts).Elem().Field(int(f.index)); value := value.(type) {
	case ast.Boolean:
		field.SetBool(bool(value))
	case ast.Number:
		n, _ := value.Int64()
		field.SetInt(n)
	case ast.String:
		field.SetString(string(value))
	}
}

// A value that does not exist denies, whoever gave it, and is never repeated.
func TestAValueThatDoesNotExistDenies(t *testing.T) {
	e := engineOf(load(t))
	for i, fact := range facts {
		if fact.kind == reflect.Bool {
			continue
		}
		for _, strange := range hostile {
			f := postsHere
			field := reflect.ValueOf(&f).Elem().Field(i)
			if fact.kind == reflect.Int {
				field.SetInt(int64(len(strange)) + 4)
			} else {
				field.SetString(strange)
			}
			d, err := e.Decide(t.Context(), f)
			if d.Allow || !errors.Is(err, errFacts) || strings.Contains(errors.Unwrap(err).Error(), strange) {
				t.Errorf("%s: %+v, %v", fact.name, d, err)
			}
		}
	}
}

func TestSchemaNamesEveryFact(t *testing.T) {
	properties, ok := schema()["properties"].(map[string]any)
	if !ok || len(properties) != reflect.TypeFor[Facts]().NumField() {
		t.Fatalf("%d properties", len(properties))
	}
	for _, f := range facts {
		property, ok := properties[f.name].(map[string]any)
		if !ok || property["type"] == "" || (property["enum"] == nil) != (f.kind == reflect.Bool) {
			t.Errorf("%s: %v", f.name, property)
		}
	}
}
