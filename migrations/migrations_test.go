package migrations_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestForwardTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for kind, url := range map[migrations.Database]string{migrations.Forum: pgtest.ForumURL(t), migrations.Keys: pgtest.KeysURL(t)} {
		from, to, err := kind.Forward(t.Context(), connect(t, pgtest.Owner(t, kind, url)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if from != to || to == 0 {
			t.Errorf("%s: a migrated database went from %d to %d", kind.Name, from, to)
		}
		have, want, err := kind.Pending(t.Context(), connect(t, url))
		if err != nil {
			t.Fatal(err)
		}
		if have != to || want != to {
			t.Errorf("%s: the application sees version %d of %d, want %d", kind.Name, have, want, to)
		}
	}
}

// The catalog tells what is granted; these try it.
func TestTheApplicationIsRefused(t *testing.T) {
	t.Parallel()
	forum, keys := connect(t, pgtest.ForumURL(t)), connect(t, pgtest.KeysURL(t))
	for _, sql := range []string{
		"CREATE TABLE extra ()",
		"TRUNCATE post",
		"DROP TABLE post",
		"ALTER TABLE post DISABLE ROW LEVEL SECURITY",
		"SELECT FROM audit_event",
		"UPDATE audit_event SET day = day",
		"DELETE FROM audit_event",
		"DELETE FROM community",
		"UPDATE schema_version SET version = 0",
		"SET ROLE hamyar_migrate",
		"COPY post TO PROGRAM 'cat'",
	} {
		if _, err := forum.Exec(t.Context(), sql); !refused(err) {
			t.Errorf("forum: %s: %v, want insufficient_privilege", sql, err)
		}
	}
	for _, sql := range []string{
		"CREATE TABLE extra ()",
		"TRUNCATE persona_key",
		"UPDATE persona_key SET secret = secret",
		"UPDATE epoch SET kek = kek",
		"UPDATE deployment SET suite = 2",
		"SET ROLE keystore_migrate",
	} {
		if _, err := keys.Exec(t.Context(), sql); !refused(err) {
			t.Errorf("keys: %s: %v, want insufficient_privilege", sql, err)
		}
	}
}

func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "42501"
}

func TestForwardNamesTheRolesThatAreMissing(t *testing.T) {
	t.Parallel()
	kind := migrations.Forum
	kind.Worker = "nobody_made_this"
	_, _, err := kind.Forward(t.Context(), connect(t, pgtest.Owner(t, migrations.Forum, pgtest.ForumURL(t))), nil)
	if err == nil || !strings.Contains(err.Error(), "lacks the roles nobody_made_this:") {
		t.Errorf("%v, want what is missing", err)
	}
}

// Who looks on gets in, and finds nothing that is somebody's.
func TestWhoLooksOnIsRefused(t *testing.T) {
	t.Parallel()
	url := pgtest.ForumURL(t)
	for _, role := range []string{migrations.Forum.Research, migrations.Forum.ReadOnly} {
		conn := connect(t, pgtest.As(t, migrations.Forum, role, url))
		for _, sql := range []string{"SELECT FROM post", "SELECT FROM persona", "SELECT FROM audit_event", "DELETE FROM post", "CREATE TABLE extra ()", "SET ROLE hamyar_app"} {
			if _, err := conn.Exec(t.Context(), sql); !refused(err) {
				t.Errorf("%s: %s: %v, want insufficient_privilege", role, sql, err)
			}
		}
	}
	if _, err := connect(t, pgtest.As(t, migrations.Forum, migrations.Forum.ReadOnly, url)).Exec(t.Context(), "SELECT members FROM community_tally"); err != nil {
		t.Errorf("read-only counts nothing: %v", err)
	}
}
