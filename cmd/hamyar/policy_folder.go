package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/authz/bundle"
	"github.com/hamyar/hamyar/internal/config"
)

// additions is the folder whose bundle the engine follows, nil where the built-in policy decides alone.
func additions(ctx context.Context, c config.Policy, engine *authz.Engine, logger *slog.Logger, clock func() time.Time) (*bundle.Folder, error) {
	if c.Folder == "" {
		return nil, nil //nolint:nilnil // there is none, and that is well
	}
	keys, err := bundleKeys(c.Keys)
	if err != nil {
		return nil, err
	}
	return bundle.Open(ctx, bundle.Options{Folder: c.Folder, State: c.State, Keys: keys, MaxAge: c.MaxAge, Engine: engine, Log: logger, Clock: clock})
}

func bundleKeys(path string) (bundle.Keys, error) {
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("%s: the public key can't be read", path)
	}
	keys, err := bundle.ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// policyMetrics tell which policy decides, whether or not an operator adds to it.
func (s *server) policyMetrics() prometheus.Collector {
	if s.additions != nil {
		return s.additions
	}
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hamyar_policy_info", Help: "The policy that decides, and the operator's bundle in it.",
		ConstLabels: prometheus.Labels{"revision": s.policy.Revision(), "bundle": "built-in"},
	}, func() float64 { return 1 })
}

// developmentPolicy is where `up` takes bundles from, with a key to sign them. It is for one machine: whoever has the
// folder has the key.
func developmentPolicy(dir string) (config.Policy, error) {
	p := config.Policy{
		Folder: filepath.Join(dir, "policy"), State: filepath.Join(dir, "policy-state"),
		Keys: filepath.Join(dir, "policy.key.pub"), MaxAge: 7 * 24 * time.Hour,
	}
	for _, folder := range []string{p.Folder, p.State} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return config.Policy{}, err
		}
	}
	if exists(p.Keys) {
		return p, nil
	}
	private, public, err := bundle.NewKey()
	if err != nil {
		return config.Policy{}, err
	}
	if err := writeWhole(filepath.Join(dir, "policy.key"), private); err != nil {
		return config.Policy{}, err
	}
	return p, writeWhole(p.Keys, public)
}

// examinePolicy looks at the policy that is built in, and at what an operator adds to it, as a server would take it up.
func examinePolicy(ctx context.Context, c config.Config) finding {
	engine, err := authz.New(ctx)
	if err != nil {
		return finding{"policy", "does not compile or fails its vectors", "this build is broken: use another"}
	}
	if c.Policy.Folder == "" {
		return finding{about: "policy", saw: "revision " + engine.Revision()}
	}
	keys, err := bundleKeys(c.Policy.Keys)
	if err != nil {
		return finding{"policy", err.Error(), "name the public key of who signs bundles in HAMYAR_POLICY_KEY_FILE"}
	}
	if exists(filepath.Join(c.Policy.Folder, bundle.Switch)) {
		return finding{"policy", "everything is denied", "remove " + bundle.Switch + " from HAMYAR_POLICY when that has served its purpose"}
	}
	meta, err := bundle.Examine(ctx, bundle.Options{Folder: c.Policy.Folder, State: c.Policy.State, Keys: keys, Engine: engine})
	switch {
	case err != nil:
		return finding{"policy", err.Error(), "lay a bundle that `hamyar policy check` finds well into HAMYAR_POLICY"}
	case meta.Serial == 0:
		return finding{about: "policy", saw: "revision " + engine.Revision() + ", with nothing added"}
	}
	return finding{about: "policy", saw: fmt.Sprintf("revision %s, with bundle %d of %s", engine.Revision(), meta.Serial, meta.Issued.Format(time.DateOnly))}
}
