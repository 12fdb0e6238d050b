package config

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Policy is where what an operator adds to the policy comes from. The zero Policy is that nothing does.
type Policy struct {
	Folder string        // where a bundle is laid, and the switch that denies everything
	Keys   string        // file with the public keys whose signature counts
	State  string        // folder in which the server remembers the last good bundle, and how new the newest was
	MaxAge time.Duration // for how long a policy serves that can't be found in the folder; 0: for ever
}

const dayLong = 24 * time.Hour

// policyOf reads where additions come from: all of it or nothing.
func policyOf(getenv func(string) string) (Policy, error) {
	p := Policy{Folder: getenv("HAMYAR_POLICY"), Keys: getenv("HAMYAR_POLICY_KEY_FILE"), State: getenv("HAMYAR_POLICY_STATE"), MaxAge: 7 * dayLong}
	age := getenv("HAMYAR_POLICY_MAX_AGE")
	if p.Folder == "" {
		if p.Keys != "" || p.State != "" || age != "" {
			return Policy{}, errors.New("HAMYAR_POLICY is required where another HAMYAR_POLICY_… is set: the full path of the folder where bundles are laid")
		}
		return Policy{}, nil
	}
	var err error
	if age != "" {
		p.MaxAge, err = duration(age)
	}
	return p, errors.Join(err, p.checkFolder(), p.checkKeys(), p.checkState())
}

// duration is a whole number of days, or a duration as Go writes it.
func duration(text string) (time.Duration, error) {
	long, err := time.ParseDuration(text)
	if days, found := strings.CutSuffix(text, "d"); found {
		var n int
		n, err = strconv.Atoi(days)
		long = time.Duration(n) * dayLong
		if n > 100_000 {
			err = errors.New("longer than anybody waits")
		}
	}
	if err != nil || long < 0 {
		return 0, errors.New("HAMYAR_POLICY_MAX_AGE must be a time such as 7d or 12h, 0 for no limit")
	}
	return long, nil
}

// checkFolder lets a folder be missing, as a disk that is not there yet is: the last good bundle serves meanwhile.
func (p Policy) checkFolder() error {
	if !filepath.IsAbs(p.Folder) {
		return errors.New("HAMYAR_POLICY must be the full path of a folder")
	}
	if info, err := os.Stat(p.Folder); err == nil && (!info.IsDir() || info.Mode().Perm()&0o002 != 0) {
		return errors.New("HAMYAR_POLICY: everybody on this machine may write there, or it is no folder; let only those who look after policy write (chmod o-w)")
	}
	return nil
}

func (p Policy) checkKeys() error {
	info, err := os.Stat(p.Keys)
	switch {
	case !filepath.IsAbs(p.Keys) || err != nil || !info.Mode().IsRegular():
		return errors.New("HAMYAR_POLICY_KEY_FILE must be the full path of the file with the public key; `hamyar policy new-key` makes one")
	case info.Mode().Perm()&0o022 != 0:
		return errors.New("HAMYAR_POLICY_KEY_FILE: others may write the file, and so say whose bundles count; let its owner alone write (chmod go-w)")
	case within(p.Keys, p.Folder):
		return errors.New("HAMYAR_POLICY_KEY_FILE lies in HAMYAR_POLICY: whoever lays a bundle there could bring its key along; keep it elsewhere")
	}
	return nil
}

func (p Policy) checkState() error {
	info, err := os.Stat(p.State)
	switch {
	case !filepath.IsAbs(p.State) || err != nil || !info.IsDir():
		return errors.New("HAMYAR_POLICY_STATE must be the full path of a folder that is there, in which the server remembers the last good bundle")
	case info.Mode().Perm()&0o077 != 0:
		return errors.New("HAMYAR_POLICY_STATE: others on this machine may enter the folder; allow its owner alone (chmod 700)")
	case within(p.State, p.Folder):
		return errors.New("HAMYAR_POLICY_STATE lies in HAMYAR_POLICY: what is remembered must be out of reach of who lays bundles; keep it elsewhere")
	}
	return nil
}

// within tells whether a path lies in a folder, or is it, whatever links lead there.
func within(path, folder string) bool {
	real := func(path string) string {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			return resolved
		}
		return filepath.Clean(path)
	}
	way, err := filepath.Rel(real(folder), real(path))
	return err == nil && filepath.IsLocal(way)
}
