package audit_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// office is where things are recorded: both databases, a log and a scribe.
type office struct {
	t                         *testing.T
	forumURL, keysURL, kmsURL string
	forum                     *postgres.DB
	keys                      *keystore.Store
	log                       *audit.Log
	*audit.Scribe
	now time.Time
}

func open(t *testing.T) *office {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	o := &office{
		t: t, forumURL: pgtest.ForumURL(t), keysURL: pgtest.KeysURL(t), kmsURL: "base64key://" + base64.URLEncoding.EncodeToString(key),
		now: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC),
	}
	keys := database(t, o.keysURL)
	if err := keystore.Init(t.Context(), keys, o.kmsURL, o.clock); err != nil {
		t.Fatal(err)
	}
	return o.enter(keys)
}

// enter opens what is there, as another instance of the program would.
func (o *office) enter(keys *postgres.DB) *office {
	o.t.Helper()
	var err error
	o.forum = database(o.t, o.forumURL)
	if o.keys, err = keystore.Open(o.t.Context(), keys, o.kmsURL, o.clock); err != nil {
		o.t.Fatal(err)
	}
	o.log = audit.NewLog(o.keys.AuditRing(), o.clock)
	o.Scribe = o.scribe(o.forum)
	return o
}

func (o *office) clock() time.Time { return o.now }

func (o *office) scribe(forum *postgres.DB) *audit.Scribe {
	o.t.Helper()
	s, err := audit.NewScribe(forum, o.keys, o.clock)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// worker is a scribe in the role that reads and erases events.
func (o *office) worker() *audit.Scribe {
	o.t.Helper()
	return o.scribe(database(o.t, pgtest.As(o.t, migrations.Forum, migrations.Forum.Worker, o.forumURL)))
}

func database(t *testing.T, url string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

var obliged = authz.Decision{Allow: true, Obligations: []authz.Obligation{authz.Audit}, Revision: "r1", Purpose: "moderation", Role: "moderator"}

// records lets staff act so many times, as the role that serves, each act in a transaction of its own.
func (o *office) records(times int) {
	o.t.Helper()
	for range times {
		_, err := postgres.InTx(o.t.Context(), o.forum, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
			e := audit.Event{Action: "post.remove", Community: uuid.New(), Identity: uuid.New(), Subject: uuid.New(), Subjects: []uuid.UUID{uuid.New(), uuid.New()}}
			return none, o.log.Append(o.t.Context(), tx, obliged, e)
		})
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) seals(want int) {
	o.t.Helper()
	if n, err := o.Seal(o.t.Context()); err != nil || n != want {
		o.t.Fatalf("%d were taken into the tree, want %d: %v", n, want, err)
	}
}

// exported writes the log to a folder, as the worker.
func (o *office) exported(witnesses ...audit.Witness) (folder string, lost int) {
	o.t.Helper()
	folder = filepath.Join(o.t.TempDir(), "log")
	lost, err := o.worker().Export(o.t.Context(), folder, witnesses, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return folder, lost
}

// verified judges a folder from its files alone, as somebody who knows the log's key.
func (o *office) verified(folder string, more ...func(*tree.Trust)) tree.Report {
	o.t.Helper()
	trust := tree.Trust{Key: o.Key(), Now: o.now, Retention: 1095 * 24 * time.Hour}
	for _, set := range more {
		set(&trust)
	}
	report, err := tree.VerifyArchive(os.DirFS(folder), trust)
	if err != nil {
		o.t.Fatal(err)
	}
	return report
}

func (o *office) sound(leaves int64) {
	o.t.Helper()
	folder, lost := o.exported()
	report := o.verified(folder)
	if !report.Good() || report.Size != leaves || report.Entries != leaves || lost != 0 {
		o.t.Errorf("%d events have no leaf; %+v, want %d leaves and nothing found", lost, report, leaves)
	}
}

func (o *office) finds(folder string, code tree.Code, more ...func(*tree.Trust)) {
	o.t.Helper()
	report := o.verified(folder, more...)
	if !slices.ContainsFunc(report.Findings, func(f tree.Finding) bool { return f.Code == code }) {
		o.t.Errorf("%s was not found: %+v", code, report)
	}
}

// asSuperuser does what only somebody with the database in their hands can.
func (o *office) asSuperuser(sql string) {
	o.t.Helper()
	conn, err := pgx.Connect(o.t.Context(), pgtest.Admin(o.t, migrations.Forum, o.forumURL))
	if err != nil {
		o.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(o.t.Context()))
	if _, err := conn.Exec(o.t.Context(), sql); err != nil {
		o.t.Fatalf("%s: %v", sql, err)
	}
}

func (o *office) count(kind migrations.Database, sql string) (n int) {
	o.t.Helper()
	url := o.forumURL
	if kind == migrations.Keys {
		url = o.keysURL
	}
	conn, err := pgx.Connect(o.t.Context(), pgtest.Admin(o.t, kind, url))
	if err != nil {
		o.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(o.t.Context()))
	if err := conn.QueryRow(o.t.Context(), sql).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}
