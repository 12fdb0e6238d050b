// Package demo holds the communities that a first `hamyar up` shows: programmes,
// members and conversations, as plain text under world/ that reviews like prose.
//
// It protects real people by containing none. Every account, programme and
// sentence in it was invented for this project, and the accounts say so; nothing
// here may ever be taken from a real conversation. The package only reads: it must
// never touch a database, a network or a clock, so that what is seeded goes
// through the same doors, with the same refusals, as anything a member writes.
package demo

import (
	"cmp"
	"time"
)

// World is everything that is seeded, in the order in which it can be created:
// a programme before its communities, a community before its members join,
// a topic before its replies.
type World struct {
	Programmes  []Programme
	Communities []Community
	Members     []Member
	Topics      []Topic // by community, oldest first
}

// Programme is the card that is shown before anybody joins a community of it.
type Programme struct {
	Key         string   `json:"key"`
	Language    string   `json:"language"` // en | fa
	Name        string   `json:"name"`
	Operator    string   `json:"operator"`
	Funder      string   `json:"funder"`
	Responsible []Person `json:"responsible"`
	Hours       string   `json:"hours"` // when someone is there, in plain words
	Contact     string   `json:"contact"`
}

// Person is a responsibility and the functional title of whoever holds it.
// Demonstration data names no individual.
type Person struct {
	Role string `json:"role"`
	Name string `json:"name"`
}

// Community is one forum with its ground rules, which are Markdown.
type Community struct {
	Key          string `json:"key"`
	ProgrammeKey string `json:"programme_key"`
	Kind         string `json:"kind"`        // chronic_illness | vaccination | smoking_cessation | weight | general
	Language     string `json:"language"`    // en | fa
	Sensitivity  int    `json:"sensitivity"` // 1–3
	Visibility   string `json:"visibility"`  // public | members | invitation | hidden
	JoinPolicy   string `json:"join_policy"` // open | invitation | closed
	Name         string `json:"name"`
	Description  string `json:"description"`
	Rules        string `json:"-"` // rules.md beside community.json
}

// Member is one fictional account and the personas it has.
type Member struct {
	Key          string    `json:"key"`
	Username     string    `json:"username"`
	Language     string    `json:"language"`                // en | fa
	Role         string    `json:"role,omitempty"`          // "" | operator | programme_lead | researcher
	ProgrammeKey string    `json:"programme_key,omitempty"` // of a programme lead
	Personas     []Persona `json:"personas,omitempty"`
}

// Persona is who a member is in one community.
type Persona struct {
	CommunityKey string `json:"community_key"`
	DisplayName  string `json:"display_name"`
	Role         string `json:"role,omitempty"` // member (when absent) | moderator
}

// Topic is an opening post with the replies to it, oldest first.
type Topic struct {
	CommunityKey string
	Author       string // a member's key
	Title        string
	Text         string // Markdown
	At           Moment
	Posts        []Post
}

// Post is one reply.
type Post struct {
	Author string // a member's key
	Text   string // Markdown
	At     Moment
}

// Moment is a time told from the day of seeding: so many days ago, at that
// clock (UTC). DaysAgo is 1–60: today's clock might still lie ahead.
type Moment struct {
	DaysAgo, Hour, Minute int
}

// Before returns the moment as seen from now; it is always earlier than now.
func (m Moment) Before(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	return time.Date(year, month, day-m.DaysAgo, m.Hour, m.Minute, 0, 0, time.UTC)
}

// compare orders moments from the oldest to the newest.
func (m Moment) compare(other Moment) int {
	return cmp.Or(
		cmp.Compare(other.DaysAgo, m.DaysAgo),
		cmp.Compare(m.Hour, other.Hour),
		cmp.Compare(m.Minute, other.Minute))
}
