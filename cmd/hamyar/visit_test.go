package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/persona"
)

// visit is all that people write in a small community, each word a canary.
type visit struct {
	*visitor
	operator, lead, first, second *person
	programme, community          string
	topic, opening                string
	name                          string // of the first member
}

func (v *visitor) visit() *visit {
	v.t.Helper()
	s := &visit{visitor: v, operator: v.staff("operator"), lead: v.staff("programme_lead"), first: v.signUp(), second: v.signUp()}
	s.found()
	s.join()
	s.talk()
	s.takeBack()
	return s
}

// both is a word in English and one in Persian.
func (s *visit) both(what string) string { return s.word(what) + " " + s.persian(what) }

func (s *visit) at(path string) string { return "/v1/communities/" + s.community + path }

// post sends something new, and sends it again, and returns its id.
func (s *visit) post(by *person, path string, body map[string]any) string {
	s.t.Helper()
	var made struct{ ID string }
	key := s.word("an Idempotency-Key")
	s.visitor.call(http.MethodPost, path, by.token, body, "Idempotency-Key", key).into(http.StatusCreated, &made)
	s.visitor.call(http.MethodPost, path, by.token, body, "Idempotency-Key", key).into(http.StatusCreated, &made)
	other := map[string]any{}
	for name, value := range body {
		other[name] = value
	}
	for _, name := range []string{"text", "description", "contact"} {
		if _, there := other[name]; there {
			other[name] = s.word("another " + name + " under a used key")
		}
	}
	s.visitor.call(http.MethodPost, path, by.token, other, "Idempotency-Key", key).refused("idempotency_reused")
	return made.ID
}

func (s *visit) found() {
	s.t.Helper()
	s.programme = s.post(s.operator, "/v1/programmes", map[string]any{
		"language": "fa", "name": s.both("a programme's name"), "operator": s.both("its operator"), "funder": s.both("its funder"),
		"responsible": []any{map[string]any{"name": s.both("a responsible person"), "role": s.both("their role")}},
		"hours":       s.both("its hours"), "contact": s.word("its contact") + "@mail.example",
	})
	s.edit(s.operator, "/v1/programmes/"+s.programme, map[string]any{"funder": s.both("its new funder")})
	s.community = s.post(s.lead, "/v1/communities", map[string]any{
		"programme": s.programme, "language": "fa", "kind": "chronic_illness", "name": s.both("a community's name"), "description": "**" + s.both("its description") + "**",
		"rules": "1. " + s.both("its rules"), "sensitivity": 3, "visibility": "invitation", "join_policy": "invitation",
		"attachments": true, "search": "segments",
	})
	s.edit(s.lead, s.at(""), map[string]any{"name": s.both("a community's new name"), "description": s.both("its new description"), "rules": s.both("its new rules")})
}

func (s *visit) edit(by *person, path string, change map[string]any) {
	s.t.Helper()
	etag := s.visitor.call(http.MethodGet, path, by.token, nil).is(http.StatusOK).etag()
	s.visitor.call(http.MethodPatch, path, by.token, change, "If-Match", etag).is(http.StatusOK)
}

func (s *visit) join() {
	s.t.Helper()
	var invitation struct{ Code string }
	s.visitor.call(http.MethodPost, s.at("/invitations"), s.lead.token, map[string]any{"uses": 5}).into(http.StatusCreated, &invitation)
	s.words = append(s.words, textCanary("an invitation", invitation.Code))
	s.name = s.persian("a name")
	for _, try := range []struct {
		by     *person
		name   string
		rules  int
		status int
	}{
		{s.first, s.word("a name with old rules"), 1, http.StatusForbidden},
		{s.first, s.word("a first name"), 2, http.StatusOK},
		{s.first, s.name, 2, http.StatusOK},
		{s.second, s.name, 2, http.StatusConflict}, // the database refuses it
		{s.second, s.word("a second name"), 2, http.StatusOK},
		{s.second, s.name, 2, http.StatusConflict},
		{s.second, s.word("a name that turns") + "\u202e", 2, http.StatusUnprocessableEntity},
		{s.second, s.word("an address for a name") + "@mail.example", 2, http.StatusUnprocessableEntity},
	} {
		body := map[string]any{"name": try.name, "accept_rules": try.rules, "invitation": invitation.Code}
		s.visitor.call(http.MethodPut, s.at("/membership"), try.by.token, body).is(try.status)
		if name, err := persona.ParseName(try.name); err == nil {
			s.words = append(s.words, textCanary("a folded name", name.Folded()))
		}
	}
	s.visitor.call(http.MethodPut, s.at("/membership"), s.lead.token, map[string]any{"name": s.word("a stranger's name"), "accept_rules": 2, "invitation": s.word("a made-up invitation")}).is(http.StatusForbidden)
}

