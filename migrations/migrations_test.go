package migrations_test

import (
	"errors"
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
