package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/config"
)

// withPolicy are settings of a server whose operator adds to the policy.
func withPolicy(t *testing.T) map[string]string {
	t.Helper()
	all, folder := settings(t), t.TempDir()
	all["HAMYAR_POLICY"], all["HAMYAR_POLICY_STATE"] = filepath.Join(folder, "policy"), filepath.Join(folder, "state")
	all["HAMYAR_POLICY_KEY_FILE"] = filepath.Join(folder, "key.pub")
	for _, name := range []string{"HAMYAR_POLICY", "HAMYAR_POLICY_STATE"} {
		if err := os.Mkdir(all[name], 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(all["HAMYAR_POLICY_KEY_FILE"], []byte("key"), 0o600); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPolicyIsAddedFromAFolder(t *testing.T) {
	t.Parallel()
	all := withPolicy(t)
	c, err := load(all)
	want := config.Policy{Folder: all["HAMYAR_POLICY"], Keys: all["HAMYAR_POLICY_KEY_FILE"], State: all["HAMYAR_POLICY_STATE"], MaxAge: 7 * 24 * time.Hour}
	if err != nil || c.Policy != want {
		t.Errorf("%+v, %v", c.Policy, err)
	}
	for text, want := range map[string]time.Duration{"0": 0, "0d": 0, "2d": 48 * time.Hour, "12h": 12 * time.Hour} {
		all["HAMYAR_POLICY_MAX_AGE"] = text
		if c, err := load(all); err != nil || c.Policy.MaxAge != want {
			t.Errorf("%s: %v, %v", text, c.Policy.MaxAge, err)
		}
	}
	all["HAMYAR_POLICY"] += "/not-there-yet"
	if _, err := load(all); err != nil {
		t.Errorf("a disk that is not there yet: %v", err)
	}
	if c, err := load(settings(t)); err != nil || c.Policy != (config.Policy{}) {
		t.Errorf("nothing is added: %+v, %v", c.Policy, err)
	}
}

func TestAPolicyThatCouldBeTakenOverIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(all map[string]string){
		"HAMYAR_POLICY is required":                             func(all map[string]string) { delete(all, "HAMYAR_POLICY") },
		"HAMYAR_POLICY must be the full path":                   func(all map[string]string) { all["HAMYAR_POLICY"] = "policy" },
		"HAMYAR_POLICY: everybody":                              func(all map[string]string) { loosen(all["HAMYAR_POLICY"], 0o777) },
		"HAMYAR_POLICY_KEY_FILE must be the full path":          func(all map[string]string) { delete(all, "HAMYAR_POLICY_KEY_FILE") },
		"HAMYAR_POLICY_KEY_FILE: others may write":              func(all map[string]string) { loosen(all["HAMYAR_POLICY_KEY_FILE"], 0o664) },
		"HAMYAR_POLICY_KEY_FILE lies in HAMYAR_POLICY":          func(all map[string]string) { all["HAMYAR_POLICY"] = filepath.Dir(all["HAMYAR_POLICY_KEY_FILE"]) },
		"HAMYAR_POLICY_STATE must be the full path":             func(all map[string]string) { delete(all, "HAMYAR_POLICY_STATE") },
		"HAMYAR_POLICY_STATE: others on this machine":           func(all map[string]string) { loosen(all["HAMYAR_POLICY_STATE"], 0o750) },
		"HAMYAR_POLICY_STATE lies in HAMYAR_POLICY":             func(all map[string]string) { all["HAMYAR_POLICY_STATE"] = all["HAMYAR_POLICY"] },
		"HAMYAR_POLICY_MAX_AGE must be a time such as 7d or 12": func(all map[string]string) { all["HAMYAR_POLICY_MAX_AGE"] = "soon" },
	} {
		all := withPolicy(t)
		spoil(all)
		if _, err := load(all); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	all := withPolicy(t)
	linked := all["HAMYAR_POLICY"] + "-linked"
	if err := os.Symlink(filepath.Dir(all["HAMYAR_POLICY"]), linked); err != nil {
		t.Fatal(err)
	}
	all["HAMYAR_POLICY"] = linked
	if _, err := load(all); err == nil {
		t.Error("a link hides that the key lies with the bundles")
	}
	for _, age := range []string{"-1h", "-1d", "1", "200000d", "d"} {
		all := withPolicy(t)
		all["HAMYAR_POLICY_MAX_AGE"] = age
		if _, err := load(all); err == nil {
			t.Errorf("a maximum age of %q", age)
		}
	}
}
