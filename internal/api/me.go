package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/member"
)

func (a *api) meRoutes() {
	handle(a, operation{
		id: "read-me", method: http.MethodGet, path: "/v1/me", tag: "me", codes: []fault.Code{fault.SignInRequired},
		actions: []string{authz.MeRead},
		summary: "One's own account", about: "It names no community: that list is guarded apart.",
	}, a.readMe)
	handle(a, operation{
		id: "edit-me", method: http.MethodPatch, path: "/v1/me", tag: "me", codes: []fault.Code{fault.SignInRequired, fault.FreshSignIn},
		actions: []string{authz.MeEdit, authz.MeUnguard, authz.MeRead},
		summary: "Language, and whether one's list always needs a fresh sign-in", about: "To lower that guard takes a fresh sign-in itself.",
	}, a.editMe)
	handle(a, operation{
		id: "list-my-communities", method: http.MethodGet, path: "/v1/me/communities", tag: "me", codes: []fault.Code{fault.SignInRequired},
		actions: []string{authz.MeCommunities, authz.MeRead},
		summary: "Where one is a member", about: "Communities of sensitivity 3 show only after a sign-in of the last few minutes, because a phone may be shared; all of them do so where the member asked for it. The answer does not tell whether something is held back.",
	}, a.listMine)
	handle(a, operation{
		id: "create-recovery-secrets", method: http.MethodPost, path: "/v1/me/recovery-secrets", tag: "me", status: http.StatusCreated,
		actions: []string{authz.MeRecoverySecrets},
		codes:   []fault.Code{fault.SignInRequired, fault.FreshSignIn}, summary: "Printed secrets to get back in without an e-mail", about: "They are shown this once and end earlier ones. Each works once.",
	}, a.createRecoverySecrets)
	handle(a, operation{
		id: "recover", method: http.MethodPost, path: "/v1/recovery", tag: "me", status: http.StatusCreated, public: true,
		codes: []fault.Code{fault.RecoveryRefused}, summary: "Trade a printed secret for a recovery code", about: "The code, entered at the URL, signs in for long enough to set a new password.",
	}, a.recover)
}

type staffRoleView struct {
	Name      string  `json:"name" enum:"operator,programme_lead,researcher" doc:"what the role is" example:"programme_lead"`
	Programme *string `json:"programme" doc:"id of the programme; null for all" example:"9d52b3f7-06ac-4e18-b2d9-5c7e41f8a063"`
}

type meView struct {
	AAL                 int             `json:"aal" doc:"1: one factor; 2: a second factor as well" example:"1"`
	SignedInAt          time.Time       `json:"signed_in_at" doc:"in UTC" example:"2026-09-01T08:30:00Z"`
	Fresh               bool            `json:"fresh" doc:"whether the sign-in is of the last few minutes" example:"true"`
	Language            *string         `json:"language" doc:"null: that of the browser" example:"fa"`
	AlwaysFresh         bool            `json:"always_fresh" doc:"one's list always needs a fresh sign-in"`
	Roles               []staffRoleView `json:"roles" doc:"of the installation; most people have none"`
	RecoverySecretsLeft int             `json:"recovery_secrets_left" doc:"how many printed secrets still work" example:"10"`
}

func viewMe(me member.Me) meView {
	view := meView{AAL: me.AAL, SignedInAt: me.SignedInAt, Fresh: me.Recent, AlwaysFresh: me.AlwaysFresh, Roles: []staffRoleView{}, RecoverySecretsLeft: me.RecoverySecretsLeft}
	if me.Language != "" {
		view.Language = &me.Language
	}
	for _, role := range me.Roles {
		r := staffRoleView{Name: role.Name}
		if role.Programme != uuid.Nil {
			id := role.Programme.String()
			r.Programme = &id
		}
		view.Roles = append(view.Roles, r)
	}
	return view
}

type meOut struct{ Body meView }

func (a *api) readMe(ctx context.Context, by member.Actor, _ *struct{}) (*meOut, error) {
	return meAnswer(a.Members.Me(ctx, by))
}

func (a *api) editMe(ctx context.Context, by member.Actor, in *struct {
	Body struct {
		Language    *string `json:"language,omitempty" enum:"en,fa" doc:"of what Hamyar says to you" example:"fa"`
		AlwaysFresh *bool   `json:"always_fresh,omitempty" doc:"one's list always needs a fresh sign-in" example:"true"`
	}
},
) (*meOut, error) {
	return meAnswer(a.Members.Change(ctx, by, member.Settings(in.Body)))
}

func meAnswer(me member.Me, err error) (*meOut, error) {
	if err != nil {
		return nil, err
	}
	return &meOut{Body: viewMe(me)}, nil
}

type ownCommunitiesView struct {
	Items []ownCommunityView `json:"items" doc:"where you are a member"`
}

type mineOut struct{ Body ownCommunitiesView }

func (a *api) listMine(ctx context.Context, by member.Actor, _ *struct{}) (*mineOut, error) {
	communities, err := a.Directory.Mine(ctx, by)
	if err != nil {
		return nil, err
	}
	out := &mineOut{}
	out.Body.Items = make([]ownCommunityView, 0, len(communities))
	for _, c := range communities {
		out.Body.Items = append(out.Body.Items, viewOwnCommunity(c))
	}
	return out, nil
}

type recoverySecretsView struct {
	Secrets []string `json:"secrets" doc:"print them, and keep them where nobody looks" example:"1-QK2M4-0HX9A-RT6YB-81WZC, 2-J6NC3-XVF8K-RA5QT-E0M7D"`
}

type secretsOut struct{ Body recoverySecretsView }

func (a *api) createRecoverySecrets(ctx context.Context, by member.Actor, _ *struct{}) (*secretsOut, error) {
	secrets, err := a.Members.NewRecoverySecrets(ctx, by)
	if err != nil {
		return nil, err
	}
	out := &secretsOut{}
	out.Body.Secrets = secrets
	return out, nil
}

type recoveryCodeView struct {
	Code      string    `json:"code" doc:"enter it at the URL" example:"301724"`
	URL       string    `json:"url" doc:"where the code is entered" example:"https://forum.example/identity/self-service/recovery?flow=7ad4e915-c08b-4f62-a3d7-90e5b1c62f48"`
	FlowID    string    `json:"flow_id" doc:"of the recovery that has begun" example:"7ad4e915-c08b-4f62-a3d7-90e5b1c62f48"`
	ExpiresAt time.Time `json:"expires_at" doc:"until when the code works, in UTC" example:"2026-09-01T09:30:00Z"`
}

type recoveryOut struct{ Body recoveryCodeView }

func (a *api) recover(ctx context.Context, _ member.Actor, in *struct {
	Throttled
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"320" doc:"the username or e-mail address of signing in" example:"morning"`
		Secret   string `json:"secret" minLength:"1" maxLength:"100" doc:"one of the printed secrets" example:"1-QK2M4-0HX9A-RT6YB-81WZC"`
		For      string `json:"for,omitempty" enum:"browser,script" default:"script" doc:"where the code will be entered"`
	}
},
) (*recoveryOut, error) {
	if err := in.try(in.Body.Username); err != nil {
		return nil, err
	}
	way := identity.ForScript
	if in.Body.For == "browser" {
		way = identity.ForBrowser
	}
	code, err := a.Members.Recover(ctx, in.Body.Username, in.Body.Secret, way)
	if err != nil {
		return nil, err
	}
	out := &recoveryOut{}
	out.Body.Code, out.Body.URL, out.Body.FlowID, out.Body.ExpiresAt = code.Code, code.URL, code.Flow.String(), code.ExpiresAt
	return out, nil
}
