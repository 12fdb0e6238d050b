package main

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// behind is a look at the databases past the program and past row-level security.
type behind struct {
	t           *testing.T
	mu          sync.Mutex
	forum, keys *pgx.Conn
}

func (h *house) behind() *behind {
	h.t.Helper()
	b := &behind{t: h.t}
	for _, d := range []struct {
		kind migrations.Database
		url  string
		into **pgx.Conn
	}{{migrations.Forum, h.config.ForumURL.Reveal(), &b.forum}, {migrations.Keys, h.config.KeysURL.Reveal(), &b.keys}} {
		conn, err := pgx.Connect(h.t.Context(), pgtest.Admin(h.t, d.kind, d.url))
		if err != nil {
			h.t.Fatal(err)
		}
		h.t.Cleanup(func() { conn.Close(context.Background()) })
		*d.into = conn
	}
	return b
}

// set changes what no route changes, such as a ban.
func (b *behind) set(sql string, args ...any) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	done, err := b.forum.Exec(b.t.Context(), sql, args...)
	if err != nil || done.RowsAffected() != 1 {
		b.t.Fatalf("%s: %d rows, %v", sql, done.RowsAffected(), err)
	}
}

// number is what a query of one number gives.
func (b *behind) number(sql string, args ...any) (n int) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.forum.QueryRow(b.t.Context(), sql, args...).Scan(&n); err != nil {
		b.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// rows is how many rows there are, table by table, in both databases.
func (b *behind) rows() map[string]int {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	counts := map[string]int{}
	for name, conn := range map[string]*pgx.Conn{"forum": b.forum, "keys": b.keys} {
		rows, err := conn.Query(b.t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
		if err != nil {
			b.t.Fatal(err)
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(tables) == 0 {
			b.t.Fatalf("%s: no tables: %v", name, err)
		}
		for _, table := range tables {
			var n int
			if err := conn.QueryRow(b.t.Context(), fmt.Sprintf(`SELECT count(*) FROM %s`, pgx.Identifier{table}.Sanitize())).Scan(&n); err != nil {
				b.t.Fatal(err)
			}
			counts[name+"."+table] = n
		}
	}
	return counts
}
