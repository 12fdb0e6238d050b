package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Do is a statement of which nothing is read.
func Do(sql string, args ...any) Query {
	return Query{sql, args, func(rows pgx.Rows) error {
		rows.Close()
		return rows.Err()
	}}
}

// Write judges and then writes, in one transaction and two round trips: BEGIN, the scope and first travel together;
// judge decides on what they found; what it returns travels with COMMIT. Where judge returns an error, nothing is
// written. Each statement sees what was committed before it began; judge may send more of them over tx.
func Write(ctx context.Context, db *DB, scope Scope, first []Query, judge func(tx *pgx.Conn) ([]Query, error)) error {
	held, err := db.Acquire(ctx)
	if err != nil {
		return unavailable(err)
	}
	defer held.Release()
	conn, done := held.Conn(), false
	defer func() { // also when judge panics
		if !done {
			rollback(ctx, conn)
		}
	}()
	if err := travel(ctx, conn, &way{"BEGIN", scope}, first, ""); err != nil {
		return unavailable(err)
	}
	then, err := judge(conn)
	if err != nil {
		return unavailable(err)
	}
	if err := travel(ctx, conn, nil, then, commit); err != nil {
		return unavailable(err)
	}
	done = true
	return nil
}

// rollback ends the transaction also when its context has ended. If it fails, the pool discards the connection.
func rollback(ctx context.Context, conn *pgx.Conn) {
	_, _ = conn.Exec(context.WithoutCancel(ctx), "ROLLBACK")
}
