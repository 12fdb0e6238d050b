package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/migrations"
)

func TestWhatWasRecordedIsInTheTree(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.records(5)
	o.seals(6) // and that the keystore was made
	o.seals(0)
	o.sound(6)
	if _, err := o.keys.NewEpoch(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	o.records(1)
	o.seals(2)
	o.sound(8)
	if n := o.count(migrations.Forum, `SELECT version FROM audit_event WHERE action = 'keys.epoch_opened'`); n != 2 {
		t.Errorf("epoch %d was opened, says the log", n)
	}
}

func TestOnlyWhatPolicyObligesToIsRecorded(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := postgres.InTx(t.Context(), o.forum, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		return none, o.log.Append(t.Context(), tx, authz.Decision{Allow: true}, audit.Event{Action: "post.create"})
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = postgres.InTx(t.Context(), o.forum, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		if err := o.log.Append(t.Context(), tx, obliged, audit.Event{Action: "post.remove"}); err != nil {
			t.Fatal(err)
		}
		return none, errCrash // and with the act goes its record
	})
	o.seals(1) // the keystore alone
}

func TestActsUponKeysAreCountedTogether(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.seals(1)
	for range 3 {
		if err := o.keys.Verify(t.Context(), func(string, int, int) {}); err != nil {
			t.Fatal(err)
		}
	}
	o.seals(1)
	if n := o.count(migrations.Forum, `SELECT times FROM audit_event WHERE action = 'keys.everything_read'`); n != 3 {
		t.Errorf("%d times, want 3", n)
	}
	if n := o.count(migrations.Keys, `SELECT count(*) FROM audit_outbox`); n != 0 {
		t.Errorf("%d acts lie in the keystore still", n)
	}
	o.sound(2)
}

func TestScribesTakeTurns(t *testing.T) {
	t.Parallel()
	o := open(t)
	others := []*audit.Scribe{o.scribe(o.forum), o.scribe(database(t, o.forumURL)), o.worker()}
	ended := make(chan error, len(others))
	for _, other := range others {
		go func() {
			for range 20 {
				if _, err := other.Seal(t.Context()); err != nil {
					ended <- err
					return
				}
			}
			ended <- nil
		}()
	}
	o.records(60)
	for range others {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if _, err := o.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.sound(61)
}

func TestAnybodyChecksTheLog(t *testing.T) {
	t.Parallel()
	o := open(t)
	policy, err := authz.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	book, anyone := audit.NewBook(o.forum, policy, o.Key()), authz.Facts{Action: authz.AuditReadProof}
	if _, err := book.Checkpoint(t.Context(), anyone); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the checkpoint of an empty log: %v", err)
	}
	o.records(9)
	o.seals(10)
	earlier := o.checkpoint(t, book)
	o.records(4)
	o.seals(4)
	later := o.checkpoint(t, book)
	if earlier.Size != 10 || later.Size != 14 {
		t.Fatalf("%d and %d leaves", earlier.Size, later.Size)
	}
	consistent, err := book.Consistency(t.Context(), anyone, 10, 14)
	if err != nil || consistent.Check(earlier.Root, later.Root) != nil {
		t.Errorf("%+v, %v", consistent, err)
	}
	leaves, size, err := book.Leaves(t.Context(), anyone, 0, 100)
	if err != nil || len(leaves) != 14 || size != 14 {
		t.Fatalf("%d leaves of %d, %v", len(leaves), size, err)
	}
	if leaves, size, err := book.Leaves(t.Context(), anyone, 14, 100); err != nil || len(leaves) != 0 || size != 14 {
		t.Errorf("behind the end there are %d leaves of %d, %v", len(leaves), size, err)
	}
	for i, leaf := range leaves {
		proof, said, err := book.Inclusion(t.Context(), anyone, int64(i), 14)
		if err != nil || said != leaf || proof.Check(later.Root, leaf) != nil {
			t.Errorf("leaf %d: %+v, %v", i, proof, err)
		}
	}
	for _, beyond := range []func() error{
		func() error { _, _, err := book.Inclusion(t.Context(), anyone, 14, 14); return err },
		func() error { _, _, err := book.Inclusion(t.Context(), anyone, 0, 15); return err },
		func() error { _, err := book.Consistency(t.Context(), anyone, 11, 10); return err },
		func() error { _, err := book.Consistency(t.Context(), anyone, 1, 99); return err },
	} {
		if err := beyond(); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
	}
	if _, err := book.Checkpoint(t.Context(), authz.Facts{Action: authz.ProgrammeCreate}); err == nil {
		t.Error("policy was not asked")
	}
}

func (o *office) checkpoint(t *testing.T, book *audit.Book) tree.Checkpoint {
	t.Helper()
	note, err := book.Checkpoint(t.Context(), authz.Facts{Action: authz.AuditReadProof})
	if err != nil {
		t.Fatal(err)
	}
	log, err := tree.NewVerifier(o.Key())
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := tree.OpenCheckpoint([]byte(note), log, audit.Origin(o.keys.Deployment()))
	if err != nil || !strings.HasPrefix(note, "hamyar/audit/") {
		t.Fatalf("%q, %v", note, err)
	}
	return c
}

func TestTheSameKeystoreSignsWithTheSameKey(t *testing.T) {
	t.Parallel()
	o, other := open(t), open(t)
	if o.scribe(o.forum).Key() != o.Key() || other.Key() == o.Key() {
		t.Error("the key of a log is not that of its keystore")
	}
}

// A scribe that is called off in the middle of its transaction has done nothing.
func TestAScribeThatIsCalledOffLeavesNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.records(2)
	ctx, cancel := context.WithCancel(t.Context())
	o.CrashAt(func(step string) error {
		if step == "added" {
			cancel()
		}
		return nil
	})
	if _, err := o.Seal(ctx); !errors.Is(err, context.Canceled) && fault.CodeOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
	o.CrashAt(nil)
	o.seals(3)
	o.sound(3)
}
