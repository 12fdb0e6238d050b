package authz

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mutant is the policy with one thing taken out of it.
type mutant struct {
	name    string
	modules map[string]*ast.Module // tests included
}

// Every rule and every condition of the policy carries weight: without it, a test fails. What the tests don't miss is
// not policy but decoration, or a hole in the tests.
func TestEveryRuleAndConditionIsMissed(t *testing.T) {
	for part := range 2 { // half each, at the same time
		t.Run(strconv.Itoa(part), func(t *testing.T) {
			t.Parallel()
			isMissed(t, func(i int) bool { return i%2 == part })
		})
	}
}

func isMissed(t *testing.T, chosen func(int) bool) {
	t.Helper()
	judge := newJudge(t)
	if how := judge.kills(mutant{"the policy itself", parseAll(t)}); how != "" {
		t.Fatalf("the policy itself is refused by %s: the harness is broken", how)
	}
	count := map[string]int{}
	for i, m := range mutants(parseAll(t)) {
		if !chosen(i) {
			continue
		}
		if i%16 < 2 { // what many mutants share a forest with grows
			judge.policy = load(t).answers
			judge.policy.left = math.MaxInt
		}
		how := judge.kills(m)
		if how == "" && survivors[m.name] == "" {
			t.Errorf("nobody misses %s", m.name)
		}
		if how != "" && survivors[m.name] != "" {
			t.Errorf("%s is missed after all: by %s", m.name, how)
		}
		count[how]++
	}
	if how := judge.kills(mutant{"the policy itself", parseAll(t)}); how != "" {
		t.Fatalf("in the end the policy itself is refused by %s: the harness is broken", how)
	}
	t.Logf("missed by: %v", count)
}

// survivors are the mutants that no test can tell from the policy, with the reason.
var survivors = map[string]string{}

// mutants takes out each rule, and each condition of each rule that has more than one.
func mutants(modules map[string]*ast.Module) []mutant {
	var all []mutant
	without := func(path, name string, change func(*ast.Module)) {
		changed := maps.Clone(modules)
		changed[path] = modules[path].Copy()
		change(changed[path])
		all = append(all, mutant{name, changed})
	}
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		if strings.HasSuffix(path, "_test.rego") {
			continue
		}
		for i, rule := range modules[path].Rules {
			name := fmt.Sprintf("%s:%d", path, rule.Location.Row)
			without(path, name, func(m *ast.Module) { m.Rules = slices.Delete(m.Rules, i, i+1) })
			for j, condition := range rule.Body {
				if len(rule.Body) > 1 {
					without(path, fmt.Sprintf("%s, %s", name, condition), func(m *ast.Module) {
						m.Rules[i].Body = slices.Delete(m.Rules[i].Body, j, j+1)
					})
				}
			}
		}
	}
	return all
}

// judge finds out which check refuses a policy.
type judge struct {
	t      *testing.T
	policy *answers
	cells  []judged
	chance chance
}

// judged is a cell of the matrix.
type judged struct {
	known codes
	says  string
}

func newJudge(t *testing.T) judge {
	t.Helper()
	j, seen := judge{t: t, policy: load(t).answers, chance: newChance(t)}, map[codes]bool{}
	for cell := range Cells() {
		known, err := cell.Facts.codes()
		if err != nil {
			t.Fatal(err)
		}
		if !seen[known] {
			seen[known] = true
			j.cells = append(j.cells, judged{known, j.policy.decide(&known).Brief()})
		}
	}
	return j
}

// kills is the check that refuses the mutant, or "". The quick ones come first.
func (j judge) kills(m mutant) string {
	rules := maps.Clone(m.modules)
	maps.DeleteFunc(rules, func(path string, _ *ast.Module) bool { return strings.HasSuffix(path, "_test.rego") })
	p, err := check(j.t.Context(), rules)
	if err == nil {
		p.answers, err = understand(j.policy.forest, p.compiler.Modules, "") // in one forest, so that they can be told apart
	}
	switch {
	case errors.Is(err, errIntricate):
		j.t.Fatalf("%s is not understood, which says nothing about it", m.name)
	case err != nil:
		return "the compiler"
	}
	switch elsewhere := j.differs(p.answers); {
	case p.passes(false) != nil:
		return "the gate"
	case !j.sameMatrix(p):
		return "the matrix"
	case !j.agrees(p, elsewhere):
		return "the reference"
	case !j.passesRego(m):
		return "the tests in Rego"
	}
	return ""
}

// differs is where the mutant decides otherwise.
func (j judge) differs(m *answers) ref {
	return m.combine(j.policy.decision, m.decision, func(a, b ref) ref {
		return condition(!j.policy.decisions[-1-a].equal(m.decisions[-1-b]))
	})
}

func (j judge) sameMatrix(p *program) bool {
	return !slices.ContainsFunc(j.cells, func(c judged) bool { return p.decide(&c.known).Brief() != c.says })
}

// agrees asks the reference where the mutant decides otherwise, as many draws would once have done by chance.
func (j judge) agrees(p *program, elsewhere ref) bool {
	for range 200 {
		f := j.chance.within(p.forest, elsewhere)
		if disagreement(decide(j.t, p, f), f.plain()) != "" {
			return false
		}
	}
	return true
}

// within draws facts for which something holds, if it holds at all.
func (c chance) within(f *forest, holds ref) Facts {
	var drawn Facts
	for _, fact := range facts {
		value := c.IntN(len(fact.values))
		for f.branch(holds, fact.index, value) == no && holds != no {
			value = c.IntN(len(fact.values))
		}
		fact.set(&drawn, fact.values[value])
		holds = f.branch(holds, fact.index, value)
	}
	return drawn
}

func (j judge) passesRego(m mutant) bool {
	for result := range runRego(j.t, m.modules, nil) {
		if !result.Pass() {
			return false
		}
	}
	return true
}
