package notice_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/migrations"
)

// Where a notice can't be left, nothing is opened and nothing is recorded as if it had been.
func TestNothingIsOpenedWithoutANotice(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := p.attached(t)
	lead, second := p.Staff(member.RoleLead), p.Staff(member.RoleLead)
	asked, err := p.Directory.AskUnmasking(t.Context(), lead, p.in, p.boris.Persona(p.in), sealed.NewText("A court asks who wrote this."))
	if err != nil {
		t.Fatal(err)
	}
	openings := map[string]func() error{
		"a page": func() error {
			_, err := p.Board.Posts(t.Context(), p.mods, p.in, p.topic.ID, page.Ask[int]{Limit: 10})
			return err
		},
		"a post": func() error { _, err := p.Board.Post(t.Context(), p.mods, p.in, p.his.ID); return err },
		"a file": func() error { _, err := p.Shelf.Open(t.Context(), p.mods, p.in, file, false); return err },
		"an unmasking": func() error {
			_, err := p.Directory.ApproveUnmasking(t.Context(), second, p.in, asked)
			return err
		},
	}
	recorded := p.count(t, `SELECT count(*) FROM audit_event`)
	p.run(t, `REVOKE INSERT ON notice FROM `+migrations.Forum.App)
	for name, open := range openings {
		if err := open(); err == nil || fault.CodeOf(err) == fault.NotFound {
			t.Errorf("%s is opened: %v", name, err)
		}
	}
	if n := p.count(t, `SELECT count(*) FROM audit_event`); n != recorded {
		t.Errorf("%d openings are recorded that were none", n-recorded)
	}
	p.run(t, `GRANT INSERT ON notice TO `+migrations.Forum.App)
	for name, open := range openings {
		if err := open(); err != nil {
			t.Errorf("%s is not opened: %v", name, err)
		}
	}
	if told := p.told(t, p.boris); len(told) != len(openings) {
		t.Errorf("%d notices of %d openings", len(told), len(openings))
	}
}

// A notice opens in its own row, for its own persona, and says nothing in plain.
func TestANoticeIsSealedInItsPlace(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.posts(t, p.mods)
	box := func(of member.Actor) (b []byte) {
		if err := p.rows.QueryRow(t.Context(), `SELECT box FROM notice WHERE persona_id = $1`, of.Persona(p.in)).Scan(&b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	his := box(p.boris)
	for _, word := range []string{"opened", "moderat", p.his.ID.String(), string(p.his.ID[:])} {
		if strings.Contains(string(his), word) {
			t.Errorf("%q stands in plain", word)
		}
	}
	if hers := box(p.alma); len(hers) != len(his) {
		t.Errorf("boxes of %d and of %d bytes tell two like acts apart", len(hers), len(his))
	}
	p.posts(t, p.mods)
	for name, spoil := range map[string]string{
		"of somebody else":   `UPDATE notice n SET persona_id = $1 WHERE n.notice_id = (SELECT notice_id FROM notice WHERE persona_id <> $1 LIMIT 1)`,
		"of another version": `UPDATE notice SET sealed_version = 7 WHERE persona_id = $1`,
		"of another row": `UPDATE notice n SET box = o.box FROM notice o WHERE n.persona_id = $1 AND o.persona_id = $1 AND n.notice_id <> o.notice_id
			AND n.notice_id = (SELECT notice_id FROM notice WHERE persona_id = $1 ORDER BY notice_id LIMIT 1)`,
		"cut off": `UPDATE notice SET box = substring(box FOR 80) WHERE persona_id = $1`,
	} {
		p.run(t, `CREATE TEMP TABLE kept AS SELECT * FROM notice`)
		p.run(t, spoil, p.boris.Persona(p.in))
		_, err := p.Directory.Notices(t.Context(), p.boris, p.in, page.Ask[notice.Position]{Limit: 10})
		if !errors.Is(err, sealed.ErrOpen) {
			t.Errorf("a box %s: %v", name, err)
		}
		p.run(t, `DELETE FROM notice`)
		p.run(t, `INSERT INTO notice SELECT * FROM kept`)
		p.run(t, `DROP TABLE kept`)
	}
	if told := p.told(t, p.boris); len(told) != 2 {
		t.Errorf("%d notices are left", len(told))
	}
}

// Who is erased is told nothing more, what they were told is gone, and others are told as before.
func TestTheErasedAreToldNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.posts(t, p.mods)
	boris := p.boris.Persona(p.in)
	if err := p.Store.ErasePersona(t.Context(), boris); err != nil {
		t.Fatal(err)
	}
	p.posts(t, p.mods) // his row is there still, and nobody can read it any more
	if n := p.count(t, `SELECT count(*) FROM notice WHERE persona_id = $1`, boris); n != 1 {
		t.Errorf("%d notices of somebody without a key", n)
	}
	if told := p.told(t, p.alma); len(told) != 2 {
		t.Errorf("others were told %d times", len(told))
	}
	if left, err := p.Board.Left(t.Context(), p.in, boris); err != nil || !left {
		t.Fatal("nothing is left: it proves nothing", err)
	}
	if err := p.Directory.Erase(t.Context(), p.in, boris); err != nil {
		t.Fatal(err)
	}
	if _, err := p.worker(t).Board.ErasePersona(t.Context(), p.in, boris); err != nil {
		t.Fatal(err)
	}
	if n := p.count(t, `SELECT count(*) FROM notice WHERE persona_id = $1`, boris); n != 0 {
		t.Errorf("%d notices are left", n)
	}
	if left, err := p.Board.Left(t.Context(), p.in, boris); err != nil || left {
		t.Error("something is left", err)
	}
}

// A page of more things than a notice names tells how many there were.
func TestANoticeIsBounded(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.run(t, `INSERT INTO post SELECT (jsonb_populate_record(post, jsonb_build_object('post_id', gen_random_uuid(), 'number', 100 + n))).*
		FROM post, generate_series(1, $2) AS n WHERE post_id = $1`, p.his.ID, notice.Most)
	if _, err := p.Board.Posts(t.Context(), p.mods, p.in, p.topic.ID, page.Ask[int]{Limit: 2 * notice.Most}); !errors.Is(err, sealed.ErrOpen) {
		t.Fatalf("copies of a row open elsewhere: %v", err)
	}
	told := p.told(t, p.boris)
	if len(told) != 1 || len(told[0].Things) != notice.Most || told[0].Count != notice.Most+1 || told[0].Things[0] == uuid.Nil {
		t.Errorf("%d notices", len(told))
	}
}

// The serving role leaves and reads notices. It can change none, and takes back those of who is erased alone.
func TestWhoServesCannotTakeANoticeBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.posts(t, p.mods)
	for _, sql := range []string{`UPDATE notice SET number = 9`, `UPDATE notice SET box = ''`} {
		if _, err := p.Forum.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	takenBack := func() int {
		n, err := postgres.InTx(t.Context(), p.Forum, postgres.Communities(p.in), func(tx pgx.Tx) (int, error) {
			return notice.Erase(t.Context(), tx, p.in, p.boris.Persona(p.in))
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n, told := takenBack(), p.told(t, p.boris); n > 0 || len(told) != 1 {
		t.Errorf("%d were taken back of one who is there, %d are left", n, len(told))
	}
	if err := p.Directory.Erase(t.Context(), p.in, p.boris.Persona(p.in)); err != nil {
		t.Fatal(err)
	}
	if n := takenBack(); n != 1 {
		t.Errorf("%d were taken back of one who is erased", n)
	}
}
