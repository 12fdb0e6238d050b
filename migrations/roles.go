package migrations

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Database is one of the two schemas, with a role for each task that is done upon it. A role that it lacks is empty, and
// a migration that grants to it fails.
type Database struct {
	Name     string // folder of its migrations, and the usual name of the database
	Owner    string // owns the tables and runs migrations; for nothing else
	App      string // serves requests, with the least that this takes
	Worker   string // seals anew and erases
	Research string // reads what was released for research, and no table of the conversation
	ReadOnly string // counts and settings, for whoever looks after the machine; no sealed word and no pseudonym
	Keeper   string // wraps keys again under a new epoch, and destroys the old
}

// Tasks are the roles that do something on the tables and own none of them.
func (d Database) Tasks() []string {
	var all []string
	for _, login := range []string{d.App, d.Worker, d.Research, d.ReadOnly, d.Keeper} {
		if login != "" {
			all = append(all, login)
		}
	}
	return all
}

// named are the roles as migrations call them.
func (d Database) named() map[string]string {
	all := map[string]string{
		"owner": d.Owner, "app": d.App, "worker": d.Worker, "research": d.Research, "readonly": d.ReadOnly, "keeper": d.Keeper,
	}
	for name, login := range all {
		if login == "" {
			delete(all, name)
		}
	}
	return all
}

// complete refuses to go forward where a role is missing: an owner may grant to roles, and only a superuser makes them.
func (d Database) complete(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "SELECT role FROM unnest($1::text[]) AS role WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) ORDER BY role", d.Tasks())
	if err != nil {
		return fmt.Errorf("migrations: %s: look for the roles: %w", d.Name, err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("migrations: %s: look for the roles: %w", d.Name, err)
	}
	if len(missing) > 0 {
		return fmt.Errorf("migrations: %s: the cluster lacks the roles %s: make them as a superuser, as docs/operating.md tells", d.Name, strings.Join(missing, ", "))
	}
	return nil
}
