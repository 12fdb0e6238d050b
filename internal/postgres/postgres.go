// Package postgres is the way to the databases: pools, transactions bound to communities, reads in one round trip, and
// the mapping of named constraints to faults.
//
// It protects the line between communities: a transaction sees the rows of the communities that it names and no
// others (row-level security, the second line behind policy). It must never put a value into SQL text, except the
// identifiers of a Scope, which are UUIDs by type.
package postgres

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// DB is a pool of connections of one role to one database.
type DB struct{ *pgxpool.Pool }

// Open makes a pool. It does not connect: a database that is down shows at the first use, and in /readyz.
func Open(ctx context.Context, url string) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errBadURL // pgx would repeat the URL, which holds a password
	}
	if config.MaxConns < 8 {
		config.MaxConns = int32(max(8, 4*runtime.NumCPU()))
	}
	config.MaxConnIdleTime = 5 * time.Minute
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	config.ConnConfig.RuntimeParams["application_name"] = "hamyar"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.AfterConnect = readUUIDs
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: open pool: %w", unavailable(err))
	}
	return &DB{pool}, nil
}