func (s *visit) talk() {
	s.t.Helper()
	s.topic = s.post(s.first, s.at("/topics"), map[string]any{"title": s.both("a title"), "text": s.both("a text") + "\n\n> [" + s.word("a link") + "](https://example.org/" + s.word("its address") + ")"})
	var topic struct{ Opening struct{ ID string } }
	s.visitor.call(http.MethodGet, s.at("/topics/"+s.topic), s.first.token, nil).into(http.StatusOK, &topic)
	s.opening = topic.Opening.ID
	s.edit(s.first, s.at("/topics/"+s.topic), map[string]any{"title": s.both("a new title"), "text": s.both("a new text")})
	reply := s.post(s.second, s.at("/topics/"+s.topic+"/posts"), map[string]any{"text": s.both("a reply") + " " + strings.Repeat(s.word("a long reply")+" ", 2500)})
	s.edit(s.second, s.at("/posts/"+reply), map[string]any{"text": s.both("a new reply")})
	s.attach()
	for _, path := range []string{"", "/topics", "/topics/" + s.topic, "/topics/" + s.topic + "/posts?limit=1", "/posts/" + reply, "/persona-suggestions"} {
		s.visitor.call(http.MethodGet, s.at(path), s.second.token, nil, "Accept-Language", "fa").is(http.StatusOK)
	}
	for _, path := range []string{"/v1/me", "/v1/me/communities", "/v1/communities", "/v1/programmes"} {
		s.visitor.call(http.MethodGet, path, s.second.token, nil).is(http.StatusOK)
	}
	s.script()
	s.look()
}

// script reads by a key of somebody's, which only they and their script know.
func (s *visit) script() {
	s.t.Helper()
	var made struct {
		Key    struct{ ID string }
		Secret string
	}
	wanted := map[string]any{"name": s.both("a key's name"), "scopes": []string{"topic:list", "topic:read"}, "purpose": "support", "days": 9}
	s.visitor.call(http.MethodPost, "/v1/me/keys", s.second.token, wanted).into(http.StatusCreated, &made)
	secret := made.Secret[len(made.Secret)-49:]
	s.accounts = append(s.accounts, textCanary("an API key", made.Secret), textCanary("its secret", secret[:43]))
	s.visitor.call(http.MethodGet, s.at("/topics"), made.Secret, nil).is(http.StatusOK)
	s.visitor.call(http.MethodGet, s.at("/topics"), made.Secret[:len(made.Secret)-2]+"zz", nil).refused("key_invalid")
	s.visitor.call(http.MethodGet, "/v1/me/keys", s.second.token, nil).is(http.StatusOK)
}

// look searches for what was said, and for what was not, before it is indexed and after, in segments and by tags.
func (s *visit) look() {
	s.t.Helper()
	word := s.word("a word that is found")
	id := s.post(s.first, s.at("/topics/"+s.topic+"/posts"), map[string]any{"text": "There is " + word + "."})
	for _, how := range []string{"segments", "tags"} {
		s.edit(s.lead, s.at(""), map[string]any{"search": how})
		s.h.indexed(s.t)
		for _, q := range []string{s.both("what somebody looks for"), `"` + s.both("what somebody looks for, word for word") + `"`, "-" + s.word("what nobody looks for")} {
			if r := s.visitor.call(http.MethodGet, s.at("/search?q="+url.QueryEscape(q)), s.second.token, nil); r.status >= http.StatusInternalServerError {
				s.t.Errorf("%s: %s", r.what, r.body)
			}
		}
		var a answer
		if s.visitor.call(http.MethodGet, s.at("/search?q="+word), s.second.token, nil).into(http.StatusOK, &a); len(a.Items) != 1 || a.Items[0].ID != id {
			s.t.Errorf("by %s: %+v", how, a)
		}
	}
}

