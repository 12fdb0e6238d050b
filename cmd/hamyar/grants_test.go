package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

var grantInvalid = told{http.StatusForbidden, "grant_invalid"}

// grants is a community with two leads who aren't members, and a member who wrote.
type grants struct {
	*house
	place
	in, base, reason string
	second, ada      *person
	words            topic
	reply            post
	file             shownFile
}

func openGrants(h *house, settings map[string]any) *grants {
	h.t.Helper()
	p := h.found(settings)
	g := &grants{house: h, place: p, in: "/v1/communities/" + p.ID, reason: "Two members are being threatened " + uuid.NewString()}
	g.base = g.in + "/grants"
	g.second = h.staff(keystore.Role{Name: "programme_lead", Programme: uuid.MustParse(p.Programme)})
	g.ada = h.signUp()
	if settings["visibility"] == "hidden" {
		g.ada.call(http.MethodPut, g.in+"/membership", map[string]any{"name": "Ada Hill", "accept_rules": 1, "invitation": p.lead.invites(p.ID, 1)}).is(http.StatusOK)
	} else {
		g.ada.join(p.ID, "Ada Hill")
	}
	g.words = g.ada.opens(p.ID, "Rivergate", "what Ada wrote")
	g.reply = g.ada.replies(p.ID, g.words.ID, "and went on")
	g.file = g.ada.uploaded(p.ID, "application/pdf", document(h.t, 100))
	g.ada.call(http.MethodPost, g.in+"/topics/"+g.words.ID+"/posts", map[string]any{"text": "a page", "attachments": attached("a page", g.file)}).is(http.StatusCreated)
	return g
}

func (g *grants) wish(hours int) map[string]any {
	return map[string]any{"lifts": "members_only", "hours": hours, "reason": g.reason}
}

// asked is a wish of the first lead.
func (g *grants) asked(hours int) string {
	g.t.Helper()
	var made struct{ ID string }
	g.lead.call(http.MethodPost, g.base, g.wish(hours)).into(http.StatusCreated, &made)
	return made.ID
}

// granted is one that the second lead has approved.
func (g *grants) granted(hours int) string {
	g.t.Helper()
	id := g.asked(hours)
	g.second.call(http.MethodPost, g.base+"/"+id+"/approval", nil).is(http.StatusOK).without(g.reason)
	return id
}

// readings are the ways to what Ada wrote.
func (g *grants) readings() []string {
	topics := g.in + "/topics"
	return []string{topics, topics + "/" + g.words.ID, topics + "/" + g.words.ID + "/posts", g.in + "/posts/" + g.reply.ID, g.in + "/attachments/" + g.file.ID}
}

func (g *grants) reads(by *person, id string, want told) {
	g.t.Helper()
	for _, path := range g.readings() {
		r := by.call(http.MethodGet, path, nil, "Break-Glass", id).hears(want)
		if want != fine {
			r.without("Rivergate", "Ada")
		}
	}
}

func TestBreakingTheGlassTakesTwo(t *testing.T) {
	t.Parallel()
	stack, began := pgtest.Stack(t), map[string]int64{}
	for _, log := range []string{stack.Forum.LogFile, stack.Keys.LogFile} {
		began[log] = size(t, log)
	}
	g := openGrants(open(t, talkative(t)), nil)
	id := g.asked(2)
	g.reads(g.lead, id, grantInvalid)
	g.lead.call(http.MethodPost, g.base+"/"+id+"/approval", nil).hears(notAllowed)
	g.reads(g.lead, id, grantInvalid)

	var why struct {
		Reason   string
		Hours    int
		Mine     bool
		Approved bool
	}
	g.second.call(http.MethodGet, g.base+"/"+id, nil).into(http.StatusOK, &why).without(g.lead.identity.String())
	if why.Reason != g.reason || why.Hours != 2 || why.Mine || why.Approved {
		t.Errorf("%+v", why)
	}
	g.second.call(http.MethodPost, g.base+"/"+id+"/approval", nil).is(http.StatusOK)
	g.second.call(http.MethodPost, g.base+"/"+id+"/approval", nil).hears(nothing)
	var all listing[struct {
		ID             string
		Mine, Approved bool
	}]
	g.lead.call(http.MethodGet, g.base, nil).into(http.StatusOK, &all).without(g.reason)
	if len(all.Items) != 1 || all.Items[0].ID != id || !all.Items[0].Mine || !all.Items[0].Approved {
		t.Errorf("%+v", all)
	}

	g.reads(g.lead, id, fine)
	g.seen(id)
	for _, path := range g.readings() {
		g.lead.call(http.MethodGet, path, nil).hears(membersOnly)
	}
	g.lead.call(http.MethodGet, g.in+"/search?q=Rivergate", nil, "Break-Glass", id).hears(membersOnly)
	g.lead.call(http.MethodPost, g.in+"/topics", map[string]any{"title": "Mine", "text": "mine"}, "Break-Glass", id).hears(notMember)
	g.secret(stack.Forum.LogFile, stack.Keys.LogFile, began)
}

