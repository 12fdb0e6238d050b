package main

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// refusedBy is a problem with the rules that were told.
type refusedBy struct {
	Code        string
	Explanation []struct{ Code, Text, Rule, Title string }
}

func TestWhoeverIsRefusedMayAskByWhichRule(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.found(map[string]any{"visibility": "members", "join_policy": "open"})
	stranger, topics := h.signUp(), "/v1/communities/"+c.ID+"/topics"
	for language, want := range map[string]struct{ text, title string }{
		"en": {"Only members of this community can read this. You can join it.", "Only members read here"},
		"fa": {"فقط اعضای این انجمن می‌توانند این را بخوانند. می‌توانید عضو شوید.", "اینجا فقط اعضا می‌خوانند"},
	} {
		r := stranger.call(http.MethodGet, topics+"?limit=5&explain=1", nil, "Accept-Language", language)
		var told refusedBy
		r.into(http.StatusForbidden, &told)
		if len(told.Explanation) != 1 {
			t.Fatalf("%s: %s", language, r.body)
		}
		if rule := told.Explanation[0]; rule.Code != "members_only" || rule.Text != want.text || rule.Rule != "hamyar.forum.reasons" || rule.Title != want.title {
			t.Errorf("%s: %+v", language, rule)
		}
		for _, secret := range []string{".rego", "member_state", "aal", "none"} {
			if strings.Contains(string(r.body), secret) {
				t.Errorf("%s: it tells %q: %s", language, secret, r.body)
			}
		}
	}
	for who, by := range map[string]*person{"nobody": {h: h}, "a member": h.signUp().join(c.ID, "Ada")} {
		r := by.call(http.MethodPost, "/v1/communities/"+c.ID+"/invitations?explain=1", map[string]any{"uses": 1})
		if told := strings.Contains(string(r.body), `"explanation":[`); r.status < 401 || r.status > 403 || told == (who == "nobody") {
			t.Errorf("%s: %d %s", who, r.status, r.body)
		}
	}
	for _, asked := range []string{"", "?explain=0", "?explain=false"} {
		if r := stranger.call(http.MethodGet, topics+asked, nil).is(http.StatusForbidden); strings.Contains(string(r.body), "explanation") {
			t.Errorf("%q: %s", asked, r.body)
		}
	}
}

// What stands in the way of others is not for who isn't let in.
func TestAnExplanationTellsNoMoreThanTheRefusal(t *testing.T) {
	t.Parallel()
	h := open(t)
	hidden := h.found(map[string]any{"visibility": "hidden", "join_policy": "invitation"})
	stranger := h.signUp()
	id := regexp.MustCompile(`"request_id":"[0-9a-f]+"`)
	for name, path := range map[string]string{
		"hidden": "/v1/communities/" + hidden.ID, "its topics": "/v1/communities/" + hidden.ID + "/topics",
		"nothing": "/v1/communities/" + uuid.NewString(), "its own": "/v1/communities/" + uuid.NewString() + "/topics",
	} {
		plain := stranger.call(http.MethodGet, path, nil).is(http.StatusNotFound)
		asked := stranger.call(http.MethodGet, path+"?explain=true", nil).is(http.StatusNotFound)
		if a, b := id.ReplaceAllString(string(plain.body), ""), id.ReplaceAllString(string(asked.body), ""); a != b || len(plain.header) != len(asked.header) {
			t.Errorf("%s: %s\n%s", name, a, b)
		}
	}
}

func TestAskingWhyIsAskedInFewWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	who := h.signUp()
	for asked, why := range map[string]string{"explain=2": "not_in_list", "explain=": "not_in_list", "explain=1&explain=1": "repeated_field", "explain=" + spy: "not_in_list", "Explain=1": "unknown_field"} {
		r := who.call(http.MethodGet, "/v1/programmes?"+asked, nil).is(http.StatusUnprocessableEntity)
		if body := string(r.body); !strings.Contains(body, why) || strings.Contains(body, spy) {
			t.Errorf("%s: %s", asked, body)
		}
	}
	plain := who.call(http.MethodGet, "/v1/programmes?limit=1", nil).is(http.StatusOK)
	asked := who.call(http.MethodGet, "/v1/programmes?explain=1&limit=1", nil).is(http.StatusOK)
	if !bytes.Equal(plain.body, asked.body) {
		t.Errorf("%s\n%s", plain.body, asked.body)
	}
	if strings.Contains(h.log.String(), spy) {
		t.Error("the log repeats what was asked")
	}
}