// attach puts a picture that tells more than it shows, and a document, into a post.
func (s *visit) attach() {
	s.t.Helper()
	var attachments []map[string]any
	for mediaType, file := range map[string]string{
		"image/jpeg":      photo(s.t, s.word("what a camera wrote into a picture"), s.word("what follows a picture")),
		"application/pdf": "%PDF-1.7\n" + strings.Repeat(s.word("a document")+" ", 300) + "\n%%EOF\n",
	} {
		var made struct{ ID string }
		s.visitor.call(http.MethodPost, s.at("/attachments"), s.first.token, file, "Content-Type", mediaType, "Idempotency-Key", s.word("a key for a file")).into(http.StatusCreated, &made)
		s.visitor.call(http.MethodGet, s.at("/attachments/"+made.ID), s.first.token, nil).is(http.StatusOK)
		attachments = append(attachments, map[string]any{"id": made.ID, "alt": s.both("what is to be seen")})
	}
	post := s.post(s.first, s.at("/topics/"+s.topic+"/posts"), map[string]any{"text": s.both("a text with attachments"), "attachments": attachments})
	s.visitor.call(http.MethodGet, s.at("/posts/"+post), s.second.token, nil).is(http.StatusOK)
}

func (s *visit) takeBack() {
	s.t.Helper()
	gone := s.post(s.second, s.at("/topics/"+s.topic+"/posts"), map[string]any{"text": s.both("a text that is taken back")})
	s.visitor.call(http.MethodDelete, s.at("/posts/"+gone), s.second.token, nil).is(http.StatusNoContent)
	whole := s.post(s.first, s.at("/topics"), map[string]any{"title": s.both("a title that is taken back"), "text": s.both("its text")})
	s.visitor.call(http.MethodDelete, s.at("/topics/"+whole), s.first.token, nil).is(http.StatusNoContent)
	var printed struct{ Secrets []string }
	s.visitor.call(http.MethodPost, "/v1/me/recovery-secrets", s.second.token, nil).into(http.StatusCreated, &printed)
	for _, secret := range printed.Secrets {
		_, body, _ := strings.Cut(secret, "-")
		s.links = append(s.links, textCanary("a printed secret", body), textCanary("a printed secret, run together", strings.ReplaceAll(body, "-", "")))
	}
	recovery := map[string]any{"username": s.second.username, "secret": printed.Secrets[0]}
	s.visitor.call(http.MethodPost, "/v1/recovery", "", recovery).is(http.StatusCreated)
	s.visitor.call(http.MethodPost, "/v1/recovery", "", recovery).refused("recovery_refused")
	s.visitor.call(http.MethodDelete, s.at("/membership"), s.second.token, nil).is(http.StatusNoContent)
	s.visitor.call(http.MethodDelete, "/identity/self-service/logout/api", "", map[string]any{"session_token": s.second.token}).is(http.StatusNoContent)
	s.visitor.call(http.MethodGet, "/v1/me", s.second.token, nil).refused("session_invalid")
}

