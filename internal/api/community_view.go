package api

import (
	"slices"
	"time"

	"github.com/hamyar/hamyar/internal/community"
)

type programmeView struct {
	ID          string                  `json:"id"`
	Language    string                  `json:"language" enum:"en,fa"`
	Name        string                  `json:"name"`
	Operator    string                  `json:"operator" doc:"who runs it"`
	Funder      string                  `json:"funder" doc:"who pays for it"`
	Responsible []responsiblePersonView `json:"responsible" doc:"who answers for it"`
	Hours       string                  `json:"hours" doc:"when someone is there"`
	Contact     string                  `json:"contact"`
	ETag        string                  `json:"etag" doc:"for If-Match"`
}

type responsiblePersonView struct {
	Name string `json:"name" maxLength:"120"`
	Role string `json:"role" maxLength:"120"`
}

func viewProgramme(p community.Programme) programmeView {
	view := programmeView{ID: p.ID.String(), Language: p.Language, Name: p.Name, Operator: p.Operator, Funder: p.Funder,
		Responsible: []responsiblePersonView{}, Hours: p.Hours, Contact: p.Contact, ETag: etagOf(p.Version)}
	for _, person := range p.Responsible {
		view.Responsible = append(view.Responsible, responsiblePersonView(person))
	}
	return view
}

// CommunityCardView is a community in the directory.
type CommunityCardView struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Kind        string `json:"kind" enum:"chronic_illness,vaccination,smoking_cessation,weight,general"`
	Language    string `json:"language" enum:"en,fa"`
	Description string `json:"description" doc:"Markdown"`
	HTML        string `json:"description_html"`
	Sensitivity int    `json:"sensitivity" minimum:"1" maximum:"3"`
	Visibility  string `json:"visibility" enum:"public,members,invitation,hidden"`
	JoinPolicy  string `json:"join_policy" enum:"open,invitation,closed"`
	Archived    bool   `json:"archived"`
}

func viewCard(c community.Community) CommunityCardView {
	return CommunityCardView{ID: c.ID.String(), Name: c.Card.Name, Kind: c.Card.Kind, Language: c.Language, Description: c.Card.Description, HTML: c.Card.HTML,
		Sensitivity: c.Settings.Sensitivity, Visibility: c.Settings.Visibility, JoinPolicy: c.Settings.JoinPolicy, Archived: c.Settings.Archived}
}

type groundRulesView struct {
	Number int    `json:"number" doc:"the version that one accepts on joining"`
	Since  string `json:"since" format:"date"`
	Text   string `json:"text" doc:"Markdown"`
	HTML   string `json:"html"`
}

type membershipView struct {
	_             struct{}    `nullable:"true"` // of who is nobody here
	Persona       *authorView `json:"persona"`
	State         string      `json:"state" enum:"active,left,banned"`
	Role          string      `json:"role" enum:"member,moderator"`
	RulesAccepted int         `json:"rules_accepted"`
	JoinedOn      string      `json:"joined_on" format:"date"`
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
	ETag       string           `json:"etag" doc:"for If-Match"`
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
	Membership *membershipView `json:"membership"`
}

func viewOwnCommunity(c community.Community) ownCommunityView {
	return ownCommunityView{viewCard(c), viewMembership(c.Membership)}
}
