package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// listed are the communities in somebody's own list.
func (p *person) listed() (ids []string) {
	p.h.t.Helper()
	var mine struct {
		Items []struct {
			ID         string
			Membership membership
		}
	}
	p.call(http.MethodGet, "/v1/me/communities", nil).into(http.StatusOK, &mine)
	for _, item := range mine.Items {
		if item.Membership.Persona.Name == "" {
			p.h.t.Errorf("no name in %+v", item)
		}
		ids = append(ids, item.ID)
	}
	slices.Sort(ids)
	return ids
}

func sorted(ids ...string) []string {
	slices.Sort(ids)
	return ids
}

// someTime is more than a sign-in counts as fresh.
const someTime = 11 * time.Minute

func TestTheSensitiveShowAfterAFreshSignIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	private, telling := p.founds(map[string]any{"sensitivity": 2}), p.founds(map[string]any{"sensitivity": 3})
	ada := h.signUp().join(p.ID, "Ada").join(private, "Bea").join(telling, "Cleo")
	if got := ada.listed(); !slices.Equal(got, sorted(p.ID, private, telling)) {
		t.Errorf("after signing in: %v", got)
	}
	h.clock.move(someTime)
	if got := ada.listed(); !slices.Equal(got, sorted(p.ID, private)) {
		t.Errorf("later: %v", got)
	}
	// What is held back is not told, and words can still be read and written by who knows where.
	ada.call(http.MethodGet, "/v1/me/communities", nil).is(http.StatusOK).without(telling, "Cleo", "fresh")
	ada.call(http.MethodGet, "/v1/communities/"+telling+"/topics", nil).is(http.StatusOK)

	// To raise the guard takes nothing; to lower it takes a fresh sign-in.
	var me struct {
		AlwaysFresh bool `json:"always_fresh"`
		Fresh       bool
	}
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"always_fresh": true}).into(http.StatusOK, &me)
	if !me.AlwaysFresh || me.Fresh {
		t.Errorf("%+v", me)
	}
	if got := ada.listed(); len(got) != 0 {
		t.Errorf("always fresh, and not fresh: %v", got)
	}
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"always_fresh": false}).is(http.StatusForbidden).refused("fresh_sign_in_required")
	if got := ada.listed(); len(got) != 0 {
		t.Errorf("the guard was lowered: %v", got)
	}
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"language": "fa"}).is(http.StatusOK)

	h.clock.move(-someTime) // as if signed in again
	if got := ada.listed(); len(got) != 3 {
		t.Errorf("fresh again: %v", got)
	}
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"always_fresh": false}).into(http.StatusOK, &me)
	h.clock.move(someTime)
	if got := ada.listed(); me.AlwaysFresh || len(got) != 2 {
		t.Errorf("lowered: %+v, %v", me, got)
	}
}

func TestAFreshSignInIsARealOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"sensitivity": 3})
	ada := h.signUp().join(p.ID, "Ada")
	ada.signedInBefore(time.Hour)
	if got := ada.listed(); len(got) != 0 {
		t.Errorf("an hour later: %v", got)
	}
	ada.call(http.MethodPost, "/v1/me/recovery-secrets", nil).is(http.StatusForbidden).refused("fresh_sign_in_required")
	token, err := h.kratos.SignIn(t.Context(), ada.username, ada.password, "")
	if err != nil {
		t.Fatal(err)
	}
	old := *ada
	ada.token = token
	if got := ada.listed(); len(got) != 1 {
		t.Errorf("after signing in again: %v", got)
	}
	if got := old.listed(); len(got) != 0 {
		t.Errorf("the other phone's old session: %v", got)
	}
}

// signedInBefore puts somebody's sign-in so far back.
func (p *person) signedInBefore(ago time.Duration) {
	p.h.t.Helper()
	p.inKratos(`UPDATE sessions SET authenticated_at = authenticated_at - $2::interval WHERE identity_id = $1`, ago)
	p.h.kratos.Forget(p.identity)
}

// inKratos changes a row of somebody's in Kratos's own database; their identity is $1.
func (p *person) inKratos(sql string, args ...any) {
	p.h.t.Helper()
	url, err := migrations.In(pgtest.Stack(p.h.t).Identity.AdminURL, "kratos")
	if err != nil {
		p.h.t.Fatal(err)
	}
	conn, err := pgx.Connect(p.h.t.Context(), url)
	if err != nil {
		p.h.t.Fatal(err)
	}
	defer conn.Close(p.h.t.Context())
	done, err := conn.Exec(p.h.t.Context(), sql, append([]any{p.identity}, args...)...)
	if err != nil || done.RowsAffected() != 1 {
		p.h.t.Fatalf("%d rows, %v", done.RowsAffected(), err)
	}
}

func TestWhatOneSetsForOneself(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signUp()
	var me struct {
		AAL      int
		Language *string
		Roles    []struct{ Name string }
		Left     int `json:"recovery_secrets_left"`
		Fresh    bool
	}
	ada.call(http.MethodGet, "/v1/me", nil).into(http.StatusOK, &me).without(ada.identity.String(), ada.username)
	if me.AAL != 1 || me.Language != nil || len(me.Roles) != 0 || me.Left != 0 || !me.Fresh {
		t.Errorf("%+v", me)
	}
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"language": "fa"}).into(http.StatusOK, &me)
	if me.Language == nil || *me.Language != "fa" {
		t.Errorf("%+v", me)
	}
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"language": "de"}).is(http.StatusUnprocessableEntity).refused("invalid_request")
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"roles": []string{"operator"}}).is(http.StatusUnprocessableEntity).refused("invalid_request")
	p := h.found(nil)
	p.lead.call(http.MethodGet, "/v1/me", nil).into(http.StatusOK, &me)
	if me.AAL != 2 || len(me.Roles) != 1 || me.Roles[0].Name != "programme_lead" {
		t.Errorf("%+v", me)
	}
}

func TestAnEmailIsAWayToSignInAndShownNowhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"visibility": "public"})
	email := "Ada." + uuid.NewString()[:8] + "@Example.org"
	token, err := h.kratos.SignUp(t.Context(), email, password)
	if err != nil {
		t.Fatal(err)
	}
	ada := (&person{h: h, token: token}).join(p.ID, "Cedar")
	opened := ada.opens(p.ID, "A title", "text")
	name := strings.ToLower(email[:12])
	for _, path := range []string{"/v1/me", "/v1/me/communities", "/v1/communities/" + p.ID, "/v1/communities/" + p.ID + "/topics/" + opened.ID} {
		if r := ada.call(http.MethodGet, path, nil).is(http.StatusOK); strings.Contains(strings.ToLower(string(r.body)), name) {
			t.Errorf("%s shows the address: %s", path, r.body)
		}
	}
	if _, err := h.kratos.SignIn(t.Context(), strings.ToUpper(email), password, ""); err != nil {
		t.Error(err)
	}
	if strings.Contains(strings.ToLower(h.log.String()), name) {
		t.Error("the log holds the address")
	}
}
