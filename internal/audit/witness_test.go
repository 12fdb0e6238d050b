package audit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/migrations"
)

func TestWitnessesCosignWhatGrows(t *testing.T) {
	t.Parallel()
	o := open(t)
	one, two := newWitness(t, o), newWitness(t, o)
	witnesses := []audit.Witness{one, two}
	if err := o.Cosign(t.Context(), witnesses); err != nil { // an empty log
		t.Fatal(err)
	}
	asked := 0
	ask := one.Ask
	witnesses[0].Ask = func(ctx context.Context, s tree.Submission) ([]byte, error) { asked++; return ask(ctx, s) }
	cosigns := func(wantAsked int) {
		t.Helper()
		if err := o.Cosign(t.Context(), witnesses[:1]); err != nil || asked != wantAsked {
			t.Errorf("asked %d times, want %d: %v", asked, wantAsked, err)
		}
	}
	o.records(4)
	o.seals(5)
	cosigns(1)
	cosigns(1) // it has said so already
	o.records(1)
	o.seals(1)
	cosigns(2)
	o.now = o.now.Add(2 * time.Hour)
	cosigns(3) // its word is to stay young
	folder, _ := o.exported(witnesses...)
	fresh := func(trust *tree.Trust) { trust.Witnesses, trust.Quorum, trust.MaxAge = []string{one.Key}, 1, time.Hour }
	if report := o.verified(folder, fresh); !report.Good() || report.Witnessed != 1 {
		t.Errorf("%+v", report)
	}
	o.now = o.now.Add(90 * time.Minute)
	o.finds(folder, tree.StaleWitness, fresh)

	o.asSuperuser(`DELETE FROM audit_cosignature`) // so that nobody here knows what it saw
	o.records(1)
	o.seals(1)
	cosigns(5) // it says itself

	o.asSuperuser(`UPDATE audit_cosignature SET signature = overlay(signature placing 'AAAA' from 40)`)
	cosigns(6) // its word is damaged, and it gives it again
	cosigns(6)
}

func TestAWitnessThatDoesNotAnswerHoldsNothingUp(t *testing.T) {
	t.Parallel()
	o := open(t)
	down, good, lying := newWitness(t, o), newWitness(t, o), newWitness(t, o)
	errDown := errors.New("no route")
	down.Ask = func(context.Context, tree.Submission) ([]byte, error) { return nil, errDown }
	lying.Ask = good.Ask
	o.records(1)
	o.seals(2)
	if err := o.Cosign(t.Context(), []audit.Witness{down, lying, good}); !errors.Is(err, errDown) || !errors.Is(err, tree.ErrUnsigned) {
		t.Errorf("%v", err)
	}
	if n := o.count(migrations.Forum, `SELECT count(*) FROM audit_cosignature`); n != 1 {
		t.Errorf("%d cosignatures are kept, want the good one", n)
	}
	o.records(1)
	o.seals(1)
}

func TestTheListOfWitnesses(t *testing.T) {
	t.Parallel()
	w := newWitness(t, open(t))
	var addresses []string
	at := func(address string) func(context.Context, tree.Submission) ([]byte, error) {
		addresses = append(addresses, address)
		return w.Ask
	}
	all, err := audit.ReadWitnesses("# ours\n\n"+w.Key+"  https://witness.example\n", at)
	if err != nil || len(all) != 1 || all[0].Key != w.Key || len(addresses) != 1 || addresses[0] != "https://witness.example" {
		t.Errorf("%v, %v", addresses, err)
	}
	for _, wrong := range []string{w.Key, "https://witness.example", w.Key + "x https://witness.example", w.Key + " a b"} {
		if _, err := audit.ReadWitnesses(wrong, at); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}
