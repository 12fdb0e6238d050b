package keystore_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// dump is every row of every table as text.
func (s setting) dump(t *testing.T) (rows []string) {
	t.Helper()
	conn := s.connect(t, pgtest.Owner(t, migrations.Keys, s.url))
	tables, err := pgx.CollectRows(must(conn.Query(t.Context(), `SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)), pgx.RowTo[string])
	if err != nil || len(tables) < 8 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		of, err := pgx.CollectRows(must(conn.Query(t.Context(), fmt.Sprintf(`SELECT '%[1]s ' || r::text FROM %[1]s r`, table))), pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, of...)
	}
	return rows
}

func must(rows pgx.Rows, _ error) pgx.Rows { return rows } // an error shows again when the rows are read

// everything lets one member use all that the keystore has.
func (s setting) everything(t *testing.T, identity uuid.UUID, communities ...uuid.UUID) (personas []uuid.UUID, secrets []string) {
	t.Helper()
	for i, community := range communities {
		p := s.begin(t, identity, community)
		if i > 0 { // the first stays pending
			s.complete(t, identity, community, p.ID)
		}
		personas = append(personas, p.ID)
	}
	_, err := s.UpdateMember(t.Context(), identity, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, keystore.Role{Name: "programme_lead", Programme: communities[0]})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return personas, s.secrets(t, identity)
}

func TestADumpTellsNoIdentity(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	communities := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	_, secrets := s.everything(t, identity, communities...)
	rows := strings.Join(s.dump(t), "\n")
	for _, id := range append(communities, identity) {
		for _, form := range []string{id.String(), hex.EncodeToString(id[:])} {
			if strings.Contains(strings.ToLower(rows), form) {
				t.Errorf("%s shows", form)
			}
		}
	}
	for _, word := range []string{"programme_lead", secrets[0][2:], strings.ReplaceAll(secrets[0][2:], "-", "")} {
		if strings.Contains(rows, word) {
			t.Errorf("%q shows", word)
		}
	}
}

func TestFilesOfTheClusterTellNoIdentity(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	personas, secrets := s.everything(t, identity, community, uuid.New())
	admin := s.connect(t, pgtest.Admin(t, migrations.Keys, s.url))
	if _, err := admin.Exec(t.Context(), "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	canaries := [][]byte{identity[:], []byte(identity.String()), community[:], []byte(community.String()), []byte(secrets[0][2:]), []byte("programme_lead")}
	seen := false
	files := os.DirFS(pgtest.Stack(t).Keys.DataDir)
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return ignoreGone(err)
		}
		content, err := fs.ReadFile(files, path)
		for _, canary := range canaries {
			if bytes.Contains(content, canary) {
				t.Errorf("%s holds %q", path, canary)
			}
		}
		seen = seen || bytes.Contains(content, personas[0][:])
		return ignoreGone(err)
	})
	if err != nil {
		t.Fatal(err)
	}
	if !seen {
		t.Fatal("the scan didn't find a persona's id, which is there: it looked in the wrong place")
	}
}

// ignoreGone: other tests drop their databases meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func TestTwoPersonasOfOneMemberShareNoValue(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	personas, _ := s.everything(t, identity, uuid.New(), uuid.New(), uuid.New())
	s.everything(t, uuid.New(), uuid.New(), uuid.New())
	values := map[string][]uuid.UUID{}
	for _, id := range personas {
		rows, err := s.db.Query(t.Context(), `
			SELECT v FROM persona p JOIN persona_key k USING (persona_id),
			LATERAL (VALUES (encode(claim, 'hex')), (encode(account, 'hex')), (encode(substr(account, 5, 24), 'hex')), (encode(k.secret, 'hex')), (encode(substr(k.secret, 5, 24), 'hex'))) AS f (v)
			WHERE p.persona_id = $1`, id)
		if err != nil {
			t.Fatal(err)
		}
		of, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(of) != 5 {
			t.Fatalf("%d values, %v", len(of), err)
		}
		for _, value := range of {
			values[value] = append(values[value], id)
		}
	}
	for value, owners := range values {
		if len(slices.Compact(owners)) > 1 {
			t.Errorf("%s stands with %d personas", value, len(owners))
		}
	}
}

func TestNothingTellsWhenAnythingWasMade(t *testing.T) {
	t.Parallel()
	s := setup(t)
	rows, err := s.connect(t, pgtest.Owner(t, migrations.Keys, s.url)).Query(t.Context(), `
		SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type y ON y.oid = a.atttypid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND y.typcategory IN ('D', 'T') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	times, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || !slices.Equal(times, []string{"epoch.opened_on", "persona.pending_since"}) {
		t.Fatalf("%v, %v", times, err)
	}
}

// refused fails unless the statement is refused for want of a right.
func refused(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	var why *pgconn.PgError
	if !errors.As(err, &why) || why.Code != "42501" {
		t.Errorf("%s: %v", sql, err)
	}
}

var tables = []string{"deployment", "epoch", "root_key", "member", "recovery_secret", "persona", "persona_key", "shared_key", "unmasking", "audit_outbox", "break_glass", "api_key"}

func TestTheServingRoleHasTheLeastRights(t *testing.T) {
	t.Parallel()
	s := setup(t)
	conn := s.connect(t, s.url)
	for _, table := range tables {
		refused(t, conn, "DROP TABLE "+table)
		refused(t, conn, "TRUNCATE "+table+" CASCADE")
		refused(t, conn, "ALTER TABLE "+table+" ADD COLUMN more text")
		refused(t, conn, "CREATE INDEX ON "+table+" ((1))")
		refused(t, conn, "CREATE TRIGGER more BEFORE INSERT ON "+table+" EXECUTE FUNCTION suppress_redundant_updates_trigger()")
	}
	for _, sql := range []string{
		"CREATE TABLE more (a text)", "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE SCHEMA more", "CREATE ROLE more",
		"SET ROLE keystore_migrate", "ALTER SYSTEM SET log_statement = 'all'", "SET session_replication_role = replica",
		"UPDATE deployment SET suite = 2", "DELETE FROM deployment", "UPDATE epoch SET kek = ''", "DELETE FROM epoch", "UPDATE root_key SET secret = ''",
		"DELETE FROM root_key", "UPDATE member SET locator = ''", "UPDATE persona SET claim = ''", "UPDATE persona SET account = ''", "DELETE FROM unmasking", "UPDATE audit_outbox SET action = ''", "UPDATE unmasking SET reason = ''", "UPDATE unmasking SET asked_by = ''",
		"UPDATE break_glass SET wish = ''", "UPDATE break_glass SET asked_by = ''", "UPDATE break_glass SET place = ''",
		"UPDATE persona_key SET secret = ''", "UPDATE shared_key SET secret = ''", "UPDATE recovery_secret SET hash = ''", "UPDATE api_key SET hash = ''", "UPDATE api_key SET locator = ''", "UPDATE schema_version SET version = 0",
		"SELECT pg_read_file('/etc/passwd')", "COPY member TO PROGRAM 'cat'",
	} {
		refused(t, conn, sql)
	}
}

func TestAnotherRoleReadsNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	admin := s.connect(t, pgtest.Admin(t, migrations.Keys, s.url))
	role := "stranger_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := admin.Exec(t.Context(), "CREATE ROLE "+role+"; SET ROLE "+role); err != nil {
		t.Fatal(err)
	}
	for _, table := range append(tables, "schema_version") {
		refused(t, admin, "SELECT FROM "+table)
		refused(t, admin, "DELETE FROM "+table)
	}
	if _, err := admin.Exec(t.Context(), "RESET ROLE; DROP ROLE "+role); err != nil {
		t.Fatal(err)
	}
}
