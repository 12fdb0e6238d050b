package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/authz"
)

// unasked are the operations that ask policy nothing, each with why.
var unasked = map[string]string{
	"recover": "who is locked out is nobody yet: the printed secret decides, and how often it is tried",
}

// anybodys are the actions that no operation names as its own, each with why.
var anybodys = map[string]string{
	"policy.explain": "any operation asks about it where somebody wants to know why they were refused",
}

func TestEveryOperationNamesItsActions(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, op := range api.Operations(api.Specification()) {
		actions := api.ActionsOf(op)
		if why := unasked[op.OperationID]; (len(actions) == 0) != (why != "") {
			t.Errorf("%s names the actions %v; an operation that asks policy nothing stands in this test, with why", op.OperationID, actions)
		}
		for i, action := range actions {
			if named[action] = true; !slices.Contains(authz.Actions, action) || slices.Contains(actions[:i], action) {
				t.Errorf("%s names %q, which is no action, or is named twice", op.OperationID, action)
			}
		}
	}
	for _, action := range authz.Actions {
		if why := anybodys[action]; named[action] == (why != "") {
			t.Errorf("%s: no operation asks policy about it, or it stands in this test for nothing", action)
		}
	}
	for _, known := range []map[string]string{unasked, anybodys} {
		for name, why := range known {
			if why == "" {
				t.Errorf("%s: why?", name)
			}
		}
	}
}

func TestTheDocumentTellsScopesAndPurposes(t *testing.T) {
	t.Parallel()
	paths := read(t)["paths"].(map[string]any)
	list := paths["/v1/communities/{community}/topics"].(map[string]any)["get"].(map[string]any)
	first := list["x-hamyar-actions"].([]any)[0].(map[string]any)
	if first["action"] != "topic.list" || first["scope"] != "topic:list" || !slices.Contains(first["purposes"].([]any), any("support")) {
		t.Errorf("%v", first)
	}
	for path, methods := range paths {
		for method, op := range methods.(map[string]any) {
			for _, told := range op.(map[string]any)["x-hamyar-actions"].([]any) {
				if action := told.(map[string]any)["action"].(string); strings.HasPrefix(action, "me.") && told.(map[string]any)["scope"] != nil {
					t.Errorf("%s: a scope is told for what no key may do", action)
				}
				if purposes := told.(map[string]any)["purposes"]; purposes == nil || len(purposes.([]any)) == 0 {
					t.Errorf("%s %s: %v is for nothing", method, path, told)
				}
			}
		}
	}
}
