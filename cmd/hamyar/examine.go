package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/blobs"
	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/rights"
	"github.com/hamyar/hamyar/migrations"
)

// examine looks at everything that a server stands on, and goes on after the first thing that is wrong.
func examine(ctx context.Context, c config.Config, clock func() time.Time) []finding {
	var all []finding
	for _, d := range []struct {
		kind migrations.Database
		url  config.Secret
	}{{migrations.Forum, c.ForumURL}, {migrations.Keys, c.KeysURL}} {
		all = append(all, examineDatabase(ctx, d.kind, d.url.Reveal(), clock)...)
	}
	all = append(all, examineKeys(ctx, c, clock)...)
	all = append(all, examineTasks(ctx, c)...)
	return append(all, examineBlobs(ctx, c, clock), examineIdentity(ctx, c, clock), examinePolicy(ctx, c))
}

func examineDatabase(ctx context.Context, kind migrations.Database, url string, clock func() time.Time) []finding {
	about := kind.Name + " database"
	db, err := postgres.Open(ctx, url)
	if err != nil {
		return []finding{{about, "its URL can't be read", "write postgres://ROLE:PASSWORD@HOST/DATABASE to the file"}}
	}
	defer db.Close()
	var version string
	if err := db.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
		return []finding{{about, "no connection", "start PostgreSQL, and check host, role and password in the URL"}}
	}
	all := []finding{{about: about, saw: "PostgreSQL " + version}}
	for _, check := range []func(context.Context, migrations.Database, *postgres.DB) finding{examineRole, examineGrants, examineSteps, examineLogging} {
		f := check(ctx, kind, db)
		f.about = about + ", " + f.about
		all = append(all, f)
	}
	f := examineClock(ctx, db, clock)
	f.about = about + ", " + f.about
	return append(all, f)
}

func examineRole(ctx context.Context, kind migrations.Database, db *postgres.DB) finding {
	var role string
	var mighty bool
	var owned int
	err := db.QueryRow(ctx, `SELECT current_user, rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication,
		(SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid) FROM pg_roles WHERE rolname = current_user`).Scan(&role, &mighty, &owned)
	switch {
	case err != nil:
		return finding{"role", "can't be read", "let the role read pg_roles"}
	case mighty:
		return finding{"role", role + " is more than an application role: it would see through row-level security", "serve as " + kind.App + ", which `docs/operating.md` tells how to make"}
	case owned > 0:
		return finding{"role", fmt.Sprintf("%s owns %d tables, and an owner can drop them", role, owned), "let " + kind.Owner + " own them, and serve as " + kind.App}
	}
	return finding{about: "role", saw: role + ", with the least that serving takes"}
}

// examineGrants looks for rights that the role has and must not, and for tables without the second line of defence.
func examineGrants(ctx context.Context, kind migrations.Database, db *postgres.DB) finding {
	var excess, open int
	err := db.QueryRow(ctx, `SELECT
			count(*) FILTER (WHERE has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER')
				OR c.relname = 'audit_event' AND has_table_privilege(c.oid, 'SELECT, UPDATE, DELETE')),
			count(*) FILTER (WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity) AND $1 AND EXISTS (
				SELECT FROM pg_attribute a JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)
				WHERE a.attrelid = c.oid AND a.attname = 'community_id'))
		FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`, kind == migrations.Forum).Scan(&excess, &open)
	switch {
	case err != nil:
		return finding{"grants", "can't be read", "grant the role USAGE on schema public"}
	case excess > 0:
		return finding{"grants", fmt.Sprintf("the role can do more than it should to %d tables", excess), "REVOKE ALL on them from " + kind.App + ", and run hamyar migrate on an empty database to see the grants"}
	case open > 0:
		return finding{"grants", fmt.Sprintf("%d tables of communities have no forced row-level security", open), "ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"}
	}
	return finding{about: "grants", saw: "least rights, row-level security forced"}
}

