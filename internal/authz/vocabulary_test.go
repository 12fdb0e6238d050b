package authz

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/hamyar/hamyar/internal/fault"
)

// contained is what the sets of the policy may contain, by the set's name.
func contained(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for path, module := range parseAll(t) {
		for _, rule := range module.Rules {
			if rule.Head.Key != nil && !strings.HasSuffix(path, "_test.rego") {
				name := rule.Head.Name.String()
				found[name] = append(found[name], stringsIn(rule.Head.Key)...)
			}
		}
	}
	return found
}

func stringsIn(of any) []string {
	var found []string
	ast.WalkTerms(of, func(t *ast.Term) bool {
		text, ok := t.Value.(ast.String)
		if ok {
			found = append(found, string(text))
		}
		_, isRef := t.Value.(ast.Ref)
		return isRef
	})
	return found
}

// Whatever looks like an action in the policy is one, and each action is named there.
func TestPolicyAndCodeNameTheSameActions(t *testing.T) {
	named := map[string]bool{}
	action := regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	for path, module := range parseAll(t) {
		for _, text := range stringsIn(module) {
			if !action.MatchString(text) {
				continue
			}
			if !slices.Contains(Actions, text) {
				t.Errorf("%s: %s is no action", path, text)
			}
			named[text] = named[text] || !strings.HasSuffix(path, "_test.rego")
		}
	}
	for _, action := range Actions {
		if !named[action] {
			t.Errorf("no rule names %s", action)
		}
	}
}

// Each action has its purposes, once; each purpose exists, and is told in both languages with its code.
func TestEveryActionHasItsPurposes(t *testing.T) {
	all, err := fitting()
	if err != nil {
		t.Fatal(err)
	}
	why, _ := factNamed("purpose")
	if got, want := slices.Sorted(maps.Keys(all)), slices.Sorted(slices.Values(Actions)); !slices.Equal(got, want) {
		t.Errorf("the policy has purposes for %v", got)
	}
	for action, purposes := range all {
		if len(purposes) == 0 {
			t.Errorf("%s fits no purpose", action)
		}
		for _, name := range purposes {
			if !why.holds(ast.String(name)) {
				t.Errorf("%s: %s is no purpose", action, name)
			}
		}
	}
	for _, value := range why.values {
		name := plainly(value)
		p, known := PurposeNamed(name)
		if known == (name == "none") || known && (p.HL7 == "" || p.English == "" || p.Persian == "") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	table := regoFiles(t)["hamyar/purpose/purpose.rego"]
	for _, action := range Actions {
		if n := strings.Count(string(table), fmt.Sprintf("%q:", action)); n != 1 {
			t.Errorf("%s is in the table of purposes %d times", action, n) // of two, the evaluator would take the last
		}
	}
}

// Every kind of thing has a vector at the gate, so that a policy which lost all about it is not let in.
func TestEveryKindOfThingIsAtTheGate(t *testing.T) {
	held := map[string]bool{}
	for _, v := range vectors {
		kind, _, _ := strings.Cut(v.facts.Action, ".")
		held[kind] = true
	}
	for _, action := range Actions {
		if kind, _, _ := strings.Cut(action, "."); !held[kind] {
			t.Errorf("no vector is about a %s", kind)
		}
	}
}

func TestReasonsAndObligationsAreKnownAndUsed(t *testing.T) {
	contained := contained(t)
	for _, reason := range contained["reasons"] {
		if !slices.Contains(reasons, Reason(reason)) {
			t.Errorf("reason %s is unknown", reason)
		}
	}
	for _, reason := range reasons {
		if !slices.Contains(contained["reasons"], string(reason)) {
			t.Errorf("reason %s is never given", reason)
		}
		if kind := reason.Kind(); kind != fault.KindForbidden && kind != fault.KindNotFound && kind != fault.KindUnauthenticated {
			t.Errorf("reason %s is no refusal of a person", reason)
		}
	}
	for _, duty := range contained["obligations"] {
		if !slices.Contains(obligations, Obligation(duty)) {
			t.Errorf("obligation %s is unknown", duty)
		}
	}
}

// What has its own columns in a list is a fact, and what is listed is an action.
func TestListsNameFactsAndActions(t *testing.T) {
	for _, action := range slices.Sorted(maps.Keys(lists)) {
		if !slices.Contains(Actions, action) {
			t.Errorf("%s is no action", action)
		}
		for _, name := range lists[action] {
			if _, ok := factNamed(name); !ok {
				t.Errorf("%s: %s is no fact", action, name)
			}
		}
	}
}
