// Package forumtest is a small Hamyar for tests, without HTTP and Kratos: directory, board and keystore on databases of
// its own, reached as the serving roles, with a clock that tests move.
//
// It protects the tests from proving nothing: people act through the product alone, policy decides on what they do, and
// words are sealed. It must never write a row itself, and never serve anything but tests.
package forumtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/blobs"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Where is what another process needs to stand in the same world.
type Where struct{ ForumURL, KeysURL, KMSURL, BlobsURL string }

// World is one Hamyar.
type World struct {
	Where
	Forum, Keys *postgres.DB
	Store       *keystore.Store
	Members     *member.Desk
	Directory   *community.Directory
	Board       *forum.Board
	Shelf       *attachment.Shelf // nil where nobody said where files lie
	Policy      *authz.Engine
	Clock       *Clock

	t testing.TB
}

// New makes a world with its first keys.
func New(t testing.TB) *World {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key) // crypto/rand never fails; it ends the program instead
	at := Where{pgtest.ForumURL(t), pgtest.KeysURL(t), "base64key://" + base64.URLEncoding.EncodeToString(key), "file://" + private(t)}
	keys, err := postgres.Open(t.Context(), at.KeysURL)
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	if err := keystore.Init(t.Context(), keys, at.KMSURL, time.Now); err != nil {
		t.Fatal(err)
	}
	return Enter(t, at)
}

// Enter stands in a world that is there, with empty caches, as another instance of the program would.
func Enter(t testing.TB, at Where) *World {
	t.Helper()
	w := &World{Where: at, Clock: NewClock(), t: t}
	var err error
	if w.Forum, err = postgres.Open(t.Context(), at.ForumURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Forum.Close)
	if w.Keys, err = postgres.Open(t.Context(), at.KeysURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Keys.Close)
	if w.Store, err = keystore.Open(t.Context(), w.Keys, at.KMSURL, w.Clock.Now); err != nil {
		t.Fatal(err)
	}
	policy, err := policyOnce()
	if err != nil {
		t.Fatal(err)
	}
	w.Policy = policy
	log := audit.NewLog(w.Store.AuditRing(), w.Clock.Now)
	w.Members = member.NewDesk(w.Store, nil, policy, w.Clock.Now)
	w.Directory = community.NewDirectory(w.Forum, w.Store, policy, log, w.Clock.Now)
	w.Board = forum.NewBoard(w.Forum, w.Store, w.Directory, policy, log, w.Clock.Now)
	if at.BlobsURL == "" {
		return w
	}
	store, err := blobs.Open(t.Context(), at.BlobsURL, w.Store.Deployment())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // nothing is on its way any more
	w.Shelf = attachment.NewShelf(w.Forum, w.Store, policy, log, store, w.Clock.Now)
	w.Board.Keep(w.Shelf)
	return w
}

// private is a folder for files, of its owner alone.
func private(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "files")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Actor is somebody as if they had signed in this minute with so many factors, and with what the keystore knows of them.
func (w *World) Actor(who uuid.UUID, factors int) member.Actor {
	w.t.Helper()
	actor, err := w.Members.Actor(w.t.Context(), identity.Actor{Identity: who, AAL: factors, AuthenticatedAt: w.Clock.Now()})
	if err != nil {
		w.t.Fatal(err)
	}
	return actor
}

// Member is Actor with one factor.
func (w *World) Member(who uuid.UUID) member.Actor { return w.Actor(who, 1) }

// Staff is somebody new with a role of the installation.
func (w *World) Staff(role string) member.Actor {
	w.t.Helper()
	who := uuid.New()
	_, err := w.Store.UpdateMember(w.t.Context(), who, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, keystore.Role{Name: role})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.Actor(who, 2)
}

// Found makes a programme and a community in it, open and for members unless settings say otherwise.
func (w *World) Found(settings ...func(*community.Founding)) uuid.UUID {
	w.t.Helper()
	by := w.Staff(member.RoleOperator)
	programme, err := w.Directory.CreateProgramme(w.t.Context(), by, "en", community.ProgrammeCard{Name: "Harbour", Operator: "A clinic"}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	founding := community.Founding{
		Programme: programme.ID, Language: "en", Kind: "general", Name: "A quiet place", Description: "For trying.", Rules: "Be kind.",
		Settings: community.Settings{Sensitivity: 1, Visibility: "members", JoinPolicy: "open"},
	}
	for _, set := range settings {
		set(&founding)
	}
	made, err := w.Directory.Create(w.t.Context(), by, founding, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return made.ID
}

// Join makes somebody a member under a name, and returns them as they are then.
func (w *World) Join(who, in uuid.UUID, name string) member.Actor {
	w.t.Helper()
	if err := w.Directory.Join(w.t.Context(), w.Member(who), in, community.Joining{Name: w.Name(name), AcceptedRules: 1}); err != nil {
		w.t.Fatal(err)
	}
	return w.Member(who)
}

// Unmask has one of two leads find out whose a persona is, which leaves its member a notice.
func (w *World) Unmask(in, persona uuid.UUID) error {
	w.t.Helper()
	asked, err := w.Directory.AskUnmasking(w.t.Context(), w.Staff(member.RoleLead), in, persona, sealed.NewText("A court asks who wrote this."))
	if err != nil {
		return err
	}
	_, err = w.Directory.ApproveUnmasking(w.t.Context(), w.Staff(member.RoleLead), in, asked)
	return err
}

// Name is a display name.
func (w *World) Name(text string) persona.Name {
	w.t.Helper()
	name, err := persona.ParseName(text)
	if err != nil {
		w.t.Fatalf("%q: %v", text, err)
	}
	return name
}

// policyOnce compiles the policy once for a test process.
var policyOnce = sync.OnceValues(func() (*authz.Engine, error) { return authz.New(context.Background()) })