// misbehave sends what is refused, with a canary wherever it may be quoted from.
func (s *visit) misbehave() {
	s.t.Helper()
	topics, posts, w := s.at("/topics"), s.at("/topics/"+s.topic+"/posts"), s.word
	type bad struct {
		method, path string
		body         any
		header       []string
	}
	for _, b := range []bad{
		{http.MethodPost, topics, `{"title":"` + w("a broken body") + `","text":`, nil},
		{http.MethodPost, topics, `{"title":"` + w("an odd title") + `","text":"a","` + w("an unknown field") + `":"` + w("its value") + `"}`, nil},
		{http.MethodPost, topics, `{"title":"` + strings.Repeat(w("a long title"), 30) + `","text":"a"}`, nil},
		{http.MethodPost, topics, `{"title":7,"text":"` + w("a text beside a number") + `"}`, nil},
		{http.MethodPost, topics, `{"title":"` + w("a title in bad UTF-8") + "\xff" + `","text":"a"}`, nil},
		{http.MethodPost, topics, `{"title":"` + w("a title with a null") + `\u0000","text":"` + w("a text with a null") + `\u0000"}`, nil},
		{http.MethodPost, topics, `{"title":"a","title":"` + w("a title twice") + `","text":"a"}`, nil},
		{http.MethodPost, posts, w("a body that is no JSON"), []string{"Content-Type", "text/" + w("a media type")}},
		{http.MethodPost, posts, map[string]any{"text": strings.Repeat(w("a text beyond the limit"), 4000)}, nil},
		{http.MethodPost, posts, map[string]any{"text": strings.Repeat(w("a body beyond the limit"), 60_000)}, nil},
		{http.MethodPost, posts, map[string]any{"text": "a"}, []string{"Idempotency-Key", strings.Repeat(w("a long key"), 20)}},
		{http.MethodPost, s.at("/topics/" + uuid.NewString() + "/posts"), map[string]any{"text": w("a text for no topic")}, nil},
		{http.MethodPatch, s.at("/posts/" + s.opening), map[string]any{"text": w("a text of a stale version")}, []string{"If-Match", `"99"`}},
		{http.MethodPatch, s.at("/posts/" + s.opening), map[string]any{"text": w("a text of no version")}, []string{"If-Match", `"` + w("an ETag") + `"`}},
		{http.MethodGet, topics + "?cursor=" + w("a cursor"), nil, nil},
		{http.MethodGet, topics + "?limit=" + w("a limit"), nil, nil},
		{http.MethodGet, topics + "?" + w("an unknown parameter") + "=" + w("its value"), nil, nil},
		{http.MethodGet, "/v1/communities?language=" + w("a language"), nil, nil},
		{http.MethodGet, "/v1/communities/" + w("an id"), nil, nil},
		{http.MethodGet, s.at(""), nil, []string{"Hamyar-Invitation", w("an invitation in a header")}},
		{http.MethodGet, "/v1/" + w("a path") + "?a=" + w("a query"), nil, nil},
		{http.MethodGet, "/v1/avatars/" + w("a picture") + ".svg", nil, nil},
		{strings.ToUpper(w("a method")), topics, nil, nil},
		{http.MethodPost, topics, map[string]any{"title": "a", "text": "a"}, []string{"Origin", "https://" + w("an origin") + ".example", "Sec-Fetch-Site", "cross-site"}},
		{http.MethodGet, "/identity/" + w("a path of the identity server"), nil, nil},
	} {
		r := s.visitor.call(b.method, b.path, s.first.token, b.body, b.header...)
		if r.status >= http.StatusInternalServerError {
			s.t.Errorf("%s %s: %d %s", b.method, b.path, r.status, r.body)
		}
	}
	for _, forged := range []string{w("a forged token"), "ory_st_" + w("a forged session token")} {
		s.visitor.call(http.MethodGet, "/v1/me", forged, nil).refused("session_invalid")
		s.visitor.call(http.MethodGet, "/v1/me", "", nil, "X-Session-Token", forged).refused("session_invalid")
		s.visitor.call(http.MethodGet, "/v1/me", "", nil, "Cookie", "ory_kratos_session="+forged).refused("session_invalid")
	}
	s.visitor.call(http.MethodPost, "/v1/recovery", "", map[string]any{"username": w("a name that nobody has"), "secret": w("a secret that nobody has")}).refused("recovery_refused")
	for _, page := range []string{"/sign-in", "/sign-up", "/recover", "/account"} {
		s.open(page)
	}
}

// open asks for a page as a browser without cookies would, and for the flow that the page sends it to.
func (s *visit) open(page string) {
	s.t.Helper()
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 3 {
		r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.h.origin+page, http.NoBody)
		if err != nil {
			s.t.Fatal(err)
		}
		for pair := range slices.Chunk(s.header, 2) {
			r.Header.Set(pair[0], pair[1])
		}
		answer, err := stay.Do(r)
		if err != nil {
			s.t.Fatal(err)
		}
		_ = answer.Body.Close() // nothing of it is wanted
		to, err := answer.Location()
		if err != nil {
			return // it stays where it is
		}
		page = to.RequestURI()
	}
}
