package keystore_test

import (
	"context"
	"encoding/base64"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 21, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// setting is a keystore on a database of its own.
type setting struct {
	*keystore.Store
	db    *postgres.DB
	url   string
	kms   string
	clock *clock
}

func newKMS(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.key")
	if err := kms.NewKeyFile(path); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

func setup(t *testing.T) setting {
	t.Helper()
	s := setting{url: pgtest.KeysURL(t), kms: newKMS(t), clock: newClock()}
	db, err := postgres.Open(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s.db = db
	if err := keystore.Init(t.Context(), s.db, s.kms, s.clock.Now); err != nil {
		t.Fatal(err)
	}
	s.Store = s.again(t)
	return s
}

// again opens the same keystore with empty caches, as another process would.
func (s setting) again(t *testing.T) *keystore.Store {
	t.Helper()
	store, err := keystore.Open(t.Context(), s.db, s.kms, s.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// asOwner changes the database behind the store's back.
func (s setting) asOwner(t *testing.T, sql string, args ...any) {
	t.Helper()
	conn := s.connect(t, pgtest.Owner(t, migrations.Keys, s.url))
	done, err := conn.Exec(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	if done.RowsAffected() == 0 {
		t.Fatalf("nothing changed: %s", sql)
	}
}

// alter changes the schema behind the store's back.
func (s setting) alter(t *testing.T, sql string) {
	t.Helper()
	if _, err := s.connect(t, pgtest.Owner(t, migrations.Keys, s.url)).Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func (s setting) connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// count is how many rows a query without a result of its own finds.
func (s setting) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := s.db.QueryRow(t.Context(), "SELECT count(*) FROM "+sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func base64Key(fill byte) string {
	key := make([]byte, 32)
	for i := range key {
		key[i] = fill
	}
	return "base64key://" + base64.URLEncoding.EncodeToString(key)
}

func mustBe(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}
