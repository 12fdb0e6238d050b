package audit_test

import (
	"errors"
	"testing"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/migrations"
)

var errCrash = errors.New("the lights went out")

// The scribe stops at each of its steps, in the first tree and in a later one, and whoever comes next finishes: nothing
// is missing, nothing is there twice, and no history was signed that the later one doesn't hold.
func TestACrashLeavesNoGapAndNoFork(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"taken", "read", "added", "signed", "committed"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			want := int64(1)
			for range 3 {
				o.records(7)
				if err := o.keys.Verify(t.Context(), func(string, int, int) {}); err != nil { // leaves something in the keystore
					t.Fatal(err)
				}
				want += 8
				o.CrashAt(func(at string) error {
					if at == step {
						return errCrash
					}
					return nil
				})
				if _, err := o.Seal(t.Context()); !errors.Is(err, errCrash) {
					t.Fatalf("it did not stop: %v", err)
				}
				o.CrashAt(nil)
				if err := o.keys.Verify(t.Context(), func(string, int, int) {}); err != nil { // and what is done meanwhile counts by itself
					t.Fatal(err)
				}
				want++
				if _, err := o.scribe(database(t, o.forumURL)).Seal(t.Context()); err != nil {
					t.Fatal(err)
				}
				o.sound(want)
			}
			if n := o.count(migrations.Forum, `SELECT count(*) FROM audit_pending`) + o.count(migrations.Keys, `SELECT count(*) FROM audit_outbox`); n != 0 {
				t.Errorf("%d wait still", n)
			}
			if n := o.count(migrations.Forum, `SELECT sum(times)::int FROM audit_event WHERE action = 'keys.everything_read'`); n != 6 {
				t.Errorf("the log counts %d acts upon keys, and there were 6", n)
			}
		})
	}
}

// What was signed is looked at before anything is added to it.
func TestNothingIsAddedToATreeThatWasRewritten(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"cut short":      `DELETE FROM audit_leaf WHERE number = 8`,
		"grown":          `INSERT INTO audit_leaf SELECT 9, gen_random_uuid(), leaf FROM audit_leaf WHERE number = 0`,
		"another hash":   `UPDATE audit_node SET hash = sha256(hash) WHERE number = (SELECT max(number) FROM audit_node)`,
		"no hash":        `DELETE FROM audit_node WHERE number = (SELECT max(number) FROM audit_node)`,
		"no checkpoint":  `DELETE FROM audit_checkpoint`,
		"another's note": `UPDATE audit_checkpoint SET note = replace(note, '9', '8')`,
		"another size":   `UPDATE audit_checkpoint SET size = 8 WHERE size = 9`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.seals(1)
			o.records(8)
			o.seals(8)
			if err := o.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			o.asSuperuser(sql)
			o.records(1)
			if _, err := o.Seal(t.Context()); !errors.Is(err, audit.ErrRewritten) {
				t.Errorf("%v", err)
			}
			if err := o.Check(t.Context()); !errors.Is(err, audit.ErrRewritten) {
				t.Errorf("%v", err)
			}
		})
	}
}
