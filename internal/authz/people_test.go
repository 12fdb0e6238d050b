package authz

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hamyar/hamyar/policy"
)

// load compiles the built-in policy without its gate, so that a test sees the policy alone.
func load(t testing.TB) *program {
	t.Helper()
	text, err := read(policy.Files)
	if err != nil {
		t.Fatal(err)
	}
	return loadText(t, text)
}

func loadText(t testing.TB, text source) *program {
	t.Helper()
	p, err := tryText(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryText(t testing.TB, text source) (*program, error) {
	t.Helper()
	modules, err := text.parse()
	if err != nil {
		return nil, err
	}
	return compile(t.Context(), modules)
}

func engineOf(p *program) *Engine {
	e := &Engine{}
	e.program.Store(p)
	return e
}

// decide asks the policy as it was understood.
func decide(t testing.TB, p *program, f Facts) Decision {
	t.Helper()
	known, err := f.codes()
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	return *p.decide(&known)
}

// written asks the policy as it is written.
func written(t testing.TB, p *program, f Facts) Decision {
	t.Helper()
	d, err := p.judgeWritten(context.WithoutCancel(t.Context()), f.input())
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	return d
}

// chance draws facts. Two draws in three are of somebody who could exist; the rest are any combination at all.
type chance struct{ *rand.Rand }

func newChance(t testing.TB) chance {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return chance{rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // draws test cases
}

func (c chance) facts() Facts {
	var f Facts
	c.fill(reflect.ValueOf(&f).Elem(), nil)
	if c.IntN(3) == 0 {
		return f
	}
	who := people[c.IntN(len(people))].as
	who.Action, who.RecentSignIn, who.AlwaysFresh, who.Purpose = f.Action, f.RecentSignIn, f.AlwaysFresh, f.Purpose
	if c.IntN(4) > 0 {
		who.Purpose = usual(f.Action)
	}
	who.CommunityVisibility, who.JoinPolicy, who.Archived, who.Sensitivity = f.CommunityVisibility, f.JoinPolicy, f.Archived, f.Sensitivity
	who.CommunityAttachments = f.CommunityAttachments
	who.CommunitySearch, who.RulesAccepted, who.Status, who.TopicStatus = f.CommunitySearch, f.RulesAccepted, f.Status, f.TopicStatus
	who.TopicLocked, who.OthersReplied = f.TopicLocked, f.OthersReplied
	return who
}

// fill draws a value for each fact named, or for every fact where none is.
func (c chance) fill(drawn reflect.Value, only []string) {
	for i, f := range facts {
		if only != nil && !slices.Contains(only, f.name) {
			continue
		}
		switch field := drawn.Field(i); f.kind {
		case reflect.Bool:
			field.SetBool(c.IntN(2) == 0)
		case reflect.Int:
			field.SetInt(int64(f.numbers[c.IntN(len(f.numbers))]))
		default:
			field.SetString(f.words[c.IntN(len(f.words))])
		}
	}
}
