package devstack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const oldest, newest = 15, 18 // PostgreSQL's major versions that Hamyar runs on

// binaries are PostgreSQL's programs of one version, all in one folder.
type binaries struct {
	dir   string
	major int
}

func (b binaries) program(name string) string { return filepath.Join(b.dir, name) }

var needed = []string{"initdb", "postgres", "pg_ctl", "pg_dump"}

// Where distributions keep the servers that are not on PATH.
var distributions = []string{
	"/usr/lib/postgresql/*/bin",  // Debian, Ubuntu
	"/usr/pgsql-*/bin",           // PGDG on Red Hat, Fedora, SUSE
	"/usr/lib/postgresql*/bin",   // SUSE, Gentoo
	"/usr/lib64/postgresql*/bin", // Gentoo
	"/usr/libexec/postgresql*",   // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/opt/local/lib/postgresql*/bin", // MacPorts
	"/usr/local/pgsql/bin",           // built from source
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries looks for PostgreSQL of the wanted major version, or of the newest that will do when it is 0.
func findBinaries(ctx context.Context, wanted int) (binaries, bool) {
	best := binaries{}
	for _, dir := range candidates(ctx) {
		major, ok := majorVersion(ctx, dir)
		if ok && major > best.major && (wanted == 0 || major == wanted) {
			best = binaries{dir, major}
		}
	}
	return best, best.major != 0
}

func candidates(ctx context.Context) []string {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	if output, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(output)))
	}
	for _, pattern := range distributions {
		found, _ := filepath.Glob(pattern)
		dirs = append(dirs, found...)
	}
	var real []string
	for _, dir := range dirs {
		// A link in /usr/local/bin may stand for one program of a set that is elsewhere.
		server, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
		if err != nil {
			continue
		}
		if dir := filepath.Dir(server); !slices.Contains(real, dir) && complete(dir) {
			real = append(real, dir)
		}
	}
	return real
}

func complete(dir string) bool {
	for _, name := range needed {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.IsDir() || info.Mode().Perm()&0o111 == 0 {
			return false
		}
	}
	return true
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func majorVersion(ctx context.Context, dir string) (int, bool) {
	output, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, false
	}
	match := versionLine.FindSubmatch(output)
	if match == nil {
		return 0, false
	}
	major, err := strconv.Atoi(string(match[1]))
	return major, err == nil && major >= oldest && major <= newest
}

// ensureBinaries finds PostgreSQL or installs it. wanted is the version that made the data, 0 when there is none yet.
func ensureBinaries(ctx context.Context, wanted int, say *progress) (binaries, error) {
	if found, ok := findBinaries(ctx, wanted); ok {
		return found, nil
	}
	if wanted != 0 {
		return binaries{}, fmt.Errorf("the data is PostgreSQL %d's, which is not on this machine: install it, or use another data folder", wanted)
	}
	if err := install(ctx, say); err != nil {
		return binaries{}, err
	}
	if found, ok := findBinaries(ctx, 0); ok {
		return found, nil
	}
	return binaries{}, fmt.Errorf("what was installed is not PostgreSQL %d to %d: install one of these (server and client programs)", oldest, newest)
}
