package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/sealed"
)

func (a *api) keyRoutes() {
	handle(a, operation{
		id: "create-key", method: http.MethodPost, path: "/v1/me/keys", tag: "keys", status: http.StatusCreated,
		actions: []string{authz.KeyCreate},
		codes:   []fault.Code{fault.SignInRequired, fault.FreshSignIn, fault.TooManyKeys},
		summary: "Make an API key", about: "For a script of yours. It may do what you may at that moment, as far as its scopes name it, for the one purpose that it states. It is shown this once: send it as Authorization: Bearer.",
	}, a.createKey)
	handle(a, operation{
		id: "list-keys", method: http.MethodGet, path: "/v1/me/keys", tag: "keys", codes: []fault.Code{fault.SignInRequired},
		actions: []string{authz.KeyList},
		summary: "One's own API keys", about: "By name; those that are over as well, until another is made.",
	}, a.listKeys)
	handle(a, operation{
		id: "revoke-key", method: http.MethodDelete, path: "/v1/me/keys/{key}", tag: "keys", codes: []fault.Code{fault.SignInRequired, fault.NotFound},
		actions: []string{authz.KeyRevoke},
		summary: "Revoke an API key", about: "At once and for good.",
	}, a.revokeKey)
}

// keyScope is one of the scopes that a key can be made for.
type keyScope string

// Schema lists them.
func (keyScope) Schema(huma.Registry) *huma.Schema { return oneOf(authz.Scopes()) }

// keyPurpose is one of the purposes that a key can state.
type keyPurpose string

// Schema lists them.
func (keyPurpose) Schema(huma.Registry) *huma.Schema { return oneOf(authz.KeyPurposes) }

func oneOf(words []string) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, word := range words {
		s.Enum = append(s.Enum, word)
	}
	return s
}

// forScripts tells whether a key can be made that does all of it.
func (op operation) forScripts() bool {
	return !slices.ContainsFunc(op.actions, func(action string) bool { return !slices.Contains(authz.Scopes(), authz.Scope(action)) })
}

type keyView struct {
	ID      string   `json:"id" doc:"id of the key; it opens nothing" example:"7b1d04f9-5a3e-4c86-9f20-d8e6c1a7b352"`
	Name    string   `json:"name" doc:"what you call it" example:"Weekly count"`
	Scopes  []string `json:"scopes" doc:"what it may do, if you may" example:"[\"topic:list\",\"topic:read\"]"`
	Purpose string   `json:"purpose" doc:"what it is for" example:"support"`
	LastDay string   `json:"last_day" format:"date" doc:"the last day on which it works, in UTC" example:"2026-11-30"`
	UsedOn  *string  `json:"used_on" format:"date" doc:"the day of its last use, in UTC; null before the first" example:"2026-09-02"`
}

func viewKey(k keystore.APIKey) keyView {
	view := keyView{ID: k.ID.String(), Name: k.Name.Reveal(), Scopes: k.Scopes, Purpose: k.Purpose, LastDay: k.LastDay.Format(time.DateOnly)}
	if !k.UsedOn.IsZero() {
		day := k.UsedOn.Format(time.DateOnly)
		view.UsedOn = &day
	}
	return view
}

type newKeyView struct {
	Key    keyView `json:"key" doc:"as it is listed from now on"`
	Secret string  `json:"secret" doc:"send it as Authorization: Bearer; it is not shown again" example:"hamyar_key_0000000000000000000000_000000000000000000000000000000000000000000028CzLn"`
}

func (a *api) createKey(ctx context.Context, by member.Actor, in *struct {
	Body struct {
		Name    string     `json:"name" minLength:"1" maxLength:"80" doc:"what you call it; only you see it" example:"Weekly count"`
		Scopes  []keyScope `json:"scopes" minItems:"1" maxItems:"100" doc:"what it may do, as resource:action; each operation tells which it takes" example:"[\"topic:list\",\"topic:read\"]"`
		Purpose keyPurpose `json:"purpose" doc:"what it is for; what needs a role needs it at each use" example:"support"`
		Days    int        `json:"days" minimum:"1" maximum:"365" doc:"for how long" example:"90"`
	}
},
) (*struct{ Body newKeyView }, error) {
	wanted := member.NewKey{Name: sealed.NewText(in.Body.Name), Purpose: string(in.Body.Purpose), Days: in.Body.Days}
	for _, scope := range in.Body.Scopes {
		wanted.Scopes = append(wanted.Scopes, string(scope))
	}
	k, secret, err := a.Members.CreateKey(ctx, by, wanted)
	if err != nil {
		return nil, err
	}
	return &struct{ Body newKeyView }{newKeyView{viewKey(k), secret}}, nil
}

type keysView struct {
	Items []keyView `json:"items" doc:"at most twenty that work"`
}

func (a *api) listKeys(ctx context.Context, by member.Actor, _ *struct{}) (*struct{ Body keysView }, error) {
	keys, err := a.Members.Keys(ctx, by)
	if err != nil {
		return nil, err
	}
	view := keysView{Items: make([]keyView, 0, len(keys))}
	for _, k := range keys {
		view.Items = append(view.Items, viewKey(k))
	}
	return &struct{ Body keysView }{view}, nil
}

func (a *api) revokeKey(ctx context.Context, by member.Actor, in *struct {
	ID string `path:"key" doc:"id of the key" example:"7b1d04f9-5a3e-4c86-9f20-d8e6c1a7b352"`
},
) (*struct{}, error) {
	id, err := idOf(in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.Members.RevokeKey(ctx, by, id)
}
