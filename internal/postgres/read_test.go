package postgres_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// Part is exported as every embedded part that a row is read into.
type Part struct {
	Inner uuid.UUID `db:"inner_id"`
	Words []byte
}

type row struct {
	ID uuid.UUID `db:"row_id"`
	Part
	JoinPolicy string
	Count      int
	Absent     *uuid.UUID
	Present    *uuid.UUID
	unread     int //nolint:unused // a field of our own is no column
}

var one, other = uuid.MustParse("0e2a4b1c-7d3f-4c58-9a61-1f2e3d4c5b6a"), uuid.MustParse("ffffffff-0000-4000-8000-00000000ffff")

const rowsSQL = `SELECT $1::uuid AS row_id, $2::uuid AS inner_id, v.words, 'open' AS join_policy, v.count, NULL::uuid AS absent, $2::uuid AS present
	FROM (VALUES ('\x01'::bytea, 1), (NULL, 2)) v (words, count) ORDER BY v.count`

func TestRowsAreReadByName(t *testing.T) {
	t.Parallel()
	db := pgtest.Forum(t)
	var rows []row
	var first, none row
	var found, foundNone bool
	for range 2 { // the second time, every statement is prepared
		rows = append(rows[:0], row{Count: 7}) // what was there goes
		err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.Many(&rows, rowsSQL, one, other), postgres.One(&first, &found, rowsSQL, one, other),
			postgres.One(&none, &foundNone, rowsSQL+" LIMIT 0", one, other))
		if err != nil {
			t.Fatal(err)
		}
		want := []row{
			{ID: one, Part: Part{other, []byte{1}}, JoinPolicy: "open", Count: 1, Present: &other},
			{ID: one, Part: Part{other, nil}, JoinPolicy: "open", Count: 2, Present: &other},
		}
		if diff := cmp.Diff(want, rows, cmp.AllowUnexported(row{})); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want[0], first, cmp.AllowUnexported(row{})); diff != "" || !found || foundNone {
			t.Fatal(diff, found, foundNone)
		}
	}
}

func TestColumnsAndFieldsMustMatch(t *testing.T) {
	t.Parallel()
	db := pgtest.Forum(t)
	type pair struct{ A, B int }
	var rows []pair
	for name, sql := range map[string]string{
		"a column too few":  "SELECT 1 AS a",
		"a column too many": "SELECT 1 AS a, 2 AS b, 3 AS c",
		"another name":      "SELECT 1 AS a, 2 AS c",
		"a name twice":      "SELECT 1 AS a, 2 AS a",
		"no value":          "SELECT 1 AS a, NULL::int AS b",
		"another type":      "SELECT 1 AS a, 'x' AS b",
	} {
		if err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.Many(&rows, sql)); err == nil {
			t.Errorf("%s: read as %v", name, rows)
		}
	}
	if err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.Many(&rows, "SELECT 1 AS a, 2 AS b")); err != nil || len(rows) != 1 {
		t.Errorf("after errors: %v, %v", rows, err)
	}
}

func TestIdsTravelAsSixteenBytes(t *testing.T) {
	t.Parallel()
	db := pgtest.Forum(t)
	type ids struct{ Same, Spelled, Element, Nothing bool }
	var got ids
	var found bool
	var nobody *uuid.UUID
	err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.One(&got, &found,
		`SELECT $1::uuid = $2::uuid AS same, $1::uuid::text = $3 AS spelled, $1 = ANY($4::uuid[]) AS element, $5::uuid IS NULL AS nothing`,
		one, &one, one.String(), []uuid.UUID{other, one}, nobody))
	if err != nil || got != (ids{true, true, true, true}) {
		t.Errorf("%+v, %v", got, err)
	}
	var null struct{ ID uuid.UUID }
	if err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.One(&null, &found, "SELECT NULL::uuid AS id")); err == nil {
		t.Errorf("NULL was read as %v", null.ID)
	}
	var list struct{ IDs []uuid.UUID }
	if err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.One(&list, &found, "SELECT $1::uuid[] AS ids", []uuid.UUID{one, other})); err != nil || !cmp.Equal(list.IDs, []uuid.UUID{one, other}) {
		t.Errorf("%v, %v", list.IDs, err)
	}
}

func TestAReadLeavesNoTransactionBehind(t *testing.T) {
	t.Parallel()
	db := pgtest.Forum(t)
	var rows []struct{ Scope string }
	scope := `SELECT COALESCE(current_setting('hamyar.communities', true), '') AS scope`
	if err := postgres.Read(t.Context(), db, postgres.Communities(one, other), postgres.Many(&rows, scope)); err != nil || rows[0].Scope != one.String()+","+other.String() {
		t.Fatalf("%v, %v", rows, err)
	}
	if err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.Many(&rows, `SELECT (1 / (length('') * 0))::text AS scope`)); err == nil {
		t.Fatal("a division by zero was read")
	}
	for range 20 { // whichever connection it is
		if err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.Many(&rows, scope)); err != nil || rows[0].Scope != "" {
			t.Fatalf("%v, %v", rows, err)
		}
	}
	err := postgres.Read(t.Context(), db, postgres.Unscoped, postgres.Many(&rows, `INSERT INTO installation (deployment) VALUES ($1) RETURNING deployment::text AS scope`, one))
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "25006" {
		t.Fatalf("a read may write: %v", err)
	}
}
