package devstack

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const adminURL = "postgres://postgres:x@/postgres?host=%2Frun&port=5434&sslmode=disable"

// leaves flattens a configuration to dotted paths; a list is a leaf.
func leaves(t *testing.T, value any, path string, into map[string]string) {
	t.Helper()
	branch, ok := value.(map[string]any)
	if !ok {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		into[strings.TrimPrefix(path, ".")] = string(text)
		return
	}
	for key, inner := range branch {
		leaves(t, inner, path+"."+key, into)
	}
}

func readLeaves(t *testing.T, text []byte) map[string]string {
	t.Helper()
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil { // JSON is YAML
		t.Fatal(err)
	}
	into := map[string]string{}
	leaves(t, tree, "", into)
	return into
}

func localLeaves(t *testing.T) map[string]string {
	t.Helper()
	k := &kratos{dir: "/data/kratos", opts: Options{Origin: "https://forum.test:8443"}}
	local, err := k.localConfiguration(adminURL)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(local)
	if err != nil {
		t.Fatal(err)
	}
	return readLeaves(t, text)
}

func TestTheExampleSaysWhatWeSay(t *testing.T) {
	example, err := os.ReadFile(filepath.Join("..", "..", "deploy", "kratos", "kratos.local.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	theirs := slices.Sorted(maps.Keys(readLeaves(t, example)))
	ours := slices.Sorted(maps.Keys(localLeaves(t)))
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("kratos.local.example.yaml and localConfiguration say different things (-example +ours):\n%s", diff)
	}
}

func TestNothingKeepsThePlaceholder(t *testing.T) {
	local := localLeaves(t)
	placeholders := 0
	for path, value := range readLeaves(t, moduleFile("kratos.yaml")) {
		if !strings.Contains(value, "hamyar.example") && !strings.Contains(value, "file://") {
			continue
		}
		placeholders++
		if _, ok := local[path]; !ok {
			t.Errorf("kratos.yaml has %s = %s, which no local file replaces", path, value)
		}
	}
	if placeholders < 10 {
		t.Errorf("found only %d placeholders in kratos.yaml: this test looks at nothing", placeholders)
	}
	for path, value := range local {
		if strings.Contains(value, "hamyar.example") {
			t.Errorf("%s = %s", path, value)
		}
	}
}

// Each of these, when it changes, changes what is written down about a member.
func TestKratosIsDiscreet(t *testing.T) {
	have := readLeaves(t, moduleFile("kratos.yaml"))
	want := map[string]string{
		"log.level":                                     `"fatal"`,
		"log.leak_sensitive_values":                     `false`,
		"sqa-opt-out":                                   `true`,
		"serve.public.host":                             `"127.0.0.1"`,
		"serve.admin.host":                              `"127.0.0.1"`,
		"session.whoami.required_aal":                   `"aal1"`,
		"selfservice.flows.settings.required_aal":       `"highest_available"`,
		"selfservice.methods.code.passwordless_enabled": `false`,
		"selfservice.methods.password.config.haveibeenpwned_enabled": `false`,
		"cookies.same_site": `"Lax"`,
	}
	for path, value := range want {
		if have[path] != value {
			t.Errorf("kratos.yaml: %s is %s, want %s", path, have[path], value)
		}
	}
}
