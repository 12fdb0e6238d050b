package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
)

// calledAs tries to join under a name.
func (p *person) calledAs(community, name string) reply {
	p.h.t.Helper()
	return p.call(http.MethodPut, "/v1/communities/"+community+"/membership", map[string]any{"name": name, "accept_rules": 1})
}

func TestANameIsOnePersonsHere(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, bo := h.signUp(), h.signUp()
	for _, same := range []struct{ why, first, second string }{
		{"the same", "Cedar", "Cedar"},
		{"case", "Morning Walker", "morning walker"},
		{"spaces", "Quiet Harbour", "  Quiet\u00a0 Harbour "},
		{"punctuation", "Salt-Marsh", "Salt Marsh"},
		{"accents", "Zoë", "Zoe"},
		{"capital i and l", "Ilse", "llse"},
		{"Cyrillic that reads as Latin", "Coco", "Сосо"},
		{"kaf and yeh", "کیان کوهی", "كيان كوهي"},
		{"a joiner", "نیم‌روز", "نیمروز"},
		{"digits", "باران ۱۲", "باران ١٢"},
		{"Persian and Latin digits", "برگ ۷", "برگ 7"},
		{"vowel marks", "مهر", "مِهر"},
		{"hamza", "رؤیا", "رویا"},
		{"the letter stretched", "بهار", "بهـار"},
	} {
		ada.calledAs(p.ID, same.first).is(http.StatusOK)
		r := bo.calledAs(p.ID, same.second)
		if r.status != http.StatusConflict {
			t.Errorf("%s: %q beside %q: %d %s", same.why, same.second, same.first, r.status, r.body)
			continue
		}
		r.refused("name_taken").without(same.first, same.second)
	}
	// The name that was given up is free, and one's own in another spelling is one's own.
	bo.calledAs(p.ID, "Cedar").is(http.StatusOK)
	bo.calledAs(p.ID, "CEDAR").is(http.StatusOK)
	// Elsewhere it is free.
	ada.calledAs(p.founds(nil), "Cedar").is(http.StatusOK)
}

func TestNamesThatMisleadAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp()
	ada.call(http.MethodGet, "/v1/me", nil).is(http.StatusOK)
	before := h.behind().rows()
	for name, code := range map[string]string{
		"":                "name_too_short",
		"x":               "name_too_short",
		"ی":               "name_too_short",
		"\u200c\u200c":    "name_too_short",
		long("na", 41):    "name_too_long",
		long("نام", 41):   "name_too_long",
		"Rain\u202etac":   "name_characters",
		"Rain\u200b":      "name_characters",
		"Ra\u200din":      "name_characters",
		"Rain\u2066":      "name_characters",
		"Rain\u0000bow":   "name_characters",
		"Rain\U000e0041":  "name_characters",
		"Rain\ufeff":      "name_characters",
		"<b>Rain</b>":     "name_characters",
		"Ceda\u0433":      "name_confusable",
		"ada@example.org": "name_contact",
		"0912 345 6789":   "name_contact",
		"۰۹۱۲۳۴۵۶۷۸۹":     "name_contact",
		"example.com":     "name_contact",
		"Moderator":       "name_reserved",
		"Mоderator":       "name_confusable",
		"دکتر رضایی":      "name_reserved",
	} {
		r := ada.calledAs(p.ID, name)
		var problem struct {
			Code   string
			Errors []struct{ Pointer, Code string }
		}
		if err := json.Unmarshal(r.body, &problem); err != nil || r.status != http.StatusUnprocessableEntity || problem.Code != "invalid_request" ||
			len(problem.Errors) != 1 || problem.Errors[0].Pointer != "/name" || problem.Errors[0].Code != code {
			t.Errorf("%+q: %d %s, want %s", name, r.status, r.body, code)
		}
		if len([]rune(name)) > 2 {
			r.without(name)
		}
	}
	if after := h.behind().rows(); !sameRows(before, after) {
		t.Errorf("refused names left something: %v, then %v", before, after)
	}
}

