package community_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// behind connects to a database as somebody who sees everything, to look at what the program left.
func behind(t *testing.T, kind migrations.Database, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.Admin(t, kind, url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// pair is a community and one of its personas.
type pair struct{ Community, Persona uuid.UUID }

func pairs(t *testing.T, conn *pgx.Conn, sql string) []pair {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pair])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// unsound tells what joining left undone or did twice, in a world of these people at rest.
func unsound(t *testing.T, at forumtest.Where, people []uuid.UUID) (wrong []string) {
	t.Helper()
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	forum, keys := behind(t, migrations.Forum, at.ForumURL), behind(t, migrations.Keys, at.KeysURL)

	entered := map[uuid.UUID]uuid.UUID{}
	for _, p := range pairs(t, forum, `SELECT community_id, persona_id FROM persona`) {
		entered[p.Persona] = p.Community
	}
	keyed := map[uuid.UUID]bool{}
	for _, p := range pairs(t, keys, `SELECT persona_id, persona_id FROM persona JOIN persona_key USING (persona_id)`) {
		keyed[p.Persona] = true
	}
	listed := map[uuid.UUID]bool{}
	afresh := forumtest.Enter(t, at)
	for _, who := range people {
		record, err := afresh.Store.Member(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		communities := map[uuid.UUID]bool{}
		for _, p := range record.Personas {
			if communities[p.Community] {
				fail("a member has two personas of one community on their list")
			}
			if entered[p.Persona] != p.Community {
				fail("a member's list names a persona that the community does not know")
			}
			communities[p.Community], listed[p.Persona] = true, true
		}
	}
	for p := range entered {
		if !keyed[p] {
			fail("a persona has no key")
		}
		if !listed[p] {
			fail("a persona is on nobody's list")
		}
	}
	for p := range keyed {
		if _, known := entered[p]; !known {
			fail("a key belongs to a persona that no community knows")
		}
	}
	if n := count(t, keys, `SELECT count(*) FROM persona WHERE pending_since IS NOT NULL`); n != 0 {
		fail("%d personas are pending", n)
	}
	if n := count(t, keys, `SELECT count(*) FROM persona p WHERE NOT EXISTS (SELECT FROM persona_key k WHERE k.persona_id = p.persona_id)`); n != 0 {
		fail("%d personas of the keystore have no key", n)
	}
	if n := count(t, forum, `SELECT count(*) FROM community_tally y
		WHERE members <> (SELECT count(*) FROM persona m WHERE m.community_id = y.community_id AND m.state = 'active')`); n != 0 {
		fail("%d communities count other members than they have", n)
	}
	return wrong
}

func count(t *testing.T, conn *pgx.Conn, sql string, args ...any) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
