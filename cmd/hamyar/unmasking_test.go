package main

import (
	"bytes"
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

// unmaskings is a community with two leads, and a member whose persona is asked about.
type unmaskings struct {
	*house
	place
	base          string
	second, other *person // the other lead, and the member
	persona       string
	reason        string
}

func openUnmaskings(h *house) *unmaskings {
	h.t.Helper()
	p := h.found(nil)
	u := &unmaskings{house: h, place: p, base: "/v1/communities/" + p.ID + "/unmaskings", reason: "A court asks who wrote this " + uuid.NewString()}
	u.second = h.staff(keystore.Role{Name: "programme_lead", Programme: uuid.MustParse(p.Programme)})
	u.other = h.signUp().join(p.ID, "Ada Hill")
	u.persona = u.other.persona(p.ID).ID
	return u
}

func (u *unmaskings) wish() map[string]any {
	return map[string]any{"persona": u.persona, "reason": u.reason}
}

// asked is a wish of the first lead.
func (u *unmaskings) asked() string {
	u.t.Helper()
	var made struct{ ID string }
	u.lead.call(http.MethodPost, u.base, u.wish()).into(http.StatusCreated, &made)
	return u.base + "/" + made.ID
}

func TestUnmaskingTakesTwo(t *testing.T) {
	t.Parallel()
	began := map[string]int64{}
	stack := pgtest.Stack(t)
	for _, log := range []string{stack.Forum.LogFile, stack.Keys.LogFile} {
		began[log] = size(t, log)
	}
	u := openUnmaskings(open(t, talkative(t)))
	account := []string{u.other.identity.String(), u.other.username, "Ada Hill", "@"}
	recorded := func(act string) int {
		return u.behind().number(`SELECT count(*) FROM audit_event WHERE action = $1 AND community_id = $2 AND subject_id = $3
			AND actor IS NOT NULL AND persona_id IS NULL`, act, u.ID, u.persona)
	}

	r := u.lead.call(http.MethodPost, u.base, u.wish()).is(http.StatusCreated).without(append(account, u.reason, u.persona)...)
	var made struct{ ID string }
	r.into(http.StatusCreated, &made)
	one := u.base + "/" + made.ID

	var seen struct{ Persona, Reason string }
	u.second.call(http.MethodGet, one, nil).into(http.StatusOK, &seen).without(account...)
	if seen.Persona != u.persona || seen.Reason != u.reason {
		t.Errorf("who is to approve reads %+v", seen)
	}
	u.lead.call(http.MethodPost, one+"/approval", nil).hears(notAllowed).without(account...)
	if n := recorded("persona.unmask_approve"); n != 0 {
		t.Errorf("%d approvals are written down, and there was none", n)
	}
	var told struct{ Identity string }
	u.second.call(http.MethodPost, one+"/approval", nil).into(http.StatusOK, &told).without(account[1:]...).without(u.reason)
	if told.Identity != u.other.identity.String() {
		t.Errorf("%s instead of %s", told.Identity, u.other.identity)
	}
	heard := u.other.told(u.ID)
	if len(heard) != 1 || heard[0].Kind != "unmasked" || heard[0].Purpose != "break-glass" || heard[0].PurposeCode != "BTG" || !slices.Equal(heard[0].Roles, []string{"programme_lead"}) || heard[0].IDs[0] != u.persona {
		t.Errorf("the member is told %+v", heard)
	}
	for _, act := range []string{"persona.unmask_ask", "persona.unmask_read", "persona.unmask_approve"} {
		if n := recorded(act); n != 1 {
			t.Errorf("%s is written down %d times", act, n)
		}
	}
	newScanner(t, textCanary("the reason", u.reason)).clean("Hamyar's log", []byte(u.log.String()))
	for _, database := range []struct {
		kind         migrations.Database
		url          string
		log, written string
	}{
		{migrations.Forum, u.config.ForumURL.Reveal(), stack.Forum.LogFile, "INSERT INTO audit_event "},
		{migrations.Keys, u.config.KeysURL.Reveal(), stack.Keys.LogFile, "INSERT INTO unmasking "},
	} {
		l := &look{t: t, name: database.kind.Name, admin: pgtest.Admin(t, database.kind, database.url), banned: []canary{textCanary("the reason", u.reason)}}
		l.control = textCanary("the control", "Control"+strings.ReplaceAll(uuid.NewString(), "-", ""))
		l.plant()
		l.statements()
		l.dumps()
		l.log(database.log, began[database.log], database.written)
	}
}

func TestWhoMayUnmask(t *testing.T) {
	t.Parallel()
	u := openUnmaskings(open(t))
	one := u.asked()
	moderator := u.signUp().join(u.ID, "Mo").withSecondFactor()
	moderator.moderates(u.place)
	oneFactor := u.signUp()
	u.leads(oneFactor, u.Programme)
	elsewhere := u.staff(keystore.Role{Name: "programme_lead", Programme: uuid.New()})
	before := u.behind().rows()
	refused := func(by *person, want told) {
		t.Helper()
		by.call(http.MethodPost, u.base, u.wish()).hears(want)
		by.call(http.MethodGet, one, nil).hears(want).without(u.reason, u.persona)
		by.call(http.MethodPost, one+"/approval", nil).hears(want).without(u.other.identity.String())
	}
	for by, want := range map[*person]told{
		{h: u.house}: signIn, u.other: notAllowed, moderator: notAllowed, u.signUp(): notAllowed, elsewhere: notAllowed,
		u.staff(keystore.Role{Name: "researcher"}): notAllowed, oneFactor: secondFactor,
	} {
		refused(by, want)
	}
	u.clock.move(someTime)
	for _, by := range []*person{u.lead, u.second, u.operator} {
		refused(by, told{http.StatusForbidden, "fresh_sign_in_required"})
	}
	u.clock.move(-someTime)
	after := u.behind().rows()
	for _, name := range []string{"forum.audit_event", "keys.unmasking"} {
		if before[name] != after[name] || before[name] == 0 {
			t.Errorf("%s had %d rows, and now %d", name, before[name], after[name])
		}
	}
	for reason, code := range map[string]string{"because": "too_short", strings.Repeat(" ", 30): "too_short", strings.Repeat("why ", 1001): "too_long"} {
		body := map[string]any{"persona": u.persona, "reason": reason}
		if r := u.lead.call(http.MethodPost, u.base, body).is(http.StatusUnprocessableEntity).refused("invalid_request"); !strings.Contains(string(r.body), code) {
			t.Errorf("%s does not say %s", r.body, code)
		}
	}
	u.operator.call(http.MethodPost, one+"/approval", nil).is(http.StatusOK)
}

// What is unknown, of another community, too old or used is told in one way.
func TestAnUnmaskingThatIsNotThere(t *testing.T) {
	t.Parallel()
	u := openUnmaskings(open(t))
	elsewhere := "/v1/communities/" + u.founds(nil) + "/unmaskings"
	used, open := u.asked(), u.asked()
	u.second.call(http.MethodPost, used+"/approval", nil).is(http.StatusOK)

	u.clock.move(-24*time.Hour - time.Minute)
	old, err := u.store.AskUnmasking(t.Context(), uuid.MustParse(u.persona), u.lead.identity, u.reason)
	u.clock.move(24*time.Hour + time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	id := strings.TrimPrefix(open, u.base)
	var first []byte
	for _, path := range []string{u.base + "/" + uuid.NewString(), u.base + "/nothing", elsewhere + id, u.base + "/" + old.String(), used} {
		for _, r := range []reply{u.second.call(http.MethodGet, path, nil), u.second.call(http.MethodPost, path+"/approval", nil), u.lead.call(http.MethodPost, path+"/approval", nil)} {
			body := requestID.ReplaceAll(r.hears(nothing).without(u.reason, u.persona).body, nil)
			if first == nil {
				first = body
			}
			if !bytes.Equal(body, first) {
				t.Errorf("%s, and %s", first, body)
			}
		}
	}
	for _, persona := range []string{uuid.NewString(), "nobody", u.other.identity.String()} {
		u.lead.call(http.MethodPost, u.base, map[string]any{"persona": persona, "reason": u.reason}).hears(nothing)
	}
	u.lead.call(http.MethodPost, elsewhere, u.wish()).hears(nothing)
	u.second.call(http.MethodPost, open+"/approval", nil).is(http.StatusOK)
}

// What can't be written down is not told, and stays for when it can.
func TestNobodyIsUnmaskedUnseen(t *testing.T) {
	t.Parallel()
	u := openUnmaskings(open(t))
	one, db := u.asked(), u.behind()
	alter := func(sql string) {
		t.Helper()
		if _, err := db.forum.Exec(t.Context(), `ALTER TABLE audit_event `+sql); err != nil {
			t.Fatal(err)
		}
	}
	alter(`ADD CONSTRAINT audit_event_full CHECK (false) NOT VALID`)
	before := db.rows()
	u.lead.call(http.MethodPost, u.base, u.wish()).is(http.StatusInternalServerError)
	u.second.call(http.MethodGet, one, nil).is(http.StatusInternalServerError).without(u.reason)
	u.second.call(http.MethodPost, one+"/approval", nil).is(http.StatusInternalServerError).without(u.other.identity.String())
	if after := db.rows(); !sameRows(before, after) {
		t.Errorf("%v, then %v", before, after)
	}
	alter(`DROP CONSTRAINT audit_event_full`)
	u.second.call(http.MethodPost, one+"/approval", nil).is(http.StatusOK)
}
