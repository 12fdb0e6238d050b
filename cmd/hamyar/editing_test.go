package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestWordsAreEditedUnderTheirETag(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, bo, base := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo"), "/v1/communities/"+p.ID
	opened := ada.opens(p.ID, "First winter", "How do you keep **warm**?")
	reply := bo.replies(p.ID, opened.ID, "Wool.")

	at := base + "/posts/" + reply.ID
	var edited, read post
	bo.call(http.MethodPatch, at, map[string]any{"text": "Wool, and *tea*."}, "If-Match", reply.ETag).into(http.StatusOK, &edited)
	if got := ada.call(http.MethodGet, at, nil).into(http.StatusOK, &read); got.etag() != edited.ETag {
		t.Errorf("ETag %s, then %s", edited.ETag, got.etag())
	}
	if !read.Edited || read.Text != "Wool, and *tea*." || !strings.Contains(read.HTML, "<em>tea</em>") || read.ETag == reply.ETag || !read.PostedAt.Equal(reply.PostedAt) {
		t.Errorf("%+v", read)
	}
	words := map[string]any{"text": "Silk."}
	bo.call(http.MethodPatch, at, words, "If-Match", reply.ETag).is(http.StatusPreconditionFailed).refused("etag_stale")
	bo.call(http.MethodDelete, at, nil, "If-Match", reply.ETag).is(http.StatusPreconditionFailed).refused("etag_stale")
	bo.call(http.MethodPatch, at, words).is(http.StatusPreconditionRequired).refused("etag_required")
	bo.call(http.MethodPatch, at, words, "If-Match", "*").is(http.StatusPreconditionRequired).refused("etag_required")
	for _, tag := range []string{"W/" + edited.ETag, strings.Trim(edited.ETag, `"`), `"02"`, `"two"`, `""`, `"999999999999"`} {
		bo.call(http.MethodPatch, at, words, "If-Match", tag).is(http.StatusPreconditionFailed).refused("etag_stale")
	}
	ada.call(http.MethodPatch, at, words, "If-Match", edited.ETag).is(http.StatusForbidden).refused("not_the_author")

	at = base + "/topics/" + opened.ID
	var titled, whole topic
	ada.call(http.MethodPatch, at, map[string]any{"title": "Second winter"}, "If-Match", opened.ETag).into(http.StatusOK, &titled)
	if *titled.Title != "Second winter" || titled.Opening.Text != opened.Opening.Text || titled.Opening.Edited {
		t.Errorf("%+v", titled)
	}
	ada.call(http.MethodPatch, at, map[string]any{"title": "Third", "text": "Still warm?"}, "If-Match", opened.ETag).is(http.StatusPreconditionFailed).refused("etag_stale")
	ada.call(http.MethodPatch, at, map[string]any{"title": "Third", "text": "Still warm?"}, "If-Match", titled.ETag).into(http.StatusOK, &whole)
	if *whole.Title != "Third" || whole.Opening.Text != "Still warm?" || !whole.Opening.Edited {
		t.Errorf("%+v", whole)
	}
	// The opening is a post too: who edits it there makes the topic's ETag stale.
	ada.call(http.MethodPatch, base+"/posts/"+opened.Opening.ID, words, "If-Match", whole.Opening.ETag).is(http.StatusOK)
	ada.call(http.MethodPatch, at, map[string]any{"text": "Late."}, "If-Match", whole.ETag).is(http.StatusPreconditionFailed).refused("etag_stale")
	bo.call(http.MethodPatch, at, map[string]any{"title": "Mine"}, "If-Match", whole.ETag).is(http.StatusForbidden).refused("not_the_author")
	ada.call(http.MethodPatch, at, map[string]any{"title": "Mine"}).is(http.StatusPreconditionRequired).refused("etag_required")
}

func TestAnAuthorTakesWordsBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada, bo, base := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo"), "/v1/communities/"+p.ID

	opened := ada.opens(p.ID, "A title", "an opening")
	reply := bo.replies(p.ID, opened.ID, "a reply to lose")
	bo.call(http.MethodDelete, base+"/posts/"+reply.ID, nil, "If-Match", reply.ETag).is(http.StatusNoContent)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		bo.call(method, base+"/posts/"+reply.ID, nil).is(http.StatusNotFound).refused("not_found")
	}
	bo.call(http.MethodPatch, base+"/posts/"+reply.ID, map[string]any{"text": "back"}, "If-Match", reply.ETag).is(http.StatusNotFound).refused("not_found")
	ada.call(http.MethodGet, base+"/topics/"+opened.ID+"/posts", nil).is(http.StatusOK).without(reply.ID, "to lose")
	if n := db.number(`SELECT count(*) FROM post WHERE post_id = $1 AND body IS NULL AND status = 'deleted'`, reply.ID); n != 1 {
		t.Error("words of a deleted post are still in its row")
	}
	var left topic
	if ada.call(http.MethodGet, base+"/topics/"+opened.ID, nil).into(http.StatusOK, &left); left.Posts != 1 {
		t.Errorf("%d posts are counted", left.Posts)
	}

	// Nobody else's words are in it: the whole topic goes.
	ada.replies(p.ID, opened.ID, "more of one's own")
	ada.call(http.MethodDelete, base+"/topics/"+opened.ID, nil).is(http.StatusNoContent)
	for _, path := range []string{"/topics/" + opened.ID, "/topics/" + opened.ID + "/posts", "/posts/" + opened.Opening.ID} {
		ada.call(http.MethodGet, base+path, nil).is(http.StatusNotFound).refused("not_found")
	}
	ada.call(http.MethodGet, base+"/topics", nil).is(http.StatusOK).without(opened.ID)
	ada.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", map[string]any{"text": "too late"}).is(http.StatusNotFound).refused("not_found")
	if n := db.number(`SELECT count(*) FROM post WHERE topic_id = $1 AND body IS NOT NULL`, opened.ID); n != 0 {
		t.Errorf("%d posts of a deleted topic keep their words", n)
	}
	if n := db.number(`SELECT topics FROM community_tally WHERE community_id = $1`, p.ID); n != 0 {
		t.Errorf("%d topics are counted", n)
	}
}

func TestATopicThatOthersAnsweredIsWithdrawn(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada, bo, base := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo"), "/v1/communities/"+p.ID
	opened := ada.opens(p.ID, "A telling title", "an opening to take back")
	reply := bo.replies(p.ID, opened.ID, "a reply that stays")
	own := ada.replies(p.ID, opened.ID, "a later word")
	at := base + "/topics/" + opened.ID
	bo.call(http.MethodDelete, at, nil).is(http.StatusForbidden).refused("not_the_author")
	ada.call(http.MethodDelete, at, nil, "If-Match", `"7.7"`).is(http.StatusPreconditionFailed).refused("etag_stale")
	ada.call(http.MethodDelete, at, nil, "If-Match", opened.ETag).is(http.StatusNoContent)

	var left topic
	bo.call(http.MethodGet, at, nil).into(http.StatusOK, &left).without("telling", "to take back")
	if left.Title != nil || left.Author != nil || left.Opening != nil || left.Status != "withdrawn" || left.Posts != 2 {
		t.Errorf("%+v", left)
	}
	var list listing[topic]
	bo.call(http.MethodGet, base+"/topics", nil).into(http.StatusOK, &list).without("telling", opened.Author.ID, "Ada")
	if len(list.Items) != 1 || list.Items[0].Title != nil || list.Items[0].Author != nil || list.Items[0].Status != "withdrawn" {
		t.Errorf("%+v", list)
	}
	var posts listing[post]
	bo.call(http.MethodGet, at+"/posts", nil).into(http.StatusOK, &posts)
	if len(posts.Items) != 2 || posts.Items[0].ID != reply.ID || posts.Items[1].ID != own.ID {
		t.Errorf("%+v", posts)
	}
	if n := db.number(`SELECT count(*) FROM topic JOIN post USING (community_id, topic_id) WHERE topic_id = $1 AND number = 1 AND title IS NULL AND body IS NULL`, opened.ID); n != 1 {
		t.Error("title or opening are still in their rows")
	}
	bo.call(http.MethodPost, at+"/posts", map[string]any{"text": "more"}).is(http.StatusForbidden).refused("locked")
	ada.call(http.MethodPatch, at, map[string]any{"title": "Again"}, "If-Match", left.ETag).is(http.StatusForbidden).refused("locked")
	ada.call(http.MethodGet, base+"/posts/"+opened.Opening.ID, nil).is(http.StatusNotFound).refused("not_found")
	// The rest of one's own can still be taken back, from outside too.
	ada.call(http.MethodDelete, base+"/membership", nil).is(http.StatusNoContent)
	ada.call(http.MethodDelete, base+"/posts/"+own.ID, nil).is(http.StatusNoContent)
	bo.call(http.MethodGet, base+"/posts/"+own.ID, nil).is(http.StatusNotFound).refused("not_found")
}