func TestSuggestedNamesAreFreeAndCanBeTaken(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	closed := p.founds(map[string]any{"visibility": "hidden", "join_policy": "invitation"})
	for _, language := range []string{"en", "fa"} {
		ada := h.signUp()
		var offered struct{ Names []string }
		ada.call(http.MethodGet, "/v1/communities/"+p.ID+"/persona-suggestions?language="+language, nil).into(http.StatusOK, &offered)
		if len(offered.Names) != 8 || len(slices.Compact(slices.Sorted(slices.Values(offered.Names)))) != 8 {
			t.Fatalf("%s: %v", language, offered.Names)
		}
		for _, name := range offered.Names {
			if persian(name) != (language == "fa") {
				t.Errorf("%s: %s", language, name)
			}
			ada.calledAs(p.ID, name).is(http.StatusOK)
		}
		var again struct{ Names []string }
		ada.call(http.MethodGet, "/v1/communities/"+p.ID+"/persona-suggestions", nil, "Accept-Language", language).into(http.StatusOK, &again)
		if persian(again.Names[0]) != (language == "fa") {
			t.Errorf("Accept-Language %s: %v", language, again.Names)
		}
		if slices.Equal(again.Names, offered.Names) {
			t.Error("twice the same names")
		}
	}
	(&person{h: h}).call(http.MethodGet, "/v1/communities/"+p.ID+"/persona-suggestions", nil).hears(signIn)

	// Who is invited chooses a name before joining.
	var invitation struct{ Code string }
	p.lead.call(http.MethodPost, "/v1/communities/"+closed+"/invitations", map[string]any{}).into(http.StatusCreated, &invitation)
	invited := h.signUp()
	invited.call(http.MethodGet, "/v1/communities/"+closed+"/persona-suggestions", nil).hears(nothing)
	invited.call(http.MethodGet, "/v1/communities/"+closed+"/persona-suggestions", nil, "Hamyar-Invitation", invitation.Code).hears(fine)
}

func TestPersonasOfOneMemberShareNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"visibility": "public"})
	places := []string{p.ID, p.founds(map[string]any{"visibility": "public"})}
	ada, visitor := h.signUp(), &person{h: h}
	shared := map[string][]string{}
	for i, community := range places {
		ada.join(community, []string{"Cedar", "Willow"}[i])
		opened := ada.opens(community, "Here", "text")
		ada.replies(community, opened.ID, "reply")
		for _, path := range []string{"/topics", "/topics/" + opened.ID, "/topics/" + opened.ID + "/posts", "/posts/" + opened.Opening.ID} {
			r := visitor.call(http.MethodGet, "/v1/communities/"+community+path, nil).is(http.StatusOK)
			r.without(ada.identity.String(), ada.username)
			for _, who := range authorsIn(t, r.body) {
				shared[community] = append(shared[community], who.ID, who.Name, who.Avatar)
			}
		}
	}
	first, second := shared[places[0]], shared[places[1]]
	if len(first) == 0 || len(second) == 0 {
		t.Fatalf("nobody spoke: %v", shared)
	}
	for _, value := range first {
		if slices.Contains(second, value) {
			t.Errorf("both personas show %q", value)
		}
	}
	avatar := h.call(http.MethodGet, first[2], "", nil).is(http.StatusOK)
	if got := avatar.header.Get("Content-Type"); got != "image/svg+xml" || bytes.Equal(avatar.body, h.call(http.MethodGet, second[2], "", nil).body) {
		t.Errorf("avatars: %s", got)
	}
	// One's own list names both to oneself alone.
	ada.call(http.MethodGet, "/v1/me/communities", nil).is(http.StatusOK)
	ada.call(http.MethodGet, "/v1/me", nil).is(http.StatusOK).without(slices.Concat(places, first, second)...)
}

// authorsIn finds every author in an answer, however deep.
func authorsIn(t *testing.T, body []byte) (found []author) {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatal(err)
	}
	var look func(any)
	look = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				look(item)
			}
		case map[string]any:
			if id, ok := value["avatar"].(string); ok {
				found = append(found, author{value["id"].(string), value["name"].(string), id})
			}
			for _, item := range value {
				look(item)
			}
		}
	}
	look(value)
	return found
}
