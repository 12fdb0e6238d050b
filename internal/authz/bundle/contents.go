package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// What a bundle may be at most.
const (
	mostPacked   = 1 << 20 // bytes
	mostUnpacked = 4 << 20 // bytes
	mostFiles    = 100
)

const (
	root           = "operator"
	defaultsFile   = root + "/defaults.json"
	manifestFile   = ".manifest"
	signaturesFile = ".signatures.json"
)

// contents of a bundle: path to bytes.
type contents map[string][]byte

// paths in the order in which they are written.
func (c contents) paths() []string { return slices.Sorted(maps.Keys(c)) }

// gather takes what belongs into a bundle from the folder "operator". Tests and hidden files stay behind; what is
// outside of that folder is the operator's own affair.
func gather(files fs.FS) (contents, error) {
	found, size := contents{}, 0
	err := fs.WalkDir(files, root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() || strings.HasSuffix(name, "_test.rego"):
			return nil
		case !belongs(name):
			return refuse(OutOfPlace, "%s is neither Rego nor %s", name, defaultsFile)
		}
		if found[name], err = fs.ReadFile(files, name); err != nil {
			return err
		}
		size += len(found[name])
		return bounded(len(found), size)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse(Unreadable, "there is no folder %q in it", root)
	}
	if err != nil && CodeOf(err) == Unknown {
		err = refused(Unreadable, err, "its folder")
	}
	return found, err
}

// belongs tells whether a file of this name has a place in a bundle, beside manifest and signature.
func belongs(name string) bool {
	return name == defaultsFile || strings.HasPrefix(name, root+"/") && path.Ext(name) == ".rego" && !strings.HasSuffix(name, "_test.rego")
}

func bounded(files, size int) error {
	if files > mostFiles {
		return refuse(TooLarge, "it has more than %d files", mostFiles)
	}
	if size > mostUnpacked {
		return refuse(TooLarge, "it is larger than %d bytes when unpacked", mostUnpacked)
	}
	return nil
}

// pack writes a bundle: the same contents give the same bytes.
func (c contents) pack(issued time.Time) ([]byte, error) {
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for _, name := range c.paths() {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(c[name])), ModTime: issued, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
		if _, err := archive.Write(c[name]); err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return packed.Bytes(), nil
}

// unpack reads a bundle within its limits, and refuses what has no place in one before looking into it.
func unpack(packed []byte) (contents, error) {
	if len(packed) > mostPacked {
		return nil, refuse(TooLarge, "it is larger than %d bytes", mostPacked)
	}
	zipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, refused(Malformed, err, "it is no gzipped tar")
	}
	// One byte more than allowed tells too much from just enough, whatever a header promises.
	limited := &io.LimitedReader{R: zipped, N: mostUnpacked + mostFiles*1024 + 1}
	archive := tar.NewReader(limited)
	found, size := contents{}, 0
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if limited.N <= 0 {
			return nil, bounded(0, mostUnpacked+1)
		}
		if err != nil {
			return nil, refused(Malformed, err, "it is no gzipped tar")
		}
		name, err := found.place(header)
		if err != nil {
			return nil, err
		}
		if err := bounded(len(found)+1, size+int(min(header.Size, mostUnpacked+1))); err != nil {
			return nil, err
		}
		if found[name], err = io.ReadAll(archive); err != nil {
			return nil, refused(Malformed, err, "it is cut off")
		}
		size += len(found[name])
	}
}

// place is the name under which an entry is kept, if it has a place in a bundle.
func (c contents) place(header *tar.Header) (string, error) {
	name := strings.TrimPrefix(header.Name, "/")
	_, twice := c[name]
	switch {
	case header.Typeflag != tar.TypeReg:
		return "", refuse(OutOfPlace, "%q is no plain file", header.Name)
	case !fs.ValidPath(name):
		return "", refuse(OutOfPlace, "%q leads out of it", header.Name)
	case name != manifestFile && name != signaturesFile && !belongs(name):
		return "", refuse(OutOfPlace, "%q has no place in it", header.Name)
	case twice:
		return "", refuse(Malformed, "%q is in it twice", header.Name)
	}
	return name, nil
}