// seen holds what is written down of the readings, and what Ada was told.
func (g *grants) seen(id string) {
	g.t.Helper()
	db := g.behind()
	for action, n := range map[string]int{"grant.ask": 1, "grant.read": 1, "grant.approve": 1} {
		if got := db.number(`SELECT count(*) FROM audit_event WHERE action = $1 AND community_id = $2 AND subject_id = $3 AND actor IS NOT NULL`, action, g.ID, id); got != n {
			g.t.Errorf("%s is written down %d times", action, got)
		}
	}
	const sealed = ` AND purpose = 'break-glass' AND role = 'programme_lead' AND actor IS NOT NULL AND persona_id IS NULL`
	for action, about := range map[string][]string{
		"topic.list": {g.words.ID}, "topic.read": {g.words.ID}, "post.list": {g.reply.ID}, "post.read": {g.reply.ID}, "attachment.read": {g.file.ID},
	} {
		if db.number(`SELECT count(*) FROM audit_event WHERE action = $1 AND community_id = $2 AND ($3 = subject_id OR $3 = ANY (subjects))`+sealed, action, g.ID, about[0]) == 0 {
			g.t.Errorf("%s of what was read is not written down", action)
		}
	}
	var told listing[struct {
		Kind, Purpose, About string
		Roles, IDs           []string
	}]
	g.ada.call(http.MethodGet, g.in+"/notices?limit=100", nil).into(http.StatusOK, &told).without(g.lead.identity.String(), g.reason, id)
	about := map[string]bool{}
	for _, n := range told.Items {
		if n.Kind != "opened" || n.Purpose != "break-glass" || !slices.Equal(n.Roles, []string{"programme_lead"}) {
			g.t.Errorf("%+v", n)
		}
		for _, one := range n.IDs {
			about[one] = true
		}
	}
	for _, one := range []string{g.words.ID, g.reply.ID, g.words.Opening.ID, g.file.ID} {
		if !about[one] {
			g.t.Errorf("Ada is not told of %s: %+v", one, told.Items)
		}
	}
}

// secret looks for the reason wherever it might lie.
func (g *grants) secret(forum, keys string, began map[string]int64) {
	g.t.Helper()
	reason := textCanary("the reason", g.reason)
	newScanner(g.t, reason).clean("Hamyar's log", []byte(g.log.String()))
	for _, database := range []struct {
		kind              migrations.Database
		url, log, written string
	}{
		{migrations.Forum, g.config.ForumURL.Reveal(), forum, "INSERT INTO audit_event "},
		{migrations.Keys, g.config.KeysURL.Reveal(), keys, "INSERT INTO break_glass "},
	} {
		l := &look{t: g.t, name: database.kind.Name, admin: pgtest.Admin(g.t, database.kind, database.url), banned: []canary{reason}}
		l.control = textCanary("the control", "Control"+strings.ReplaceAll(uuid.NewString(), "-", ""))
		l.plant()
		l.statements()
		l.dumps()
		l.log(database.log, began[database.log], database.written)
	}
}

