package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// spill is a dump of the forum database as a thief would read it: rows by table, in the order in which they lie there.
type spill map[string][]row

// row is one row by column; NULL is absent, and bytes are bytes.
type row map[string]string

func spilled(t *testing.T, raw []byte) spill {
	t.Helper()
	s := spill{}
	var table string
	var columns []string
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "COPY public."):
			head, rest, _ := strings.Cut(strings.TrimPrefix(line, "COPY public."), " (")
			names, _, _ := strings.Cut(rest, ")")
			table, columns = head, strings.Split(names, ", ")
		case line == `\.`:
			table = ""
		case table != "":
			r := row{}
			for i, value := range strings.Split(line, "\t") {
				if value != `\N` {
					r[columns[i]] = plainValue(t, value)
				}
			}
			s[table] = append(s[table], r)
		}
	}
	if err := lines.Err(); err != nil || len(s["persona"]) == 0 {
		t.Fatalf("the dump can't be read: %v", err)
	}
	return s
}

func plainValue(t *testing.T, value string) string {
	t.Helper()
	if digits, isBytes := strings.CutPrefix(value, `\\x`); isBytes {
		raw, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if id, err := uuid.Parse(value); err == nil {
		return string(id[:])
	}
	return value
}

// shared are the columns whose values stand in many rows of many communities by their nature. What is not named here
// must be of one community alone; so must each eight bytes of it.
var shared = map[string]bool{
	"community.programme_id": true, "community.language": true, "community.sensitivity": true, "community.visibility": true, "community.join_policy": true, "community.archived": true,
	"persona.state": true, "persona.role": true, "topic.status": true, "topic.locked": true, "post.status": true, "post.edited": true, "audit_event.action": true, "audit_event.revision": true,
	"audit_event.purpose": true, "audit_event.role": true,
}

// counted are numbers, and dated are days.
func counted(value string) bool { return len(value) < 8 && strings.Trim(value, "0123456789") == "" }

func dated(value string) bool { _, err := time.Parse(time.DateOnly, value); return err == nil }

// bridges are the places where the rows of two communities share a value, or eight bytes of one.
func (s spill) bridges() (found []string) {
	type piece struct {
		bytes            uint64
		community, place string
	}
	var pieces []piece
	for table, rows := range s {
		for _, r := range rows {
			in, ok := r["community_id"]
			if !ok {
				continue
			}
			for column, value := range r {
				if column == "community_id" || shared[table+"."+column] || counted(value) || dated(value) {
					continue
				}
				if len(value) < 8 {
					found = append(found, table+"."+column+": a short value of an unknown kind")
				}
				for i := 0; i+8 <= len(value); i++ {
					pieces = append(pieces, piece{binary.BigEndian.Uint64([]byte(value[i : i+8])), in, table + "." + column})
				}
			}
		}
	}
	slices.SortFunc(pieces, func(a, b piece) int {
		if a.bytes != b.bytes {
			return cmp.Compare(a.bytes, b.bytes)
		}
		return strings.Compare(a.community, b.community)
	})
	for i := 1; i < len(pieces); i++ {
		if a, b := pieces[i-1], pieces[i]; a.bytes == b.bytes && a.community != b.community {
			found = append(found, a.place+" and "+b.place)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
