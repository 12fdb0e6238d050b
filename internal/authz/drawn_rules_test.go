package authz

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// drawn are small rules that nobody would write, drawn by chance: truths (b), values (v), sets (s) and constants (c).
type drawn struct {
	*rand.Rand
	names, lines []string
}

var (
	drawnFacts       = []string{"input.aal", "input.sensitivity", "input.is_author", "input.topic_locked", "input.status", "input.topic_status"}
	drawnConstants   = []string{"0", "1", "1.0", "2e0", "true", "false", `"published"`, `"removed"`, `"none"`, "null", "[]", "set()", `["published"]`, `{"removed"}`}
	drawnCollections = []string{
		`{"published", "removed", "none"}`, `["published", "removed"]`, `{"published": "removed", "removed": "removed"}`, "{0, 1.0, 2}", "[1, 0, true]",
		"{false}", "{true, false}", `{"published": {"removed"}, "removed": {"none"}}`, "{1: 1, 2: 1}", "{false, null, 1}", "[]", "[[1], [2]]",
	}
	comparing = []string{"==", "!=", "==", "!=", "<", "<=", ">", ">=", "="}
)

func (d *drawn) one(of ...string) string { return of[d.IntN(len(of))] }

func (d *drawn) not() string { return d.one("", "", "not ") }

func (d *drawn) rule(kind string) string {
	of := []string{map[string]string{"b": "missing", "v": "missing", "s": "empty", "c": "fixed"}[kind]}
	for _, name := range d.names {
		if strings.HasPrefix(name, kind) {
			of = append(of, name, name, name)
		}
	}
	return d.one(of...)
}

func (d *drawn) collection() string {
	return d.one(d.one(drawnCollections...), d.rule("c"), d.rule("s"))
}

func (d *drawn) term(vars []string) string {
	switch d.IntN(10) {
	case 0:
		return d.one(drawnConstants...)
	case 1, 2:
		return d.one(append(vars, d.rule("v"))...)
	case 3:
		return d.rule("b")
	case 4:
		return d.rule(d.one("s", "c")) + "[" + d.term(vars) + "]"
	case 5:
		return "[" + d.term(vars) + "]"
	default:
		return d.one(drawnFacts...)
	}
}

func (d *drawn) body() string {
	var vars, lines []string
	for i := range 1 + d.IntN(3) {
		x, c := fmt.Sprintf("x%d", i), d.rule(d.one("c", "s", "v"))
		switch d.IntN(10) {
		case 0:
			lines = append(lines, x+" := "+d.term(vars))
		case 1:
			lines = append(lines, "some "+x+" in "+d.collection())
		case 2:
			lines = append(lines, "some k"+x+", "+x+" in "+d.collection(), "k"+x+" != "+d.term(vars))
		case 3:
			lines = append(lines, "some "+x, d.one(
				x+" = "+c+"["+x+"]", c+"["+x+"]", c+"["+x+"] = "+d.term(vars), x+" = "+d.term(vars), c+"["+x+"] = "+x, c+"["+x+"] != "+d.term(vars)))
		default:
			x = ""
			lines = append(lines, d.not()+d.one(
				d.term(vars)+" in "+d.collection(), d.term(vars), d.rule("b"), d.rule(d.one("s", "c"))+"["+d.term(vars)+"]",
				d.term(vars)+" "+d.one(comparing...)+" "+d.term(vars), d.term(vars)+" "+d.one(comparing...)+" "+d.term(vars)))
		}
		if x != "" {
			vars = append(vars, x)
		}
	}
	return "{\n\t" + strings.Join(lines, "\n\t") + "\n}"
}

func (d *drawn) module() string {
	for i := range 2 + d.IntN(4) {
		kind := d.one("b", "b", "v", "s", "c")
		name := fmt.Sprint(kind, i)
		switch kind {
		case "b", "v":
			said := map[string][]string{"b": {"true", "false"}, "v": drawnConstants}[kind]
			if d.IntN(4) == 0 {
				d.lines = append(d.lines, "default "+name+" := "+d.one(said...))
			}
			if kind == "v" {
				said = []string{d.term(nil)}
			}
			d.lines = append(d.lines, name+" := "+d.one(said...)+" if "+d.body(), name+" := "+d.one(said...)+" if "+d.body())
		case "s":
			d.lines = append(d.lines, name+" contains "+d.term(nil)+" if "+d.body(), name+" contains e if some e in "+d.collection())
		case "c":
			d.lines = append(d.lines, name+" := "+d.collection())
		}
		d.names = append(d.names, name)
	}
	return "package x\n\nmissing if false\n\nempty contains 1 if false\n\nfixed := {\"published\": \"published\", \"removed\": 1}\n\n" + strings.Join(d.lines, "\n\n") + "\n"
}

// What is read in rules that were drawn by chance, odd ones among them, is what the evaluator makes of them, or they are
// refused.
func TestDrawnRulesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	draws, read := 3_000, 0
	if testing.Short() {
		draws = 1_000
	}
	asked, c := load(t), newChance(t)
	for n := range draws {
		d := &drawn{Rand: rand.New(rand.NewPCG(5, uint64(n)))} //nolint:gosec // the same rules each time
		text := d.module()
		modules, err := source{"x.rego": text}.parse()
		if err != nil {
			continue
		}
		rules := ast.NewCompiler().WithCapabilities(capabilities).WithDefaultRegoVersion(ast.RegoV1)
		if rules.Compile(modules); rules.Failed() {
			continue
		}
		for _, name := range d.names {
			r := newReader(newForest(), rules.Modules)
			found, err := r.document("data.x." + name)
			if err != nil {
				continue
			}
			read++
			for range 6 {
				f := c.facts()
				got, want := r.saying(t, "data.x."+name, found, f), asked.saying(t, rules, "data.x."+name, f)
				if (got == nil) != (want == nil) || got != nil && !got.Equal(want) {
					t.Fatalf("%s is read as %v and is %v for %+v in\n%s", name, got, want, f, text)
				}
			}
		}
	}
	if read < draws/4 {
		t.Fatalf("only %d rules were read", read)
	}
}

// saying is what was read says of some facts.
func (r *reader) saying(t *testing.T, name string, found []possible, f Facts) *ast.Term {
	t.Helper()
	known, err := f.codes()
	if err != nil {
		t.Fatal(err)
	}
	all := ast.NewSet()
	for _, p := range found {
		if r.at(p.when, &known) == yes {
			all.Add(p.value)
		}
	}
	if !r.isSet(name) {
		if all.Len() == 0 {
			return nil
		}
		return all.Slice()[0]
	}
	return ast.NewTerm(all)
}

// saying is what the evaluator makes of it.
func (p *program) saying(t *testing.T, rules *ast.Compiler, name string, f Facts) (said *ast.Term) {
	t.Helper()
	q, err := prepare(rules, name+" = answer")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ask(t.Context(), q).WithInput(ast.NewTerm(f.input())).Iter(t.Context(), func(r topdown.QueryResult) error {
		said = r["answer"]
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return said
}
