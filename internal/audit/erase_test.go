package audit_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestContentIsErasedAndTheTreeStays(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.records(3)
	o.seals(4)
	before, _ := o.exported()
	o.now = o.now.AddDate(4, 0, 0)
	o.records(2)
	o.seals(2)
	n, err := o.worker().Erase(t.Context(), o.now.AddDate(-3, 0, 0))
	if err != nil || n != 4 {
		t.Fatalf("%d erased, %v", n, err)
	}
	if n, err := o.worker().Erase(t.Context(), o.now.AddDate(-3, 0, 0)); err != nil || n != 0 {
		t.Fatalf("%d erased again, %v", n, err)
	}
	folder, lost := o.exported()
	report := o.verified(folder)
	if !report.Good() || report.Erased != 4 || report.Size != 7 || lost != 0 {
		t.Errorf("%d without a leaf, %+v", lost, report)
	}
	kept, err := os.ReadFile(filepath.Join(before, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if report := o.verified(folder, func(trust *tree.Trust) { trust.Seen = [][]byte{kept} }); !report.Good() {
		t.Errorf("%+v", report)
	}
	if n := o.count(migrations.Forum, `SELECT count(*) FROM audit_event WHERE event_id IN (SELECT event_id FROM audit_leaf WHERE number < 4)`); n != 0 {
		t.Errorf("content of %d is left", n)
	}
}

// Nobody gets rid of evidence by waiting: of a log that was changed, content stays.
func TestNothingIsErasedFromATreeThatWasRewritten(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.records(3)
	o.seals(4)
	o.asSuperuser(`UPDATE audit_node SET hash = sha256(hash)`)
	o.now = o.now.AddDate(4, 0, 0)
	if n, err := o.worker().Erase(t.Context(), o.now.AddDate(-3, 0, 0)); !errors.Is(err, audit.ErrRewritten) {
		t.Errorf("%d erased, %v", n, err)
	}
	if n := o.count(migrations.Forum, `SELECT count(*) FROM audit_event`); n != 4 {
		t.Errorf("content of %d is left", n)
	}
}

// More may wait than one batch takes; that content was erased is in the tree with the erasing all the same.
func TestErasingIsInTheTreeAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.seals(1)
	o.now = o.now.AddDate(4, 0, 0)
	o.records(1001)
	if n, err := o.worker().Erase(t.Context(), o.now); err != nil || n != 1 {
		t.Fatalf("%d erased, %v", n, err)
	}
	o.sound(1003)
}

// What was recorded before there was a tree becomes leaves of it: the migration makes them, in SQL, and they must be what
// Go would have made.
func TestWhatWasRecordedBeforeBecomesLeaves(t *testing.T) {
	t.Parallel()
	o := open(t)
	text, err := os.ReadFile("../../migrations/forum/008_prove_audit.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, insert, found := strings.Cut(string(text), "INSERT INTO audit_pending")
	insert, _, ended := strings.Cut(insert, ";\n")
	if !found || !ended {
		t.Fatal("the migration has no such statement")
	}
	conn, err := pgx.Connect(t.Context(), pgtest.Admin(t, migrations.Forum, o.forumURL))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range []string{
		`INSERT INTO audit_event (event_id, day, action, community_id, persona_id, actor, subject_id, revision, salt) VALUES
			(gen_random_uuid(), '2025-12-31', 'community.edit', gen_random_uuid(), NULL, '\x0102030405', gen_random_uuid(), 'abc', sha256('1')),
			(gen_random_uuid(), '2026-01-01', 'post.remove', gen_random_uuid(), gen_random_uuid(), NULL, gen_random_uuid(), 'abc', sha256('2')),
			(gen_random_uuid(), '2026-01-02', 'programme.create', NULL, NULL, '\x06', NULL, '', sha256('3'))`,
		"INSERT INTO audit_pending" + insert,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	o.now = time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)
	o.seals(4)
	o.sound(4)
}
