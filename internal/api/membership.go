package api

import (
	"context"
	"net/http"
	"time"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/persona"
)

func (a *api) membershipRoutes() {
	const one = "/v1/communities/{community}"
	handle(a, operation{
		id: "join", method: http.MethodPut, path: one + "/membership", tag: "membership",
		actions: []string{authz.CommunityJoin, authz.CommunityRead},
		codes: []fault.Code{
			fault.SignInRequired, fault.NotFound, fault.RulesNotAccepted, fault.InvitationRequired, fault.JoinClosed, fault.Banned, fault.Archived,
			fault.NameTaken,
		},
		summary: "Join under a name of this community alone", about: "Repeating it is safe: it changes the name, or accepts newer ground rules.",
	}, a.join)
	handle(a, operation{
		id: "leave", method: http.MethodDelete, path: one + "/membership", tag: "membership",
		actions: []string{authz.CommunityLeave},
		codes:   []fault.Code{fault.SignInRequired, fault.NotAMember, fault.NotFound, fault.Banned}, summary: "Leave", about: "What one wrote stays one's own to delete; coming back is under the same persona.",
	}, a.leave)
	handle(a, operation{
		id: "suggest-names", method: http.MethodGet, path: one + "/persona-suggestions", tag: "membership",
		actions: []string{authz.PersonaSuggest},
		codes:   []fault.Code{fault.SignInRequired, fault.NotFound, fault.InvitationRequired, fault.JoinClosed, fault.Banned, fault.Archived}, summary: "Names that are free here",
	}, a.suggest)
	handle(a, operation{
		id: "invite", method: http.MethodPost, path: one + "/invitations", tag: "membership", status: http.StatusCreated, codes: staffCodes,
		actions: []string{authz.CommunityInvite},
		summary: "Make an invitation", about: "The code is shown this once.",
	}, a.invite)
	handle(a, operation{
		id: "appoint", method: http.MethodPut, path: one + "/personas/{persona}/role", tag: "membership", codes: staffCodes,
		actions: []string{authz.CommunityAppoint},
		summary: "Give a member a role in this community",
	}, a.appoint)
}

type membershipOut struct{ Body membershipView }

func (a *api) join(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Body struct {
		Name        string `json:"name" maxLength:"200" doc:"how others here will know you" example:"Morning Walker"`
		AcceptRules int    `json:"accept_rules" minimum:"0" maximum:"1000000" doc:"number of the ground rules that you read and accept" example:"1"`
		Invitation  string `json:"invitation,omitempty" maxLength:"64" doc:"a code, where one is needed"`
	}
},
) (*membershipOut, error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	name, err := persona.ParseName(in.Body.Name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err).At("/name", fault.CodeOf(err))
	}
	if err := a.Directory.Join(ctx, by, id, community.Joining{Name: name, AcceptedRules: in.Body.AcceptRules, Invitation: in.Body.Invitation}); err != nil {
		return nil, err
	}
	return a.membershipNow(ctx, by, in.InCommunity)
}

// membershipNow reads the membership that a joining has just changed: the actor's list is read anew.
func (a *api) membershipNow(ctx context.Context, by member.Actor, in InCommunity) (*membershipOut, error) {
	by, err := a.Members.Actor(ctx, by.Actor)
	if err != nil {
		return nil, err
	}
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	c, err := a.Directory.Read(ctx, by, id, "")
	if err != nil {
		return nil, err
	}
	view := viewMembership(c.Membership)
	if view == nil {
		return nil, fault.New(fault.Unavailable)
	}
	return &membershipOut{Body: *view}, nil
}

func (a *api) leave(ctx context.Context, by member.Actor, in *InCommunity) (*struct{}, error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	return nil, a.Directory.Leave(ctx, by, id)
}

type nameSuggestionsView struct {
	Names []string `json:"names" doc:"free at this moment" example:"Morning Walker, Quiet Harbour, Green Lantern"`
}

func (a *api) suggest(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Language   string `query:"language" enum:"en,fa" doc:"of the names; by default that of the reader"`
	Invitation string `header:"Hamyar-Invitation" maxLength:"64" doc:"an invitation lets one choose a name before joining with it"`
},
) (*struct{ Body nameSuggestionsView }, error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	if in.Language == "" {
		in.Language = languageIn(ctx)
	}
	names, err := a.Directory.Suggest(ctx, by, id, in.Invitation, in.Language, 8)
	if err != nil {
		return nil, err
	}
	view := nameSuggestionsView{Names: make([]string, 0, len(names))}
	for _, name := range names {
		view.Names = append(view.Names, name.Reveal())
	}
	return &struct{ Body nameSuggestionsView }{view}, nil
}

type invitationView struct {
	ID      string `json:"id" doc:"id of the invitation" example:"51f9c2e8-d730-4a6b-8e14-f2b87a0c9d36"`
	Code    string `json:"code" doc:"give it to who shall come in; it is not shown again" example:"K7QH2M3XTRPW4ZDNFS5VBY6C"`
	Uses    int    `json:"uses" doc:"for how many people" example:"1"`
	LastDay string `json:"last_day" format:"date" doc:"the last day on which it works" example:"2026-09-08"`
}

func (a *api) invite(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Body struct {
		Uses int `json:"uses,omitempty" minimum:"1" maximum:"1000" default:"1" doc:"for how many people" example:"1"`
		Days int `json:"days,omitempty" minimum:"1" maximum:"90" default:"7" doc:"for how long" example:"7"`
	}
},
) (*struct{ Body invitationView }, error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	invitation, err := a.Directory.Invite(ctx, by, id, in.Body.Uses, in.Body.Days)
	if err != nil {
		return nil, err
	}
	return &struct{ Body invitationView }{invitationView{invitation.ID.String(), invitation.Code, invitation.Uses, invitation.LastDay.Format(time.DateOnly)}}, nil
}

func (a *api) appoint(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Persona string `path:"persona" doc:"id of the persona" example:"e83f60b1-7a24-4d95-8c0e-b6291f5d3a47"`
	Body    struct {
		Role string `json:"role" enum:"member,moderator" doc:"moderator: looks after this community" example:"moderator"`
	}
},
) (*struct{}, error) {
	id, who, err := idsOf(in.Community, in.Persona)
	if err != nil {
		return nil, err
	}
	return nil, a.Directory.Appoint(ctx, by, id, who, in.Body.Role)
}
