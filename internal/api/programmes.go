package api

import (
	"context"
	"net/http"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
)

func (a *api) programmeRoutes() {
	const all, one = "/v1/programmes", "/v1/programmes/{programme}"
	handle(a, operation{
		id: "list-programmes", method: http.MethodGet, path: all, tag: "programmes", public: true,
		actions: []string{authz.ProgrammeList},
		summary: "Programmes of this installation",
	}, a.listProgrammes)
	handle(a, operation{
		id: "create-programme", method: http.MethodPost, path: all, tag: "programmes", status: http.StatusCreated,
		actions: []string{authz.ProgrammeCreate},
		codes:   staffCodes, summary: "Set up a programme",
	}, a.createProgramme)
	handle(a, operation{
		id: "read-programme", method: http.MethodGet, path: one, tag: "programmes", public: true, codes: []fault.Code{fault.NotFound},
		actions: []string{authz.ProgrammeRead},
		summary: "Who runs a programme, who pays, who answers, and when someone is there",
	}, a.readProgramme)
	handle(a, operation{
		id: "edit-programme", method: http.MethodPatch, path: one, tag: "programmes", codes: staffCodes,
		actions: []string{authz.ProgrammeEdit},
		summary: "Change what a programme says of itself",
	}, a.editProgramme)
}

// InProgramme is an input under a programme.
type InProgramme struct {
	Programme string `path:"programme" doc:"id of the programme" example:"9d52b3f7-06ac-4e18-b2d9-5c7e41f8a063"`
}

type programmeOut = taggedOut[programmeView]

func (a *api) listProgrammes(ctx context.Context, by member.Actor, in *Paging) (*pageOut[programmeView], error) {
	ask, err := page.Decode[community.ProgrammePosition](a.Cursors, "programmes", in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	programmes, err := a.Directory.Programmes(ctx, by, ask)
	if err != nil {
		return nil, err
	}
	return viewPage(a, programmes, "programmes", "/v1/programmes", in.Limit, viewProgramme)
}

func (a *api) createProgramme(ctx context.Context, by member.Actor, in *struct {
	Repeatable
	Body struct {
		Language    string                  `json:"language" enum:"en,fa" doc:"of what it says of itself" example:"en"`
		Name        string                  `json:"name" minLength:"1" maxLength:"120" doc:"what it is called" example:"Harbour Peer Support"`
		Operator    string                  `json:"operator" minLength:"1" maxLength:"200" doc:"who runs it" example:"The Harbour Foundation"`
		Funder      string                  `json:"funder" minLength:"1" maxLength:"200" doc:"who pays for it" example:"The city of Northhaven"`
		Responsible []responsiblePersonView `json:"responsible" minItems:"1" maxItems:"20" doc:"who answers for it"`
		Hours       string                  `json:"hours" minLength:"1" maxLength:"200" doc:"when someone is there" example:"Mondays to Fridays, 9 to 17"`
		Contact     string                  `json:"contact" minLength:"1" maxLength:"200" doc:"how to reach who answers for it" example:"Northhaven, Quay Street 4"`
	}
},
) (*createdOut[programmeView], error) {
	b := in.Body
	p, err := a.Directory.CreateProgramme(ctx, by, b.Language, community.ProgrammeCard{
		Name: b.Name, Operator: b.Operator, Funder: b.Funder,
		Responsible: people(b.Responsible), Hours: b.Hours, Contact: b.Contact,
	}, in.Key)
	if err != nil {
		return nil, err
	}
	view := viewProgramme(p)
	return &createdOut[programmeView]{Location: "/v1/programmes/" + view.ID, ETag: view.ETag, Replayed: yes(p.Replayed), Body: view}, nil
}

func (a *api) readProgramme(ctx context.Context, by member.Actor, in *InProgramme) (*programmeOut, error) {
	id, err := idOf(in.Programme)
	if err != nil {
		return nil, err
	}
	return programmeAnswer(a.Directory.Programme(ctx, by, id))
}

func (a *api) editProgramme(ctx context.Context, by member.Actor, in *struct {
	InProgramme
	Guarded
	Body struct {
		Name        *string                 `json:"name,omitempty" minLength:"1" maxLength:"120" doc:"what it is called"`
		Operator    *string                 `json:"operator,omitempty" minLength:"1" maxLength:"200" doc:"who runs it"`
		Funder      *string                 `json:"funder,omitempty" minLength:"1" maxLength:"200" doc:"who pays for it"`
		Responsible []responsiblePersonView `json:"responsible,omitempty" minItems:"1" maxItems:"20" doc:"who answers for it; replaces the whole list"`
		Hours       *string                 `json:"hours,omitempty" minLength:"1" maxLength:"200" doc:"when someone is there" example:"Mondays to Thursdays, 9 to 18"`
		Contact     *string                 `json:"contact,omitempty" minLength:"1" maxLength:"200" doc:"how to reach who answers for it"`
	}
},
) (*programmeOut, error) {
	id, err := idOf(in.Programme)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return programmeAnswer(a.Directory.EditProgramme(ctx, by, id, version, func(card *community.ProgrammeCard) {
		set(&card.Name, b.Name)
		set(&card.Operator, b.Operator)
		set(&card.Funder, b.Funder)
		set(&card.Hours, b.Hours)
		set(&card.Contact, b.Contact)
		if len(b.Responsible) > 0 {
			card.Responsible = people(b.Responsible)
		}
	}))
}

func programmeAnswer(p community.Programme, err error) (*programmeOut, error) {
	if err != nil {
		return nil, err
	}
	view := viewProgramme(p)
	return &programmeOut{ETag: view.ETag, Body: view}, nil
}

func people(views []responsiblePersonView) []community.Person {
	persons := make([]community.Person, len(views))
	for i, view := range views {
		persons[i] = community.Person(view)
	}
	return persons
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
