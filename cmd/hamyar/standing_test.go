package main

import (
	"net/http"
	"testing"
)

// told is what somebody is told: a status, and of a refusal its code.
type told struct {
	status int
	code   string
}

var (
	fine         = told{http.StatusOK, ""}
	signIn       = told{http.StatusUnauthorized, "sign_in_required"}
	membersOnly  = told{http.StatusForbidden, "members_only"}
	notMember    = told{http.StatusForbidden, "not_a_member"}
	notTheAuthor = told{http.StatusForbidden, "not_the_author"}
	notAllowed   = told{http.StatusForbidden, "not_allowed"}
	banned       = told{http.StatusForbidden, "banned"}
	archived     = told{http.StatusForbidden, "archived"}
	nothing      = told{http.StatusNotFound, "not_found"}
	secondFactor = told{http.StatusForbidden, "second_factor_required"}
)

// hears checks what somebody is told.
func (r reply) hears(want told) reply {
	r.t.Helper()
	if want.code == "" {
		if r.status < 200 || r.status > 299 {
			r.t.Errorf("%s: %d %s", r.what, r.status, r.body)
		}
		return r
	}
	if r.status != want.status {
		r.t.Errorf("%s: %d, want %d %s: %s", r.what, r.status, want.status, want.code, r.body)
		return r
	}
	return r.refused(want.code)
}

// attempts is what somebody may try on the words of another: reading, writing, and changing them.
func attempts(p *person, community string, at topic, read, write, change told) {
	p.h.t.Helper()
	base := "/v1/communities/" + community
	for _, path := range []string{"/topics", "/topics/" + at.ID, "/topics/" + at.ID + "/posts", "/posts/" + at.Opening.ID} {
		r := p.call(http.MethodGet, base+path, nil).hears(read)
		if read != fine {
			r.without(telling, at.Author.ID, at.Author.Name)
		}
	}
	p.call(http.MethodPost, base+"/topics", map[string]any{"title": "In", "text": "text"}).hears(write)
	p.call(http.MethodPost, base+"/topics/"+at.ID+"/posts", map[string]any{"text": "text"}).hears(write)
	p.call(http.MethodPatch, base+"/topics/"+at.ID, map[string]any{"title": "Mine"}, "If-Match", at.ETag).hears(change)
	p.call(http.MethodPatch, base+"/posts/"+at.Opening.ID, map[string]any{"text": "Mine"}, "If-Match", at.Opening.ETag).hears(change)
	p.call(http.MethodDelete, base+"/posts/"+at.Opening.ID, nil).hears(change)
	p.call(http.MethodDelete, base+"/topics/"+at.ID, nil).hears(change)
}

const telling = "a telling word"

func TestWhoIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, telling, telling)

	visitor, stranger := &person{h: h}, h.signUp()
	neighbour := h.signUp().join(p.founds(nil), "Nell")
	left := h.signUp().join(p.ID, "Lee")
	left.call(http.MethodDelete, "/v1/communities/"+p.ID+"/membership", nil).is(http.StatusNoContent)
	out := h.signUp().join(p.ID, "Olt")
	db.set(`UPDATE persona SET state = 'banned' WHERE persona_id = $1`, out.persona(p.ID).ID)

	attempts(visitor, p.ID, opened, signIn, signIn, signIn)
	attempts(stranger, p.ID, opened, membersOnly, notMember, notTheAuthor)
	attempts(neighbour, p.ID, opened, membersOnly, notMember, notTheAuthor)
	attempts(left, p.ID, opened, membersOnly, notMember, notTheAuthor)
	attempts(out, p.ID, opened, banned, banned, banned)
	// Running the place opens nobody's words.
	attempts(p.lead, p.ID, opened, membersOnly, notMember, notTheAuthor)
	attempts(p.operator, p.ID, opened, membersOnly, notMember, notTheAuthor)

	for name, method := range map[string]string{"join": http.MethodPut, "leave": http.MethodDelete} {
		body := map[string]any{"name": "Olt", "accept_rules": 1}
		if method == http.MethodDelete {
			body = nil
		}
		if r := out.call(method, "/v1/communities/"+p.ID+"/membership", body); r.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	visitor.call(http.MethodPut, "/v1/communities/"+p.ID+"/membership", map[string]any{"name": "Vi", "accept_rules": 1}).hears(signIn)
	left.call(http.MethodDelete, "/v1/communities/"+p.ID+"/membership", nil).hears(notMember)
	for _, path := range []string{"/v1/me", "/v1/me/communities"} {
		visitor.call(http.MethodGet, path, nil).hears(signIn)
	}
	if n := db.number(`SELECT count(*) FROM post`); n != 1 {
		t.Errorf("%d posts after all that", n)
	}
}

