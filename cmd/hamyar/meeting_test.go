package main

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// What happens where two meet at one row.

// atOnce runs both and returns what they answered.
func atOnce(calls ...func() reply) []reply {
	replies := make([]reply, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { replies[i] = call() })
	}
	all.Wait()
	return replies
}

func TestOfTwoEditorsOneIsTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada")
	for range 5 {
		opened := ada.opens(p.ID, "A title", "text")
		edit := func(path, tag string, body map[string]any) func() reply {
			return func() reply {
				return ada.call(http.MethodPatch, "/v1/communities/"+p.ID+path, body, "If-Match", tag)
			}
		}
		post := "/posts/" + opened.Opening.ID
		for _, pair := range [][]func() reply{
			{edit(post, opened.Opening.ETag, map[string]any{"text": "one"}), edit(post, opened.Opening.ETag, map[string]any{"text": "two"})},
			{edit("/topics/"+opened.ID, `"1.2"`, map[string]any{"title": "one"}), edit("/topics/"+opened.ID, `"1.2"`, map[string]any{"title": "two"})},
		} {
			answers := atOnce(pair...)
			if answers[0].status+answers[1].status != http.StatusOK+http.StatusPreconditionFailed {
				t.Errorf("%d %s, and %d %s", answers[0].status, answers[0].body, answers[1].status, answers[1].body)
			}
		}
	}
}

func TestRepliesAtOnceAreAllThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	people := []*person{h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo"), h.signUp().join(p.ID, "Cy")}
	opened := people[0].opens(p.ID, "A title", "text")
	var calls []func() reply
	for i := range 18 {
		calls = append(calls, func() reply {
			path := "/v1/communities/" + p.ID + "/topics"
			if i%3 != 0 {
				path += "/" + opened.ID + "/posts"
				return people[i%2].call(http.MethodPost, path, map[string]any{"text": "reply"})
			}
			return people[2].call(http.MethodPost, path, map[string]any{"title": "Meanwhile", "text": "text"})
		})
	}
	for _, r := range atOnce(calls...) {
		r.is(http.StatusCreated)
	}
	var posts listing[post]
	people[1].call(http.MethodGet, "/v1/communities/"+p.ID+"/topics/"+opened.ID+"/posts?limit=100", nil).into(http.StatusOK, &posts)
	for i, post := range posts.Items {
		if post.Number != i+1 {
			t.Errorf("place %d is numbered %d", i+1, post.Number)
		}
	}
	var whole topic
	people[1].call(http.MethodGet, "/v1/communities/"+p.ID+"/topics/"+opened.ID, nil).into(http.StatusOK, &whole)
	if len(posts.Items) != 13 || whole.Posts != 13 {
		t.Errorf("%d posts, %d counted", len(posts.Items), whole.Posts)
	}
	if n := h.behind().number(`SELECT topics FROM community_tally WHERE community_id = $1`, p.ID); n != 7 {
		t.Errorf("%d topics are counted", n)
	}
}

// TestWhatIsBeingDecidedHolds writes a decision in a transaction that is still open, lets somebody act against it, and
// commits when they are seen to wait.
func TestWhatIsBeingDecidedHolds(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, bo, base := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo"), "/v1/communities/"+p.ID
	opened, other := ada.opens(p.ID, "A title", "text"), ada.opens(p.ID, "Another", "text")
	topic := func() reply {
		return bo.call(http.MethodPost, base+"/topics", map[string]any{"title": "Late", "text": "text"})
	}
	answers := func(to string) func() reply {
		return func() reply {
			return bo.call(http.MethodPost, base+"/topics/"+to+"/posts", map[string]any{"text": "late"})
		}
	}
	posts := h.behind().number(`SELECT count(*) FROM post`)
	for _, c := range []struct {
		what, decision, of string
		act                func() reply
		told               told
	}{
		{"the topic is locked", `UPDATE topic SET locked = true WHERE topic_id = $1`, opened.ID, answers(opened.ID), told{http.StatusForbidden, "locked"}},
		{"the topic is removed", `UPDATE topic SET status = 'removed' WHERE topic_id = $1`, other.ID, answers(other.ID), nothing},
		{"the community is archived", `UPDATE community SET archived = true WHERE community_id = $1`, p.ID, topic, archived},
		{"it is opened again", `UPDATE community SET archived = false WHERE community_id = $1`, p.ID, topic, fine},
		{"who writes is banned", `UPDATE persona SET state = 'banned' WHERE persona_id = $1`, bo.persona(p.ID).ID, topic, banned},
	} {
		if r := h.whileDeciding(c.decision, c.of, c.act); r.status != c.told.status && (c.told != fine || r.status != http.StatusCreated) {
			t.Errorf("%s: %d %s", c.what, r.status, r.body)
		} else {
			r.hears(c.told)
		}
	}
	if n := h.behind().number(`SELECT count(*) FROM post`); n != posts+1 {
		t.Errorf("%d posts, then %d", posts, n)
	}
}

// whileDeciding holds a change open until somebody who acts waits for it.
func (h *house) whileDeciding(decision, of string, act func() reply) reply {
	h.t.Helper()
	url := pgtest.Admin(h.t, migrations.Forum, h.config.ForumURL.Reveal())
	deciding, err := pgx.Connect(h.t.Context(), url)
	if err != nil {
		h.t.Fatal(err)
	}
	defer deciding.Close(context.WithoutCancel(h.t.Context()))
	tx, err := deciding.Begin(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	if done, err := tx.Exec(h.t.Context(), decision, of); err != nil || done.RowsAffected() != 1 {
		h.t.Fatalf("%s: %v", decision, err)
	}
	answered := make(chan reply, 1)
	go func() { answered <- act() }()
	looking := h.behind()
	deadline := time.Now().Add(20 * time.Second)
	for looking.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == 0 {
		select {
		case r := <-answered:
			h.t.Errorf("%s: nobody waited", decision)
			answered <- r
		case <-time.After(10 * time.Millisecond):
			if time.Now().Before(deadline) {
				continue
			}
			h.t.Errorf("%s: nobody waits", decision)
		}
		break
	}
	if err := tx.Commit(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return <-answered
}
