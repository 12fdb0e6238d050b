package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// archiving is how a careful operator's clusters are set: every segment of the write-ahead log is kept.
var archiving = map[string]string{
	"wal_level": "replica", "max_wal_senders": "4", "archive_mode": "on",
	"archive_command": "mkdir -p ../archive && cp %p ../archive/%f", "hot_standby": "off",
}

// vault is a Hamyar on clusters of its own, from which real backups are taken.
type vault struct {
	*house
	stack *devstack.Stack
}

func newVault(t *testing.T) *vault {
	t.Helper()
	stack := cluster(t, temporary(t), archiving)
	clock := &movable{}
	c, err := setUp(t.Context(), stack, clock.now, func(string, ...any) {})
	if err != nil {
		t.Fatal(err)
	}
	return &vault{wired(t, c, clock), stack}
}

// temporary is a folder that the servers' user may pass.
func temporary(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hamyar-vault-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func cluster(t *testing.T, dir string, settings map[string]string) *devstack.Stack {
	t.Helper()
	stack, err := devstack.Start(t.Context(), devstack.Options{Dir: dir, Ephemeral: true, NoKratos: true, Settings: settings, Progress: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Stop() })
	return stack
}

// wired is a Hamyar with this configuration, whose people sign in where those of all tests do.
func wired(t *testing.T, c config.Config, clock *movable) *house {
	t.Helper()
	kratos := pgtest.Stack(t)
	c.KratosPublic, c.KratosAdmin, c.Origin = kratos.KratosPublic, kratos.KratosAdmin, "http://localhost:8080"
	h := &house{t: t, log: &diary{}, clock: clock}
	var err error
	if h.server, err = newServer(t.Context(), c, slog.New(slog.NewJSONHandler(h.log, nil)), clock.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.server.close)
	web := httptest.NewServer(h.public)
	t.Cleanup(web.Close)
	h.origin = web.URL
	return h
}

// anew is a Hamyar of its own, started now, with this configuration: no cache of it knows anything.
func (v *vault) anew(c config.Config) *house { return wired(v.t, c, v.clock) }

// adminOf is the superuser's address of a database that a rewound cluster holds.
func (v *vault) adminOf(address config.Secret) string {
	v.t.Helper()
	c, err := pgx.ParseConfig(address.Reveal())
	if err != nil {
		v.t.Fatal(err)
	}
	password := read(v.t, filepath.Join(v.stack.Dir, map[uint16]string{5432: "forum", 5433: "keys"}[c.Port], "password"))
	url, err := migrations.URL(address.Reveal(), "postgres", string(password), c.Database)
	if err != nil {
		v.t.Fatal(err)
	}
	return url
}

// closed wants that somebody can't sign in any more.
func (v *vault) closed(p *person) {
	v.t.Helper()
	if _, err := v.kratos.SignIn(v.t.Context(), p.username, p.password, ""); err == nil {
		v.t.Error("an erased member signs in")
	}
}

// backup is what an operator keeps of one moment: a dump of each database, a copy of each cluster, and a name in each
// write-ahead log to which the copy can be brought.
type backup struct {
	moment string
	dumps  map[string][]byte
	copies string // of forum and keys, each a data directory
}

func (v *vault) admin(name string) string {
	return map[string]string{"forum": v.stack.Forum.AdminURL, "keys": v.stack.Keys.AdminURL}[name]
}

// backUp takes a backup whose copy is older than what stands in the log at its name.
func (v *vault) backUp(moment string, change func()) backup {
	v.t.Helper()
	b := backup{moment: moment, dumps: map[string][]byte{}, copies: temporary(v.t)}
	for _, name := range []string{"forum", "keys"} {
		v.copyCluster(name, filepath.Join(b.copies, name))
	}
	change()
	for _, name := range []string{"forum", "keys"} {
		b.dumps[name] = dump(v.t, inDatabase(v.t, v.admin(name), name), "--format=custom")
		if _, err := connectTo(v.t, v.admin(name)).Exec(v.t.Context(), `SELECT pg_create_restore_point($1)`, moment); err != nil {
			v.t.Fatal(err)
		}
	}
	return b
}

func (v *vault) copyCluster(name, into string) {
	v.t.Helper()
	v.program("pg_basebackup", v.admin(name), "--pgdata="+into, "--checkpoint=fast", "--wal-method=fetch")
}

// program runs one of PostgreSQL's beside a cluster.
func (v *vault) program(name, adminURL string, args ...string) {
	v.t.Helper()
	c, err := pgx.ParseConfig(adminURL)
	if err != nil {
		v.t.Fatal(err)
	}
	args = append(args, "--host="+c.Host, fmt.Sprintf("--port=%d", c.Port), "--username="+c.User, "--no-password")
	command := exec.CommandContext(v.t.Context(), filepath.Join(v.stack.Binaries, name), args...)
	command.Env = append(os.Environ(), "PGPASSWORD="+c.Password)
	if out, err := command.CombinedOutput(); err != nil {
		v.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// archived waits until the whole of the write-ahead log is in the archive.
func (v *vault) archived(name string) {
	v.t.Helper()
	admin := connectTo(v.t, v.admin(name))
	var segment string
	if err := admin.QueryRow(v.t.Context(), `SELECT pg_walfile_name(pg_switch_wal())`).Scan(&segment); err != nil {
		v.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(v.t.Context(), time.Minute)
	defer cancel()
	for there := false; !there; {
		if err := admin.QueryRow(ctx, `SELECT coalesce(last_archived_wal >= $1, false) FROM pg_stat_archiver`, segment).Scan(&there); err != nil {
			v.t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// rewind brings the copies of both clusters to the moment of a backup, or to the end of the log, in clusters of their
// own. The configuration is that of the house, upon them.
func (v *vault) rewind(b backup, moment string) config.Config {
	v.t.Helper()
	dir := temporary(v.t)
	for _, name := range []string{"forum", "keys"} {
		v.archived(name)
		from, into := filepath.Join(v.stack.Dir, name), filepath.Join(dir, name)
		for _, part := range [][2]string{{filepath.Join(b.copies, name), "data"}, {filepath.Join(from, "archive"), "archive"}, {filepath.Join(from, "password"), "password"}} {
			v.copyFolder(part[0], filepath.Join(into, part[1]))
		}
		v.write(filepath.Join(into, "data", "recovery.signal"), "")
		v.giveTo(from, into)
	}
	v.copyFolder(filepath.Join(v.stack.Dir, "roles.json"), filepath.Join(dir, "roles.json"))
	settings := maps.Clone(archiving)
	settings["restore_command"], settings["archive_mode"] = "cp ../archive/%f %p", "off"
	if moment != "" {
		settings["recovery_target_name"], settings["recovery_target_action"] = moment, "promote"
	}
	c, err := developmentConfig(cluster(v.t, dir, settings))
	if err != nil {
		v.t.Fatal(err)
	}
	c.KMSURL, c.Tombstones = v.config.KMSURL, v.config.Tombstones
	return c
}

// copyFolder copies a folder or a file.
func (v *vault) copyFolder(from, into string) {
	v.t.Helper()
	if err := os.MkdirAll(filepath.Dir(into), 0o700); err != nil {
		v.t.Fatal(err)
	}
	if out, err := exec.CommandContext(v.t.Context(), "cp", "-a", from, into).CombinedOutput(); err != nil {
		v.t.Fatalf("%v: %s", err, out)
	}
}

func (v *vault) write(path, content string) {
	v.t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// giveTo makes all of a folder the servers' own, whose folder shows who they are.
func (v *vault) giveTo(like, folder string) {
	v.t.Helper()
	info, err := os.Stat(like)
	if err != nil {
		v.t.Fatal(err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		v.t.Fatal("nobody owns it")
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		v.t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // it was only walked
	err = fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return root.Lchown(path, int(owner.Uid), int(owner.Gid))
	})
	if err != nil {
		v.t.Fatal(err)
	}
}

// restore reads a dump into a database beside the one that it is of, and returns that one's addresses with the other name.
func (v *vault) restore(b backup, name string) (rename func(config.Secret) config.Secret) {
	v.t.Helper()
	kind, other := migrations.Forum, "forum_of_"+b.moment
	if name == "keys" {
		kind, other = migrations.Keys, "keys_of_"+b.moment
	}
	if _, err := connectTo(v.t, v.admin(name)).Exec(v.t.Context(), fmt.Sprintf(`CREATE DATABASE %s OWNER %s`, other, kind.Owner)); err != nil {
		v.t.Fatal(err)
	}
	file := filepath.Join(temporary(v.t), name)
	v.write(file, string(b.dumps[name]))
	v.program("pg_restore", v.admin(name), "--dbname="+other, "--exit-on-error", file)
	return func(s config.Secret) config.Secret {
		return config.NewSecret(strings.Replace(s.Reveal(), "/"+name+"?", "/"+other+"?", 1))
	}
}

// in is the same vault inside a part of a test.
func (v *vault) in(t *testing.T) *vault {
	t.Helper()
	h := *v.house
	h.t = t
	return &vault{&h, v.stack}
}

// at is somebody at another house, with the session that they have.
func (p *person) at(h *house) *person {
	there := *p
	there.h = h
	return &there
}
