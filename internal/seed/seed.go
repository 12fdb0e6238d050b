// Package seed plants the demonstration data: it signs fictional people up and lets them found, join and write through
// the product itself, so that what is seen was sealed, decided and recorded like anything a member does.
//
// It protects an installation with real people in it: it only ever runs for `hamyar up`, on a private stack. It must
// never write a row on its own.
package seed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/demo"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Ground is what a world is planted in.
type Ground struct {
	Forum    *postgres.DB
	Keys     *keystore.Store
	Policy   *authz.Engine
	Kratos   *identity.Kratos
	Members  *member.Desk
	Folder   string // where accounts and the mark of a finished planting are kept
	Origin   string
	Progress io.Writer
}

// gardener plants one world. Its clock is that of the moment being told.
type gardener struct {
	Ground
	world       demo.World
	now, at     time.Time
	directory   *community.Directory
	board       *forum.Board
	accounts    Accounts
	identities  map[string]uuid.UUID // by member key
	programmes  map[string]uuid.UUID
	communities map[string]uuid.UUID
}

// Plant plants the demonstration world, unless it stands already. A planting that was cut short is completed: every
// step can be repeated.
func Plant(ctx context.Context, ground Ground, now time.Time) error {
	accounts, err := ReadAccounts(ground.Folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	accounts.Origin = ground.Origin
	if _, err := os.Stat(ground.mark()); err == nil {
		return accounts.write(ground.Folder)
	}
	world, err := demo.Load()
	if err != nil {
		return err
	}
	g := &gardener{
		Ground: ground, world: world, now: now, at: now, accounts: accounts,
		identities: map[string]uuid.UUID{}, programmes: map[string]uuid.UUID{}, communities: map[string]uuid.UUID{},
	}
	clock := func() time.Time { return g.at }
	log := audit.NewLog(ground.Keys.AuditRing(), clock)
	g.directory = community.NewDirectory(ground.Forum, ground.Keys, ground.Policy, log, clock)
	g.board = forum.NewBoard(ground.Forum, ground.Keys, g.directory, ground.Policy, log, clock)
	for _, step := range []func(context.Context) error{g.signUp, g.found, g.join, g.talk} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	g.say("\n")
	return os.WriteFile(ground.mark(), nil, 0o600)
}

func (g Ground) mark() string { return filepath.Join(g.Folder, "planted") }

func (g *gardener) say(format string, args ...any) {
	_, _ = fmt.Fprintf(g.Progress, format, args...) // progress that nobody sees harms nobody
}

// actor is a member as if signed in at the moment being told, with the second factor that staff have.
func (g *gardener) actor(ctx context.Context, key string) (member.Actor, error) {
	aal := 1
	if g.staff(key) {
		aal = 2
	}
	return g.Members.Actor(ctx, identity.Actor{Identity: g.identities[key], AAL: aal, AuthenticatedAt: g.at})
}

// staff are those who hold a role somewhere: they get a second factor.
func (g *gardener) staff(key string) bool {
	for _, m := range g.world.Members {
		if m.Key != key {
			continue
		}
		for _, p := range m.Personas {
			if p.Role == "moderator" {
				return true
			}
		}
		return m.Role != ""
	}
	return false
}

// withRole is the first member who holds a role of the installation, of a programme where one is named.
func (g *gardener) withRole(role, programme string) string {
	for _, m := range g.world.Members {
		if m.Role == role && (programme == "" || m.ProgrammeKey == programme) {
			return m.Key
		}
	}
	return ""
}
