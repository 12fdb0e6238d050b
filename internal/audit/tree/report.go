package tree

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Code names what can be wrong with an archive. It is stable: programs may rely on it.
type Code string

// Behind each stands what the index of such a finding is; where there is none, it is -1.
const (
	Altered       Code = "altered"         // the entry is not what its leaf was made of; its index
	Missing       Code = "missing"         // entries are not there: the index of the first; or a file is not
	Reordered     Code = "reordered"       // the entry stands elsewhere than its index says; its index
	Duplicated    Code = "duplicated"      // the entry was there before; its index
	Malformed     Code = "malformed"       // a line, or a file, not in its form; the number of the line from 0, the size of the note
	Rewritten     Code = "rewritten"       // the leaves are not those that were signed; the first that may differ
	Forked        Code = "forked"          // the log signed another history too; the size of that checkpoint
	Truncated     Code = "truncated"       // the log was longer once; the size that it has now
	Unsigned      Code = "unsigned"        // no checkpoint covers the entries from here on; the index of the first
	BadSignature  Code = "bad_signature"   // a checkpoint without the log's signature; its size
	BadWitness    Code = "bad_cosignature" // a cosignature that is not the witness's; the size of the checkpoint
	StaleWitness  Code = "stale_witness"   // too few witnesses saw the newest checkpoint lately; how many did
	UnknownOrigin Code = "unknown_origin"  // a checkpoint of another log; its size
	UnknownKey    Code = "unknown_key"     // the archive names another key than the trusted one
	Withheld      Code = "withheld"        // content is gone, and no entry says that it was erased; the index of the first
	ErasedEarly   Code = "erased_early"    // content is gone that should be kept still; the index of the leaf
)

// Finding is one thing that is wrong.
type Finding struct {
	Code  Code   `json:"code"`
	Index int64  `json:"index"`
	File  string `json:"file"`
}

// Trust is what an auditor brings along, from elsewhere than the archive.
type Trust struct {
	Key       string        // the log's verifier key; empty takes the archive's word for it
	Origin    string        // the log's name; empty takes that of its key
	Witnesses []string      // verifier keys of the witnesses that count
	Quorum    int           // how many of them must have cosigned the newest checkpoint lately; 0 asks for none
	MaxAge    time.Duration // what lately means; 0 takes any time
	Now       time.Time
	Seen      [][]byte      // signed notes of this log that the auditor kept
	Retention time.Duration // how long content must be kept; 0 asks for nothing

	Progress func(entries int64) // told now and then how many entries were read; may be nil
}

// Report is what VerifyArchive found.
type Report struct {
	Origin      string     `json:"origin"`
	Size        int64      `json:"size"` // of the newest checkpoint
	Root        tlog.Hash  `json:"root"`
	Entries     int64      `json:"entries"`
	Erased      int64      `json:"erased"`      // entries of which the leaf alone is left
	Checkpoints int        `json:"checkpoints"` // that the log signed, all told
	Seen        []Sighting `json:"seen"`        // what each witness cosigned last, be it trusted or not
	Witnessed   int        `json:"witnessed"`   // trusted witnesses that cosigned the newest checkpoint lately
	KeyTrusted  bool       `json:"key_trusted"` // the key came from the auditor, not from the archive
	Findings    []Finding  `json:"findings"`
	More        int64      `json:"more"` // findings that are counted and not listed
}

// Sighting is a checkpoint that a witness cosigned.
type Sighting struct {
	Cosignature
	Size int64 `json:"size"`
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
