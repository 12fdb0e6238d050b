package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestDoctorFindsNothingInAHealthyHouse(t *testing.T) {
	h := open(t)
	for _, f := range examine(t.Context(), h.config, h.clock.now) {
		if f.mend != "" {
			t.Errorf("%s: %s → %s", f.about, f.saw, f.mend)
		}
		if strings.Contains(f.saw+f.mend, "postgres://") {
			t.Errorf("%s shows a URL", f.about)
		}
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	for about, hurt := range map[string]func(*house, *config.Config){
		"identity server": func(_ *house, c *config.Config) { c.KratosPublic, c.KratosAdmin = down.URL, down.URL },
		"forum database": func(_ *house, c *config.Config) {
			c.ForumURL = config.NewSecret("postgres://nobody@127.0.0.1:1/none")
		},
		"forum database, role": func(h *house, c *config.Config) {
			c.ForumURL = config.NewSecret(pgtest.Admin(h.t, migrations.Forum, h.config.ForumURL.Reveal()))
		},
		"forum database, grants": func(h *house, _ *config.Config) {
			asOwner(h.t, migrations.Forum, h.config.ForumURL, "GRANT SELECT ON audit_event TO hamyar_app")
		},
		"keys database, grants": func(h *house, _ *config.Config) {
			asOwner(h.t, migrations.Keys, h.config.KeysURL, "GRANT TRUNCATE ON member TO keystore_app")
		},
		"forum database, migrations": func(h *house, _ *config.Config) {
			asOwner(h.t, migrations.Forum, h.config.ForumURL, "UPDATE schema_version SET version = version - 1")
		},
		"forum database, logging": func(h *house, c *config.Config) {
			c.ForumURL = config.NewSecret(c.ForumURL.Reveal() + separator(c.ForumURL.Reveal()) + "log_error_verbosity=verbose")
			admin := config.NewSecret(pgtest.Admin(h.t, migrations.Forum, h.config.ForumURL.Reveal()))
			connect(h.t, admin.Reveal(), "GRANT SET ON PARAMETER log_error_verbosity TO hamyar_app")
			h.t.Cleanup(func() { connect(h.t, admin.Reveal(), "REVOKE SET ON PARAMETER log_error_verbosity FROM hamyar_app") })
		},
		"attachments": func(_ *house, c *config.Config) { c.Blobs = config.NewSecret(c.Blobs.Reveal() + "/none") },
		"keys": func(_ *house, c *config.Config) {
			c.KMSURL = config.NewSecret("base64key://AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=")
		},
		"keys, deployment": func(h *house, _ *config.Config) {
			asOwner(h.t, migrations.Forum, h.config.ForumURL, "UPDATE installation SET deployment = gen_random_uuid()")
		},
		"worker": func(_ *house, c *config.Config) { c.WorkerURL = c.ForumURL },
		"keeper": func(_ *house, c *config.Config) { c.KeeperURL = c.KeysURL },
		"tombstones": func(h *house, c *config.Config) {
			if err := os.WriteFile(filepath.Join(c.Tombstones, "0.json"), []byte("moss"), 0o600); err != nil {
				h.t.Fatal(err)
			}
		},
		"keys, standby": func(_ *house, c *config.Config) { c.LoneKeystore = false },
	} {
		t.Run(about, func(t *testing.T) {
			h := open(t)
			c := h.config
			hurt(h, &c)
			var mended []string
			for _, f := range examine(t.Context(), c, h.clock.now) {
				if f.mend != "" {
					mended = append(mended, f.about)
				}
			}
			if len(mended) == 0 || mended[0] != about {
				t.Fatalf("found %v", mended)
			}
		})
	}
}

func TestDoctorSeesAClockThatIsAway(t *testing.T) {
	h := open(t)
	h.clock.move(time.Minute)
	found := false
	for _, f := range examine(t.Context(), h.config, h.clock.now) {
		found = found || f.about == "forum database, clock" && f.mend != ""
	}
	if !found {
		t.Fatal("a minute went unseen")
	}
}

func separator(url string) string {
	if strings.Contains(url, "?") {
		return "&"
	}
	return "?"
}

func asOwner(t *testing.T, kind migrations.Database, url config.Secret, sql string) {
	t.Helper()
	connect(t, pgtest.Owner(t, kind, url.Reveal()), sql)
}

func connect(t *testing.T, url, sql string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}
