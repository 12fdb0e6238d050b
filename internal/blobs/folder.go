package blobs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
)

// openFolder wants a folder that only its owner enters, and that is there already: one made on the fly may be on the wrong
// disk.
func openFolder(path string) (*blob.Bucket, error) {
	if !filepath.IsAbs(path) || filepath.Clean(path) != path {
		return nil, errFolder
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return nil, errors.New("blobs: there is no such folder; make it, for its owner alone (chmod 700)")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, errors.New("blobs: others on this machine may enter the folder; allow its owner alone (chmod 700)")
	}
	bucket, err := fileblob.OpenBucket(path, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite, DirFileMode: 0o700})
	if err != nil {
		return nil, errStore
	}
	return bucket, nil
}

// draft is the file in a folder that becomes a blob. Stores across the network have none.
type draft struct{ file *os.File }

func (d *draft) begin(as func(any) bool) error {
	if !as(&d.file) {
		d.file = nil
		return nil
	}
	return d.file.Chmod(0o600)
}

// end has the disk keep the file, with a day instead of the time, before it gets its name.
func (d *draft) end(day time.Time) error {
	if d.file == nil {
		return nil
	}
	return errors.Join(d.file.Sync(), os.Chtimes(d.file.Name(), day, day))
}

// settle has the disk keep the folder, which must not tell when somebody was there either.
func (s *Store) settle(day time.Time) error {
	if s.folder == "" {
		return nil
	}
	folder, err := os.Open(s.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(folder.Sync(), folder.Close(), os.Chtimes(s.folder, day, day))
	}
	if err != nil {
		return judge(err)
	}
	return nil
}
