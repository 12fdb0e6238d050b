package tree

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// VerifyArchive judges a folder that WriteArchive wrote, from its files and the auditor's trust alone. It reads the
// entries once, as they come; what it keeps of each is sixteen bytes, to know it again. What is wrong is in the report;
// an error says that nothing could be judged.
//
// The argument, from the bottom up: an entry's salt and event make its leaf (entries.go); the leaves, in their order,
// make the root of every checkpoint that the log signed, the newest and all earlier ones; and witnesses whom the log
// doesn't own saw the same roots (claims.go).
func VerifyArchive(files fs.FS, trust Trust) (Report, error) {
	v := verification{files: files, trust: trust, report: Report{Findings: []Finding{}, Seen: []Sighting{}}}
	for _, step := range []func() error{v.readKeys, v.readWitnesses, v.readClaims, v.readEntries} {
		if err := step(); err != nil {
			return v.report, err
		}
	}
	v.judgeClaims()
	v.judgeLength()
	v.judgeErased()
	v.judgeWitnesses()
	return v.report, nil
}

// verification is one archive under judgement.
type verification struct {
	files     fs.FS
	trust     Trust
	log       note.Verifier
	origin    string
	witnesses []note.Verifier // the auditor's, and after them those that the archive alone names
	trusted   int             // how many of them are the auditor's
	claims    []claim         // by size
	newest    Checkpoint      // that of the archive
	covered   bool            // there is one, and the log signed it
	entries   sequence
	erased    erasure
	report    Report
}

// readKeys settles whose signature makes a checkpoint.
func (v *verification) readKeys() error {
	named, err := v.read(keyFile)
	if err != nil {
		return err
	}
	key := strings.TrimSuffix(string(named), "\n")
	if v.trust.Key != "" {
		if key != v.trust.Key {
			v.report.add(UnknownKey, -1, keyFile)
		}
		key = v.trust.Key
		v.report.KeyTrusted = true
	}
	if v.log, err = NewVerifier(key); err != nil {
		return fmt.Errorf("the log's key: %w", err)
	}
	v.origin = cmp.Or(v.trust.Origin, v.log.Name())
	v.report.Origin = v.origin
	return nil
}

// readWitnesses settles whose cosignatures are looked for. Only the auditor's witnesses count: anybody can invent some.
func (v *verification) readWitnesses() error {
	keys := slices.Compact(slices.Sorted(slices.Values(v.trust.Witnesses)))
	v.trusted = len(keys)
	named, err := v.read(witnessesFile)
	if err != nil {
		return err
	}
	for key := range strings.Lines(string(named)) {
		if key = strings.TrimSuffix(key, "\n"); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for i, key := range keys {
		w, err := NewCosignatureVerifier(key)
		switch {
		case err == nil:
			v.witnesses = append(v.witnesses, w)
		case i < v.trusted:
			return fmt.Errorf("key of a trusted witness: %w", err)
		default:
			v.report.add(Malformed, -1, witnessesFile)
		}
	}
	return nil
}

// longestFile bounds every file but the entries; what goes beyond is cut off, and so in no form.
const longestFile = 1 << 20

// open opens a file, and nothing else that has a name: no link, which may lead anywhere, and no pipe or device, which may
// never end. That it is not there is a finding, and no file is opened.
func (v *verification) open(name string) (fs.File, error) {
	about, err := fs.Lstat(v.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.report.add(Missing, -1, name)
		return nil, nil
	case err != nil:
		return nil, err
	case !about.Mode().IsRegular():
		return nil, fmt.Errorf("%w: %s is no file", ErrMalformed, name)
	}
	return v.files.Open(name)
}

// read reads a small file, where there is one.
func (v *verification) read(name string) (text []byte, err error) {
	file, err := v.open(name)
	if file == nil || err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, longestFile))
}
