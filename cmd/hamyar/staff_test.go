package main

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
)

// leads makes somebody the lead of a programme.
func (h *house) leads(p *person, programme string) {
	h.t.Helper()
	_, err := h.store.UpdateMember(h.t.Context(), p.identity, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, keystore.Role{Name: "programme_lead", Programme: uuid.MustParse(programme)})
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

type card struct {
	ID, Name, Visibility, ETag string
	Archived                   bool
	Sensitivity                int
	Rules                      struct {
		Number int
		HTML   string
	}
}

func TestProgrammesAreSetUpByOperatorsAndKeptByTheirLeads(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	oneFactor, elsewhere := h.signUp(), h.staff(keystore.Role{Name: "programme_lead", Programme: uuid.New()})
	h.leads(oneFactor, p.Programme)
	researcher := h.staff(keystore.Role{Name: "researcher"})
	visitor := &person{h: h}

	create := func(by *person, want told) {
		t.Helper()
		by.call(http.MethodPost, "/v1/programmes", programmeBody("Another")).hears(want)
	}
	create(visitor, signIn)
	create(h.signUp(), notAllowed)
	create(p.lead, notAllowed)
	create(researcher, notAllowed)

	at := "/v1/programmes/" + p.Programme
	var first, second struct{ Name, Hours, Funder, ETag string }
	visitor.call(http.MethodGet, at, nil).into(http.StatusOK, &first)
	edit := map[string]any{"hours": "every evening", "responsible": []any{map[string]any{"name": "Dr Night", "role": "answers at night"}}}
	for by, want := range map[*person]told{visitor: signIn, h.signUp(): notAllowed, elsewhere: notAllowed, researcher: notAllowed, oneFactor: secondFactor} {
		by.call(http.MethodPatch, at, edit, "If-Match", first.ETag).hears(want)
	}
	p.lead.call(http.MethodPatch, at, edit).is(http.StatusPreconditionRequired).refused("etag_required")
	p.lead.call(http.MethodPatch, at, edit, "If-Match", `"9"`).is(http.StatusPreconditionFailed).refused("etag_stale")
	p.lead.call(http.MethodPatch, at, edit, "If-Match", first.ETag).into(http.StatusOK, &second)
	if second.Hours != "every evening" || second.Name != first.Name || second.Funder != first.Funder || second.ETag == first.ETag {
		t.Errorf("%+v, then %+v", first, second)
	}
	p.operator.call(http.MethodPatch, at, edit, "If-Match", first.ETag).is(http.StatusPreconditionFailed).refused("etag_stale")
	p.operator.call(http.MethodPatch, at, map[string]any{"name": "Harbour house"}, "If-Match", second.ETag).is(http.StatusOK)
	// Its lead is not the lead of what does not exist, and an operator is told so.
	p.operator.call(http.MethodPatch, "/v1/programmes/"+uuid.NewString(), edit, "If-Match", first.ETag).hears(nothing)
	visitor.call(http.MethodGet, "/v1/programmes/"+uuid.NewString(), nil).hears(nothing)
	visitor.call(http.MethodGet, at, nil).is(http.StatusOK).without(p.lead.identity.String(), p.lead.username)
}

func TestCommunitiesAreFoundedAndGovernedByTheirStaff(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	base := "/v1/communities/" + p.ID
	oneFactor, elsewhere := h.signUp(), h.staff(keystore.Role{Name: "programme_lead", Programme: uuid.New()})
	h.leads(oneFactor, p.Programme)
	researcher, member := h.staff(keystore.Role{Name: "researcher"}), h.signUp().join(p.ID, "Ada")
	mo := h.signUp().join(p.ID, "Mo").withSecondFactor()
	mo.moderates(p)
	half := h.signUp().join(p.ID, "Half")
	half.moderates(p)

	before := db.rows()
	for by, want := range map[*person]told{{h: h}: signIn, member: notAllowed, mo: notAllowed, elsewhere: notAllowed, researcher: notAllowed, oneFactor: secondFactor} {
		by.call(http.MethodPost, "/v1/communities", communityBody(p.Programme, nil)).hears(want)
	}
	p.operator.call(http.MethodPost, "/v1/communities", communityBody(uuid.NewString(), nil)).is(http.StatusUnprocessableEntity).refused("invalid_request")
	p.operator.call(http.MethodPost, "/v1/communities", communityBody("no id", nil)).is(http.StatusUnprocessableEntity).refused("invalid_request")
	if after := db.rows(); !sameRows(before, after) {
		t.Errorf("refused founders left something: %v, then %v", before, after)
	}
	p.operator.call(http.MethodPost, "/v1/communities", communityBody(p.Programme, nil)).is(http.StatusCreated)

	words, rule := map[string]any{"name": "A calmer place", "rules": "Be *kind*."}, map[string]any{"visibility": "public"}
	var now card
	p.lead.call(http.MethodGet, base, nil).into(http.StatusOK, &now)
	edits := func(by *person, words, rule map[string]any, mayWord, mayRule told) {
		t.Helper()
		by.call(http.MethodPatch, base, words, "If-Match", now.ETag).hears(mayWord)
		if mayWord == fine {
			p.lead.call(http.MethodGet, base, nil).into(http.StatusOK, &now)
		}
		by.call(http.MethodPatch, base, rule, "If-Match", now.ETag).hears(mayRule)
	}
	for by, want := range map[*person]told{{h: h}: signIn, member: notAllowed, h.signUp(): notAllowed, elsewhere: notAllowed, researcher: notAllowed} {
		edits(by, words, rule, want, want)
	}
	edits(oneFactor, words, rule, secondFactor, secondFactor)
	edits(half, words, rule, secondFactor, notAllowed)
	edits(mo, words, rule, fine, notAllowed)
	// Words and government together need both, and half of it is not done.
	mo.call(http.MethodPatch, base, map[string]any{"name": "Mine", "archived": true}, "If-Match", now.ETag).hears(notAllowed)
	p.lead.call(http.MethodGet, base, nil).into(http.StatusOK, &now)
	if now.Name != "A calmer place" || now.Rules.Number != 2 || now.Visibility != "members" || now.Archived {
		t.Errorf("%+v", now)
	}
	stale := now.ETag
	p.lead.call(http.MethodPatch, base, map[string]any{"sensitivity": 3, "visibility": "invitation", "join_policy": "invitation"}, "If-Match", now.ETag).into(http.StatusOK, &now)
	p.lead.call(http.MethodPatch, base, map[string]any{"archived": true}, "If-Match", stale).is(http.StatusPreconditionFailed).refused("etag_stale")
	p.lead.call(http.MethodPatch, base, map[string]any{"archived": true}).is(http.StatusPreconditionRequired).refused("etag_required")
	if now.Sensitivity != 3 || now.Visibility != "invitation" || now.Archived {
		t.Errorf("%+v", now)
	}
	if n := db.number(`SELECT count(*) FROM audit_event WHERE action LIKE 'community.%' AND community_id = $1 AND action <> 'community.join'`, p.ID); n < 5 {
		t.Errorf("%d acts of staff are written down", n)
	}
}

func TestWhoMayInviteAndAppoint(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	base := "/v1/communities/" + p.ID
	ada := h.signUp().join(p.ID, "Ada")
	mo := h.signUp().join(p.ID, "Mo").withSecondFactor()
	researcher := h.staff(keystore.Role{Name: "researcher"})
	oneFactor := h.signUp()
	h.leads(oneFactor, p.Programme)
	role := base + "/personas/" + mo.persona(p.ID).ID + "/role"

	moderator := map[string]any{"role": "moderator"}
	for by, want := range map[*person]told{{h: h}: signIn, ada: notAllowed, mo: notAllowed, researcher: notAllowed, oneFactor: secondFactor} {
		by.call(http.MethodPut, role, moderator).hears(want)
		by.call(http.MethodPost, base+"/invitations", map[string]any{}).hears(want)
	}
	p.lead.call(http.MethodPut, base+"/personas/"+uuid.NewString()+"/role", moderator).hears(nothing)
	p.lead.call(http.MethodPut, role, map[string]any{"role": "owner"}).is(http.StatusUnprocessableEntity).refused("invalid_request")
	p.lead.call(http.MethodPut, role, moderator).is(http.StatusNoContent)
	p.operator.call(http.MethodPut, role, moderator).is(http.StatusNoContent)

	mo.call(http.MethodPost, base+"/invitations", map[string]any{"uses": 3, "days": 2}).is(http.StatusCreated)
	mo.call(http.MethodPut, base+"/personas/"+ada.persona(p.ID).ID+"/role", moderator).hears(notAllowed)
	for _, body := range []map[string]any{{"uses": 0}, {"uses": 1001}, {"days": 0}, {"days": 91}, {"days": "many"}} {
		p.lead.call(http.MethodPost, base+"/invitations", body).is(http.StatusUnprocessableEntity).refused("invalid_request")
	}
	p.lead.call(http.MethodPut, role, map[string]any{"role": "member"}).is(http.StatusNoContent)
	mo.call(http.MethodPost, base+"/invitations", map[string]any{}).hears(notAllowed)
	// Who leaves leaves the role behind.
	p.lead.call(http.MethodPut, role, moderator).is(http.StatusNoContent)
	mo.call(http.MethodDelete, base+"/membership", nil).is(http.StatusNoContent)
	p.lead.call(http.MethodPut, role, moderator).hears(nothing)
	mo.join(p.ID, "Mo")
	mo.call(http.MethodPost, base+"/invitations", map[string]any{}).hears(notAllowed)
}

func TestAResearcherSeesWhatAMemberSees(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	hidden := p.founds(map[string]any{"visibility": "hidden"})
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, telling, telling)
	researcher, member := h.staff(keystore.Role{Name: "researcher"}), h.signUp()
	attempts(researcher, p.ID, opened, membersOnly, notMember, notTheAuthor)
	researcher.call(http.MethodGet, "/v1/communities/"+hidden, nil).hears(nothing)
	id := func(c struct{ ID string }) string { return c.ID }
	if a, b := walk(researcher, "/v1/communities", id), walk(member, "/v1/communities", id); !slices.Equal(a, b) || slices.Contains(a, hidden) {
		t.Errorf("a researcher finds %v, a member %v", a, b)
	}
	researcher.join(p.ID, "Reader")
	researcher.call(http.MethodGet, "/v1/communities/"+p.ID+"/topics", nil).hears(fine)
	researcher.call(http.MethodDelete, "/v1/communities/"+p.ID+"/posts/"+opened.Opening.ID, nil).hears(notTheAuthor)
}
