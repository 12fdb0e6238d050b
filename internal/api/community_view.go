package api

import (
	"slices"
	"time"

	"github.com/hamyar/hamyar/internal/community"
)

type programmeView struct {
	ID          string                  `json:"id" doc:"id of the programme" example:"9d52b3f7-06ac-4e18-b2d9-5c7e41f8a063"`
	Language    string                  `json:"language" enum:"en,fa" doc:"of what it says of itself" example:"en"`
	Name        string                  `json:"name" doc:"what it is called" example:"Harbour Peer Support"`
	Operator    string                  `json:"operator" doc:"who runs it" example:"The Harbour Foundation"`
	Funder      string                  `json:"funder" doc:"who pays for it" example:"The city of Northhaven"`
	Responsible []responsiblePersonView `json:"responsible" doc:"who answers for it"`
	Hours       string                  `json:"hours" doc:"when someone is there" example:"Mondays to Fridays, 9 to 17"`
	Contact     string                  `json:"contact" doc:"how to reach who answers for it" example:"Northhaven, Quay Street 4"`
	ETag        string                  `json:"etag" doc:"for If-Match" example:"\"1\""`
}

type responsiblePersonView struct {
	Name string `json:"name" minLength:"1" maxLength:"120" doc:"of the person" example:"Dr. Example"`
	Role string `json:"role" minLength:"1" maxLength:"120" doc:"what they answer for" example:"medical lead"`
}

func viewProgramme(p community.Programme) programmeView {
	view := programmeView{
		ID: p.ID.String(), Language: p.Language, Name: p.Name, Operator: p.Operator, Funder: p.Funder,
		Responsible: []responsiblePersonView{}, Hours: p.Hours, Contact: p.Contact, ETag: etagOf(p.Version),
	}
	for _, person := range p.Responsible {
		view.Responsible = append(view.Responsible, responsiblePersonView(person))
	}
	return view
}

// CommunityCardView is a community in the directory.
type CommunityCardView struct {
	ID          string `json:"id" doc:"id of the community" example:"6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11"`
	Name        string `json:"name" doc:"one line" example:"Mornings without smoke"`
	Kind        string `json:"kind" enum:"chronic_illness,vaccination,smoking_cessation,weight,general" doc:"what it is about" example:"smoking_cessation"`
	Language    string `json:"language" enum:"en,fa" doc:"in which people talk here" example:"en"`
	Description string `json:"description" doc:"Markdown" example:"For the first year, and the one after it."`
	HTML        string `json:"description_html" doc:"the description, rendered and sanitised; safe to show" example:"<p>For the first year, and the one after it.</p>"`
	Sensitivity int    `json:"sensitivity" minimum:"1" maximum:"3" doc:"1: ordinary; 2: private; 3: being known as a member would hurt" example:"2"`
	Visibility  string `json:"visibility" enum:"public,members,invitation,hidden" doc:"public: anybody reads; members: members read; invitation: it is found by all and joined by invitation; hidden: only its members and who runs it know of it" example:"members"`
	JoinPolicy  string `json:"join_policy" enum:"open,invitation,closed" doc:"open: anybody who accepts the rules; invitation: with a code; closed: nobody for now" example:"open"`
	Archived    bool   `json:"archived" doc:"whether it is only read any more"`
	Attachments bool   `json:"attachments" doc:"whether pictures and documents can be added to posts"`
	Search      string `json:"search" enum:"segments,tags,off" doc:"how its posts can be searched; tags: by whole words, for very large communities; off: no index is made" example:"segments"`
}

func viewCard(c community.Community) CommunityCardView {
	return CommunityCardView{
		ID: c.ID.String(), Name: c.Card.Name, Kind: c.Card.Kind, Language: c.Language, Description: c.Card.Description, HTML: c.Card.HTML,
		Sensitivity: c.Settings.Sensitivity, Visibility: c.Settings.Visibility, JoinPolicy: c.Settings.JoinPolicy, Archived: c.Settings.Archived, Search: c.Settings.Search, Attachments: c.Settings.Attachments != nil && *c.Settings.Attachments,
	}
}

type groundRulesView struct {
	Number int    `json:"number" doc:"the version that one accepts on joining" example:"1"`
	Since  string `json:"since" format:"date" doc:"day from which they hold" example:"2026-08-15"`
	Text   string `json:"text" doc:"Markdown" example:"Speak from your own life. Never give a dose."`
	HTML   string `json:"html" doc:"rendered and sanitised; safe to show" example:"<p>Speak from your own life. Never give a dose.</p>"`
}

type membershipView struct {
	_             struct{}    `nullable:"true"` // of who is nobody here
	Persona       *authorView `json:"persona" doc:"the name and picture of this community alone"`
	State         string      `json:"state" enum:"active,left,banned" doc:"who left may come back; who is banned may not"`
	Role          string      `json:"role" enum:"member,moderator" doc:"moderator: looks after this community"`
	RulesAccepted int         `json:"rules_accepted" doc:"number of the ground rules that were accepted last" example:"1"`
	JoinedOn      string      `json:"joined_on" format:"date" doc:"day of joining" example:"2026-09-01"`
}

func viewMembership(m *community.Membership) *membershipView {
	if m == nil {
		return nil
	}
	return &membershipView{Persona: viewAuthor(m.Persona), State: m.State, Role: m.Role, RulesAccepted: m.RulesAccepted, JoinedOn: m.JoinedOn.Format(time.DateOnly)}
}

// communityView is a community as somebody may see it before and after joining.
type communityView struct {
	CommunityCardView
	Programme  *programmeView   `json:"programme" doc:"who runs this community"`
	Rules      *groundRulesView `json:"rules" doc:"the ground rules that hold now"`
	Membership *membershipView  `json:"membership" doc:"who you are here; null for who is nobody here"`
	ETag       string           `json:"etag" doc:"for If-Match" example:"\"4\""`
}

// viewCommunity shows the parts that policy lists, and no other.
func viewCommunity(c community.Community) communityView {
	view := communityView{CommunityCardView: viewCard(c), ETag: etagOf(c.Version)}
	if slices.Contains(c.Visible, "programme") {
		programme := viewProgramme(c.Programme)
		view.Programme = &programme
	}
	if slices.Contains(c.Visible, "rules") {
		view.Rules = &groundRulesView{Number: c.Rules.Number, Since: c.Rules.Day.Format(time.DateOnly), Text: c.Rules.Text, HTML: c.Rules.HTML}
	}
	if slices.Contains(c.Visible, "membership") {
		view.Membership = viewMembership(c.Membership)
	}
	return view
}

// ownCommunityView is a community in one's own list.
type ownCommunityView struct {
	CommunityCardView
	Membership *membershipView `json:"membership" doc:"who you are there"`
}

func viewOwnCommunity(c community.Community) ownCommunityView {
	return ownCommunityView{viewCard(c), viewMembership(c.Membership)}
}
