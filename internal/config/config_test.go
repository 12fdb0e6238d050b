package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/config"
)

// settings are enough for a server.
func settings(t *testing.T) map[string]string {
	t.Helper()
	folder := t.TempDir()
	all := map[string]string{
		"HAMYAR_ORIGIN": "https://forum.example", "HAMYAR_KRATOS_PUBLIC": "http://127.0.0.1:4433", "HAMYAR_KRATOS_ADMIN": "http://127.0.0.1:4434",
		"HAMYAR_TOMBSTONES": filepath.Join(folder, "tombstones"), "HAMYAR_BLOBS": "file:///somewhere",
	}
	if err := os.Mkdir(all["HAMYAR_TOMBSTONES"], 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"HAMYAR_FORUM_URL_FILE", "HAMYAR_KEYS_URL_FILE", "HAMYAR_KMS_URL_FILE", "HAMYAR_WORKER_URL_FILE", "HAMYAR_KEEPER_URL_FILE"} {
		all[name] = filepath.Join(folder, name)
		if err := os.WriteFile(all[name], []byte("secret of "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func load(all map[string]string) (config.Config, error) {
	return config.Load(func(name string) string { return all[name] })
}

func TestSecretsComeFromFilesAndAreMasked(t *testing.T) {
	t.Parallel()
	c, err := load(settings(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]config.Secret{
		"HAMYAR_FORUM_URL_FILE": c.ForumURL, "HAMYAR_KEYS_URL_FILE": c.KeysURL, "HAMYAR_KMS_URL_FILE": c.KMSURL,
		"HAMYAR_WORKER_URL_FILE": c.WorkerURL, "HAMYAR_KEEPER_URL_FILE": c.KeeperURL,
	} {
		if secret.Reveal() != "secret of "+name {
			t.Errorf("%s: %q", name, secret.Reveal())
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if printed := fmt.Sprintf(verb, c); strings.Contains(printed, "secret of") {
			t.Errorf("%s prints a secret", verb)
		}
	}
}

func TestAServerNeedsNeitherWorkerNorKeeper(t *testing.T) {
	t.Parallel()
	all := settings(t)
	delete(all, "HAMYAR_WORKER_URL_FILE")
	delete(all, "HAMYAR_KEEPER_URL_FILE")
	c, err := load(all)
	if err != nil || c.WorkerURL.Reveal() != "" || c.KeeperURL.Reveal() != "" {
		t.Errorf("%v, %v", c, err)
	}
}

func TestWhatIsWrongIsRefusedByName(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(all map[string]string){
		"HAMYAR_TOMBSTONES is required":                func(all map[string]string) { delete(all, "HAMYAR_TOMBSTONES") },
		"HAMYAR_TOMBSTONES: there is no such folder":   func(all map[string]string) { all["HAMYAR_TOMBSTONES"] += "/none" },
		"HAMYAR_TOMBSTONES: others on this machine":    func(all map[string]string) { loosen(all["HAMYAR_TOMBSTONES"], 0o755) },
		"HAMYAR_BLOBS is required":                     func(all map[string]string) { delete(all, "HAMYAR_BLOBS") },
		"HAMYAR_WORKER_URL is not read":                func(all map[string]string) { all["HAMYAR_WORKER_URL"] = "postgres://x" },
		"HAMYAR_KEEPER_URL_FILE: everybody":            func(all map[string]string) { loosen(all["HAMYAR_KEEPER_URL_FILE"], 0o644) },
		"HAMYAR_KEEPER_URL_FILE: the file can't be":    func(all map[string]string) { all["HAMYAR_KEEPER_URL_FILE"] += "none" },
		"HAMYAR_KMS_URL_FILE is required":              func(all map[string]string) { delete(all, "HAMYAR_KMS_URL_FILE") },
		"HAMYAR_KRATOS_ADMIN must be an address":       func(all map[string]string) { all["HAMYAR_KRATOS_ADMIN"] = "http://a:b@c" },
		"HAMYAR_DECISION_LOG must be stderr, off":      func(all map[string]string) { all["HAMYAR_DECISION_LOG"] = "decisions.log" },
		"HAMYAR_DECISION_SAMPLE must be a share":       func(all map[string]string) { all["HAMYAR_DECISION_SAMPLE"] = "1.01" },
		"HAMYAR_DECISION_SAMPLE must be a share from":  func(all map[string]string) { all["HAMYAR_DECISION_SAMPLE"] = "NaN" },
		"HAMYAR_WRITES_PER_MINUTE must be a whole":     func(all map[string]string) { all["HAMYAR_WRITES_PER_MINUTE"] = "-1" },
		"HAMYAR_TRUSTED_PROXIES must be networks such": func(all map[string]string) { all["HAMYAR_TRUSTED_PROXIES"] = "10.0.0.1" },
	} {
		all := settings(t)
		spoil(all)
		if _, err := load(all); err == nil || !strings.HasPrefix(err.Error(), name) || strings.Contains(err.Error(), "secret of") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := load(map[string]string{}); err == nil || strings.Count(err.Error(), "\n") < 5 {
		t.Errorf("nothing is set: %v, want all that is missing at once", err)
	}
}

func loosen(path string, mode os.FileMode) {
	if err := os.Chmod(path, mode); err != nil {
		panic(err)
	}
}

func TestSearchIsPacedAndBoundedUnlessSaidOtherwise(t *testing.T) {
	t.Parallel()
	all := settings(t)
	if c, err := load(all); err != nil || c.SearchesPerMinute != 30 || c.SearchMemory != 32<<20 {
		t.Errorf("%d searches, %d bytes, %v", c.SearchesPerMinute, c.SearchMemory, err)
	}
	all["HAMYAR_SEARCHES_PER_MINUTE"], all["HAMYAR_SEARCH_CACHE_MB"] = "7", "1"
	if c, err := load(all); err != nil || c.SearchesPerMinute != 7 || c.SearchMemory != 1<<20 {
		t.Errorf("%d searches, %d bytes, %v", c.SearchesPerMinute, c.SearchMemory, err)
	}
	all["HAMYAR_SEARCH_CACHE_MB"] = "plenty"
	if _, err := load(all); err == nil || strings.Contains(err.Error(), "plenty") {
		t.Error(err)
	}
}

func TestDecisionsAreLoggedUnlessSaidOtherwise(t *testing.T) {
	t.Parallel()
	all := settings(t)
	if c, err := load(all); err != nil || c.DecisionLog != "stderr" || c.DecisionSample != 0.01 {
		t.Errorf("%s, %v, %v", c.DecisionLog, c.DecisionSample, err)
	}
	all["HAMYAR_DECISION_LOG"], all["HAMYAR_DECISION_SAMPLE"] = "/var/log/hamyar/decisions.log", "1"
	if c, err := load(all); err != nil || c.DecisionLog != "/var/log/hamyar/decisions.log" || c.DecisionSample != 1 {
		t.Errorf("%s, %v, %v", c.DecisionLog, c.DecisionSample, err)
	}
}