func examineSteps(ctx context.Context, kind migrations.Database, db *postgres.DB) finding {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return finding{"migrations", "no connection", "start PostgreSQL"}
	}
	defer conn.Release()
	have, want, err := kind.Pending(ctx, conn.Conn())
	switch {
	case err != nil:
		return finding{"migrations", "the database has none", "hamyar migrate"}
	case have < want:
		return finding{"migrations", fmt.Sprintf("at step %d of %d", have, want), "hamyar migrate"}
	case have > want:
		return finding{"migrations", fmt.Sprintf("at step %d, which is newer than this program (%d)", have, want), "run a newer hamyar"}
	}
	return finding{about: "migrations", saw: fmt.Sprintf("at step %d, the newest", have)}
}

// quiet are the settings under which PostgreSQL writes no value of a statement to its log.
var quiet = map[string]string{
	"log_statement": "none", "log_min_duration_statement": "-1", "log_min_duration_sample": "-1",
	"log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
}

func examineLogging(ctx context.Context, _ migrations.Database, db *postgres.DB) finding {
	for name, want := range quiet {
		var is string
		if err := db.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&is); err != nil {
			return finding{"logging", name + " can't be read", "let the role read its settings"}
		}
		if is != want {
			return finding{"logging", "with " + name + " = " + is + " the server's log can hold what members write", "ALTER SYSTEM SET " + name + " = '" + want + "'; SELECT pg_reload_conf()"}
		}
	}
	return finding{about: "logging", saw: "no statement and no value of one is logged"}
}

// farthest is how far a server's clock may be from ours.
const farthest = 2 * time.Second

func examineClock(ctx context.Context, db *postgres.DB, clock func() time.Time) finding {
	before := clock()
	var theirs time.Time
	if err := db.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&theirs); err != nil {
		return finding{"clock", "can't be read", "start PostgreSQL"}
	}
	away := theirs.Sub(before.Add(clock().Sub(before) / 2))
	if away.Abs() > farthest {
		return finding{"clock", fmt.Sprintf("%v away from this machine's", away.Round(time.Millisecond)), "keep both by NTP"}
	}
	return finding{about: "clock", saw: "agrees with this machine's"}
}

func examineKeys(ctx context.Context, c config.Config, clock func() time.Time) []finding {
	keys, err := postgres.Open(ctx, c.KeysURL.Reveal())
	if err != nil {
		return nil // told already
	}
	defer keys.Close()
	store, err := keystore.Open(ctx, keys, c.KMSURL.Reveal(), clock)
	switch {
	case errors.Is(err, keystore.ErrEmpty):
		return []finding{{"keys", "the keystore is empty", "hamyar migrate -first, for a new installation; for one with data, restore its backup"}}
	case errors.Is(err, keystore.ErrKMS):
		return []finding{{"keys", "the KMS does not open them", "name the KMS under which they were made in HAMYAR_KMS_URL_FILE"}}
	case err != nil:
		return []finding{{"keys", "they don't open: " + err.Error(), "check HAMYAR_KMS_URL_FILE, and see docs/operating.md"}}
	}
	all := []finding{{about: "keys", saw: "every epoch and root key opens"}}
	return append(all, examineBinding(ctx, c, store), examineStandby(ctx, c, keys), examineLog(ctx, c, store, clock))
}

func examineBinding(ctx context.Context, c config.Config, store *keystore.Store) finding {
	forum, err := postgres.Open(ctx, c.ForumURL.Reveal())
	if err != nil {
		return finding{"keys, deployment", "no connection to the forum database", "start PostgreSQL"}
	}
	defer forum.Close()
	var bound uuid.UUID
	switch err := forum.QueryRow(ctx, `SELECT deployment FROM installation`).Scan(&bound); {
	case errors.Is(err, pgx.ErrNoRows):
		return finding{about: "keys, deployment", saw: "the forum database is new; the first serve binds it to them"}
	case err != nil:
		return finding{"keys, deployment", "can't be read from the forum database", "hamyar migrate"}
	case bound != store.Deployment():
		return finding{"keys, deployment", errOtherDeployment.Error(), "give both databases of one installation"}
	}
	return finding{about: "keys, deployment", saw: "the forum database is sealed under them"}
}