func TestAGrantIsForOnePersonInOnePlaceAndATime(t *testing.T) {
	t.Parallel()
	g := openGrants(open(t), nil)
	id := g.granted(1)
	elsewhere := g.founds(nil)
	g.lead.call(http.MethodGet, "/v1/communities/"+elsewhere+"/topics", nil, "Break-Glass", id).hears(grantInvalid)
	for _, by := range []*person{g.second, g.operator, g.ada, g.signUp()} {
		by.call(http.MethodGet, g.readings()[0], nil, "Break-Glass", id).hears(grantInvalid)
	}
	(&person{h: g.house}).call(http.MethodGet, g.readings()[0], nil, "Break-Glass", id).hears(signIn)
	for _, none := range []string{uuid.NewString(), "nothing", uuid.Nil.String()} {
		g.lead.call(http.MethodGet, g.readings()[0], nil, "Break-Glass", none).hears(grantInvalid)
	}
	g.reads(g.lead, id, fine)
	g.clock.move(time.Hour + time.Minute)
	g.reads(g.lead, id, grantInvalid)
	g.clock.move(-time.Hour - time.Minute)

	g.second.call(http.MethodDelete, g.base+"/"+id, nil).is(http.StatusNoContent)
	g.reads(g.lead, id, grantInvalid)
	g.lead.call(http.MethodDelete, g.base+"/"+id, nil).hears(nothing)
	mine := g.granted(24)
	g.lead.call(http.MethodDelete, g.base+"/"+mine, nil).is(http.StatusNoContent)
	g.reads(g.lead, mine, grantInvalid)
}

func TestWhoMayAskForAGrant(t *testing.T) {
	t.Parallel()
	g := openGrants(open(t), nil)
	one := g.base + "/" + g.asked(2)
	moderator := g.signUp().join(g.ID, "Mo").withSecondFactor()
	moderator.moderates(g.place)
	oneFactor := g.signUp()
	g.leads(oneFactor, g.Programme)
	elsewhere := g.staff(keystore.Role{Name: "programme_lead", Programme: uuid.New()})
	before := g.behind().rows()
	refused := func(by *person, want told) {
		t.Helper()
		by.call(http.MethodPost, g.base, g.wish(2)).hears(want)
		by.call(http.MethodGet, one, nil).hears(want).without(g.reason)
		by.call(http.MethodPost, one+"/approval", nil).hears(want)
	}
	for by, want := range map[*person]told{
		{h: g.house}: signIn, g.ada: notAllowed, moderator: notAllowed, g.signUp(): notAllowed, elsewhere: notAllowed,
		g.staff(keystore.Role{Name: "researcher"}): notAllowed, oneFactor: secondFactor,
	} {
		refused(by, want)
		by.call(http.MethodGet, g.base, nil).hears(want)
		if by != oneFactor {
			by.call(http.MethodDelete, one, nil).hears(want)
		}
	}
	g.clock.move(someTime)
	for _, by := range []*person{g.lead, g.second, g.operator} {
		refused(by, told{http.StatusForbidden, "fresh_sign_in_required"})
	}
	g.clock.move(-someTime)
	after := g.behind().rows()
	for _, name := range []string{"forum.audit_event", "keys.break_glass"} {
		if before[name] != after[name] || before[name] == 0 {
			t.Errorf("%s had %d rows, and now %d", name, before[name], after[name])
		}
	}
	for _, bad := range []map[string]any{
		{"hours": 0}, {"hours": 25}, {"lifts": "banned"}, {"reason": "because"}, {"reason": strings.Repeat(" ", 30)}, {"reason": strings.Repeat("why ", 1001)},
	} {
		body := g.wish(2)
		for field, value := range bad {
			body[field] = value
		}
		g.lead.call(http.MethodPost, g.base, body).is(http.StatusUnprocessableEntity).refused("invalid_request")
	}
	// To end one takes no second factor and no fresh sign-in.
	oneFactor.call(http.MethodDelete, one, nil).is(http.StatusNoContent)
}

