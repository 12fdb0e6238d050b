package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/keystore"
)

var (
	outOfScope = told{http.StatusForbidden, "out_of_scope"}
	mismatch   = told{http.StatusForbidden, "purpose_mismatch"}
	keyInvalid = told{http.StatusUnauthorized, "key_invalid"}
	stale      = told{http.StatusForbidden, "fresh_sign_in_required"}
)

// asksForKey wants a key with these scopes, separated by spaces.
func (p *person) asksForKey(purpose, scopes string) reply {
	p.h.t.Helper()
	return p.call(http.MethodPost, "/v1/me/keys", map[string]any{"name": "a script", "scopes": strings.Fields(scopes), "purpose": purpose, "days": 30})
}

// script is what holds up a new key of somebody's, and the key's id.
func (p *person) script(purpose, scopes string) (*person, string) {
	p.h.t.Helper()
	var made struct {
		Key    struct{ ID string }
		Secret string
	}
	p.asksForKey(purpose, scopes).into(http.StatusCreated, &made)
	if !strings.HasPrefix(made.Secret, "hamyar_key_") {
		p.h.t.Fatalf("a key that no scanner knows: %.12s…", made.Secret)
	}
	return &person{h: p.h, token: made.Secret, identity: p.identity}, made.Key.ID
}

const readsAll = "community:read topic:list topic:read post:list post:read attachment:read search:query"

func TestAScriptKeepsToItsKey(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	base := "/v1/communities/" + p.ID
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, telling, telling)
	reader, _ := ada.script("support", readsAll)
	attempts(reader, p.ID, opened, fine, outOfScope, outOfScope)
	writer, _ := ada.script("support", "topic:create post:create topic:read post:read post:list")
	writer.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", map[string]any{"text": "counted"}).hears(fine)
	writer.call(http.MethodGet, base+"/topics", nil).hears(outOfScope)
	for _, personal := range []struct {
		method, path string
		body         any
	}{
		{"GET", "/v1/me", nil},
		{"PATCH", "/v1/me", map[string]any{"language": "fa"}},
		{"GET", "/v1/me/communities", nil},
		{"POST", "/v1/me/recovery-secrets", nil},
		{"GET", "/v1/me/keys", nil},
		{"POST", "/v1/me/keys", map[string]any{"name": "more", "scopes": []string{"post:read"}, "purpose": "support", "days": 1}},
		{"DELETE", base + "/membership", nil},
		{"GET", base + "/notices", nil},
	} {
		reader.call(personal.method, personal.path, personal.body).hears(outOfScope).without(ada.identity.String())
	}
	ada.call(http.MethodPost, "/v1/me/keys", map[string]any{"name": "all", "scopes": []string{"me:read"}, "purpose": "support", "days": 1}).is(http.StatusUnprocessableEntity).refused("invalid_request")
}

// What is written is answered as it is read. A script that may not read it is refused before it is written; and it gets no
// list that says there is nothing.
func TestAScriptIsRefusedBeforeItWrites(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	base := "/v1/communities/" + p.ID
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, telling, telling)
	topic, post := base+"/topics/"+opened.ID, base+"/posts/"+opened.Opening.ID
	written := func() (rows [4]int) {
		all := h.behind().rows()
		return [4]int{all["forum.topic"], all["forum.post"], all["forum.answered_request"], all["forum.community"]}
	}
	before := written()
	writer, _ := ada.script("support", "topic:create topic:edit post:create post:edit topic:list post:list search:query")
	words := map[string]any{"title": "by a script", "text": "by a script"}
	once := []string{"Idempotency-Key", "once"}
	writer.call(http.MethodPost, base+"/topics", words, once...).hears(outOfScope)
	writer.call(http.MethodPost, topic+"/posts", map[string]any{"text": "by a script"}, once...).hears(outOfScope)
	writer.call(http.MethodPatch, topic, words, "If-Match", opened.ETag).hears(outOfScope)
	writer.call(http.MethodPatch, post, map[string]any{"text": "by a script"}, "If-Match", opened.Opening.ETag).hears(outOfScope)
	for _, list := range []string{base + "/topics", topic + "/posts", base + "/search?q=telling", "/v1/communities"} {
		writer.call(http.MethodGet, list, nil).hears(outOfScope)
	}
	founder, _ := p.operator.script("support", "community:create community:edit")
	founder.call(http.MethodPost, "/v1/communities", communityBody(p.Programme, nil)).hears(outOfScope)
	founder.call(http.MethodPatch, base, map[string]any{"name": "By a script"}, "If-Match", `"1"`).hears(outOfScope)
	if after := written(); before != after || before[0] != 1 {
		t.Errorf("%v, then %v", before, after)
	}
	ada.call(http.MethodGet, topic, nil).hears(fine).without("by a script")
	ada.call(http.MethodGet, base, nil).hears(fine).without("By a script")
}

