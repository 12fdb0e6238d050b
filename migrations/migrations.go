// Package migrations holds the schema of both databases and brings a database forward.
//
// It protects what is stored: migrations go forward on a database with data in it, one file a step, under an advisory
// lock, and never back. It must never run as the role that serves requests.
package migrations

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"
)

//go:embed forum/*.sql keys/*.sql
var files embed.FS

// The two databases. They live in clusters of their own.
var (
	Forum = Database{
		Name: "forum", Owner: "hamyar_migrate", App: "hamyar_app",
		Worker: "hamyar_worker", Research: "hamyar_research", ReadOnly: "hamyar_readonly",
	}
	Keys = Database{Name: "keys", Owner: "keystore_migrate", App: "keystore_app", Keeper: "keystore_keeper"}
)

// Fingerprint is a short hash of the whole schema and its roles: two builds with one fingerprint have one schema.
func (d Database) Fingerprint() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", append(d.Tasks(), d.Owner))
	steps, _ := fs.Glob(files, d.Name+"/*.sql") // the pattern is constant and well formed
	for _, step := range steps {
		text, _ := files.ReadFile(step) // embedded: it is there
		fmt.Fprintf(sum, "%s %d\n%s", step, len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

const versionTable = "public.schema_version"

// Forward applies what is missing, as the owner, and returns the versions before and after. progress may be nil.
func (d Database) Forward(ctx context.Context, conn *pgx.Conn, progress func(step int32, name string)) (from, to int32, err error) {
	migrator, err := d.migrator(ctx, conn)
	if err != nil {
		return 0, 0, err
	}
	if from, err = migrator.GetCurrentVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("migrations: %s: read the version: %w", d.Name, err)
	}
	if progress != nil {
		migrator.OnStart = func(step int32, name, _, _ string) { progress(step, name) }
	}
	if err := d.complete(ctx, conn); err != nil {
		return from, from, err
	}
	if err := migrator.Migrate(ctx); err != nil {
		return from, from, fmt.Errorf("migrations: %s: %w", d.Name, err)
	}
	return from, int32(len(migrator.Migrations)), nil
}

// Pending tells the version of the database and the newest there is. Any role that may read the version can ask.
func (d Database) Pending(ctx context.Context, conn *pgx.Conn) (have, want int32, err error) {
	steps, err := fs.Glob(files, d.Name+"/*.sql")
	if err != nil {
		return 0, 0, fmt.Errorf("migrations: %s: %w", d.Name, err)
	}
	if err := conn.QueryRow(ctx, "SELECT version FROM "+versionTable).Scan(&have); err != nil {
		return 0, 0, fmt.Errorf("migrations: %s: read the version: %w", d.Name, err)
	}
	return have, int32(len(steps)), nil
}

func (d Database) migrator(ctx context.Context, conn *pgx.Conn) (*migrate.Migrator, error) {
	migrator, err := migrate.NewMigrator(ctx, conn, versionTable)
	if err != nil {
		return nil, fmt.Errorf("migrations: %s: %w", d.Name, err)
	}
	folder, err := fs.Sub(files, d.Name)
	if err != nil {
		return nil, fmt.Errorf("migrations: %s: %w", d.Name, err)
	}
	for name, role := range d.named() {
		migrator.Data[name] = role
	}
	if err := migrator.LoadMigrations(folder); err != nil {
		return nil, fmt.Errorf("migrations: %s: %w", d.Name, err)
	}
	return migrator, nil
}