func TestAGrantIsNothingWithoutTheRole(t *testing.T) {
	t.Parallel()
	g := openGrants(open(t), nil)
	id := g.granted(2)
	g.reads(g.lead, id, fine)
	roles := func(roles ...keystore.Role) {
		t.Helper()
		if _, err := g.store.UpdateMember(t.Context(), g.lead.identity, func(r *keystore.Record) error { r.Roles = roles; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	roles()
	g.reads(g.lead, id, membersOnly)
	roles(keystore.Role{Name: "programme_lead", Programme: uuid.New()})
	g.reads(g.lead, id, membersOnly)
	roles(keystore.Role{Name: "programme_lead", Programme: uuid.MustParse(g.Programme)})
	g.reads(g.lead, id, fine)
}

func TestWhoIsBannedReadsNothingByAGrant(t *testing.T) {
	t.Parallel()
	g := openGrants(open(t), nil)
	id := g.granted(2)
	g.lead.join(g.ID, "Lead")
	g.lead.call(http.MethodPost, g.base, g.wish(2)).hears(notAllowed) // who is a member needs none
	g.behind().set(`UPDATE persona SET state = 'banned' WHERE persona_id = $1`, g.lead.persona(g.ID).ID)
	g.reads(g.lead, id, banned)
	g.lead.call(http.MethodPost, g.base, g.wish(2)).hears(banned)
}

// A hidden community is hidden from who holds up something, too.
func TestAGrantInAHiddenCommunity(t *testing.T) {
	t.Parallel()
	g := openGrants(open(t), map[string]any{"visibility": "hidden", "join_policy": "invitation"})
	id := g.granted(2)
	g.reads(g.lead, id, fine)
	out := g.signUp()
	nowhere := "/v1/communities/" + uuid.NewString()
	for _, at := range []string{g.in, nowhere} {
		out.call(http.MethodGet, at+"/topics", nil, "Break-Glass", id).hears(grantInvalid)
		out.call(http.MethodGet, at+"/grants", nil).hears(nothing)
		out.call(http.MethodPost, at+"/grants", g.wish(2)).hears(nothing)
		out.call(http.MethodDelete, at+"/grants/"+id, nil).hears(nothing)
	}
}

// What can't be written down is not read.
func TestNobodyReadsByAGrantUnseen(t *testing.T) {
	t.Parallel()
	g := openGrants(open(t), nil)
	id, db := g.granted(2), g.behind()
	for _, full := range []string{"audit_event", "notice"} {
		alter := func(sql string) {
			t.Helper()
			if _, err := db.forum.Exec(t.Context(), `ALTER TABLE `+full+` `+sql); err != nil {
				t.Fatal(err)
			}
		}
		alter(`ADD CONSTRAINT ` + full + `_full CHECK (false) NOT VALID`)
		before := db.rows()
		for _, path := range g.readings() {
			if r := g.lead.call(http.MethodGet, path, nil, "Break-Glass", id).without("Rivergate", "Ada"); r.status < 500 {
				t.Errorf("%s: %d", path, r.status)
			}
		}
		if full == "audit_event" {
			g.lead.call(http.MethodPost, g.base, g.wish(2)).is(http.StatusInternalServerError)
			g.second.call(http.MethodGet, g.base+"/"+id, nil).is(http.StatusInternalServerError).without(g.reason)
		}
		if after := db.rows(); !sameRows(before, after) {
			t.Errorf("%v, then %v", before, after)
		}
		alter(`DROP CONSTRAINT ` + full + `_full`)
	}
	g.reads(g.lead, id, fine)
}

// A script of the staff holds nothing up.
func TestAKeyHoldsUpNoGrant(t *testing.T) {
	t.Parallel()
	g := openGrants(open(t), nil)
	id := g.granted(2)
	var key struct{ Secret string }
	wanted := map[string]any{"name": "reading", "scopes": []string{"topic:list", "topic:read", "post:list", "post:read", "attachment:read"}, "purpose": "support", "days": 1}
	g.lead.call(http.MethodPost, "/v1/me/keys", wanted).into(http.StatusCreated, &key)
	for _, path := range g.readings() {
		g.house.call(http.MethodGet, path, key.Secret, nil, "Break-Glass", id).hears(grantInvalid).without("Rivergate", "Ada")
		g.house.call(http.MethodGet, path, key.Secret, nil).hears(membersOnly)
	}
	g.reads(g.lead, id, fine)
}