// What its owner loses a script has lost as well, at once.
func TestAScriptIsNoMoreThanItsOwner(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"visibility": "hidden", "join_policy": "open"})
	p2 := h.found(nil)
	db := h.behind()
	ada, writer := h.signUp().join(p2.ID, "Ada"), h.signUp().join(p2.ID, "Wil")
	opened := writer.opens(p2.ID, telling, telling)
	script, _ := ada.script("support", readsAll+" post:create")
	base := "/v1/communities/" + p2.ID
	at, reply := base+"/topics/"+opened.ID+"/posts", map[string]any{"text": "counted"}
	script.call(http.MethodPost, at, reply).hears(fine)

	// A stranger's script is told what a stranger is told, or less.
	script.call(http.MethodGet, "/v1/communities/"+p.ID, nil).hears(nothing)
	narrow, _ := ada.script("support", "topic:create") // tells who found it of no place whether it is there, or its owner
	for _, place := range []string{p.ID, p2.ID, p.Programme} {
		narrow.call(http.MethodGet, "/v1/communities/"+place, nil).hears(outOfScope)
		narrow.call(http.MethodGet, "/v1/communities/"+place+"/notices", nil).hears(outOfScope)
	}

	ada.call(http.MethodDelete, base+"/membership", nil).is(http.StatusNoContent)
	script.call(http.MethodPost, at, reply).hears(notMember)
	script.call(http.MethodGet, at, nil).hears(membersOnly).without(telling)
	ada.join(p2.ID, "Ada")
	db.set(`UPDATE persona SET state = 'banned' WHERE persona_id = $1`, ada.persona(p2.ID).ID)
	script.call(http.MethodPost, at, reply).hears(banned)
	script.call(http.MethodGet, at, nil).hears(told{http.StatusForbidden, "banned"}).without(telling)
}

