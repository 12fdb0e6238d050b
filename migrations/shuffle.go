package migrations

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

type keyed struct{ Table, Index string }

// Shuffle lays the rows of every table anew in the order of its primary key, as the owner. Ids are random, so a dump that
// is made afterwards doesn't tell in which order rows were written: a person who writes in two communities in one
// sitting leaves two rows side by side otherwise. A table is locked for as long as copying it takes.
func (d Database) Shuffle(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `SELECT t.relname AS "table", k.relname AS "index" FROM pg_index i
		JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class k ON k.oid = i.indexrelid
		WHERE i.indisprimary AND t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace ORDER BY t.relname`)
	if err != nil {
		return fmt.Errorf("migrations: %s: list the tables: %w", d.Name, err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByName[keyed])
	if err != nil {
		return fmt.Errorf("migrations: %s: list the tables: %w", d.Name, err)
	}
	if _, err := conn.Exec(ctx, `SET lock_timeout = '10s'`); err != nil {
		return fmt.Errorf("migrations: %s: %w", d.Name, err)
	}
	for _, t := range tables {
		if _, err := conn.Exec(ctx, `CLUSTER `+pgx.Identifier{t.Table}.Sanitize()+` USING `+pgx.Identifier{t.Index}.Sanitize()); err != nil {
			return fmt.Errorf("migrations: %s: shuffle %s: %w", d.Name, t.Table, err)
		}
	}
	return nil
}
