package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// InTx runs fn in one transaction that sees the communities of scope. What fn returns without an error is committed;
// anything else leaves nothing behind. BEGIN and the scope travel together.
func InTx[T any](ctx context.Context, db *DB, scope Scope, fn func(tx pgx.Tx) (T, error)) (T, error) {
	var result T
	options := pgx.TxOptions{BeginQuery: "BEGIN; " + scope.setLocal()}
	err := pgx.BeginTxFunc(ctx, db.Pool, options, func(tx pgx.Tx) error {
		var err error
		result, err = fn(tx)
		return err
	})
	if err != nil {
		var zero T
		return zero, unavailable(err)
	}
	return result, nil
}