func TestAScriptStandsForAPurposeThatItsOwnerHas(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	base := "/v1/communities/" + p.ID
	mo := h.signUp().withSecondFactor().join(p.ID, "Mo")
	for _, purpose := range []string{"research", "moderation", "care", "listening"} {
		mo.asksForKey(purpose, readsAll).hears(mismatch)
	}
	mo.asksForKey("break-glass", readsAll).is(http.StatusUnprocessableEntity)
	mo.moderates(p)
	script, _ := mo.script("moderation", readsAll+" topic:remove")
	ada := h.signUp().join(p.ID, "Ada")
	bad, other := ada.opens(p.ID, "Bad", "bad"), ada.opens(p.ID, "Other", "other")
	script.call(http.MethodDelete, base+"/topics/"+bad.ID, nil).hears(fine)
	p.lead.call(http.MethodPut, base+"/personas/"+mo.persona(p.ID).ID+"/role", map[string]any{"role": "member"}).is(http.StatusNoContent)
	script.call(http.MethodDelete, base+"/topics/"+other.ID, nil).hears(mismatch)
	script.call(http.MethodGet, base+"/topics", nil).hears(mismatch)

	scout, _ := p.operator.script("support", "programme:edit programme:create")
	scout.call(http.MethodPost, "/v1/programmes", programmeBody("By a script")).hears(fine)
	if _, err := h.store.UpdateMember(t.Context(), p.operator.identity, func(r *keystore.Record) error { r.Roles = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	scout.call(http.MethodPost, "/v1/programmes", programmeBody("Too late")).hears(notAllowed)
}

// A key that was made with one factor has no power, whatever its owner raises themselves to.
func TestAKeyIsOfTheSignInThatMadeIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	operator := h.signUp()
	if _, err := h.store.UpdateMember(t.Context(), operator.identity, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, keystore.Role{Name: "operator"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	weak, _ := operator.script("support", "programme:create")
	operator.withSecondFactor()
	weak.call(http.MethodPost, "/v1/programmes", programmeBody("Weak")).hears(secondFactor)
	strong, _ := operator.script("support", "programme:create")
	strong.call(http.MethodPost, "/v1/programmes", programmeBody("Strong")).hears(fine)
}

func TestAKeyEnds(t *testing.T) {
	t.Parallel()
	h := open(t)
	list := func(script *person) reply { return script.call(http.MethodGet, "/v1/programmes", nil) }
	ada, ben := h.signUp(), h.signUp()
	mine, id := ada.script("support", "programme:list")
	list(mine).hears(fine)
	ben.call(http.MethodDelete, "/v1/me/keys/"+id, nil).hears(nothing)
	list(mine).hears(fine)
	ada.call(http.MethodDelete, "/v1/me/keys/"+id, nil).is(http.StatusNoContent)
	list(mine).hears(keyInvalid)
	ada.call(http.MethodDelete, "/v1/me/keys/"+id, nil).hears(nothing)

	gone, _ := ben.script("support", "programme:list")
	list(gone).hears(fine)
	if err := h.kratos.DeleteIdentity(t.Context(), ben.identity); err != nil {
		t.Fatal(err)
	}
	list(gone).hears(keyInvalid)

	erased, _ := ada.script("support", "programme:list")
	if _, err := h.store.EraseMember(t.Context(), ada.identity); err != nil {
		t.Fatal(err)
	}
	list(erased).hears(keyInvalid)

	last, _ := h.signUp().script("support", "programme:list")
	h.clock.move(30 * 24 * time.Hour)
	list(last).hears(fine)
	h.clock.move(24 * time.Hour)
	list(last).hears(keyInvalid)
}

func TestAKeyIsMadeByItsOwnerAndShownOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signUp()
	(&person{h: h}).asksForKey("support", readsAll).hears(signIn)
	script, id := ada.script("support", "programme:list")
	var listed struct {
		Items []struct {
			ID, Name, Purpose string
			LastDay           string  `json:"last_day"`
			UsedOn            *string `json:"used_on"`
			Scopes            []string
		}
	}
	read := func() {
		t.Helper()
		ada.call(http.MethodGet, "/v1/me/keys", nil).into(http.StatusOK, &listed).without(script.token, script.token[len(script.token)-40:])
		if len(listed.Items) != 1 || listed.Items[0].ID != id || listed.Items[0].Name != "a script" || listed.Items[0].Scopes[0] != "programme:list" {
			t.Fatalf("%+v", listed.Items)
		}
	}
	if read(); listed.Items[0].UsedOn != nil {
		t.Error("used before it was")
	}
	script.call(http.MethodGet, "/v1/programmes", nil).hears(fine)
	if read(); listed.Items[0].UsedOn == nil || *listed.Items[0].UsedOn != h.clock.now().Format(time.DateOnly) {
		t.Error("its use is not told")
	}
	ada.signedInBefore(time.Hour)
	ada.asksForKey("support", readsAll).hears(stale)
	read() // seeing and revoking take no fresh sign-in
	if log := h.log.String(); strings.Contains(log, script.token) || strings.Contains(log, "a script") {
		t.Error("the log has it")
	}
	for _, held := range []string{script.token[:len(script.token)-1] + "x", "hamyar_key_", "hamyar_key_" + strings.Repeat("0", 72)} {
		(&person{h: h, token: held}).call(http.MethodGet, "/v1/programmes", nil).hears(keyInvalid).without(held)
	}
}
