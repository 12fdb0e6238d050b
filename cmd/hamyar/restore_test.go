package main

import (
	"bytes"
	"errors"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/sealed"
)

const regret = "Kestrel words to take back"

// What backups of before give back of a post that its author took back, and what they don't. A restore that failed for any
// other reason would prove nothing, so it begins with those that show the words.
func TestADeletedPostAndItsBackups(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	p := v.found(nil)
	ada := v.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, "A title", "an opening that stays")
	at := "/v1/communities/" + p.ID + "/posts/"
	var regretted post
	before := v.backUp("before", func() { regretted = ada.replies(p.ID, opened.ID, regret) })
	ada.call(http.MethodDelete, at+regretted.ID, nil).is(http.StatusNoContent)
	after := v.backUp("after", func() {})
	reads := func(h *house) reply { return ada.at(h).call(http.MethodGet, at+regretted.ID, nil) }
	old := v.config // and the key of the KMS as it was, of which an operator may have kept a copy

	t.Run("clusters of before, and nobody remembers", func(t *testing.T) {
		v := v.in(t)
		c := v.rewind(before, "before")
		c.Tombstones = private(t)
		if r := reads(v.anew(c)).is(http.StatusOK); !bytes.Contains(r.body, []byte(regret)) || !v.opens(v.adminOf(c.ForumURL), c, regretted.ID) {
			t.Errorf("%s", r.body)
		}
	})
	t.Run("clusters of before, brought to the end", func(t *testing.T) {
		v := v.in(t)
		reads(v.anew(v.rewind(before, ""))).is(http.StatusNotFound).without(regret)
	})
	t.Run("a dump of after", func(t *testing.T) {
		v := v.in(t)
		c := v.config
		c.ForumURL = v.restore(after, "forum")(c.ForumURL)
		reads(v.anew(c)).is(http.StatusNotFound).without(regret)
	})

	now := v.rollOver(old)
	stays := v.anew(now)
	ada.at(stays).call(http.MethodGet, "/v1/communities/"+p.ID+"/topics/"+opened.ID, nil).is(http.StatusOK)
	reads(stays).is(http.StatusNotFound)

	t.Run("the forum of before upon the keys of now", func(t *testing.T) {
		v := v.in(t)
		c := now
		c.ForumURL = v.restore(before, "forum")(c.ForumURL)
		if v.opens(inDatabase(t, v.admin("forum"), "forum_of_before"), c, regretted.ID) {
			t.Error("what was taken back opens with the keys of now")
		}
		reads(v.anew(c)).without(regret)
	})
	t.Run("both of before, and the KMS of now", func(t *testing.T) {
		v := v.in(t)
		c := v.rewind(before, "before")
		c.KMSURL = now.KMSURL
		if _, err := newServer(t.Context(), c, v.logger, v.clock.now); !errors.Is(err, keystore.ErrKMS) {
			t.Errorf("the keys of before open, or something else is wrong: %v", err)
		}
	})
	t.Run("both of before, the KMS of before, and the tombstones", func(t *testing.T) {
		v := v.in(t)
		c := v.rewind(before, "before")
		c.KMSURL = old.KMSURL
		h := v.anew(c)
		if n, err := h.erasure.Replay(t.Context()); err != nil || n != 1 { // as whoever serves does before anything else
			t.Fatalf("%d erasures were repeated, %v", n, err)
		}
		reads(h).is(http.StatusNotFound).without(regret)
		ada.at(h).call(http.MethodGet, "/v1/communities/"+p.ID+"/topics/"+opened.ID, nil).is(http.StatusOK)
	})
}

// rollOver renews the keys of who took something back and ends the epoch, under a KMS of its own; it returns the
// configuration from then on.
func (v *vault) rollOver(c config.Config) config.Config {
	v.t.Helper()
	file := filepath.Join(private(v.t), "root.key")
	if err := kms.NewKeyFile(file); err != nil {
		v.t.Fatal(err)
	}
	o := v.office(c)
	if err := o.renewal.Dirty(v.t.Context(), nil); err != nil {
		v.t.Fatal(err)
	}
	if _, err := o.keeper.NewEpoch(v.t.Context(), "file://"+file); err != nil {
		v.t.Fatal(err)
	}
	o.wrapAnew(v.t)
	c.KMSURL = config.NewSecret("file://" + file)
	return c
}

// opens tells whether the words of a post, as they stand in a database, open with the keys of a configuration. That there
// are words is wanted first: a row without any would prove nothing.
func (v *vault) opens(adminForum string, c config.Config, post string) bool {
	v.t.Helper()
	var box []byte
	at := sealed.Place{Table: "post", Column: "body", Row: uuid.MustParse(post)}
	err := connectTo(v.t, adminForum).QueryRow(v.t.Context(), `SELECT substring(body FOR shown), persona_id, community_id, sealed_version FROM post WHERE post_id = $1`, post).
		Scan(&box, &at.Persona, &at.Community, &at.Version)
	if err != nil || len(box) == 0 {
		v.t.Fatalf("there are no words to open: %d bytes, %v", len(box), err)
	}
	ring, err := v.office(c).store.Persona(v.t.Context(), at.Persona)
	if err != nil {
		v.t.Fatal(err)
	}
	_, err = ring.Open(at, box)
	return err == nil
}
