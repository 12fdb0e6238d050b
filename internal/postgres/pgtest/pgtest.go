// Package pgtest gives each test a database of its own on a real PostgreSQL, migrated, and reached as the unprivileged
// application role.
//
// It protects the tests from proving nothing: a superuser sees through row-level security. It must never hand the
// application code a connection of the owner or the superuser; Admin is for looking and for breaking things.
package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/migrations"
)

var started struct {
	sync.Once
	stack *devstack.Stack
	own   bool
	err   error
}

// Main runs the tests of a package and then stops the clusters, where it was this process that started them.
func Main(m *testing.M) {
	code := m.Run()
	if started.own && started.stack != nil {
		if err := started.stack.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// Stack is the one that HAMYAR_TEST_STACK names, else one without Kratos that this process starts once.
func Stack(t testing.TB) *devstack.Stack {
	t.Helper()
	started.Do(func() {
		if path := os.Getenv("HAMYAR_TEST_STACK"); path != "" {
			started.stack, started.err = devstack.Load(path)
			return
		}
		dir, err := os.MkdirTemp("", "hamyar-test-")
		if err != nil {
			started.err = err
			return
		}
		started.stack, started.err = devstack.Start(context.Background(), devstack.Options{Dir: dir, Ephemeral: true, NoKratos: true, Progress: io.Discard})
		started.own = started.err == nil
	})
	if started.err != nil {
		t.Fatalf("pgtest: no PostgreSQL: %v", started.err)
	}
	return started.stack
}

// Forum is a fresh forum database, as the application role.
func Forum(t testing.TB) *postgres.DB { return open(t, ForumURL(t)) }

// Keys is a fresh keys database, as the application role.
func Keys(t testing.TB) *postgres.DB { return open(t, KeysURL(t)) }

// ForumURL is the application role's URL of a fresh forum database.
func ForumURL(t testing.TB) string { return clone(t, migrations.Forum, Stack(t).Forum.AdminURL) }

// KeysURL is the application role's URL of a fresh keys database.
func KeysURL(t testing.TB) string { return clone(t, migrations.Keys, Stack(t).Keys.AdminURL) }

// Owner turns an application URL into the owner's: for migrations, and for tests that look behind the application.
func Owner(t testing.TB, kind migrations.Database, appURL string) string {
	t.Helper()
	return As(t, kind, kind.Owner, appURL)
}

// As turns an application URL into that of another role of its database, such as kind.Worker or kind.Keeper.
func As(t testing.TB, kind migrations.Database, role, appURL string) string {
	t.Helper()
	config, err := pgx.ParseConfig(appURL)
	if err != nil {
		t.Fatal(err)
	}
	return roleURL(t, admin(t, kind), role, config.Database)
}

// Admin turns an application URL into the superuser's.
func Admin(t testing.TB, kind migrations.Database, appURL string) string {
	t.Helper()
	config, err := pgx.ParseConfig(appURL)
	if err != nil {
		t.Fatal(err)
	}
	return databaseURL(t, admin(t, kind), config.Database)
}

func open(t testing.TB, url string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func admin(t testing.TB, kind migrations.Database) string {
	if kind.Name == migrations.Keys.Name {
		return Stack(t).Keys.AdminURL
	}
	return Stack(t).Forum.AdminURL
}

// password is the same in every process that tests on one cluster, and useless anywhere else.
func password(adminURL, role string) string {
	sum := sha256.Sum256([]byte(adminURL + "\x00" + role))
	return hex.EncodeToString(sum[:16])
}

func clone(t testing.TB, kind migrations.Database, adminURL string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	defer conn.Close(ctx)
	template := templateOnce(t, ctx, conn, kind, adminURL)
	name := "test_" + hex.EncodeToString(newID())
	if _, err := conn.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s OWNER %s", name, template, kind.Owner)); err != nil {
		t.Fatalf("pgtest: clone: %v", err)
	}
	t.Cleanup(func() { drop(t, adminURL, name) })
	// A clone does not take over the access list of its template.
	if err := kind.Admit(ctx, conn, name); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return roleURL(t, adminURL, kind.App, name)
}

// templateOnce migrates a template under an advisory lock; its name holds the hash of the schema, so that a changed
// migration makes another.
func templateOnce(t testing.TB, ctx context.Context, conn *pgx.Conn, kind migrations.Database, adminURL string) string {
	t.Helper()
	name := "template_" + kind.Name + "_" + kind.Fingerprint()
	const lock = 0x68616d79 // "hamy"
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		t.Fatalf("pgtest: lock: %v", err)
	}
	defer conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", lock) //nolint:errcheck // goes with the connection
	var ready bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&ready); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	if ready {
		return name
	}
	passwords := migrations.Passwords{
		Owner: password(adminURL, kind.Owner), App: password(adminURL, kind.App), Worker: password(adminURL, kind.Worker),
		Research: password(adminURL, kind.Research), ReadOnly: password(adminURL, kind.ReadOnly), Keeper: password(adminURL, kind.Keeper),
	}
	if err := kind.Install(ctx, conn, name, passwords); err != nil {
		t.Fatal(err)
	}
	owner, err := pgx.Connect(ctx, roleURL(t, adminURL, kind.Owner, name))
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	_, _, err = kind.Forward(ctx, owner, nil)
	_ = owner.Close(ctx) // nothing is left to lose
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+name+" WITH is_template true"); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return name
}

func drop(t testing.TB, adminURL, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		t.Errorf("pgtest: drop: %v", err)
		return
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		t.Errorf("pgtest: drop: %v", err)
	}
}

func roleURL(t testing.TB, adminURL, role, database string) string {
	t.Helper()
	url, err := migrations.URL(adminURL, role, password(adminURL, role), database)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func databaseURL(t testing.TB, adminURL, database string) string {
	t.Helper()
	url, err := migrations.In(adminURL, database)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func newID() []byte {
	id := uuid.New()
	return id[:]
}
