package migrations

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

// Passwords of the roles of a database. Empty means that the cluster lets them in some other way, or not at all.
type Passwords struct{ Owner, App, Worker, Research, ReadOnly, Keeper string }

// Install makes the roles and the database where they lack, as a superuser, and sets the passwords. It changes nothing
// else, and can be repeated.
func (d Database) Install(ctx context.Context, admin *pgx.Conn, name string, passwords Passwords) error {
	for login, password := range map[string]string{
		d.Owner: passwords.Owner, d.App: passwords.App, d.Worker: passwords.Worker,
		d.Research: passwords.Research, d.ReadOnly: passwords.ReadOnly, d.Keeper: passwords.Keeper,
	} {
		if login == "" {
			continue
		}
		if err := d.role(ctx, admin, login, password); err != nil {
			return err
		}
	}
	var exists bool
	if err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil {
		return fmt.Errorf("migrations: %s: look for the database: %w", d.Name, err)
	}
	if !exists {
		create := fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'", quoted(name), quoted(d.Owner))
		if _, err := admin.Exec(ctx, create); err != nil {
			return fmt.Errorf("migrations: %s: create the database: %w", d.Name, err)
		}
	}
	return d.Admit(ctx, admin, name)
}

// Admit lets the roles of the tasks into a database, and nobody else, as a superuser.
func (d Database) Admit(ctx context.Context, admin *pgx.Conn, name string) error {
	grants := fmt.Sprintf("REVOKE ALL ON DATABASE %[1]s FROM PUBLIC", quoted(name))
	for _, role := range d.Tasks() {
		grants += fmt.Sprintf("; GRANT CONNECT ON DATABASE %s TO %s", quoted(name), quoted(role))
	}
	if _, err := admin.Exec(ctx, grants); err != nil {
		return fmt.Errorf("migrations: %s: grant: %w", d.Name, err)
	}
	return nil
}

func (d Database) role(ctx context.Context, admin *pgx.Conn, role, password string) error {
	var exists bool
	if err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role).Scan(&exists); err != nil {
		return fmt.Errorf("migrations: %s: look for a role: %w", d.Name, err)
	}
	verb := "ALTER"
	if !exists {
		verb = "CREATE"
	}
	statement := verb + " ROLE " + quoted(role) + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"
	if password != "" {
		var literal string
		if err := admin.QueryRow(ctx, "SELECT quote_literal($1::text)", password).Scan(&literal); err != nil {
			return fmt.Errorf("migrations: %s: quote: %w", d.Name, err)
		}
		statement += " PASSWORD " + literal
	}
	if _, err := admin.Exec(ctx, statement); err != nil {
		return fmt.Errorf("migrations: %s: set up a role: %w", d.Name, err)
	}
	return nil
}

// URL is the connection URL of a role, made from the superuser's URL of the same cluster.
func URL(admin, role, password, database string) (string, error) {
	user := url.UserPassword(role, password)
	if password == "" {
		user = url.User(role)
	}
	return rewrite(admin, user, database)
}

func rewrite(from string, user *url.Userinfo, database string) (string, error) {
	u, err := url.Parse(from)
	if err != nil {
		return "", errors.New("migrations: a database URL can't be parsed (not repeated here: it may hold a password)")
	}
	if user != nil {
		u.User = user
	}
	u.Path = "/" + database
	return u.String(), nil
}

// In is the same URL with another database.
func In(from, database string) (string, error) { return rewrite(from, nil, database) }

func quoted(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }
