package audit_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
)

// Somebody with the database in their hands, who even makes the tree fit afterwards as far as rows go, is found by who
// has the exported files and the log's key.
func TestAttack17WhatASuperuserDoesToTheLogIsFound(t *testing.T) {
	t.Parallel()
	for name, attack := range map[string]struct {
		sql  string
		code tree.Code
	}{
		"an act is told otherwise":    {`UPDATE audit_event SET action = 'post.read' WHERE event_id = (SELECT event_id FROM audit_leaf WHERE number = 4)`, tree.Altered},
		"another is said to have":     {`UPDATE audit_event SET actor = (SELECT actor FROM audit_event LIMIT 1 OFFSET 3) WHERE action = 'post.remove'`, tree.Altered},
		"another day":                 {`UPDATE audit_event SET day = day - 1`, tree.Altered},
		"an act is deleted":           {`DELETE FROM audit_event WHERE event_id = (SELECT event_id FROM audit_leaf WHERE number = 4)`, tree.Altered},
		"an act is said to be erased": {`DELETE FROM audit_event WHERE event_id = (SELECT event_id FROM audit_leaf WHERE number = 8); INSERT INTO audit_event (event_id, day, action, revision, salt, times) VALUES (gen_random_uuid(), current_date, 'audit.erased', '', sha256(''), 9)`, tree.Altered},
		"a leaf is deleted":           {`DELETE FROM audit_leaf WHERE number = 4`, tree.Missing},
		"a leaf is put in its place":  {`DELETE FROM audit_leaf WHERE number = 4; UPDATE audit_leaf SET number = number - 1 WHERE number > 4`, tree.Truncated},
		"leaves change places":        {`UPDATE audit_leaf SET number = 1003 WHERE number = 3; UPDATE audit_leaf SET number = 3 WHERE number = 4; UPDATE audit_leaf SET number = 4 WHERE number = 1003`, tree.Rewritten},
		"a leaf twice":                {`UPDATE audit_leaf SET leaf = (SELECT leaf FROM audit_leaf WHERE number = 3) WHERE number = 4`, tree.Duplicated},
		"leaf and act are made anew":  {`UPDATE audit_leaf SET leaf = sha256(leaf) WHERE number = 4`, tree.Rewritten},
		"the end is cut off":          {`DELETE FROM audit_leaf WHERE number > 6`, tree.Truncated},
		"a note is swapped":           {`UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 4) WHERE size = 10`, tree.Unsigned},
		"a note is forged":            {`UPDATE audit_checkpoint SET note = replace(note, E'\n10\n', E'\n11\n') WHERE size = 10`, tree.BadSignature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.records(3)
			o.seals(4)
			o.records(6)
			o.seals(6)
			o.sound(10)
			o.asSuperuser(attack.sql)
			folder, _ := o.exported()
			if report := o.verified(folder); report.Good() {
				t.Errorf("nothing was found, want %s", attack.code)
			} else {
				o.finds(folder, attack.code)
			}
		})
	}
}

// A log that was put back to an earlier state, every row of it, is whole in itself. Who kept a checkpoint finds it, and so
// does a witness.
func TestAttack17ALogThatWasPutBackIsFound(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.records(3)
	o.seals(4)
	o.records(3)
	o.seals(3)
	whole, _ := o.exported()
	kept, err := os.ReadFile(filepath.Join(whole, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWitness(t, o)
	if err := o.Cosign(t.Context(), []audit.Witness{w}); err != nil {
		t.Fatal(err)
	}
	o.cutBackTo4()
	o.sound(4) // to whoever knows nothing else
	cut, lost := o.exported()
	if lost != 0 {
		t.Errorf("%d events are left without a leaf, though they were deleted as well", lost)
	}
	seen := func(trust *tree.Trust) { trust.Seen = [][]byte{kept} }
	o.finds(cut, tree.Truncated, seen)

	if err := o.Cosign(t.Context(), []audit.Witness{w}); !errors.Is(err, audit.ErrRewritten) {
		t.Errorf("the witness had seen more: %v", err)
	}
	o.records(3) // another history of the same length
	o.seals(3)
	o.sound(7)
	forked, _ := o.exported()
	o.finds(forked, tree.Forked, seen)
	if err := o.Cosign(t.Context(), []audit.Witness{w}); err == nil {
		t.Error("the witness cosigned two histories")
	}
	o.finds(forked, tree.StaleWitness, func(trust *tree.Trust) { trust.Witnesses, trust.Quorum, trust.MaxAge = []string{w.Key}, 1, time.Hour })
}

func (o *office) cutBackTo4() {
	o.asSuperuser(`DELETE FROM audit_event WHERE event_id IN (SELECT event_id FROM audit_leaf WHERE number >= 4);
		DELETE FROM audit_leaf WHERE number >= 4; DELETE FROM audit_node WHERE number >= 7;
		DELETE FROM audit_cosignature; DELETE FROM audit_checkpoint WHERE size > 4`)
}

// Events whose leaves were taken away are counted, though no archive can show them.
func TestLeavesThatWereTakenAwayAreCounted(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.records(2)
	o.asSuperuser(`DELETE FROM audit_pending WHERE event_id = (SELECT event_id FROM audit_pending LIMIT 1)`)
	o.seals(2)
	if _, lost := o.exported(); lost != 1 {
		t.Errorf("%d events have no leaf, want 1", lost)
	}
}

// newWitness is one that runs in this process, asked as over the wire.
func newWitness(t *testing.T, o *office) audit.Witness {
	t.Helper()
	log, err := tree.NewVerifier(o.Key())
	if err != nil {
		t.Fatal(err)
	}
	var seed [32]byte
	_, _ = rand.Read(seed[:])
	signer, key, err := tree.NewCosigner(seed, "witness.example/one", o.clock)
	if err != nil {
		t.Fatal(err)
	}
	w, err := tree.OpenWitness(t.TempDir(), signer, []note.Verifier{log}...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return audit.Witness{Key: key, Ask: func(ctx context.Context, s tree.Submission) ([]byte, error) {
		sent, err := tree.ParseSubmission(s.Bytes())
		if err != nil {
			return nil, err
		}
		return w.Add(ctx, sent)
	}}
}
