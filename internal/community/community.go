package community

import (
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Kinds of communities.
var Kinds = authz.Kinds

// Community is a place of conversation as somebody may see it.
type Community struct {
	ID         uuid.UUID
	Language   string
	Settings   Settings
	Version    int32
	Card       Card
	Rules      Rules
	Programme  Programme
	Tally      Tally
	Membership *Membership // nil for who is nobody here
	Visible    []string    // fields that policy lets this person see
	Replayed   bool        // this request had founded it before, under the same idempotency key
}

// Settings are what policy judges by. When a community is founded, what is empty or nil is left to what is usual.
type Settings struct {
	Sensitivity int
	Visibility  string
	JoinPolicy  string
	Archived    bool
	Attachments *bool  // whether files can be added
	Search      string // segments, tags or off
}

// Card is what a community says of itself. HTML is rendered when written.
type Card struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	Description string `json:"description"`
	HTML        string `json:"html"`
}

// Rules are one version of the ground rules.
type Rules struct {
	Number int
	Day    time.Time
	RulesWords
}

// RulesWords are the ground rules as written and as rendered.
type RulesWords struct {
	Text string `json:"text"`
	HTML string `json:"html"`
}

// Tally counts.
type Tally struct{ Members, Topics int64 }

// Membership is who the actor is in a community.
type Membership struct {
	Persona       persona.Card
	State, Role   string
	RulesAccepted int
	JoinedOn      time.Time
}

type communityRow struct {
	Standing
	Language      string
	Card          []byte
	SealedVersion int32 `db:"sealed_version"`
	Version       int32
	RequestMAC    []byte `db:"request_mac"`
	Members       int64
	Topics        int64
	Activity      int64
	Search        string
	Attachments   bool
	PersonaID     *uuid.UUID `db:"persona_id"`
	PersonaName   []byte     `db:"persona_name"`
	NameVersion   *int32     `db:"name_version"`
	RulesAccepted *int       `db:"rules_accepted"`
	JoinedOn      *time.Time `db:"joined_on"`
}

// SearchSQL is how community c lets itself be searched. Where being known as a member would hurt, it takes a word of whoever
// runs it to make an index.
const SearchSQL = `COALESCE(c.search, CASE WHEN c.sensitivity = 3 THEN 'off' ELSE 'segments' END)`

// AttachmentsSQL is whether community c takes attachments. Where being known as a member would hurt, a picture might tell
// who somebody is, and it takes a word of whoever runs it.
const AttachmentsSQL = `COALESCE(c.attachments, c.sensitivity < 3)`

const communityColumns = StandingColumns + `, c.language, c.card, c.sealed_version, c.version, c.request_mac, y.members, y.topics, y.activity, ` + SearchSQL + ` AS search, ` + AttachmentsSQL + ` AS attachments,
	m.persona_id, m.name AS persona_name, m.sealed_version AS name_version, m.rules_accepted, m.joined_on`

func (r communityRow) settings() Settings {
	return Settings{Sensitivity: r.Sensitivity, Visibility: r.Visibility, JoinPolicy: r.JoinPolicy, Archived: r.Archived, Search: r.Search, Attachments: &r.Attachments}
}

func cardPlace(community uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "community", Column: "card", Row: community, Community: community, Version: version}
}

// rulesPlace binds a version of the rules: the row is the community's, and the number stands for the version.
func rulesPlace(community uuid.UUID, number int) sealed.Place {
	return sealed.Place{Table: "ground_rules", Column: "words", Row: community, Community: community, Version: int32(number)}
}

// open makes the community of a row. The actor's own name opens under their persona's ring.
func (r communityRow) open(ring, own *sealed.Ring) (Community, error) {
	c := Community{ID: r.Community, Language: r.Language, Settings: r.settings(), Version: r.Version, Tally: Tally{r.Members, r.Topics}}
	if err := openCard(ring, cardPlace(r.Community, r.SealedVersion), r.Card, &c.Card); err != nil {
		return Community{}, err
	}
	if r.PersonaID == nil || own == nil {
		return c, nil
	}
	name, err := persona.OpenName(own, r.Community, *r.PersonaID, *r.NameVersion, r.PersonaName)
	if err != nil {
		return Community{}, err
	}
	c.Membership = &Membership{
		Persona: persona.Card{ID: *r.PersonaID, Name: name}, State: r.MemberState, Role: r.MemberRole,
		RulesAccepted: *r.RulesAccepted, JoinedOn: *r.JoinedOn,
	}
	return c, nil
}
