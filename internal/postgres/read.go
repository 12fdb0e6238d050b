package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Query is one statement of a Read and what becomes of its rows.
type Query struct {
	sql     string
	args    []any
	collect func(pgx.Rows) error
}

// Many collects every row into a slice by the names of T's fields.
func Many[T any](into *[]T, sql string, args ...any) Query {
	return Query{sql, args, func(rows pgx.Rows) error {
		*into = (*into)[:0]
		return eachRow(rows, func(row T) { *into = append(*into, row) })
	}}
}

// One collects the first row; found tells whether there was one.
func One[T any](into *T, found *bool, sql string, args ...any) Query {
	return Query{sql, args, func(rows pgx.Rows) error {
		*found = false
		return eachRow(rows, func(row T) {
			if !*found {
				*into, *found = row, true
			}
		})
	}}
}

// Within collects like One the columns of S, which come first and are the same in every row, and like Many those of T
// behind them. Where T's first column is NULL, there is none: the row is there for the sake of S.
func Within[S, T any](around *S, found *bool, into *[]T, sql string, args ...any) Query {
	return Query{sql, args, func(rows pgx.Rows) error {
		*found, *into = false, (*into)[:0]
		return eachRowWithin(rows, around, func() { *found = true }, func(row T) { *into = append(*into, row) })
	}}
}

// Read runs the queries in one read-only snapshot and one round trip: BEGIN, the scope, prepared statements and COMMIT
// travel in one batch. (The same through pgx.Batch, with literals, halved the throughput.)
func Read(ctx context.Context, db *DB, scope Scope, queries ...Query) error {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return unavailable(err)
	}
	defer conn.Release()
	if err := travel(ctx, conn.Conn(), &way{snapshot, scope}, queries, commit); err != nil {
		rollback(ctx, conn.Conn())
		return unavailable(err)
	}
	return nil
}

const (
	snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	commit   = "COMMIT"
)

// way is how a transaction begins and what it sees.
type way struct {
	begin string
	scope Scope
}

// travel sends the way in if there is one, the queries, and out if it is not empty, in one round trip, and collects what
// comes back. The first that fails ends it: the server passes over those behind.
func travel(ctx context.Context, conn *pgx.Conn, in *way, queries []Query, out string) error {
	batch, before := &pgconn.Batch{}, 0
	if in != nil {
		if err := queue(ctx, conn, batch, in.begin); err != nil {
			return err
		}
		batch.ExecParams(in.scope.setLocal(), nil, nil, nil, nil)
		before = 2
	}
	for _, query := range queries {
		if err := queue(ctx, conn, batch, query.sql, query.args...); err != nil {
			return err
		}
	}
	if out != "" {
		if err := queue(ctx, conn, batch, out); err != nil {
			return err
		}
	}
	return collect(ctx, conn, batch, queries, before)
}

// queue adds a statement that the connection knows already, or that it learns here, once.
func queue(ctx context.Context, conn *pgx.Conn, batch *pgconn.Batch, sql string, args ...any) error {
	statement, err := conn.Prepare(ctx, sql, sql)
	if err != nil {
		return fmt.Errorf("postgres: prepare: %w", err)
	}
	var encoded pgx.ExtendedQueryBuilder
	if err := encoded.Build(conn.TypeMap(), statement, args); err != nil {
		return fmt.Errorf("postgres: encode: %w", err)
	}
	batch.ExecStatement(statement, encoded.ParamValues, encoded.ParamFormats, encoded.ResultFormats)
	return nil
}

func collect(ctx context.Context, conn *pgx.Conn, batch *pgconn.Batch, queries []Query, before int) error {
	results := conn.PgConn().ExecBatch(ctx, batch)
	for i := 0; results.NextResult(); i++ {
		n := i - before
		if n < 0 || n >= len(queries) {
			if _, err := results.ResultReader().Close(); err != nil {
				return closing(results, err)
			}
			continue
		}
		rows := pgx.RowsFromResultReader(conn.TypeMap(), results.ResultReader())
		err := queries[n].collect(rows)
		rows.Close()
		if err != nil {
			return closing(results, err)
		}
	}
	return results.Close()
}

func closing(results *pgconn.MultiResultReader, err error) error {
	_ = results.Close() // the first error is the one that explains
	return err
}
