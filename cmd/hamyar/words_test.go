package main

import (
	"net/http"
	"time"
)

// What clients read, with no more fields than the tests look at.

type author struct{ ID, Name, Avatar string }

type post struct {
	ID, Topic  string
	Number     int
	Author     *author
	HTML, Text string
	PostedAt   time.Time `json:"posted_at"`
	Edited     bool
	Status     string
	ETag       string
}

type topic struct {
	ID      string
	Title   *string
	Author  *author
	Status  string
	Posts   int
	Opening *post
	ETag    string
}

type listing[T any] struct {
	Items      []T
	Next, Prev *string
}

// opens a topic.
func (p *person) opens(community, title, text string) (made topic) {
	p.h.t.Helper()
	p.call(http.MethodPost, "/v1/communities/"+community+"/topics", map[string]any{"title": title, "text": text}).into(http.StatusCreated, &made)
	return made
}

// replies in a topic.
func (p *person) replies(community, topic, text string) (made post) {
	p.h.t.Helper()
	p.call(http.MethodPost, "/v1/communities/"+community+"/topics/"+topic+"/posts", map[string]any{"text": text}).into(http.StatusCreated, &made)
	return made
}

// printed are new recovery secrets.
func (p *person) printed() []string {
	p.h.t.Helper()
	var made struct{ Secrets []string }
	p.call(http.MethodPost, "/v1/me/recovery-secrets", nil).into(http.StatusCreated, &made)
	return made.Secrets
}

func programmeBody(name string) map[string]any {
	return map[string]any{
		"language": "en", "name": name, "operator": "A clinic", "funder": "A foundation",
		"responsible": []any{map[string]any{"name": "Duty nurse", "role": "answers"}}, "hours": "weekdays", "contact": "harbour@example.org",
	}
}

// communityBody founds a quiet place; settings change it.
func communityBody(programme string, settings map[string]any) map[string]any {
	body := map[string]any{
		"programme": programme, "language": "en", "kind": "general", "name": "A quiet place", "description": "For trying.",
		"rules": "Be kind.", "sensitivity": 1, "visibility": "members", "join_policy": "open",
	}
	for name, value := range settings {
		body[name] = value
	}
	return body
}

// founds another community in the programme.
func (p place) founds(settings map[string]any) string {
	p.lead.h.t.Helper()
	var made struct{ ID string }
	p.lead.call(http.MethodPost, "/v1/communities", communityBody(p.Programme, settings)).into(http.StatusCreated, &made)
	return made.ID
}