func TestAPublicCommunityIsReadWithoutSigningIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"visibility": "public"})
	db := h.behind()
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, "A title", "text")
	out := h.signUp().join(p.ID, "Olt")
	db.set(`UPDATE persona SET state = 'banned' WHERE persona_id = $1`, out.persona(p.ID).ID)
	attempts(&person{h: h}, p.ID, opened, fine, signIn, signIn)
	attempts(h.signUp(), p.ID, opened, fine, notMember, notTheAuthor)
	attempts(out, p.ID, opened, fine, banned, banned)
}

func TestAHiddenCommunityIsNotThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	hidden := p.founds(map[string]any{"visibility": "hidden", "join_policy": "open"})
	ada := h.signUp()
	var invitation struct{ Code string }
	p.lead.call(http.MethodPost, "/v1/communities/"+hidden+"/invitations", map[string]any{}).into(http.StatusCreated, &invitation)
	ada.call(http.MethodPut, "/v1/communities/"+hidden+"/membership", map[string]any{"name": "Ada", "accept_rules": 1, "invitation": invitation.Code}).is(http.StatusOK)
	opened := ada.opens(hidden, telling, telling)
	attempts(ada, hidden, ada.opens(hidden, telling, telling), fine, fine, fine)

	oneFactor := h.signUp()
	h.leads(oneFactor, p.Programme)
	for _, stranger := range []*person{{h: h}, h.signUp(), h.signUp().join(p.ID, "Nell"), oneFactor} {
		attempts(stranger, hidden, opened, nothing, nothing, nothing)
		base := "/v1/communities/" + hidden
		if stranger != oneFactor { // who may know is told that a second factor is missing, and no more
			stranger.call(http.MethodGet, base, nil).hears(nothing)
			stranger.call(http.MethodPatch, base, map[string]any{"name": "Mine"}, "If-Match", `"1"`).hears(nothing)
			stranger.call(http.MethodPost, base+"/invitations", map[string]any{}).hears(nothing)
		}
		stranger.call(http.MethodGet, base+"/persona-suggestions", nil).hears(nothing)
		stranger.call(http.MethodPut, base+"/membership", map[string]any{"name": "In", "accept_rules": 1}).hears(nothing)
		stranger.call(http.MethodPut, base+"/membership", map[string]any{"name": "In", "accept_rules": 1, "invitation": "AAAAAAAA"}).hears(nothing)
		stranger.call(http.MethodDelete, base+"/membership", nil).hears(nothing)
		stranger.call(http.MethodGet, "/v1/communities", nil).hears(fine).without(hidden)
	}
	// Its members find it; the words in it are nobody else's, staff or not.
	ada.call(http.MethodGet, "/v1/communities/"+hidden, nil).hears(fine)
	p.lead.call(http.MethodGet, "/v1/communities/"+hidden, nil).hears(fine)
	p.lead.call(http.MethodGet, "/v1/communities/"+hidden+"/topics", nil).hears(membersOnly)
}

func TestAnArchivedCommunityIsOnlyRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, bo, base := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo"), "/v1/communities/"+p.ID
	opened := ada.opens(p.ID, "A title", "text")
	p.lead.call(http.MethodPatch, base, map[string]any{"archived": true}, "If-Match", `"1"`).is(http.StatusOK)

	for _, path := range []string{"", "/topics", "/topics/" + opened.ID, "/topics/" + opened.ID + "/posts", "/posts/" + opened.Opening.ID} {
		bo.call(http.MethodGet, base+path, nil).hears(fine)
	}
	bo.call(http.MethodPost, base+"/topics", map[string]any{"title": "New", "text": "text"}).hears(archived)
	bo.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", map[string]any{"text": "New"}).hears(archived)
	ada.call(http.MethodPatch, base+"/topics/"+opened.ID, map[string]any{"title": "New"}, "If-Match", opened.ETag).hears(archived)
	ada.call(http.MethodPatch, base+"/posts/"+opened.Opening.ID, map[string]any{"text": "New"}, "If-Match", opened.Opening.ETag).hears(archived)
	h.signUp().call(http.MethodPut, base+"/membership", map[string]any{"name": "Late", "accept_rules": 1}).hears(archived)
	// One's own words can be taken back, and one can go.
	ada.call(http.MethodDelete, base+"/topics/"+opened.ID, nil).hears(fine)
	bo.call(http.MethodDelete, base+"/membership", nil).hears(fine)
}

func TestAnIdOfOneCommunityOpensNothingInAnother(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	other := p.founds(nil)
	ada := h.signUp().join(p.ID, "Ada").join(other, "Bea")
	opened := ada.opens(p.ID, telling, telling)
	base := "/v1/communities/" + other
	for _, path := range []string{"/topics/" + opened.ID, "/topics/" + opened.ID + "/posts", "/posts/" + opened.Opening.ID} {
		ada.call(http.MethodGet, base+path, nil).hears(nothing).without(telling)
	}
	ada.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", map[string]any{"text": "text"}).hears(nothing)
	ada.call(http.MethodPatch, base+"/topics/"+opened.ID, map[string]any{"title": "text"}, "If-Match", opened.ETag).hears(nothing)
	ada.call(http.MethodPatch, base+"/posts/"+opened.Opening.ID, map[string]any{"text": "text"}, "If-Match", opened.Opening.ETag).hears(nothing)
	ada.call(http.MethodDelete, base+"/topics/"+opened.ID, nil).hears(nothing)
	ada.call(http.MethodDelete, base+"/posts/"+opened.Opening.ID, nil).hears(nothing)
	role := map[string]any{"role": "moderator"}
	p.lead.call(http.MethodPut, base+"/personas/"+opened.Author.ID+"/role", role).hears(nothing)
	var whole topic
	ada.call(http.MethodGet, "/v1/communities/"+p.ID+"/topics/"+opened.ID, nil).into(http.StatusOK, &whole)
	if *whole.Title != telling || whole.Opening.Text != telling || whole.ETag != opened.ETag {
		t.Errorf("%+v", whole)
	}
}

func TestALockedTopicIsOnlyRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, mo, base := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Mo"), "/v1/communities/"+p.ID
	mo.moderates(p)
	opened := ada.opens(p.ID, "A title", "text")
	h.behind().set(`UPDATE topic SET locked = true WHERE topic_id = $1`, opened.ID)
	locked := told{http.StatusForbidden, "locked"}
	reply := map[string]any{"text": "reply"}
	ada.call(http.MethodGet, base+"/topics/"+opened.ID+"/posts", nil).hears(fine)
	ada.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", reply).hears(locked)
	ada.call(http.MethodPatch, base+"/topics/"+opened.ID, map[string]any{"title": "New"}, "If-Match", opened.ETag).hears(locked)
	ada.call(http.MethodPatch, base+"/posts/"+opened.Opening.ID, reply, "If-Match", opened.Opening.ETag).hears(locked)
	// Moderators still write in it, with their second factor.
	if r := mo.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", reply); r.status != http.StatusForbidden {
		t.Errorf("with one factor: %d %s", r.status, r.body)
	}
	mo.withSecondFactor()
	mo.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", reply).is(http.StatusCreated)
	ada.call(http.MethodDelete, base+"/posts/"+opened.Opening.ID, nil).hears(fine)
}
