package tree

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
)

// claim is one checkpoint that the log signed, and what the entries say to it.
type claim struct {
	Checkpoint
	signed  []byte
	file    string
	verdict verdict
}

type verdict int

const (
	unjudged verdict = iota // the entries don't reach that far, or not in sequence
	holds                   // they make its root
	fails                   // they make another
)

// readClaims collects what the log signed: the newest checkpoint, those that were published before, and those that the
// auditor kept.
func (v *verification) readClaims() error {
	newest, err := v.read(checkpointFile)
	if err != nil {
		return err
	}
	if newest != nil {
		v.newest, v.covered = v.claim(newest, checkpointFile)
		v.report.Size, v.report.Root = v.newest.Size, v.newest.Root
	}
	if err := v.readPublished(); err != nil {
		return err
	}
	for i, signed := range v.trust.Seen {
		v.claim(signed, fmt.Sprintf("seen %d", i))
	}
	slices.SortStableFunc(v.claims, func(a, b claim) int { return cmp.Compare(a.Size, b.Size) })
	v.report.Checkpoints = len(v.claims)
	return nil
}

func (v *verification) readPublished() error {
	about, err := fs.Lstat(v.files, checkpointsFolder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.report.add(Missing, -1, checkpointsFolder)
		return nil
	case err != nil:
		return err
	case !about.IsDir():
		return fmt.Errorf("%w: %s is no folder", ErrMalformed, checkpointsFolder)
	}
	published, err := fs.ReadDir(v.files, checkpointsFolder)
	if err != nil {
		return err
	}
	for _, file := range published {
		name := path.Join(checkpointsFolder, file.Name())
		if file.IsDir() {
			v.report.add(Malformed, -1, name)
			continue
		}
		signed, err := v.read(name)
		if err != nil {
			return err
		}
		if c, ok := v.claim(signed, name); ok && strconv.FormatInt(c.Size, 10) != file.Name() {
			v.report.add(Malformed, c.Size, name)
		}
	}
	return nil
}

// claim takes a signed note into account if it is the log's.
func (v *verification) claim(signed []byte, file string) (Checkpoint, bool) {
	c, _, err := OpenCheckpoint(signed, v.log, v.origin)
	if err == nil {
		v.claims = append(v.claims, claim{Checkpoint: c, signed: signed, file: file})
		return c, true
	}
	size := int64(-1)
	if said, err := peek(signed); err == nil {
		size = said.Size
	}
	switch {
	case errors.Is(err, ErrUnknownLog):
		v.report.add(UnknownOrigin, size, file)
	case errors.Is(err, ErrUnsigned):
		v.report.add(BadSignature, size, file)
	default:
		v.report.add(Malformed, size, file)
	}
	return Checkpoint{}, false
}

// compare holds the tree so far against every checkpoint of its size.
func (v *verification) compare(tree *Frontier) {
	bySize := func(c claim, size int64) int { return cmp.Compare(c.Size, size) }
	first, found := slices.BinarySearchFunc(v.claims, tree.Size(), bySize)
	if !found {
		return
	}
	root := tree.Root()
	for i := first; i < len(v.claims) && v.claims[i].Size == tree.Size(); i++ {
		v.claims[i].verdict = fails
		if v.claims[i].Root == root {
			v.claims[i].verdict = holds
		}
	}
}

// judgeClaims says what the checkpoints mean, now that each was compared. The largest that holds vouches for all leaves
// before it, so an earlier one that fails was signed over another history, and the log signed two. Later ones that fail
// were signed over leaves that are no longer these.
func (v *verification) judgeClaims() {
	sound := int64(0)
	for _, c := range v.claims {
		if c.verdict == holds {
			sound = max(sound, c.Size)
		}
	}
	rewritten := false
	for i, c := range v.claims {
		contradicted := i > 0 && v.claims[i-1].Size == c.Size && v.claims[i-1].Root != c.Root
		switch {
		case c.verdict == fails && c.Size <= sound, c.verdict != holds && contradicted:
			v.report.add(Forked, c.Size, c.file)
		case c.verdict == fails && !rewritten:
			rewritten = true
			v.report.add(Rewritten, sound, entriesFile)
		}
	}
}

// judgeLength holds how long the log is against how long it ever was.
func (v *verification) judgeLength() {
	size := v.entries.next
	if v.covered && size > v.newest.Size {
		v.report.add(Unsigned, v.newest.Size, entriesFile)
		size = v.newest.Size
	}
	if len(v.claims) == 0 {
		return
	}
	longest := slices.MaxFunc(v.claims, func(a, b claim) int { return cmp.Compare(a.Size, b.Size) })
	if size < longest.Size {
		v.report.add(Truncated, size, longest.file)
	}
}

// judgeWitnesses finds what each witness saw last. It counts where that is the newest checkpoint, and was a moment ago:
// what a log signed after its witnesses looked, it may have signed otherwise for somebody else.
func (v *verification) judgeWitnesses() {
	for i := range v.witnesses {
		at, last, met := v.lastSighting(i)
		if !met {
			continue
		}
		v.report.Seen = append(v.report.Seen, Sighting{at, last.Size})
		if i < v.trusted && last == v.newest && v.trust.fresh(at) {
			v.report.Witnessed++
		}
	}
	if v.report.Witnessed < v.trust.Quorum {
		v.report.add(StaleWitness, int64(v.report.Witnessed), checkpointFile)
	}
}

// lastSighting goes from the newest checkpoint down to the first that the witness cosigned.
func (v *verification) lastSighting(witness int) (Cosignature, Checkpoint, bool) {
	for _, c := range slices.Backward(v.claims) {
		cosigned, err := Cosignatures(c.signed, v.witnesses[witness])
		if err != nil {
			v.report.add(BadWitness, c.Size, c.file)
		}
		if len(cosigned) > 0 {
			return cosigned[0], c.Checkpoint, true
		}
	}
	return Cosignature{}, Checkpoint{}, false
}
