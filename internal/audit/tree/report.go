package tree

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Code names what can be wrong with an archive. It is stable: programs may rely on it.
type Code string

// What the index of a finding means is said behind each: that of a leaf, a number of leaves, or -1 for none.
const (
	Altered       Code = "altered"         // the entry is not what its leaf was made of; index of the leaf
	Missing       Code = "missing"         // entries are not there; index of the first
	Reordered     Code = "reordered"       // the entry stands in another place than its index says; its index
	Duplicated    Code = "duplicated"      // the leaf was there before; index where it is again
	Malformed     Code = "malformed"       // a line or file that is not in its form; number of the line, from 0
	Rewritten     Code = "rewritten"       // the leaves from here on are not those that were signed; index of the first in doubt
	Forked        Code = "forked"          // the log signed another history before; size of that checkpoint
	Truncated     Code = "truncated"       // the log was longer once; size that it has now
	Unsigned      Code = "unsigned"        // no checkpoint covers the entries from here on; index of the first
	BadSignature  Code = "bad_signature"   // a checkpoint without the log's signature; its size, -1 for the newest
	BadWitness    Code = "bad_cosignature" // a cosignature that is not the witness's; size of the checkpoint
	StaleWitness  Code = "stale_witness"   // too few witnesses saw the log lately; how many did
	UnknownOrigin Code = "unknown_origin"  // a checkpoint of another log; its size
	UnknownKey    Code = "unknown_key"     // the archive names another key than the one trusted; -1
	ErasedEarly   Code = "erased_early"    // content is gone that should have been kept still; index of the leaf
)

// Finding is one thing that is wrong.
type Finding struct {
	Code  Code   `json:"code"`
	Index int64  `json:"index"`
	File  string `json:"file"`
}

// Trust is what an auditor brings along, from elsewhere than the archive.
type Trust struct {
	Key       string   // the log's verifier key; empty takes the archive's word for it
	Origin    string   // the log's name; empty takes that of its key
	Witnesses []string // verifier keys of the witnesses that count
	Quorum    int      // how many of them must have cosigned the newest checkpoint; 0 asks for none
	MaxAge    time.Duration
	Now       time.Time
	Seen      [][]byte      // signed notes of this log that the auditor kept
	Retention time.Duration // how long content must be kept; 0 asks for nothing

	Progress func(entries int64) // told now and then how many entries were read; may be nil
}

// Report is what VerifyArchive found.
type Report struct {
	Origin      string        `json:"origin"`
	Size        int64         `json:"size"` // of the newest checkpoint
	Root        tlog.Hash     `json:"root"`
	Entries     int64         `json:"entries"`
	Erased      int64         `json:"erased"`      // entries of which the leaf alone is left
	Checkpoints int           `json:"checkpoints"` // earlier ones that were compared
	Cosigned    []Cosignature `json:"cosigned"`    // by the witnesses that count
	KeyTrusted  bool          `json:"key_trusted"` // the key came from the auditor, not from the archive
	Findings    []Finding     `json:"findings"`
	More        int64         `json:"more"` // findings that are counted and not listed
}

// Good tells whether nothing was found.
func (r Report) Good() bool { return len(r.Findings) == 0 && r.More == 0 }

// mostFindings are listed one by one.
const mostFindings = 1000

func (r *Report) add(code Code, index int64, file string) {
	if len(r.Findings) == mostFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, Finding{code, index, file})
}