func examineStandby(ctx context.Context, c config.Config, keys *postgres.DB) finding {
	if c.LoneKeystore {
		return finding{about: "keys, standby", saw: "none, and acknowledged: a lost keystore is every voice lost"}
	}
	if err := (&server{config: c, keys: keys}).guarded(ctx); err != nil {
		return finding{"keys, standby", "none", errLone.Error()}
	}
	return finding{about: "keys, standby", saw: "synchronous"}
}

// examineBlobs stores a few bytes where attachments lie, in a corner of its own, and takes them away again.
func examineBlobs(ctx context.Context, c config.Config, clock func() time.Time) finding {
	store, err := blobs.Open(ctx, c.Blobs.Reveal(), uuid.New())
	if err != nil {
		return finding{"attachments", "the store can't be used", strings.TrimPrefix(err.Error(), "blobs: ")}
	}
	defer store.Close() //nolint:errcheck // what was tried is over
	if err := store.Check(ctx, clock().Truncate(24*time.Hour)); err != nil {
		return finding{"attachments", "the store doesn't keep what it is given", "let the server's user read, write, list and delete in HAMYAR_BLOBS"}
	}
	return finding{about: "attachments", saw: "the store keeps, gives and deletes"}
}

func examineIdentity(ctx context.Context, c config.Config, clock func() time.Time) finding {
	kratos, err := identity.New(identity.Options{
		KratosPublic: c.KratosPublic, KratosAdmin: c.KratosAdmin, Origin: c.Origin, Clock: clock,
		RateKey: func(time.Time) [32]byte { return [32]byte{} }, Problem: api.WriteProblem,
	})
	if err != nil {
		return finding{"identity server", "its addresses can't be read", "check HAMYAR_KRATOS_PUBLIC and HAMYAR_KRATOS_ADMIN"}
	}
	if err := kratos.Health(ctx); err != nil {
		return finding{"identity server", "does not answer as it should", "start Kratos 1.3.1 with deploy/kratos/kratos.yaml, and check both addresses"}
	}
	if _, _, err := kratos.IdentityByIdentifier(ctx, "nobody-has-this-name"); err != nil {
		return finding{"identity server", "its admin API does not answer", "check HAMYAR_KRATOS_ADMIN; only Hamyar may reach it"}
	}
	return finding{about: "identity server", saw: "public and admin APIs answer"}
}

// examineTasks looks at the roles that look after keys, where this machine has them, and at the tombstones.
func examineTasks(ctx context.Context, c config.Config) []finding {
	all := []finding{examineTombstones(c)}
	for _, task := range []struct {
		about, want string
		url         config.Secret
	}{
		{"worker", migrations.Forum.Worker, c.WorkerURL},
		{"keeper", migrations.Keys.Keeper, c.KeeperURL},
	} {
		if task.url == (config.Secret{}) {
			continue
		}
		f := examineTask(ctx, task.url.Reveal(), task.want)
		f.about = task.about
		all = append(all, f)
	}
	return all
}

func examineTask(ctx context.Context, url, want string) finding {
	db, err := postgres.Open(ctx, url)
	if err != nil {
		return finding{"", "its URL can't be read", "write postgres://" + want + ":PASSWORD@HOST/DATABASE to the file"}
	}
	defer db.Close()
	var is string
	if err := db.QueryRow(ctx, "SELECT current_user").Scan(&is); err != nil {
		return finding{"", "no connection", "start PostgreSQL, and check host, role and password in the URL"}
	}
	if is != want {
		return finding{"", "is " + is, "name " + want + " in its URL: each task has a role of its own"}
	}
	return finding{saw: is}
}

func examineTombstones(c config.Config) finding {
	graves, err := rights.OpenGraveyard(c.Tombstones)
	if err != nil {
		return finding{"tombstones", "the folder can't be used", "make HAMYAR_TOMBSTONES a folder of the server's own user"}
	}
	count := 0
	if err := graves.Each(func(rights.Tombstone) error { count++; return nil }); err != nil {
		return finding{"tombstones", "one can't be read, so the server won't start", "restore the folder from its own backup"}
	}
	return finding{about: "tombstones", saw: fmt.Sprintf("%d, all legible", count)}
}