func TestAModeratorRemovesWithASecondFactor(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada, base := h.signUp().join(p.ID, "Ada"), "/v1/communities/"+p.ID
	mo := h.signUp().join(p.ID, "Mo")
	mo.moderates(p)
	opened := ada.opens(p.ID, "A title", "an opening")
	reply := ada.replies(p.ID, opened.ID, "against the rules")
	other := ada.opens(p.ID, "Another title", "another opening")

	mo.call(http.MethodDelete, base+"/posts/"+reply.ID, nil).is(http.StatusForbidden).refused("second_factor_required")
	mo.withSecondFactor()
	p.lead.call(http.MethodDelete, base+"/posts/"+reply.ID, nil).is(http.StatusForbidden).refused("not_the_author")
	mo.call(http.MethodDelete, base+"/posts/"+reply.ID, nil).is(http.StatusNoContent)
	mo.call(http.MethodDelete, base+"/topics/"+other.ID, nil).is(http.StatusNoContent)

	for _, path := range []string{"/posts/" + reply.ID, "/topics/" + other.ID, "/topics/" + other.ID + "/posts", "/posts/" + other.Opening.ID} {
		ada.call(http.MethodGet, base+path, nil).is(http.StatusNotFound).refused("not_found")
	}
	ada.call(http.MethodGet, base+"/topics/"+opened.ID+"/posts", nil).is(http.StatusOK).without(reply.ID, "against the rules")
	ada.call(http.MethodGet, base+"/topics", nil).is(http.StatusOK).without(other.ID, "Another")
	ada.call(http.MethodPatch, base+"/posts/"+reply.ID, map[string]any{"text": "milder"}, "If-Match", reply.ETag).is(http.StatusNotFound).refused("not_found")

	// Moderators still read it, and that they did is written down.
	before := db.number(`SELECT count(*) FROM audit_event WHERE action LIKE '%.read'`)
	var kept post
	mo.call(http.MethodGet, base+"/posts/"+reply.ID, nil).into(http.StatusOK, &kept)
	if kept.Text != "against the rules" || kept.Status != "removed" {
		t.Errorf("%+v", kept)
	}
	var whole topic
	mo.call(http.MethodGet, base+"/topics/"+other.ID, nil).into(http.StatusOK, &whole)
	if whole.Title == nil || *whole.Title != "Another title" || whole.Status != "removed" {
		t.Errorf("%+v", whole)
	}
	mo.call(http.MethodGet, base+"/topics", nil).is(http.StatusOK)
	mo.call(http.MethodGet, base+"/topics/"+opened.ID+"/posts", nil).is(http.StatusOK)
	if n := db.number(`SELECT count(*) FROM audit_event WHERE action LIKE '%.read'`) - before; n < 4 {
		t.Errorf("%d readings of removed words are written down", n)
	}
	mo.call(http.MethodGet, base+"/topics/"+other.ID+"/posts", nil).is(http.StatusOK)
	if n := db.number(`SELECT count(*) FROM audit_event WHERE action = 'post.list' AND subject_id = $1`, other.ID); n != 1 {
		t.Errorf("%d pages of a removed topic are written down, want 1", n)
	}
	if n := db.number(`SELECT count(*) FROM audit_event WHERE action IN ('post.remove', 'topic.remove')`); n != 2 {
		t.Errorf("%d removals are written down", n)
	}
}

// moderates makes somebody a moderator, by the lead.
func (p *person) moderates(in place) {
	p.h.t.Helper()
	in.lead.call(http.MethodPut, "/v1/communities/"+in.ID+"/personas/"+p.persona(in.ID).ID+"/role", map[string]any{"role": "moderator"}).is(http.StatusNoContent)
}

// persona is who somebody is in a community.
func (p *person) persona(community string) author {
	p.h.t.Helper()
	var seen struct {
		Membership *struct{ Persona author }
	}
	p.call(http.MethodGet, "/v1/communities/"+community, nil).into(http.StatusOK, &seen)
	if seen.Membership == nil {
		p.h.t.Fatalf("nobody in %s", community)
	}
	return seen.Membership.Persona
}
