package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// replayable is one kind of create, and the same with other words.
type replayable struct {
	name        string
	by          *person
	path        string
	body, other map[string]any
	count       string // how many there are
}

func replayables(h *house, p place, ada *person, in topic) []replayable {
	h.t.Helper()
	base := "/v1/communities/" + p.ID
	return []replayable{
		{"topic", ada, base + "/topics", map[string]any{"title": "Once", "text": "text"}, map[string]any{"title": "Once", "text": "other"}, `SELECT count(*) FROM topic`},
		{"post", ada, base + "/topics/" + in.ID + "/posts", map[string]any{"text": "once"}, map[string]any{"text": "twice"}, `SELECT count(*) FROM post`},
		{"community", p.lead, "/v1/communities", communityBody(p.Programme, nil), communityBody(p.Programme, map[string]any{"sensitivity": 2}), `SELECT count(*) FROM community`},
		{"programme", p.operator, "/v1/programmes", programmeBody("Once"), programmeBody("Twice"), `SELECT count(*) FROM programme`},
	}
}

func TestARepeatDoesNothingTwice(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada, bo := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo")
	in := bo.opens(p.ID, "A topic", "text")
	for _, c := range replayables(h, p, ada, in) {
		before := db.number(c.count)
		var first, second struct{ ID, ETag string }
		made := c.by.call(http.MethodPost, c.path, c.body, "Idempotency-Key", "one "+c.name).into(http.StatusCreated, &first)
		again := c.by.call(http.MethodPost, c.path, c.body, "Idempotency-Key", "one "+c.name).into(http.StatusCreated, &second)
		if made.header.Get("Idempotent-Replayed") != "" || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s: Idempotent-Replayed %q, then %q", c.name, made.header.Get("Idempotent-Replayed"), again.header.Get("Idempotent-Replayed"))
		}
		if first != second || made.header.Get("Location") != again.header.Get("Location") || !strings.HasSuffix(made.header.Get("Location"), first.ID) {
			t.Errorf("%s: %+v at %s, then %+v at %s", c.name, first, made.header.Get("Location"), second, again.header.Get("Location"))
		}
		c.by.call(http.MethodPost, c.path, c.other, "Idempotency-Key", "one "+c.name).is(http.StatusUnprocessableEntity).refused("idempotency_reused")
		if n := db.number(c.count) - before; n != 1 {
			t.Errorf("%s: %d were made", c.name, n)
		}
		var third struct{ ID string }
		c.by.call(http.MethodPost, c.path, c.body, "Idempotency-Key", "another "+c.name).into(http.StatusCreated, &third)
		if third.ID == first.ID {
			t.Errorf("%s: another key made nothing new", c.name)
		}
	}
	// A key is for one request, wherever it goes; and it is its owner's: somebody else's is another.
	ada.call(http.MethodPost, "/v1/communities/"+p.ID+"/topics/"+in.ID+"/posts", map[string]any{"text": "once"}, "Idempotency-Key", "one topic").
		is(http.StatusUnprocessableEntity).refused("idempotency_reused")
	var mine, theirs struct{ ID string }
	body := map[string]any{"title": "Both", "text": "text"}
	ada.call(http.MethodPost, "/v1/communities/"+p.ID+"/topics", body, "Idempotency-Key", "ours").into(http.StatusCreated, &mine)
	bo.call(http.MethodPost, "/v1/communities/"+p.ID+"/topics", body, "Idempotency-Key", "ours").into(http.StatusCreated, &theirs)
	if mine == theirs {
		t.Error("two people share what a key made")
	}
	ada.call(http.MethodPost, "/v1/communities/"+p.ID+"/topics", body, "Idempotency-Key", strings.Repeat("k", 201)).is(http.StatusUnprocessableEntity).refused("invalid_request")
}

func TestRepeatsAtOnceMakeOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada := h.signUp().join(p.ID, "Ada")
	in := ada.opens(p.ID, "A topic", "text")
	for _, c := range replayables(h, p, ada, in) {
		before := db.number(c.count)
		var mu sync.Mutex
		var all sync.WaitGroup
		ids := map[string]int{}
		for range 8 {
			all.Go(func() {
				r := c.by.call(http.MethodPost, c.path, c.body, "Idempotency-Key", "at once "+c.name)
				mu.Lock()
				defer mu.Unlock()
				if r.status == http.StatusCreated {
					ids[strings.TrimPrefix(r.header.Get("Location"), "/v1/")]++
				} else if r.status != http.StatusConflict || !strings.Contains(string(r.body), `"idempotency_in_flight"`) {
					t.Errorf("%s: %d %s", c.name, r.status, r.body)
				}
			})
		}
		all.Wait()
		if n := db.number(c.count) - before; n != 1 || len(ids) != 1 {
			t.Errorf("%s: %d were made, and told of %v", c.name, n, slices.Sorted(maps.Keys(ids)))
		}
	}
}

func TestARepeatAfterDeletionWritesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada := h.signUp().join(p.ID, "Ada")
	in := ada.opens(p.ID, "A topic", "text")
	base := "/v1/communities/" + p.ID
	for _, c := range replayables(h, p, ada, in)[:2] {
		r := ada.call(http.MethodPost, c.path, c.body, "Idempotency-Key", "gone "+c.name).is(http.StatusCreated)
		ada.call(http.MethodDelete, r.header.Get("Location"), nil).is(http.StatusNoContent)
		before := db.rows()
		ada.call(http.MethodPost, c.path, c.body, "Idempotency-Key", "gone "+c.name).is(http.StatusNotFound).refused("not_found")
		if after := db.rows(); !maps.Equal(before, after) {
			t.Errorf("%s: %v, then %v", c.name, before, after)
		}
	}
	var left listing[topic]
	if ada.call(http.MethodGet, base+"/topics", nil).into(http.StatusOK, &left); len(left.Items) != 1 {
		t.Errorf("%+v", left)
	}
}
