package devstack

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// folder is the data folder of one stack, locked for as long as the stack runs.
type folder struct {
	path      string
	asked     string // where the caller wanted it; differs from path where the servers' user may not go
	sockets   string // short, because a socket's path is limited, and private
	account   *account
	ephemeral bool
	lock      *os.File
}

func openFolder(opts Options, as *account, say *progress) (*folder, error) {
	f := &folder{account: as, ephemeral: opts.Ephemeral}
	if err := f.choose(opts.Dir); err != nil {
		return nil, err
	}
	if f.path != f.asked {
		say.say("data folder: %s (the servers run as %s, who may not enter %s)", f.path, as.name, filepath.Dir(f.asked))
	}
	if err := f.make(); err != nil {
		return nil, err
	}
	if err := f.takeLock(); err != nil {
		return nil, err
	}
	if err := f.makeSockets(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *folder) choose(dir string) (err error) {
	if dir == "" && f.ephemeral {
		if dir, err = os.MkdirTemp("", "hamyar-"); err != nil {
			return err
		}
	}
	if dir == "" {
		dir = filepath.Join(checkout(), ".hamyar")
	}
	if f.asked, err = filepath.Abs(dir); err != nil {
		return err
	}
	f.path = f.asked
	if !f.account.mayEnter(filepath.Dir(f.asked)) {
		elsewhere := "/var/tmp"
		if f.ephemeral {
			elsewhere = os.TempDir()
		}
		f.path = filepath.Join(elsewhere, "hamyar-"+fingerprint(f.asked))
	}
	return nil
}

// checkout is the root of Hamyar's source tree that we are in, else the working directory.
func checkout() string {
	here, err := os.Getwd()
	if err != nil {
		return "."
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		module, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(module), "module github.com/hamyar/hamyar\n") {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return here
		}
	}
}

func fingerprint(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

func (f *folder) make() error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o700)
	if f.account != nil {
		mode = 0o711 // its user passes through to the folders that are its own, and lists nothing
	}
	err := ownFolder(f.path, uint32(os.Geteuid()), mode, func() error { return nil })
	if err == nil {
		f.path, err = filepath.EvalSymlinks(f.path)
	}
	return err
}

// ownFolder makes a folder or takes the one that is there, unless it is a link or somebody else's, laid for us to fall into.
func ownFolder(path string, uid uint32, mode os.FileMode, made func() error) error {
	switch err := os.Mkdir(path, mode); {
	case err == nil:
		if err := made(); err != nil {
			return err
		}
	case !errors.Is(err, os.ErrExist):
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || owner.Uid != uid {
		return fmt.Errorf("%s is another user's, or no folder: remove it, or use another data folder", path)
	}
	return os.Chmod(path, mode)
}

// private makes a folder in the data folder that only the servers' user enters.
func (f *folder) private(path string) error {
	uid := uint32(os.Geteuid())
	if f.account != nil {
		uid = f.account.uid
	}
	return ownFolder(path, uid, 0o700, func() error { return f.account.give(path) })
}

func (f *folder) takeLock() error {
	lock, err := os.OpenFile(filepath.Join(f.path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer func() { _ = lock.Close() }() // it was not ours
		holder := make([]byte, 20)
		n, _ := lock.Read(holder)
		return fmt.Errorf("%s is in use by another Hamyar (process %s): stop it first, or use another data folder", f.path, holder[:n])
	}
	f.lock = lock
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err = fmt.Fprint(lock, os.Getpid())
	return err
}

var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._-]+$`)

const longestSocketPath = 100 // Linux takes 107 bytes, macOS and the BSDs 103

func (f *folder) makeSockets() error {
	f.sockets = filepath.Join(f.path, "run")
	if len(f.sockets)+len("/.s.PGSQL.5432") > longestSocketPath || !plainPath.MatchString(f.sockets) {
		f.sockets = filepath.Join("/tmp", "hamyar-run-"+fingerprint(f.path))
	}
	if err := f.private(f.sockets); err != nil {
		return err
	}
	// Sockets of a killed run, and lock files that name processes which now are somebody else's.
	old, err := filepath.Glob(filepath.Join(f.sockets, ".s.PGSQL.*"))
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// close gives the folder up, and removes it where it was made for a test.
func (f *folder) close() error {
	var errs []error
	if f.ephemeral {
		errs = append(errs, os.RemoveAll(f.path), os.RemoveAll(f.asked), os.RemoveAll(f.sockets))
	}
	return errors.Join(append(errs, f.lock.Close())...)
}
