package api_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
)

// What can be said of a new community is what can be usual for one.
func TestASettingThatCanBeSaidCanBeUsual(t *testing.T) {
	type values struct {
		Enum       []string          `json:"enum"`
		Properties map[string]values `json:"properties"`
	}
	var usual struct {
		Properties, Definitions map[string]values
	}
	if err := json.Unmarshal(authz.DefaultsSchema(), &usual); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct{ Schemas map[string]values }
	}
	text, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	said := document.Components.Schemas["CreateCommunityRequest"].Properties
	for name, want := range usual.Definitions["settings"].Properties {
		if got, there := said[name]; !there || !slices.Equal(got.Enum, want.Enum) {
			t.Errorf("%s: %v can be said, and %v can be usual", name, got.Enum, want.Enum)
		}
	}
	if !slices.Equal(said["kind"].Enum, authz.Kinds) {
		t.Errorf("kinds: %v", said["kind"].Enum)
	}
}
