package forum_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// connect is a connection of a test's own, of the role that the URL names.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
