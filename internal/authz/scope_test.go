package authz

import "testing"

// Each scope that is offered lets some script do something, and without it the same script is refused; what is not
// offered, no script does.
func TestScopesAreWhatPolicyGivesToScripts(t *testing.T) {
	p, offered := load(t), map[string]bool{}
	for _, scope := range Scopes() {
		offered[scope] = true
	}
	helps := map[string]bool{}
	for cell := range Cells() {
		for _, purpose := range KeyPurposes {
			f := cell.Facts
			f.ByKey, f.InScope, f.Purpose = true, true, purpose
			if !decide(t, p, f).Allow {
				continue
			}
			helps[Scope(f.Action)] = true
			f.InScope = false
			if d := decide(t, p, f); d.Allow {
				t.Fatalf("%s without its scope: %+v", f.Action, f)
			}
		}
	}
	for _, action := range Actions {
		if scope := Scope(action); offered[scope] != helps[scope] {
			t.Errorf("%s is offered: %v; with it a script does something: %v", scope, offered[scope], helps[scope])
		}
	}
}

// A script never does what its owner could not do themselves, as they are, for the same purpose.
func TestAScriptNeverExceedsItsOwner(t *testing.T) {
	p, c := load(t), newChance(t)
	seen := 0
	for range 20_000 {
		f := c.facts()
		f.ByKey, f.InScope = true, true
		d := decide(t, p, f)
		if !d.Allow {
			continue
		}
		seen++
		owner := f
		owner.ByKey, owner.InScope = false, false
		theirs := decide(t, p, owner)
		if !theirs.Allow || len(theirs.VisibleFields) != len(d.VisibleFields) || len(theirs.Obligations) != len(d.Obligations) {
			t.Fatalf("a script may, and its owner not: %+v", f)
		}
	}
	if seen < 500 {
		t.Errorf("only %d scripts did anything: the draw says little", seen)
	}
}
