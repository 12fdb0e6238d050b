package authz

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/fault"
)

const defaultsSchemaFile = "../../policy/hamyar/community/defaults.schema.json"

func engineWith(t *testing.T, defaults string) *Engine {
	t.Helper()
	e := &Engine{}
	if err := e.Apply(t.Context(), &Overlay{Defaults: []byte(defaults)}); err != nil {
		t.Fatal(err)
	}
	return e
}

func usualOf(t *testing.T, e *Engine, kind string, sensitivity int) string {
	t.Helper()
	settings, err := e.Defaults(kind, sensitivity)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	ordinary = `{"visibility":"members","join_policy":"open","search":"segments","attachments":true}`
	careful  = `{"visibility":"members","join_policy":"invitation","search":"off","attachments":false}`
)

func TestASensitiveCommunityBeginsCarefully(t *testing.T) {
	e, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range append(slices.Clone(Kinds), "of no kind") {
		for sensitivity, want := range map[int]string{1: ordinary, 2: ordinary, 3: careful} {
			if got := usualOf(t, e, kind, sensitivity); got != want {
				t.Errorf("%s, %d: %s", kind, sensitivity, got)
			}
		}
	}
}

func TestAnOperatorsDefaultsAreLaidOverTheBuiltIn(t *testing.T) {
	e := engineWith(t, `{"always": {"visibility": "invitation", "search": "tags"}, "kind": {"vaccination": {"visibility": "public", "attachments": false}}}`)
	for _, c := range []struct {
		kind        string
		sensitivity int
		want        string
	}{
		{"weight", 1, `{"visibility":"invitation","join_policy":"open","search":"tags","attachments":true}`},
		{"vaccination", 2, `{"visibility":"public","join_policy":"open","search":"tags","attachments":false}`},
		{"vaccination", 3, `{"visibility":"public","join_policy":"invitation","search":"off","attachments":false}`},
	} {
		if got := usualOf(t, e, c.kind, c.sensitivity); got != c.want {
			t.Errorf("%s, %d: %s", c.kind, c.sensitivity, got)
		}
	}
	loosened := engineWith(t, `{"always": {}, "sensitivity": {"3": {"search": "segments", "attachments": true}}}`)
	if got := usualOf(t, loosened, "weight", 3); got != strings.Replace(strings.Replace(careful, "off", "segments", 1), "false", "true", 1) {
		t.Errorf("where it is named, it is followed: %s", got)
	}
	if err := e.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := usualOf(t, e, "vaccination", 3); got != careful {
		t.Errorf("taken off: %s", got)
	}
}

func TestDefaultsThatAreNoneAreRefusedAndTheOldOnesStay(t *testing.T) {
	e := engineWith(t, `{"always": {"search": "tags"}}`)
	for name, text := range map[string]string{
		"nothing":                  ``,
		"no object":                `[]`,
		"null":                     `null`,
		"no layer for always":      `{"kind": {}}`,
		"an unknown setting":       `{"always": {"anonymous_posts": true}}`,
		"a setting in capitals":    `{"always": {"Search": "off"}}`,
		"a setting of null":        `{"always": {"search": null}}`,
		"an empty value":           `{"always": {"search": ""}}`,
		"a value that is none":     `{"always": {"visibility": "secret"}}`,
		"a value of another type":  `{"always": {"attachments": "yes"}}`,
		"a value in a deep layer":  `{"always": {}, "kind": {"weight": {"join_policy": "maybe"}}}`,
		"a kind that is none":      `{"always": {}, "kind": {"gardening": {}}}`,
		"a sensitivity of 4":       `{"always": {}, "sensitivity": {"4": {}}}`,
		"an unknown layer":         `{"always": {}, "programme": {}}`,
		"something after it":       `{"always": {}} {}`,
		"settings of null in kind": `{"always": {}, "kind": {"weight": null}}`,
	} {
		if err := e.Apply(t.Context(), &Overlay{Defaults: []byte(text)}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got := usualOf(t, e, "weight", 1); !strings.Contains(got, `"search":"tags"`) {
		t.Errorf("the old ones are gone: %s", got)
	}
}

func TestWithoutAPolicyNothingIsUsual(t *testing.T) {
	if got, err := new(Engine).Defaults("weight", 1); fault.CodeOf(err) != fault.Unavailable || got != (Settings{}) {
		t.Errorf("%+v, %v", got, err)
	}
	e := engineOf(load(t))
	e.Close(true)
	if _, err := e.Defaults("weight", 1); fault.CodeOf(err) != fault.Closed {
		t.Error(err)
	}
}

// TestDefaultsSchema keeps the schema for editors current; it lies beside the defaults that it describes.
func TestDefaultsSchema(t *testing.T) {
	if *update {
		if err := os.WriteFile(defaultsSchemaFile, DefaultsSchema(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(defaultsSchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, DefaultsSchema()) {
		t.Error("the schema is not current: run with -update")
	}
}
