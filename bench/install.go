package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/migrations"
)

// ground is what an installation of Hamyar stands on, as its own program would wire it.
type ground struct {
	forum, keys *postgres.DB
	store       *keystore.Store
	policy      *authz.Engine
	kratos      *identity.Kratos
	desk        *member.Desk
}

// installation is where the program finds everything: the folder of its secrets, and its addresses.
type installation struct {
	folder             string
	forumURL, keysURL  string
	kmsURL, origin     string
	kratosURL, adminOf string
	admins             []string // addresses of its databases for the superuser
}

// install makes an installation of its own for a world, beside whatever else stands on the stack.
func install(ctx context.Context, stack *devstack.Stack, folder string, communities int) (*installation, error) {
	in := &installation{folder: folder, origin: "http://localhost:8080", kratosURL: stack.KratosPublic, adminOf: stack.KratosAdmin}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	root := filepath.Join(folder, "root.key")
	if err := os.WriteFile(root, []byte(base64.StdEncoding.EncodeToString(key)), 0o600); err != nil {
		return nil, err
	}
	in.kmsURL = "file://" + root
	for _, d := range []struct {
		kind  migrations.Database
		admin string
		into  *string
	}{{migrations.Forum, stack.Forum.AdminURL, &in.forumURL}, {migrations.Keys, stack.Keys.AdminURL, &in.keysURL}} {
		name := fmt.Sprintf("%s_%d", d.kind.Name, communities)
		var err error
		if *d.into, err = database(ctx, d.kind, d.admin, name); err != nil {
			return nil, err
		}
		admin, err := migrations.In(d.admin, name)
		if err != nil {
			return nil, err
		}
		in.admins = append(in.admins, admin)
	}
	keys, err := postgres.Open(ctx, in.keysURL)
	if err != nil {
		return nil, err
	}
	defer keys.Close()
	return in, keystore.Init(ctx, keys, in.kmsURL, now)
}

const password = "bench" // of every role: the clusters answer on private sockets alone

// database makes a database with its roles and tables, and returns the address of it for the role that serves.
func database(ctx context.Context, kind migrations.Database, admin, name string) (string, error) {
	superuser, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	defer superuser.Close(ctx)
	if err := kind.Install(ctx, superuser, name, migrations.Passwords{Owner: password, App: password, Worker: password, Keeper: password}); err != nil {
		return "", err
	}
	owned, err := migrations.URL(admin, kind.Owner, password, name)
	if err != nil {
		return "", err
	}
	owner, err := pgx.Connect(ctx, owned)
	if err != nil {
		return "", err
	}
	defer owner.Close(ctx)
	if _, _, err := kind.Forward(ctx, owner, nil); err != nil {
		return "", err
	}
	return migrations.URL(admin, kind.App, password, name)
}

// open wires the installation for planting. Nothing of what is planted needs to survive a power cut.
func (in *installation) open(ctx context.Context) (g *ground, err error) {
	g = &ground{}
	const careless = "&options=-c%20synchronous_commit%3Doff"
	if g.forum, err = postgres.Open(ctx, in.forumURL+careless); err != nil {
		return nil, err
	}
	if g.keys, err = postgres.Open(ctx, in.keysURL+careless); err != nil {
		return nil, err
	}
	if g.store, err = keystore.Open(ctx, g.keys, in.kmsURL, now); err != nil {
		return nil, err
	}
	if g.policy, err = authz.New(ctx); err != nil {
		return nil, err
	}
	g.kratos, err = identity.New(identity.Options{
		KratosPublic: in.kratosURL, KratosAdmin: in.adminOf, Origin: in.origin, Clock: now, RateKey: g.store.RateKey,
		Problem: func(http.ResponseWriter, *http.Request, error) {},
	})
	g.desk = member.NewDesk(g.store, g.kratos, g.policy, now)
	return g, err
}

// settle leaves nothing of the planting to be done while others measure.
func (in *installation) settle(ctx context.Context) error {
	for _, address := range in.admins {
		superuser, err := pgx.Connect(ctx, address)
		if err != nil {
			return err
		}
		_, err = superuser.Exec(ctx, "VACUUM ANALYZE")
		if err == nil {
			_, err = superuser.Exec(ctx, "CHECKPOINT")
		}
		if err := errors.Join(err, superuser.Close(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// alone makes an installation on a stack of its own, for as long as something is done with it.
func alone(ctx context.Context, name string, communities int, options devstack.Options, progress io.Writer, do func(in *installation) error) (err error) {
	options.Ephemeral, options.Progress, options.Settings = true, progress, flushed
	stack, err := devstack.Start(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Stop()) }()
	folder := filepath.Join(stack.Dir, "bench-"+name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	in, err := install(ctx, stack, folder, communities)
	if err != nil {
		return err
	}
	return do(in)
}

func (g *ground) close() {
	g.forum.Close()
	g.keys.Close()
}

func now() time.Time { return time.Now().UTC() }
