package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/sealed"
)

func (a *api) grantRoutes() {
	const all = "/v1/communities/{community}/grants"
	const one = all + "/{grant}"
	codes := append([]fault.Code{fault.FreshSignIn}, staffCodes...)
	handle(a, operation{
		id: "ask-grant", method: http.MethodPost, path: all, tag: "membership", status: http.StatusCreated, codes: codes,
		actions: []string{authz.GrantAsk},
		summary: "Ask to read what only members read",
		about:   "For staff who aren't members. It opens nothing until another of the staff approves it, within 24 hours, and then for some hours. Every step takes a fresh sign-in with a second factor, and is recorded; so is each page that is read, and whose words it shows is told.",
	}, a.askGrant)
	handle(a, operation{
		id: "list-grants", method: http.MethodGet, path: all, tag: "membership", codes: staffCodes,
		actions: []string{authz.GrantList},
		summary: "Grants of a community that are open", about: "Those that wait for approval, and those that hold. It doesn't say who asked.",
	}, a.listGrants)
	handle(a, operation{
		id: "read-grant", method: http.MethodGet, path: one, tag: "membership", codes: codes,
		actions: []string{authz.GrantRead},
		summary: "Why somebody asks for a grant", about: "For who is to approve it. Each reading is recorded.",
	}, a.readGrant)
	handle(a, operation{
		id: "approve-grant", method: http.MethodPost, path: one + "/approval", tag: "membership", codes: codes,
		actions: []string{authz.GrantApprove},
		summary: "Approve a grant", about: "Who asked can hold it up from now on: it can't be them who approves. It lets nobody write, and nobody in who is banned.",
	}, a.approveGrant)
	handle(a, operation{
		id: "end-grant", method: http.MethodDelete, path: one, tag: "membership", codes: staffCodes,
		actions: []string{authz.GrantEnd},
		summary: "End a grant", about: "At once and for good, whoever asked for it; also before it is approved.",
	}, a.endGrant)
}

// InGrant is an input under a grant.
type InGrant struct {
	InCommunity
	Grant string `path:"grant" doc:"id of the grant" example:"2f6b90d4-1c85-4e37-a0d9-8b54e7f3c162"`
}

// UnderGlass is an input of what can be read by a grant.
type UnderGlass struct {
	BreakGlass string `header:"Break-Glass" maxLength:"36" doc:"for staff: id of an approved grant of yours for this community"`
}

// holding is who asks, with the grant in their hand that they hold up, if any.
func (a *api) holding(ctx context.Context, by member.Actor, community uuid.UUID, in UnderGlass) (member.Actor, error) {
	if in.BreakGlass == "" {
		return by, nil
	}
	grant, err := idOf(in.BreakGlass)
	if err != nil {
		return member.Actor{}, fault.New(fault.GrantInvalid)
	}
	return a.Members.HoldUp(ctx, by, community, grant)
}

type grantAskedView struct {
	ID string `json:"id" doc:"give it to who is to approve; afterwards, hold it up in Break-Glass" example:"2f6b90d4-1c85-4e37-a0d9-8b54e7f3c162"`
}

func (a *api) askGrant(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Body struct {
		Lifts  string `json:"lifts" enum:"members_only" doc:"the refusal that it lifts, and no other" example:"members_only"`
		Hours  int    `json:"hours" minimum:"1" maximum:"24" doc:"for how long, from its approval" example:"2"`
		Reason string `json:"reason" minLength:"20" maxLength:"4000" doc:"why it has to be read, for who is to approve; it is kept sealed" example:"Two members wrote to us that somebody here is being threatened."`
	}
},
) (*struct{ Body grantAskedView }, error) {
	community, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	wish := keystore.Wish{Lifts: in.Body.Lifts, Hours: in.Body.Hours, Reason: sealed.NewText(in.Body.Reason)}
	id, err := a.Directory.AskGrant(ctx, by, community, wish)
	if err != nil {
		return nil, err
	}
	return &struct{ Body grantAskedView }{grantAskedView{id.String()}}, nil
}

// GrantView is a grant that is open.
type GrantView struct {
	ID       string    `json:"id" doc:"id of the grant" example:"2f6b90d4-1c85-4e37-a0d9-8b54e7f3c162"`
	Lifts    string    `json:"lifts" enum:"members_only" doc:"the refusal that it lifts, and no other" example:"members_only"`
	Hours    int       `json:"hours" doc:"for how long, from its approval" example:"2"`
	Mine     bool      `json:"mine" doc:"whether it was you who asked"`
	Approved bool      `json:"approved" doc:"whether it holds"`
	Until    time.Time `json:"until" doc:"when it is over, in UTC; before it is approved, until when it can be" example:"2026-09-02T10:15:30Z"`
}

func viewGrant(g keystore.Grant) GrantView {
	return GrantView{g.ID.String(), g.Lifts, g.Hours, g.Mine, g.Holds, g.Until.UTC().Truncate(time.Second)}
}

type grantsView struct {
	Items []GrantView `json:"items" doc:"in no order"`
}

func (a *api) listGrants(ctx context.Context, by member.Actor, in *InCommunity) (*struct{ Body grantsView }, error) {
	community, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	all, err := a.Directory.Grants(ctx, by, community)
	if err != nil {
		return nil, err
	}
	view := grantsView{make([]GrantView, 0, len(all))}
	for _, g := range all {
		view.Items = append(view.Items, viewGrant(g))
	}
	return &struct{ Body grantsView }{view}, nil
}

type grantWithReasonView struct {
	GrantView
	Reason string `json:"reason" doc:"as it was given" example:"Two members wrote to us that somebody here is being threatened."`
}

func (a *api) readGrant(ctx context.Context, by member.Actor, in *InGrant) (*struct{ Body grantWithReasonView }, error) {
	community, id, err := idsOf(in.Community, in.Grant)
	if err != nil {
		return nil, err
	}
	g, err := a.Directory.Grant(ctx, by, community, id)
	if err != nil {
		return nil, err
	}
	return &struct{ Body grantWithReasonView }{grantWithReasonView{viewGrant(g), g.Reason.Reveal()}}, nil
}

func (a *api) approveGrant(ctx context.Context, by member.Actor, in *InGrant) (*struct{ Body GrantView }, error) {
	community, id, err := idsOf(in.Community, in.Grant)
	if err != nil {
		return nil, err
	}
	g, err := a.Directory.ApproveGrant(ctx, by, community, id)
	if err != nil {
		return nil, err
	}
	return &struct{ Body GrantView }{viewGrant(g)}, nil
}

func (a *api) endGrant(ctx context.Context, by member.Actor, in *InGrant) (*struct{}, error) {
	community, id, err := idsOf(in.Community, in.Grant)
	if err != nil {
		return nil, err
	}
	return nil, a.Directory.EndGrant(ctx, by, community, id)
}
