package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	lastGoodFile = "last-good.tar.gz"
	memoryFile   = "seen.json"
)

// memory is what a program knows after a restart: the newest bundle that it ever let in, a copy of it, and when what
// served was last found in the folder.
type memory struct {
	folder    string
	Seen      Seen      `json:"seen"`
	Confirmed time.Time `json:"confirmed"`
	lastGood  []byte    // nil where there never was one
}

func recall(folder string) (*memory, error) {
	m := &memory{folder: folder}
	raw, err := os.ReadFile(filepath.Join(folder, memoryFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = strict(raw, m)
	}
	if err != nil {
		return nil, fmt.Errorf("%s in HAMYAR_POLICY_STATE can't be read, so nobody knows which bundle is the newest: bring it back, or remove it to begin anew", memoryFile)
	}
	m.lastGood, err = os.ReadFile(filepath.Join(folder, lastGoodFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	return m, err
}

// keep remembers, so that a crash leaves the old or the new: the copy comes first, because a copy without a memory of it
// is only an older one's follower.
func (m *memory) keep() error {
	copied := filepath.Join(m.folder, lastGoodFile)
	if m.lastGood == nil {
		if err := os.Remove(copied); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	} else if err := writeWhole(copied, m.lastGood); err != nil {
		return err
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(m.folder, memoryFile), raw)
}

// writeWhole writes a private file so that a crash leaves the whole of it, or what was there before.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
