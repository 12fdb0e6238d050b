package main

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/renewal"
	"github.com/hamyar/hamyar/internal/rights"
)

// office is where a house is asked to forget: a process of its own, beside those that serve, with the roles of such work.
type office struct {
	*rights.Erasure
	store     *keystore.Store
	keeper    *keystore.Store // in the role that wraps keys anew
	renewal   *renewal.Renewal
	directory *community.Directory
	board     *forum.Board
}

// office opens one upon a configuration that may not be that of the house: what was restored from a backup.
func (h *house) office(c config.Config) *office {
	h.t.Helper()
	o := &office{}
	var err error
	must := func() {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	worker, err := postgres.Open(h.t.Context(), c.WorkerURL.Reveal())
	must()
	h.t.Cleanup(worker.Close)
	keys, err := postgres.Open(h.t.Context(), c.KeysURL.Reveal())
	must()
	h.t.Cleanup(keys.Close)
	o.store, err = keystore.Open(h.t.Context(), keys, c.KMSURL.Reveal(), h.clock.now)
	must()
	keeper, err := postgres.Open(h.t.Context(), c.KeeperURL.Reveal())
	must()
	h.t.Cleanup(keeper.Close)
	o.keeper, err = keystore.Open(h.t.Context(), keeper, c.KMSURL.Reveal(), h.clock.now)
	must()
	graves, err := rights.OpenGraveyard(c.Tombstones)
	must()
	log := audit.NewLog(o.store.AuditRing(), h.clock.now)
	o.directory = community.NewDirectory(worker, o.store, h.policy, log, h.clock.now)
	o.board = forum.NewBoard(worker, o.store, o.directory, h.policy, log, h.clock.now)
	o.renewal = renewal.New(o.store, o.directory, o.board, 0)
	o.Erasure = rights.NewErasure(graves, o.store, o.directory, o.board, h.closeAccount, h.clock.now)
	return o
}

// wrapAnew finishes a rollover.
func (o *office) wrapAnew(t *testing.T) {
	t.Helper()
	for {
		done, err := o.keeper.Rewrap(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if done == 0 {
			break
		}
	}
	if destroyed, err := o.keeper.DestroyEpochs(t.Context()); err != nil || len(destroyed) == 0 {
		t.Fatalf("no epoch ended: %v", err)
	}
}

// closeAccount deletes an account at Kratos itself.
func (h *house) closeAccount(ctx context.Context, identity uuid.UUID) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodDelete, h.config.KratosAdmin+"/admin/identities/"+identity.String(), nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	switch _ = answer.Body.Close(); answer.StatusCode {
	case http.StatusNoContent:
		return nil
	case http.StatusNotFound:
		return fault.New(fault.NotFound)
	}
	return fmt.Errorf("Kratos answers %d", answer.StatusCode)
}

// emptied wants nothing of a persona but its id in both databases of a configuration.
func emptied(t *testing.T, adminForum, adminKeys string, personas ...string) {
	t.Helper()
	for admin, counts := range map[string][]string{
		adminForum: {
			`SELECT count(*) FROM post WHERE persona_id = $1 AND body IS NOT NULL`, `SELECT count(*) FROM topic WHERE persona_id = $1 AND title IS NOT NULL`,
			`SELECT count(*) FROM persona WHERE persona_id = $1 AND (name IS NOT NULL OR name_mac IS NOT NULL)`, `SELECT count(*) FROM answered_request WHERE persona_id = $1`,
		},
		adminKeys: {`SELECT count(*) FROM persona_key WHERE persona_id = $1`, `SELECT count(*) FROM persona WHERE persona_id = $1`},
	} {
		conn := connectTo(t, admin)
		for _, count := range counts {
			for _, persona := range personas {
				var n int
				if err := conn.QueryRow(t.Context(), count, persona).Scan(&n); err != nil {
					t.Fatal(err)
				}
				if n != 0 {
					t.Errorf("%s: %d", count, n)
				}
			}
		}
	}
}

// A whole member goes, and then the backups of before are brought back.
func TestAnErasedMemberAndTheirBackups(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	here := v.found(nil)
	there := here.founds(nil)
	ada, bo := v.signUp().join(here.ID, "Ada Kestrel").join(there, "Lake Morning"), v.signUp().join(here.ID, "Bo").join(there, "Cedar")
	personas := []string{ada.persona(here.ID).ID, ada.persona(there).ID}
	words := []string{"Kestrel", "Lake Morning", "Nuthatch"}
	var topics [2]topic
	before := v.backUp("before", func() {
		for i, in := range []string{here.ID, there} {
			topics[i] = ada.opens(in, "Nuthatch title", "Nuthatch opening")
			bo.replies(in, topics[i].ID, "an answer that stays")
			ada.replies(in, topics[i].ID, "Nuthatch reply")
		}
	})
	// reads is what somebody who stayed sees.
	reads := func(t *testing.T, h *house) (all []reply) {
		t.Helper()
		stayed := bo.at(h)
		for i, in := range []string{here.ID, there} {
			at := "/v1/communities/" + in + "/topics/" + topics[i].ID
			for _, path := range []string{at + "/posts", at, "/v1/communities/" + in + "/topics"} {
				all = append(all, stayed.call(http.MethodGet, path, nil))
			}
		}
		return all
	}
	gone := func(t *testing.T, h *house) {
		t.Helper()
		for _, r := range reads(t, h) {
			r.is(http.StatusOK).without(words...)
		}
	}
	if err := v.office(v.config).Member(t.Context(), ada.identity); err != nil {
		t.Fatal(err)
	}
	v.closed(ada)
	emptied(t, inDatabase(t, v.admin("forum"), "forum"), inDatabase(t, v.admin("keys"), "keys"), personas...)

	t.Run("where it happened", func(t *testing.T) { gone(t, v.in(t).anew(v.config)) })
	t.Run("clusters of before, and nobody remembers", func(t *testing.T) {
		v := v.in(t)
		c := v.rewind(before, "before")
		c.Tombstones = private(t)
		for i, r := range reads(t, v.anew(c)) {
			if r.is(http.StatusOK); len(newScanner(t, textCanary("a word", words[2])).find(r.body)) == 0 {
				t.Errorf("%d: a restore without tombstones should bring the words back: %s", i, r.body)
			}
		}
	})
	t.Run("clusters of before, and the tombstones", func(t *testing.T) {
		v := v.in(t)
		c := v.rewind(before, "before")
		if n, err := v.office(c).Replay(t.Context()); err != nil || n == 0 {
			t.Fatalf("%d erasures were repeated, %v", n, err)
		}
		gone(t, v.anew(c))
		emptied(t, v.adminOf(c.ForumURL), v.adminOf(c.KeysURL), personas...)
		if n, err := v.office(c).Replay(t.Context()); err != nil || n != 0 {
			t.Fatalf("%d erasures were repeated once more, %v", n, err)
		}
	})
	t.Run("the forum of before upon the keys of now", func(t *testing.T) {
		v := v.in(t)
		c := v.config
		c.ForumURL = v.restore(before, "forum")(c.ForumURL)
		for _, r := range reads(t, v.anew(c)) {
			r.without(words...)
		}
	})
}
