package api

import (
	"slices"

	"github.com/hamyar/hamyar/internal/authz"
)

// actionView is an action that an operation asks policy about, as the document tells it under x-hamyar-actions.
type actionView struct {
	Action   string   `json:"action"`
	Scope    string   `json:"scope,omitempty"` // of an API key; empty where no key may
	Purposes []string `json:"purposes"`        // what it may be for
}

// withActions is the extension of the document that tells them.
const withActions = "x-hamyar-actions"

func viewActions(actions []string) []actionView {
	views := make([]actionView, 0, len(actions))
	scopes := authz.Scopes()
	for _, action := range actions {
		view := actionView{Action: action, Purposes: authz.Fitting(action)}
		if scope := authz.Scope(action); slices.Contains(scopes, scope) {
			view.Scope = scope
		}
		views = append(views, view)
	}
	return views
}
