package keystore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// watching is another process that hears of changes.
func (s setting) watching(t *testing.T) *keystore.Store {
	t.Helper()
	store := s.again(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- store.Watch(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("watching ended with %v", err)
		}
		if store.Listening() {
			t.Error("listening after the end")
		}
	})
	soon(t, "it listens", store.Listening)
	return store
}

// soon waits until something is so.
func soon(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-limit:
			t.Fatalf("in ten seconds not: %s", what)
		case <-tick.C:
		}
	}
}

func gone(t *testing.T, store *keystore.Store, persona uuid.UUID) func() bool {
	t.Helper()
	return func() bool {
		_, err := store.Persona(t.Context(), persona)
		return errors.Is(err, fault.New(fault.NotFound))
	}
}

// cutOff ends the connection of whoever listens, and lets nobody connect anew
// until the connection is allowed again.
func (s setting) cutOff(t *testing.T) (allow func()) {
	t.Helper()
	admin := s.connect(t, pgtest.Admin(t, migrations.Keys, s.url))
	config, err := pgx.ParseConfig(s.url)
	if err != nil {
		t.Fatal(err)
	}
	run := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	database := pgx.Identifier{config.Database}.Sanitize()
	run(`REVOKE CONNECT ON DATABASE ` + database + ` FROM ` + config.User)
	run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
	return func() { run(`GRANT CONNECT ON DATABASE ` + database + ` TO ` + config.User) }
}

func TestEveryProcessHearsWhatChanged(t *testing.T) {
	t.Parallel()
	s := setup(t)
	other, identity, community, programme := s.watching(t), uuid.New(), uuid.New(), uuid.New()
	p := s.begin(t, identity, community)
	var mu sync.Mutex
	heard := map[uuid.UUID]int{}
	other.OnEvict(func(persona uuid.UUID) {
		mu.Lock()
		defer mu.Unlock()
		heard[persona]++
	})

	before := ringOf(t, other, p.ID)
	if r, err := other.Member(t.Context(), identity); err != nil || len(r.Personas) != 0 {
		t.Fatal(err)
	}
	s.complete(t, identity, community, p.ID)
	soon(t, "a member's list is read again", func() bool {
		r, err := other.Member(t.Context(), identity)
		return err == nil && len(r.Personas) == 1
	})

	if _, err := s.Renew(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	box := mustSeal(t, ringOf(t, s.Store, p.ID))
	mustNotOpen(t, before, box)
	soon(t, "a renewed key is read again", func() bool {
		_, err := ringOf(t, other, p.ID).Open(somewhere, box)
		return err == nil
	})

	if _, err := s.CreateShared(t.Context(), "programme", programme); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Shared(t.Context(), "programme", programme); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RenewShared(t.Context(), "programme", programme); err != nil {
		t.Fatal(err)
	}
	ring, err := s.Shared(t.Context(), "programme", programme)
	if err != nil {
		t.Fatal(err)
	}
	box = mustSeal(t, ring)
	soon(t, "a renewed shared key is read again", func() bool {
		ring, err := other.Shared(t.Context(), "programme", programme)
		return err == nil && ring.Has(box)
	})

	if err := s.ErasePersona(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	soon(t, "an erased persona is gone", gone(t, other, p.ID))
	soon(t, "who keeps something of an owner is told", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return heard[p.ID] >= 2 && heard[programme] >= 1 && len(heard) == 2
	})
}

// TestWhoHearsNothingKeepsNothing: while a process can't hear, what was erased
// behind its back is gone for it as well, and what it read meanwhile isn't kept.
func TestWhoHearsNothingKeepsNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	other := s.watching(t)
	a, b := s.begin(t, uuid.New(), uuid.New()).ID, s.begin(t, uuid.New(), uuid.New()).ID
	ringOf(t, other, a)
	s.asOwner(t, "DELETE FROM persona WHERE persona_id = $1", a) // without a word
	ringOf(t, other, a)                                          // so it is still kept

	allow := s.cutOff(t)
	soon(t, "it notices", func() bool { return !other.Listening() })
	if !gone(t, other, a)() {
		t.Fatal("kept since before")
	}
	ringOf(t, other, b)
	s.asOwner(t, "DELETE FROM persona WHERE persona_id = $1", b)
	if !gone(t, other, b)() {
		t.Fatal("kept while deaf")
	}
	identity := uuid.New()
	if _, err := other.Member(t.Context(), identity); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateMember(t.Context(), identity, func(r *keystore.Record) error { r.Language = "fa"; return nil }); err != nil {
		t.Fatal(err)
	}
	if r, err := other.Member(t.Context(), identity); err != nil || r.Language != "fa" {
		t.Fatalf("a record was kept while deaf: %v", err)
	}
	allow()
	soon(t, "it listens again", other.Listening)
	again := s.begin(t, uuid.New(), uuid.New()).ID
	ringOf(t, other, again)
	if err := s.ErasePersona(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	soon(t, "it hears again", gone(t, other, again))
}

func TestAllAreTakenForChangedOnceNewsMayBeMissing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	other := s.watching(t)
	all := make(chan uuid.UUID, 100)
	other.OnEvict(func(persona uuid.UUID) { all <- persona })
	s.cutOff(t)()
	select {
	case id := <-all:
		if id != uuid.Nil {
			t.Fatalf("%s", id)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told")
	}
}

func TestStrangeNewsChangeNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	other := s.watching(t)
	conn := s.connect(t, s.url)
	for _, text := range []string{"", " ", "persona", "persona x", "member 00", "member " + uuid.NewString(), "shared/community", "epoch epoch", "\x01"} {
		if _, err := conn.Exec(t.Context(), `SELECT pg_notify('hamyar_keys', $1)`, text); err != nil {
			t.Fatal(err)
		}
	}
	id := s.begin(t, uuid.New(), uuid.New()).ID
	ringOf(t, other, id)
	if err := s.ErasePersona(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	soon(t, "it hears on", gone(t, other, id))
}
