package api

import "github.com/hamyar/hamyar/internal/authz"

// actionView is an action that an operation asks policy about, as the document tells it under x-hamyar-actions.
type actionView struct {
	Action   string   `json:"action"`
	Scope    string   `json:"scope"`
	Purposes []string `json:"purposes"` // what it may be for
}

// withActions is the extension of the document that tells them.
const withActions = "x-hamyar-actions"

func viewActions(actions []string) []actionView {
	views := make([]actionView, 0, len(actions))
	for _, action := range actions {
		views = append(views, actionView{action, authz.Scope(action), authz.Fitting(action)})
	}
	return views
}
