package main

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
)

func sameRows(a, b map[string]int) bool { return maps.Equal(a, b) }

func persian(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

// long is a text of n characters.
func long(word string, n int) string {
	return string([]rune(strings.Repeat(word, n))[:n])
}

type membership struct {
	Persona       author
	State, Role   string
	RulesAccepted int `json:"rules_accepted"`
}

// enters tries to join; changes go into the body.
func (p *person) enters(community string, rules int, pairs ...string) reply {
	p.h.t.Helper()
	body := map[string]any{"name": p.likely(), "accept_rules": rules}
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	return p.call(http.MethodPut, "/v1/communities/"+community+"/membership", body)
}

// likely is a name that nobody else chose: the account's own, in letters.
func (p *person) likely() string {
	return "Name " + strings.Map(func(r rune) rune { return r%13 + 'a' }, p.username[:12])
}

// invites makes an invitation for so many people.
func (p *person) invites(community string, uses int) string {
	p.h.t.Helper()
	var made struct{ Code string }
	p.call(http.MethodPost, "/v1/communities/"+community+"/invitations", map[string]any{"uses": uses}).into(http.StatusCreated, &made)
	return made.Code
}

func TestGroundRulesAreAcceptedAsTheyStand(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	base := "/v1/communities/" + p.ID
	ada, bo := h.signUp(), h.signUp()
	for _, number := range []int{0, 2, 1000} {
		ada.enters(p.ID, number).is(http.StatusForbidden).refused("rules_not_accepted")
	}
	var as, later membership
	ada.enters(p.ID, 1).into(http.StatusOK, &as)
	if as.RulesAccepted != 1 || as.State != "active" || as.Role != "member" {
		t.Errorf("%+v", as)
	}
	var changed struct{ Rules struct{ Number int } }
	p.lead.call(http.MethodPatch, base, map[string]any{"rules": "Be kind, and *patient*."}, "If-Match", `"1"`).into(http.StatusOK, &changed)
	if changed.Rules.Number != 2 {
		t.Errorf("%+v", changed)
	}
	bo.enters(p.ID, 1).is(http.StatusForbidden).refused("rules_not_accepted")
	bo.enters(p.ID, 2).is(http.StatusOK)
	// Who was here before stays, and stands by what they accepted until they accept the new.
	ada.opens(p.ID, "Still here", "text")
	for _, number := range []int{0, 1, 3, 999999} {
		ada.enters(p.ID, number).into(http.StatusOK, &later)
		if later.RulesAccepted != 1 {
			t.Errorf("accepting %d is noted as %d", number, later.RulesAccepted)
		}
	}
	ada.enters(p.ID, 2).into(http.StatusOK, &later)
	if later.RulesAccepted != 2 || later.Persona.ID != as.Persona.ID {
		t.Errorf("%+v, then %+v", as, later)
	}
	ada.enters(p.ID, 1).into(http.StatusOK, &later)
	if later.RulesAccepted != 2 {
		t.Errorf("what was accepted is forgotten: %+v", later)
	}
}

func TestComingBackIsUnderTheSamePersona(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	base := "/v1/communities/" + p.ID
	ada := h.signUp()
	var first, renamed, again membership
	ada.enters(p.ID, 1, "name", "Cedar").into(http.StatusOK, &first)
	opened := ada.opens(p.ID, "A title", "text")
	ada.enters(p.ID, 1, "name", "Willow").into(http.StatusOK, &renamed)
	if renamed.Persona.ID != first.Persona.ID || renamed.Persona.Name != "Willow" || renamed.Persona.Avatar != first.Persona.Avatar {
		t.Errorf("%+v, then %+v", first, renamed)
	}
	var read topic
	ada.call(http.MethodGet, base+"/topics/"+opened.ID, nil).into(http.StatusOK, &read)
	if read.Author.Name != "Willow" || read.Opening.Author.Name != "Willow" {
		t.Errorf("%+v", read)
	}
	ada.call(http.MethodDelete, base+"/membership", nil).is(http.StatusNoContent)
	ada.call(http.MethodDelete, base+"/membership", nil).is(http.StatusForbidden).refused("not_a_member")
	ada.call(http.MethodGet, "/v1/me/communities", nil).is(http.StatusOK).without(p.ID)
	ada.enters(p.ID, 1, "name", "Cedar").into(http.StatusOK, &again)
	if again.Persona.ID != first.Persona.ID || again.Persona.Name != "Cedar" {
		t.Errorf("%+v, then %+v", first, again)
	}
	ada.call(http.MethodDelete, base+"/topics/"+opened.ID, nil).is(http.StatusNoContent) // it is still one's own
	if n := db.number(`SELECT members FROM community_tally WHERE community_id = $1`, p.ID); n != 1 {
		t.Errorf("%d members are counted", n)
	}
	if n := db.number(`SELECT count(*) FROM persona WHERE community_id = $1`, p.ID); n != 1 {
		t.Errorf("%d personas", n)
	}
}

func TestJoiningAtOnceMakesOnePersona(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	ada := h.signUp()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if r := ada.enters(p.ID, 1); r.status != http.StatusOK && r.status != http.StatusConflict && r.status != http.StatusServiceUnavailable {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	all.Wait()
	ada.enters(p.ID, 1).is(http.StatusOK)
	rows := db.rows()
	if rows["forum.persona"] != 1 || rows["keys.persona_key"] != 1 || db.number(`SELECT members FROM community_tally WHERE community_id = $1`, p.ID) != 1 {
		t.Errorf("%v", rows)
	}
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"visibility": "invitation", "join_policy": "invitation"})
	db := h.behind()
	code := p.lead.invites(p.ID, 2)
	ada, bo, cy := h.signUp(), h.signUp(), h.signUp()
	ada.enters(p.ID, 1).is(http.StatusForbidden).refused("invitation_required")
	ada.enters(p.ID, 1, "invitation", "NOTACODE").is(http.StatusForbidden).refused("invitation_required")
	ada.enters(p.ID, 2, "invitation", code).is(http.StatusForbidden).refused("rules_not_accepted")
	for range 3 { // once in, a repeat takes no second place
		ada.enters(p.ID, 1, "invitation", " "+strings.ToLower(code)+" ").is(http.StatusOK)
	}
	bo.enters(p.ID, 1, "invitation", code).is(http.StatusOK)
	cy.enters(p.ID, 1, "invitation", code).is(http.StatusForbidden).refused("invitation_required")
	if n := db.number(`SELECT count(*) FROM invitation WHERE uses_left = 0`); n != 1 {
		t.Errorf("%d invitations are used up", n)
	}
	// Leaving gives no place back, and coming back takes an invitation again.
	bo.call(http.MethodDelete, "/v1/communities/"+p.ID+"/membership", nil).is(http.StatusNoContent)
	bo.enters(p.ID, 1).is(http.StatusForbidden).refused("invitation_required")
	// A name that is taken uses nothing up.
	last := p.lead.invites(p.ID, 1)
	cy.enters(p.ID, 1, "invitation", last, "name", ada.likely()).is(http.StatusConflict).refused("name_taken")
	cy.enters(p.ID, 1, "invitation", last).is(http.StatusOK)
	// An invitation is of one community.
	other := p.founds(map[string]any{"join_policy": "invitation"})
	cy.enters(other, 1, "invitation", p.lead.invites(p.ID, 1)).is(http.StatusForbidden).refused("invitation_required")
	// It ends with its last day.
	late := p.lead.invites(other, 5)
	h.clock.move(7 * 24 * time.Hour)
	cy.enters(other, 1, "invitation", late).is(http.StatusOK)
	h.clock.move(24 * time.Hour)
	bo.enters(other, 1, "invitation", late).is(http.StatusForbidden).refused("invitation_required")
}

func TestTheLastPlaceIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"join_policy": "invitation"})
	code := p.lead.invites(p.ID, 1)
	var mu sync.Mutex
	var all sync.WaitGroup
	in := 0
	for range 4 {
		who := h.signUp()
		all.Go(func() {
			r := who.enters(p.ID, 1, "invitation", code)
			mu.Lock()
			defer mu.Unlock()
			if r.status == http.StatusOK {
				in++
			} else if r.status != http.StatusForbidden {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	all.Wait()
	if n := h.behind().number(`SELECT count(*) FROM persona WHERE community_id = $1`, p.ID); in != 1 || n != 1 {
		t.Errorf("%d were let in, %d are there", in, n)
	}
}

func TestAnInvitationShowsWhatOneWouldJoin(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	hidden := p.founds(map[string]any{"visibility": "hidden", "join_policy": "invitation", "name": "Behind the hill"})
	code := p.lead.invites(hidden, 1)
	ada, base := h.signUp(), "/v1/communities/"+hidden
	ada.call(http.MethodGet, base, nil).hears(nothing)
	ada.call(http.MethodGet, base, nil, "Hamyar-Invitation", "AAAAAAAAAAAAAAAAAAAAAAAA").hears(nothing)
	var seen struct {
		Name      string
		Rules     struct{ Number int }
		Programme struct{ Operator string }
	}
	ada.call(http.MethodGet, base, nil, "Hamyar-Invitation", code).into(http.StatusOK, &seen)
	if seen.Name != "Behind the hill" || seen.Rules.Number != 1 || seen.Programme.Operator == "" {
		t.Errorf("%+v", seen)
	}
	ada.call(http.MethodGet, base+"/topics", nil, "Hamyar-Invitation", code).hears(nothing)
	ada.enters(hidden, 1).hears(nothing)
	ada.enters(hidden, 1, "invitation", code).is(http.StatusOK)
	// Used up, it opens nothing to the next.
	bo := h.signUp()
	bo.call(http.MethodGet, base, nil, "Hamyar-Invitation", code).hears(nothing)
	bo.enters(hidden, 1, "invitation", code).hears(nothing)
	// Archived or closed, an invitation lets nobody in.
	closed := p.founds(map[string]any{"join_policy": "closed"})
	bo.enters(closed, 1, "invitation", p.lead.invites(closed, 1)).is(http.StatusForbidden).refused("join_closed")
}
