package bundle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/hamyar/hamyar/internal/authz"
)

const (
	// File is the bundle's name in the folder.
	File = "bundle.tar.gz"
	// Switch is the name of the file whose presence denies everything.
	Switch = "deny-all"
	// Every is how often the folder is looked at.
	Every = 2 * time.Second

	retryRefused = time.Minute // what failed for another reason than its content may be taken then
)

// Options of a Folder.
type Options struct {
	Folder string        // where the operator lays the bundle and the switch
	State  string        // a folder of this program's own, which remembers
	Keys   Keys          // whose signature counts
	MaxAge time.Duration // for how long a policy serves that could not be confirmed; 0: for ever
	Engine *authz.Engine
	Log    *slog.Logger
	Clock  func() time.Time
}

// Folder keeps an engine at what the operator lays into a folder. It is safe for concurrent use.
type Folder struct {
	Options
	mu       sync.Mutex
	memory   *memory
	serving  *Meta // nil: the built-in policy alone
	tried    attempt
	wrong    Code // with what lies there, "" for nothing
	refusals int
	closed   Code // why everything is denied, "" where it is not

	noted     time.Time // when the memory was written
	unkept    bool      // it is newer than what is written
	unwritten bool      // writing it failed
}

// attempt is a bundle that was refused.
type attempt struct {
	digest string
	at     time.Time
	err    error
}

// Open brings the engine to what lies in the folder before anybody is served. A bundle that is refused leaves the last
// good one; where there is none, that is an error, and its text tells an operator what to do.
func Open(ctx context.Context, o Options) (*Folder, error) {
	f := &Folder{Options: o}
	var err error
	if f.memory, err = recall(o.State); err != nil {
		return nil, err
	}
	if f.memory.Confirmed.IsZero() {
		f.memory.Confirmed = o.Clock()
	}
	last := f.takeUp(ctx)
	err = cmp.Or(f.look(ctx), last)
	switch {
	case f.unwritten:
		return nil, errors.New("HAMYAR_POLICY_STATE can't be written: let the server's user write into it")
	case f.serving == nil && err != nil:
		return nil, fmt.Errorf("%w: lay a bundle that `hamyar policy check` finds well into HAMYAR_POLICY; or, to serve under the built-in policy alone, take it away, and %s out of HAMYAR_POLICY_STATE", err, lastGoodFile)
	}
	return f, nil
}

// takeUp serves the last good bundle again, if there is one.
func (f *Folder) takeUp(ctx context.Context) error {
	if f.memory.lastGood == nil {
		return nil
	}
	meta, err := f.let(ctx, f.memory.lastGood)
	if err == nil {
		f.serving, f.memory.Seen = &meta, meta.Seen
	}
	return err
}

// Examine reads what lies in the folder as Open would take it up, into an engine that is there for trying, and changes
// nothing else. The zero Meta is that nothing lies there.
func Examine(ctx context.Context, o Options) (Meta, error) {
	f := &Folder{Options: o}
	var err error
	if f.memory, err = recall(o.State); err != nil {
		return Meta{}, err
	}
	packed, err := f.fetch()
	switch {
	case err != nil:
		return Meta{}, err
	case packed == nil && f.memory.lastGood != nil:
		return Meta{}, missing()
	case packed == nil:
		return Meta{}, nil
	}
	return f.let(ctx, packed)
}

// Look looks at the folder once. What it finds wrong goes into the log and the metrics, once each time that it changes.
func (f *Folder) Look(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.look(ctx) // told, and counted
	return nil
}

// look is Look, and why what lies in the folder does not serve.
func (f *Folder) look(ctx context.Context) error {
	switched, err := f.switched()
	if err == nil {
		err = f.follow(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err() // the program ends; nothing is wrong with the bundle
	}
	now := f.Clock()
	f.judge(CodeOf(err))
	if err == nil {
		f.memory.Confirmed = now
	}
	f.remember(now)
	f.close(switched, now)
	return err
}

// switched reports whether the switch is there. Where nobody can tell, it stays as it was.
func (f *Folder) switched() (bool, error) {
	was := f.closed == switchedOff
	if _, err := os.Stat(f.Folder); err != nil {
		return was, refused(Unreadable, err, "its folder")
	}
	switch _, err := os.Lstat(filepath.Join(f.Folder, Switch)); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	default:
		return was, refused(Unreadable, err, Switch)
	}
}

// follow brings the engine to the bundle that lies there.
func (f *Folder) follow(ctx context.Context) error {
	packed, err := f.fetch()
	switch {
	case err != nil:
		return err
	case packed == nil && f.serving == nil:
		return nil
	case packed == nil: // nobody signed that the denials end
		return missing()
	case f.serving != nil && digest(packed) == f.serving.Digest:
		return nil
	case digest(packed) == f.tried.digest && f.Clock().Sub(f.tried.at) < retryRefused:
		return f.tried.err
	}
	meta, err := f.let(ctx, packed)
	if err != nil {
		f.tried = attempt{digest(packed), f.Clock(), err}
		return err
	}
	f.serve(&meta, packed)
	return nil
}

func missing() error {
	return refuse(Missing, "it is missing: lay it back, or, to serve under the built-in policy alone, sign an empty one")
}

// let has the engine take a bundle.
func (f *Folder) let(ctx context.Context, packed []byte) (Meta, error) {
	overlay, meta, err := Read(packed, Trust{Keys: f.Keys, Seen: f.memory.Seen})
	if err != nil {
		return Meta{}, err
	}
	if err := f.Engine.Apply(ctx, &overlay); err != nil {
		return Meta{}, refused(NotLetIn, err, "the engine does not take it")
	}
	return meta, nil
}

// fetch is the bundle that lies there, nil for none. It is opened without waiting, looked at, and read so far as a bundle
// may be: who lays files there might lay a pipe, or a file that grows.
func (f *Folder) fetch() ([]byte, error) {
	if _, err := os.Stat(f.Folder); err != nil {
		return nil, refused(Unreadable, err, "its folder")
	}
	file, err := os.OpenFile(filepath.Join(f.Folder, File), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, refused(Unreadable, err, File)
	}
	defer func() { _ = file.Close() }() // it was only read
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, refuse(Unreadable, "%s is no plain file", File)
	}
	packed, err := io.ReadAll(io.LimitReader(file, mostPacked+1))
	switch {
	case err != nil:
		return nil, refused(Unreadable, err, File)
	case len(packed) > mostPacked:
		return nil, refuse(TooLarge, "it is larger than %d bytes", mostPacked)
	}
	return packed, nil
}
