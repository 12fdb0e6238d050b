package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/authz/bundle"
	"github.com/hamyar/hamyar/internal/authz/matrix"
)

// policyNewKey makes the key under which an operator signs bundles.
func (p program) policyNewKey(_ context.Context, args []string) error {
	flags, err := p.workFlags("policy", "new-key", `FILE
makes a key to sign bundles with, which its owner alone may read, and beside it FILE.pub, which servers get as
HAMYAR_POLICY_KEY_FILE. Keep the key away from servers. It never replaces a file.`, args, nil)
	if err != nil {
		return said(err)
	}
	if flags.NArg() != 1 {
		return errors.New("hamyar policy new-key FILE")
	}
	private, public, err := bundle.NewKey()
	if err != nil {
		return err
	}
	file := flags.Arg(0)
	if err := writeNew(file+".pub", public); err != nil {
		return err
	}
	if err := writeNew(file, private); err != nil {
		return errors.Join(err, os.Remove(file+".pub"))
	}
	p.say("%s       sign with it, and keep it to yourself\n%s.pub   give it to servers, in HAMYAR_POLICY_KEY_FILE", file, file)
	return nil
}

// policySign makes a bundle of a folder, after trying it as a server would.
func (p program) policySign(ctx context.Context, args []string) error {
	var key, output string
	var serial uint64
	flags, err := p.workFlags("policy", "sign", `-key FILE -serial N -output FILE DIR
makes a signed bundle of the folder "operator" in DIR, if a server would take it. Tests stay behind.`, args, func(f *flag.FlagSet) {
		f.StringVar(&key, "key", "", "the key, as hamyar policy new-key made it")
		f.Uint64Var(&serial, "serial", 0, "number of the bundle: greater than that of every one before")
		f.StringVar(&output, "output", "", "where the bundle is written; one that is there is replaced")
	})
	if err != nil {
		return said(err)
	}
	if flags.NArg() != 1 || key == "" || serial == 0 || output == "" {
		return errors.New("hamyar policy sign -key FILE -serial N -output FILE DIR")
	}
	text, err := readOwn(key)
	if err != nil {
		return err
	}
	private, err := bundle.ParsePrivate(text)
	if err != nil {
		return err
	}
	files := os.DirFS(flags.Arg(0))
	overlay, err := tryDraft(ctx, flags.Arg(0))
	if err != nil {
		return err
	}
	packed, err := bundle.Sign(files, private, bundle.Stamp{Serial: serial, Issued: utc()})
	if err != nil {
		return err
	}
	if err := writeWhole(output, packed); err != nil {
		return fmt.Errorf("%s can't be written", output)
	}
	p.warnOfNothing(overlay)
	p.say("%s: bundle %d, %d bytes", output, serial, len(packed))
	return nil
}

// policyCheck tells whether a server would take a folder or a bundle, and what in it changes nothing.
func (p program) policyCheck(ctx context.Context, args []string) error {
	key := p.getenv("HAMYAR_POLICY_KEY_FILE")
	flags, err := p.workFlags("policy", "check", `[-key FILE.pub] DIR|FILE
tells whether a server would take the folder "operator" in DIR, or the bundle FILE, and warns of denials that change nothing.
Whether a bundle is newer than the one that serves, only the server knows: see hamyar doctor.`, args, func(f *flag.FlagSet) {
		f.StringVar(&key, "key", key, "file with the public keys whose signature counts, for a bundle (default: HAMYAR_POLICY_KEY_FILE)")
	})
	if err != nil {
		return said(err)
	}
	if flags.NArg() != 1 {
		return errors.New("hamyar policy check [-key FILE.pub] DIR|FILE")
	}
	overlay, err := readAdditions(ctx, flags.Arg(0), key)
	if err != nil {
		return err
	}
	idle, err := idleDenials(ctx, overlay)
	if err != nil {
		return err
	}
	for _, path := range idle {
		p.say("WARN  %s changes nothing of what anybody may do: it denies what is denied already, or what is everybody's right", path)
	}
	p.warnOfNothing(overlay)
	p.say("A server takes it: %d packages%s.", len(overlay.Modules), map[bool]string{true: ", and defaults"}[overlay.Defaults != nil])
	return nil
}

// warnOfNothing is for who meant to deny something.
func (p program) warnOfNothing(overlay authz.Overlay) {
	if len(overlay.Modules) == 0 {
		p.say("WARN  no rule is in it: under it, the built-in policy decides alone")
	}
}

// readAdditions reads and tries a folder, or a bundle under the keys in a file.
func readAdditions(ctx context.Context, path, key string) (authz.Overlay, error) {
	info, err := os.Stat(path)
	if err != nil {
		return authz.Overlay{}, fmt.Errorf("%s can't be read", path)
	}
	if info.IsDir() {
		return tryDraft(ctx, path)
	}
	if key == "" {
		return authz.Overlay{}, errors.New("-key FILE.pub says whose signature counts on a bundle")
	}
	keys, err := bundleKeys(key)
	if err != nil {
		return authz.Overlay{}, err
	}
	packed, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return authz.Overlay{}, fmt.Errorf("%s can't be read", path)
	}
	overlay, _, err := bundle.Read(packed, bundle.Trust{Keys: keys})
	if err != nil {
		return authz.Overlay{}, err
	}
	return overlay, try(ctx, overlay)
}

func tryDraft(ctx context.Context, dir string) (authz.Overlay, error) {
	overlay, err := bundle.Draft(os.DirFS(dir))
	if err != nil {
		return authz.Overlay{}, err
	}
	return overlay, try(ctx, overlay)
}

// try has an engine of its own take the additions, as a server's would.
func try(ctx context.Context, overlay authz.Overlay) error {
	engine, err := authz.New(ctx)
	if err != nil {
		return err
	}
	if err := engine.Apply(ctx, &overlay); err != nil {
		return fmt.Errorf("no server takes it: %s", strings.TrimPrefix(err.Error(), "authz: "))
	}
	return nil
}

// idleDenials are the files that, each alone, leave the whole matrix as it is.
func idleDenials(ctx context.Context, overlay authz.Overlay) ([]string, error) {
	before, err := authz.New(ctx)
	if err != nil {
		return nil, err
	}
	var after authz.Engine
	var idle []string
	for _, path := range slices.Sorted(maps.Keys(overlay.Modules)) {
		alone := authz.Overlay{Revision: overlay.Revision, Modules: map[string]string{path: overlay.Modules[path]}}
		if err := after.Apply(ctx, &alone); err != nil {
			return nil, err
		}
		changes, err := matrix.Diff(ctx, before, &after)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			idle = append(idle, path)
		}
	}
	return idle, nil
}
