package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// Words that swaps must not bring into another's place, and that no log may hold.
var wordsOfTheStudy = []string{"Kingfisher first", "Kingfisher second", "Nuthatch answer", "Otherwhere words", "Marsh title", "Dune title", "Heron Early", "Cedar Late", "Lake Morning", "Quiet Marsh", "Loud Dune", "Harbour", "Lighthouse"}

// study is a house with two communities in which the same words have been said, and the owner's hands in its database.
type study struct {
	*house
	owner                       *pgx.Conn
	here, there                 string // communities
	programme, other            string
	first, second               *person // members of here; the first of there too
	topic, opening, own, answer string  // here: a topic, its opening post, another post of its author, somebody's answer
	topicThere, openingThere    string
}

func newStudy(t *testing.T) *study {
	t.Helper()
	h := open(t)
	p := h.found(map[string]any{"name": "Quiet Marsh"})
	s := &study{house: h, here: p.ID, programme: p.Programme, first: h.signUp(), second: h.signUp()}
	var made struct {
		ID      string
		Opening struct{ ID string }
	}
	p.lead.call(http.MethodPost, "/v1/communities", map[string]any{
		"programme": p.Programme, "language": "en", "kind": "general", "name": "Loud Dune", "description": "For trying.",
		"rules": "Be kind.", "sensitivity": 1, "visibility": "members", "join_policy": "open",
	}).into(http.StatusCreated, &made)
	s.there = made.ID
	p.operator.call(http.MethodPost, "/v1/programmes", map[string]any{
		"language": "en", "name": "Lighthouse", "operator": "A clinic", "funder": "A foundation",
		"responsible": []any{map[string]any{"name": "Duty nurse", "role": "answers"}}, "hours": "weekdays", "contact": "light@example.org",
	}).into(http.StatusCreated, &made)
	s.other = made.ID
	s.first.join(s.here, "Heron Early").join(s.there, "Lake Morning")
	s.second.join(s.here, "Cedar Late")

	s.first.call(http.MethodPost, "/v1/communities/"+s.here+"/topics", map[string]any{"title": "Marsh title", "text": "Kingfisher first"}).into(http.StatusCreated, &made)
	s.topic, s.opening = made.ID, made.Opening.ID
	s.first.call(http.MethodPost, s.posts(), map[string]any{"text": "Kingfisher second"}).into(http.StatusCreated, &made)
	s.own = made.ID
	s.second.call(http.MethodPost, s.posts(), map[string]any{"text": "Nuthatch answer"}).into(http.StatusCreated, &made)
	s.answer = made.ID
	s.first.call(http.MethodPost, "/v1/communities/"+s.there+"/topics", map[string]any{"title": "Dune title", "text": "Otherwhere words"}).into(http.StatusCreated, &made)
	s.topicThere, s.openingThere = made.ID, made.Opening.ID

	var err error
	if s.owner, err = pgx.Connect(t.Context(), pgtest.Owner(t, migrations.Forum, s.config.ForumURL.Reveal())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.owner.Close(context.Background()) })
	// Row-level security is forced on the owner too.
	if _, err := s.owner.Exec(t.Context(), fmt.Sprintf(`SET hamyar.communities = '%s,%s'`, s.here, s.there)); err != nil {
		t.Fatal(err)
	}
	return s
}

// in is the same study inside a part of a test.
func (s *study) in(t *testing.T) *study {
	t.Helper()
	part, house, first := *s, *s.house, *s.first
	house.t, part.house, part.first = t, &house, &first
	first.h = &house
	return &part
}

func (s *study) posts() string { return "/v1/communities/" + s.here + "/topics/" + s.topic + "/posts" }

func (s *study) post(id string) string { return "/v1/communities/" + s.here + "/posts/" + id }

// exchange is the statement that exchanges the sealed values of two rows; running it again undoes it. A version is left
// where it is: the values are all of version 1, so that the version is not what refuses them.
func exchange(table, column, key, one, other string) string {
	return fmt.Sprintf(`UPDATE %[1]s a SET %[2]s = b.%[2]s FROM %[1]s b
		WHERE a.%[3]s IN ('%[4]s', '%[5]s') AND b.%[3]s IN ('%[4]s', '%[5]s') AND a.%[3]s <> b.%[3]s`, table, column, key, one, other)
}

func (s *study) persona(community string, of *person) (id string) {
	s.t.Helper()
	var seen struct {
		Membership struct{ Persona struct{ ID string } }
	}
	of.call(http.MethodGet, "/v1/communities/"+community, nil).into(http.StatusOK, &seen)
	return seen.Membership.Persona.ID
}

