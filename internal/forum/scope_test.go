package forum_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// directory are the tables whose rows every transaction may read, because policy filters the directory.
var directory = []string{"community", "community_tally"}

// neighbours are two communities in which everything happened, and a connection of the serving role.
type neighbours struct {
	t          *testing.T
	here, next uuid.UUID
	tables     []string // all that belong to a community
	app, all   *pgx.Conn
}

func newNeighbours(t *testing.T) *neighbours {
	t.Helper()
	w := forumtest.New(t)
	n := &neighbours{t: t, here: live(t, w), next: live(t, w), app: connect(t, w.ForumURL), all: connect(t, pgtest.Admin(t, migrations.Forum, w.ForumURL))}
	rows, err := n.all.Query(t.Context(), `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'community_id'
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'audit_event' ORDER BY c.relname`)
	if err != nil {
		t.Fatal(err)
	}
	if n.tables, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	for _, table := range n.tables {
		for _, in := range []uuid.UUID{n.here, n.next} {
			if n.count(n.all, table, in) == 0 {
				t.Fatalf("nothing is in %s: it would prove nothing", table)
			}
		}
	}
	return n
}

// live founds a community in which somebody was invited, joined, wrote, answered and was told of something.
func live(t *testing.T, w *forumtest.World) uuid.UUID {
	t.Helper()
	in := w.Found()
	if _, err := w.Directory.Invite(t.Context(), w.Staff(member.RoleLead), in, 1, 1); err != nil {
		t.Fatal(err)
	}
	by := w.Join(uuid.New(), in, "Morning Walker")
	if err := w.Unmask(in, by.Persona(in)); err != nil {
		t.Fatal(err)
	}
	topic, _, err := w.Board.CreateTopic(t.Context(), by, in, forum.NewTopic{Title: "First winter", Text: "How do you keep warm?"}, "one")
	if err != nil {
		t.Fatal(err)
	}
	file, _, err := w.Shelf.Upload(t.Context(), by, in, "application/pdf", strings.NewReader("%PDF-1.7\n%%EOF\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Board.CreatePost(t.Context(), by, in, topic.ID, "Wool.", "two", attachment.Wanted{ID: file.ID, Alt: "A letter"}); err != nil {
		t.Fatal(err)
	}
	admin := connect(t, pgtest.Admin(t, migrations.Forum, w.ForumURL))
	for _, made := range []string{ // by others
		`INSERT INTO attachment_doomed VALUES ($1, $2)`,
		`INSERT INTO search_segment VALUES ($1, $2, 'segments', 1, 1, '\x00')`,
		`INSERT INTO search_page VALUES ($1, $2, 0, '\x00')`,
		`INSERT INTO search_tag VALUES ($1, $2, 1, '{0}')`,
		`INSERT INTO search_place VALUES ($1, $2, $2)`,
		`INSERT INTO search_changed VALUES ($1, $2)`,
	} {
		if _, err := admin.Exec(t.Context(), made, in, topic.ID); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

func (n *neighbours) count(conn *pgx.Conn, table string, in uuid.UUID) (rows int) {
	n.t.Helper()
	if err := conn.QueryRow(n.t.Context(), `SELECT count(*) FROM `+table+` WHERE community_id = $1`, in).Scan(&rows); err != nil {
		n.t.Fatal(err)
	}
	return rows
}

// inScope runs as the serving role in a transaction of a scope, and rolls back; an empty scope is left unset.
func (n *neighbours) inScope(scope string, do func(pgx.Tx) error) error {
	n.t.Helper()
	tx, err := n.app.Begin(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // nothing here shall stay
	if scope != "" {
		if _, err := tx.Exec(n.t.Context(), `SET LOCAL hamyar.communities = '`+scope+`'`); err != nil {
			n.t.Fatal(err)
		}
	}
	return do(tx)
}

func TestAScopeShowsItsCommunitiesAlone(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	for _, table := range n.tables {
		for scope, visible := range map[string]map[uuid.UUID]bool{
			"":                                      {},
			n.here.String():                         {n.here: true},
			n.here.String() + "," + n.next.String(): {n.here: true, n.next: true},
			uuid.NewString():                        {},
		} {
			for _, in := range []uuid.UUID{n.here, n.next} {
				want := 0
				if visible[in] || slices.Contains(directory, table) {
					want = n.count(n.all, table, in)
				}
				_ = n.inScope(scope, func(tx pgx.Tx) error {
					if got := n.count(tx.Conn(), table, in); got != want {
						t.Errorf("%s: a transaction in scope %q sees %d rows of %s, want %d", table, scope, got, in, want)
					}
					return nil
				})
			}
		}
	}
}

// A statement is refused, or finds no row; either way nothing of the neighbour's changes.
func TestAScopeChangesItsCommunitiesAlone(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	for _, table := range n.tables {
		for _, scope := range []string{"", n.here.String(), uuid.NewString()} {
			for _, statement := range []string{
				`UPDATE ` + table + ` SET community_id = community_id WHERE community_id = $1`,
				`UPDATE ` + table + ` SET community_id = $1 WHERE community_id <> $1`,
				`DELETE FROM ` + table + ` WHERE community_id = $1`,
				`DELETE FROM ` + table + ` WHERE community_id = $1 OR true`,
				`INSERT INTO ` + table + ` SELECT * FROM ` + table + ` WHERE community_id = $1`,
			} {
				n.harmless(scope, statement)
			}
			n.refused(scope, table)
		}
	}
}

// harmless runs a statement about the neighbour, commits it, and compares the neighbour's rows before and after.
func (n *neighbours) harmless(scope, statement string) {
	n.t.Helper()
	before := n.everything()
	_ = n.inScope(scope, func(tx pgx.Tx) error {
		if _, err := tx.Exec(n.t.Context(), statement, n.next); err != nil {
			return err
		}
		return tx.Commit(n.t.Context())
	})
	if after := n.everything(); after != before {
		n.t.Errorf("in scope %q, %s: the neighbour has other rows than before", scope, statement)
	}
}

func (n *neighbours) everything() (digest string) {
	n.t.Helper()
	for _, table := range n.tables {
		var of string
		err := n.all.QueryRow(n.t.Context(), fmt.Sprintf(`SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM %s r WHERE community_id = $1`, table), n.next).Scan(&of)
		if err != nil {
			n.t.Fatal(err)
		}
		digest += table + " " + of + "\n"
	}
	return digest
}

// refused hands in a whole row of the neighbour's, known from somewhere.
func (n *neighbours) refused(scope, table string) {
	n.t.Helper()
	var row string
	if err := n.all.QueryRow(n.t.Context(), fmt.Sprintf(`SELECT row_to_json(r)::text FROM %s r WHERE community_id = $1 LIMIT 1`, table), n.next).Scan(&row); err != nil {
		n.t.Fatal(err)
	}
	err := n.inScope(scope, func(tx pgx.Tx) error {
		_, err := tx.Exec(n.t.Context(), fmt.Sprintf(`INSERT INTO %[1]s SELECT (json_populate_record(NULL::%[1]s, $1)).*`, table), row)
		return err
	})
	if code := sqlState(err); code != "42501" {
		n.t.Errorf("%s: a row of another community was inserted in scope %q, or refused for another reason: %v", table, scope, err)
	}
}

func sqlState(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

func TestEveryTableOfACommunityIsGuarded(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	rows, err := n.all.Query(t.Context(), `SELECT relname FROM pg_class WHERE relname = ANY ($1) AND relrowsecurity AND relforcerowsecurity ORDER BY relname`, n.tables)
	if err != nil {
		t.Fatal(err)
	}
	guarded, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || !slices.Equal(guarded, n.tables) {
		t.Errorf("row-level security is forced on %q, want %q (%v)", guarded, n.tables, err)
	}
	// Whoever may create, alter or become the owner could lift it.
	for _, statement := range []string{
		`CREATE TABLE more (a text)`, `CREATE TEMP TABLE more (a text)`, `CREATE SCHEMA more`, `CREATE VIEW more AS SELECT body FROM post`,
		`CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE OR REPLACE FUNCTION visible_communities() RETURNS uuid[] LANGUAGE sql AS 'SELECT NULL::uuid[]'`,
		`ALTER TABLE post DISABLE ROW LEVEL SECURITY`, `ALTER TABLE post NO FORCE ROW LEVEL SECURITY`, `DROP POLICY post_scope ON post`, `CREATE POLICY more ON post USING (true)`,
		`SET ROLE hamyar_migrate`, `SET SESSION AUTHORIZATION hamyar_migrate`, `ALTER ROLE hamyar_app BYPASSRLS`, `SET session_replication_role = replica`, `TRUNCATE post`, `COPY post TO PROGRAM 'cat'`,
		`SELECT FROM audit_event`, `UPDATE audit_event SET action = ''`, `DELETE FROM audit_event`, `TRUNCATE audit_event`, `ALTER TABLE audit_event ADD COLUMN more text`,
		`INSERT INTO audit_event (event_id, day, action, persona_id, revision) VALUES (gen_random_uuid(), current_date, '', gen_random_uuid(), '') RETURNING day`,
		`UPDATE installation SET deployment = gen_random_uuid()`, `DELETE FROM installation`, `DELETE FROM post`, `DELETE FROM topic`, `DELETE FROM community`, `DELETE FROM programme`,
		`UPDATE ground_rules SET number = 2`, `DELETE FROM ground_rules`,
	} {
		err := n.inScope(n.here.String(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), statement)
			return err
		})
		if code := sqlState(err); code != "42501" {
			t.Errorf("%s: %v, want it refused for want of a right", statement, err)
		}
	}
	if err := n.inScope("", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `SET LOCAL row_security = off`)
		if err == nil {
			_, err = tx.Exec(t.Context(), `SELECT FROM post`)
		}
		return err
	}); sqlState(err) != "42501" {
		t.Errorf("row-level security was switched off: %v", err)
	}
}

// What the program's own transactions see is a matter of scope too: asked for a neighbour's post by its id, within
// one's own community, it is not there.
func TestAnIDOfTheNeighboursIsUnknownHere(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	here, next := w.Found(), w.Found(func(f *community.Founding) { f.Visibility = "public" })
	by := w.Join(uuid.New(), here, "Morning Walker")
	neighbour := w.Join(uuid.New(), next, "Cedar")
	topic, _, err := w.Board.CreateTopic(t.Context(), neighbour, next, forum.NewTopic{Title: "Theirs", Text: "Their words."}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Board.Topic(t.Context(), by, here, topic.ID); err == nil {
		t.Error("a topic was read through another community")
	}
	if _, err := w.Board.Post(t.Context(), by, here, topic.Opening.ID); err == nil {
		t.Error("a post was read through another community")
	}
	if _, _, err := w.Board.CreatePost(t.Context(), by, here, topic.ID, "Wool.", ""); err == nil {
		t.Error("a post was written through another community")
	}
	if err := w.Board.DeletePost(t.Context(), neighbour, here, topic.Opening.ID, forum.AnyVersion); err == nil {
		t.Error("a post was deleted through another community")
	}
	if _, err := w.Board.Topic(t.Context(), by, next, topic.ID); err != nil {
		t.Errorf("the topic is not where it is: %v", err)
	}
}
