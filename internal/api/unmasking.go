package api

import (
	"context"
	"net/http"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/sealed"
)

func (a *api) unmaskingRoutes() {
	const all = "/v1/communities/{community}/unmaskings"
	const one = all + "/{unmasking}"
	codes := append([]fault.Code{fault.FreshSignIn}, staffCodes...)
	handle(a, operation{
		id: "ask-unmasking", method: http.MethodPost, path: all, tag: "membership", status: http.StatusCreated, codes: codes,
		actions: []string{authz.PersonaUnmaskAsk},
		summary: "Ask whose a persona is", about: "Nothing is told until another of the staff approves it, within 24 hours. Every step takes a fresh sign-in with a second factor, and is recorded.",
	}, a.askUnmasking)
	handle(a, operation{
		id: "read-unmasking", method: http.MethodGet, path: one, tag: "membership", codes: codes,
		actions: []string{authz.PersonaUnmaskApprove},
		summary: "Why somebody asks whose a persona is", about: "For who is to approve it. Each reading is recorded.",
	}, a.readUnmasking)
	handle(a, operation{
		id: "approve-unmasking", method: http.MethodPost, path: one + "/approval", tag: "membership", codes: codes,
		actions: []string{authz.PersonaUnmaskApprove},
		summary: "Approve it, and learn whose the persona is", about: "The answer comes this once, and never to who asked.",
	}, a.approveUnmasking)
}

// InUnmasking is an input under an unmasking.
type InUnmasking struct {
	InCommunity
	Unmasking string `path:"unmasking" doc:"id of the unmasking" example:"c7159ae4-3b80-4f26-9d6a-e40b82f7d135"`
}

type unmaskingAskedView struct {
	ID string `json:"id" doc:"give it to who is to approve" example:"c7159ae4-3b80-4f26-9d6a-e40b82f7d135"`
}

func (a *api) askUnmasking(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Body struct {
		Persona string `json:"persona" maxLength:"36" doc:"id of the persona" example:"e83f60b1-7a24-4d95-8c0e-b6291f5d3a47"`
		Reason  string `json:"reason" minLength:"20" maxLength:"4000" doc:"why it has to be known, for who is to approve; it is kept sealed" example:"A court asks who wrote this; our counsel has checked the order."`
	}
},
) (*struct{ Body unmaskingAskedView }, error) {
	community, persona, err := idsOf(in.Community, in.Body.Persona)
	if err != nil {
		return nil, err
	}
	id, err := a.Directory.AskUnmasking(ctx, by, community, persona, sealed.NewText(in.Body.Reason))
	if err != nil {
		return nil, err
	}
	return &struct{ Body unmaskingAskedView }{unmaskingAskedView{id.String()}}, nil
}

type unmaskingView struct {
	Persona string `json:"persona" doc:"id of the persona" example:"e83f60b1-7a24-4d95-8c0e-b6291f5d3a47"`
	Reason  string `json:"reason" doc:"as it was given" example:"A court asks who wrote this; our counsel has checked the order."`
}

func (a *api) readUnmasking(ctx context.Context, by member.Actor, in *InUnmasking) (*struct{ Body unmaskingView }, error) {
	community, id, err := idsOf(in.Community, in.Unmasking)
	if err != nil {
		return nil, err
	}
	u, err := a.Directory.Unmasking(ctx, by, community, id)
	if err != nil {
		return nil, err
	}
	return &struct{ Body unmaskingView }{unmaskingView{u.Persona.String(), u.Reason.Reveal()}}, nil
}

type unmaskedView struct {
	Identity string `json:"identity" doc:"id of the account; the identity server knows the rest" example:"0b6d94e2-58f1-4c37-a9be-71d20c8e4f53"`
}

func (a *api) approveUnmasking(ctx context.Context, by member.Actor, in *InUnmasking) (*struct{ Body unmaskedView }, error) {
	community, id, err := idsOf(in.Community, in.Unmasking)
	if err != nil {
		return nil, err
	}
	identity, err := a.Directory.ApproveUnmasking(ctx, by, community, id)
	if err != nil {
		return nil, err
	}
	return &struct{ Body unmaskedView }{unmaskedView{identity.String()}}, nil
}