func (s *study) alter(sql string, args ...any) {
	s.t.Helper()
	done, err := s.owner.Exec(s.t.Context(), sql, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	if done.RowsAffected() == 0 {
		s.t.Fatalf("nothing changed: %s", sql)
	}
	s.clock.move(2 * time.Minute) // sealed names are kept so long
}

// refuses reads as a member, and wants the problem that tells nothing.
func (s *study) refuses(paths ...string) {
	s.t.Helper()
	for _, path := range paths {
		s.first.call(http.MethodGet, path, nil).is(http.StatusInternalServerError).refused("internal").without(wordsOfTheStudy...)
	}
}

func (s *study) shows(path, word string) {
	s.t.Helper()
	if r := s.first.call(http.MethodGet, path, nil).is(http.StatusOK); !strings.Contains(string(r.body), word) {
		s.t.Fatalf("%s does not show %q: %s", path, word, r.body)
	}
}

func TestSwappedCiphertextIsRefused(t *testing.T) {
	t.Parallel()
	s := newStudy(t)
	here, there := "/v1/communities/"+s.here, "/v1/communities/"+s.there
	topic, topics := here+"/topics/"+s.topic, here+"/topics"
	// A title and a body change columns as well as tables.
	column := fmt.Sprintf(`WITH t AS (SELECT title FROM topic WHERE topic_id = '%[1]s'), p AS (SELECT body FROM post WHERE post_id = '%[2]s'),
		u AS (UPDATE topic SET title = p.body FROM p WHERE topic_id = '%[1]s' RETURNING 1) UPDATE post SET body = t.title FROM t WHERE post_id = '%[2]s'`, s.topic, s.opening)
	for _, swap := range []struct {
		what, statement string
		reads           []string
	}{
		{"bodies of one author", exchange("post", "body", "post_id", s.opening, s.own), []string{s.posts(), s.post(s.opening), s.post(s.own), topic}},
		{"bodies of two authors", exchange("post", "body", "post_id", s.own, s.answer), []string{s.posts(), s.post(s.own), s.post(s.answer)}},
		{"bodies of two communities", exchange("post", "body", "post_id", s.opening, s.openingThere), []string{s.posts(), s.post(s.opening), topic, there + "/topics/" + s.topicThere, there + "/posts/" + s.openingThere}},
		{"titles of two communities", exchange("topic", "title", "topic_id", s.topic, s.topicThere), []string{topics, topic, there + "/topics"}},
		{"a title and a body", column, []string{topics, topic, s.posts(), s.post(s.opening)}},
		{"names of two members", exchange("persona", "name", "persona_id", s.persona(s.here, s.first), s.persona(s.here, s.second)), []string{topics, topic, s.posts(), s.post(s.answer), here}},
		{"names of one member", exchange("persona", "name", "persona_id", s.persona(s.here, s.first), s.persona(s.there, s.first)), []string{topics, topic, s.posts(), here, there, there + "/topics"}},
		{"cards of two communities", exchange("community", "card", "community_id", s.here, s.there), []string{here, there, "/v1/communities", "/v1/me/communities"}},
		{"ground rules of two communities", exchange("ground_rules", "words", "community_id", s.here, s.there), []string{here, there}},
		{"cards of two programmes", exchange("programme", "card", "programme_id", s.programme, s.other), []string{"/v1/programmes", "/v1/programmes/" + s.programme, "/v1/programmes/" + s.other, here}},
	} {
		t.Run(swap.what, func(t *testing.T) {
			s := s.in(t)
			s.alter(swap.statement)
			s.refuses(swap.reads...)
			s.alter(swap.statement)
			for _, path := range swap.reads {
				s.first.call(http.MethodGet, path, nil).is(http.StatusOK)
			}
		})
	}
	s.loggedNothing()
}

// The source of a post is no more at home elsewhere than what is shown of it. A list doesn't read it.
func TestASwappedSourceIsRefused(t *testing.T) {
	t.Parallel()
	s := newStudy(t)
	swap := fmt.Sprintf(`UPDATE post SET body = substring(post.body FOR post.shown) || substring(other.body FROM other.shown + 1) FROM post other
		WHERE post.post_id IN ('%[1]s', '%[2]s') AND other.post_id IN ('%[1]s', '%[2]s') AND other.post_id <> post.post_id`, s.own, s.opening)
	s.alter(swap)
	s.refuses(s.post(s.own), s.post(s.opening))
	s.shows(s.posts(), "Kingfisher second")
	s.alter(swap)
	s.shows(s.post(s.own), "Kingfisher second")
	s.alter(`UPDATE post SET body = body || substring(body FROM shown + 1) WHERE post_id = $1`, s.own)
	s.refuses(s.post(s.own))
	s.loggedNothing()
}

// A whole row that is put somewhere else takes its place with it: the id, the author and the community are bound too.
func TestMovedRowsAreRefused(t *testing.T) {
	t.Parallel()
	s := newStudy(t)
	second, first := s.persona(s.here, s.second), s.persona(s.here, s.first)
	for what, change := range map[string][2]string{
		"another author":                            {`UPDATE post SET persona_id = '` + second + `' WHERE post_id = '` + s.own + `'`, `UPDATE post SET persona_id = '` + first + `' WHERE post_id = '` + s.own + `'`},
		"another id":                                {`UPDATE post SET post_id = '` + s.topic + `' WHERE post_id = '` + s.own + `'`, `UPDATE post SET post_id = '` + s.own + `' WHERE post_id = '` + s.topic + `'`},
		"another version":                           {`UPDATE post SET sealed_version = 2 WHERE post_id = '` + s.own + `'`, `UPDATE post SET sealed_version = 1 WHERE post_id = '` + s.own + `'`},
		"another version of the name":               {`UPDATE persona SET sealed_version = 2 WHERE persona_id = '` + first + `'`, `UPDATE persona SET sealed_version = 1 WHERE persona_id = '` + first + `'`},
		"another length of what is shown":           {`UPDATE post SET shown = shown - 1 WHERE post_id = '` + s.own + `'`, `UPDATE post SET shown = shown + 1 WHERE post_id = '` + s.own + `'`},
		"no words at all":                           {`UPDATE post SET body = '' WHERE post_id = '` + s.own + `'`, ``},
		"words that somebody wrote in plain":        {`UPDATE post SET body = 'Kingfisher second' WHERE post_id = '` + s.own + `'`, ``},
		"a version of the format that is not there": {`UPDATE post SET body = set_byte(body, 0, 0) WHERE post_id = '` + s.own + `'`, ``},
	} {
		t.Run(what, func(t *testing.T) {
			var body []byte
			if err := s.owner.QueryRow(t.Context(), `SELECT body FROM post WHERE post_id = $1`, s.own).Scan(&body); err != nil {
				t.Fatal(err)
			}
			s.alter(change[0])
			s.refuses(s.posts())
			if change[1] != "" {
				s.alter(change[1])
			}
			s.alter(`UPDATE post SET body = $1 WHERE post_id = $2`, body, s.own)
			s.shows(s.posts(), "Kingfisher second")
		})
	}
	s.loggedNothing()
}

// An earlier text can't be passed off as the later version of its post. Whoever can write to the database and puts back
// the whole row, version and all, goes unnoticed by the seal: that is for the audit log to find, and SECURITY.md says so.
func TestAnEarlierTextIsRefusedAsTheLaterOne(t *testing.T) {
	t.Parallel()
	s := newStudy(t)
	var before []byte
	if err := s.owner.QueryRow(t.Context(), `SELECT body FROM post WHERE post_id = $1`, s.own).Scan(&before); err != nil {
		t.Fatal(err)
	}
	s.first.call(http.MethodPatch, s.post(s.own), map[string]any{"text": "Grebe third"}, "If-Match", `"1"`).is(http.StatusOK)
	s.shows(s.posts(), "Grebe third")
	s.alter(`UPDATE post SET body = $1 WHERE post_id = $2`, before, s.own)
	s.refuses(s.posts(), s.post(s.own))
	s.first.call(http.MethodPatch, s.post(s.own), map[string]any{"text": "Grebe fourth"}, "If-Match", `"2"`).
		is(http.StatusInternalServerError).refused("internal").without(wordsOfTheStudy...)
	s.alter(`UPDATE post SET sealed_version = 1 WHERE post_id = $1`, s.own)
	s.shows(s.posts(), "Kingfisher second") // the limit: a whole row of before
	s.loggedNothing()
}

func (s *study) loggedNothing() {
	s.t.Helper()
	for _, word := range append([]string{"Grebe"}, wordsOfTheStudy...) {
		if strings.Contains(s.log.String(), word) {
			s.t.Errorf("the log holds %q", word)
		}
	}
}

// Taking one's words back empties the row at once; what staff took down stays sealed until the time for an appeal is over.
func TestDeletingEmptiesTheRow(t *testing.T) {
	t.Parallel()
	s := newStudy(t)
	left := func(sql, id string) (n int) {
		t.Helper()
		if err := s.owner.QueryRow(t.Context(), sql, id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const body, title = `SELECT COALESCE(octet_length(body), 0) FROM post WHERE post_id = $1`, `SELECT COALESCE(octet_length(title), 0) FROM topic WHERE topic_id = $1`
	for _, id := range []string{s.opening, s.own, s.answer} {
		if left(body, id) == 0 {
			t.Fatal("there is nothing to delete")
		}
	}
	s.first.call(http.MethodDelete, s.post(s.own), nil).is(http.StatusNoContent)
	if n := left(body, s.own); n != 0 {
		t.Errorf("%d bytes of a deleted post are left", n)
	}
	s.first.call(http.MethodDelete, "/v1/communities/"+s.here+"/topics/"+s.topic, nil).is(http.StatusNoContent)
	if n := left(body, s.opening) + left(title, s.topic); n != 0 {
		t.Errorf("%d bytes of a withdrawn topic are left", n)
	}
	if left(body, s.answer) == 0 {
		t.Error("somebody else's answer went with it")
	}
	s.first.call(http.MethodGet, s.posts(), nil).is(http.StatusOK).without("Kingfisher", "Marsh title")
}
