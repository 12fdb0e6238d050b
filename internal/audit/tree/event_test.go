package tree_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

// The vectors are what logs were built of. They are never changed: a leaf that changes its meaning is a lost proof.
func TestFrozenLeaves(t *testing.T) {
	t.Parallel()
	var vectors []struct {
		Event           tree.Event
		Salt            string
		Canonical, Leaf string
	}
	text, err := os.ReadFile("testdata/leaves.json")
	must(t, err)
	must(t, json.Unmarshal(text, &vectors))
	if len(vectors) < 5 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for i, v := range vectors {
		salt, err := hex.DecodeString(v.Salt)
		must(t, err)
		if got := hex.EncodeToString(v.Event.Canonical()); got != v.Canonical {
			t.Errorf("%d: canonical %s, want %s", i, got, v.Canonical)
		}
		if leaf := tree.Leaf(tree.Salt(salt), v.Event); hex.EncodeToString(leaf[:]) != v.Leaf {
			t.Errorf("%d: leaf %x, want %s", i, leaf, v.Leaf)
		}
	}
}

// written is the canonical form once more, from its description alone.
func written(e tree.Event) []byte {
	id := func(id uuid.UUID) string {
		if id == uuid.Nil {
			return ""
		}
		return string(id[:])
	}
	number := func(n int64) string { return string(binary.BigEndian.AppendUint64(nil, uint64(n))) }
	subjects := ""
	for _, s := range e.Subjects {
		subjects += string(s[:])
	}
	to := []byte{1}
	for _, field := range []string{
		id(e.ID), e.Day.UTC().Format("2006-01-02"), e.Action, e.Revision, e.Purpose, e.Role, id(e.Community), id(e.Persona),
		string(e.Actor), id(e.Subject), subjects, number(int64(e.Version)), number(e.Count), string(e.Digest),
	} {
		to = binary.BigEndian.AppendUint32(to, uint32(len(field)))
		to = append(to, field...)
	}
	return to
}

// Words that move from one field into the next, or lend a byte to a neighbour, are another event.
func FuzzCanonicalIsInjective(f *testing.F) {
	f.Add("post.read", "r", "", "moderator", []byte("x"), []byte(""), int32(1), int64(2), "post.rea", "dr", "", "moderator", []byte("x"), []byte(""), int32(1), int64(2))
	f.Add("a", "b", "c", "d", []byte{}, []byte{}, int32(0), int64(0), "a", "b", "c", "d", []byte{}, []byte{0}, int32(0), int64(0))
	f.Fuzz(func(t *testing.T, action, revision, purpose, role string, actor, digest []byte, version int32, count int64,
		action2, revision2, purpose2, role2 string, actor2, digest2 []byte, version2 int32, count2 int64,
	) {
		one := tree.Event{Day: today, Action: action, Revision: revision, Purpose: purpose, Role: role, Actor: actor, Digest: digest, Version: version, Count: count}
		two := tree.Event{Day: today, Action: action2, Revision: revision2, Purpose: purpose2, Role: role2, Actor: actor2, Digest: digest2, Version: version2, Count: count2}
		same := action == action2 && revision == revision2 && purpose == purpose2 && role == role2 &&
			bytes.Equal(actor, actor2) && bytes.Equal(digest, digest2) && version == version2 && count == count2
		if bytes.Equal(one.Canonical(), two.Canonical()) != same {
			t.Errorf("%+v\n%+v: same %v", one, two, same)
		}
		if !bytes.Equal(one.Canonical(), written(one)) {
			t.Errorf("%+v: not as it is described", one)
		}
	})
}

// changes are all the ways in which one field of an event can be another.
var changes = map[string]func(*tree.Event){
	"id":        func(e *tree.Event) { e.ID[0]++ },
	"day":       func(e *tree.Event) { e.Day = e.Day.AddDate(0, 0, 1) },
	"action":    func(e *tree.Event) { e.Action += "x" },
	"revision":  func(e *tree.Event) { e.Revision += "x" },
	"purpose":   func(e *tree.Event) { e.Purpose += "x" },
	"role":      func(e *tree.Event) { e.Role += "x" },
	"community": func(e *tree.Event) { e.Community[15]++ },
	"persona":   func(e *tree.Event) { e.Persona[0]++ },
	"actor":     func(e *tree.Event) { e.Actor = append([]byte("x"), e.Actor...) },
	"subject":   func(e *tree.Event) { e.Subject[0]++ },
	"subjects":  func(e *tree.Event) { e.Subjects = append([]uuid.UUID{{1}}, e.Subjects...) },
	"version":   func(e *tree.Event) { e.Version-- },
	"count":     func(e *tree.Event) { e.Count-- },
	"digest":    func(e *tree.Event) { e.Digest = []byte("x") },
}

func TestEveryFieldCounts(t *testing.T) {
	t.Parallel()
	for n := range 10 {
		salt := tree.Salt(numbered("salt", n))
		seen := map[[32]byte]string{tree.Leaf(salt, event(n)): "nothing"}
		for name, change := range changes {
			e := event(n)
			change(&e)
			leaf := tree.Leaf(salt, e)
			if other := seen[leaf]; other != "" {
				t.Errorf("event %d: changing %s is changing %s", n, name, other)
			}
			seen[leaf] = name
		}
		if seen[tree.Leaf(tree.Salt(numbered("salt", n+1)), event(n))] != "" {
			t.Errorf("event %d: the salt doesn't count", n)
		}
	}
}

// The order in which a page showed its posts says who looked at what first; it is not kept. Neither is the hour.
func TestOrderAndHourAreNotKept(t *testing.T) {
	t.Parallel()
	e := event(1)
	before := e.Canonical()
	e.Subjects[0], e.Subjects[2] = e.Subjects[2], e.Subjects[0]
	first := e.Subjects[0]
	e.Day = e.Day.Add(23 * time.Hour)
	if !bytes.Equal(e.Canonical(), before) {
		t.Error("order or hour made another event")
	}
	if e.Subjects[0] != first {
		t.Error("the caller's subjects were sorted")
	}
	east := time.FixedZone("east", 3*3600)
	e.Day = e.Day.Truncate(24 * time.Hour).In(east)
	if !bytes.Equal(e.Canonical(), before) {
		t.Error("a day is another in another place")
	}
}

func TestEventsComeBackFromTheirText(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		text, err := json.Marshal(event(n))
		must(t, err)
		var back tree.Event
		must(t, json.Unmarshal(text, &back))
		if !bytes.Equal(back.Canonical(), event(n).Canonical()) {
			t.Errorf("%s: comes back as another event", text)
		}
		if strings.Contains(string(text), "null") || strings.Contains(string(text), uuid.Nil.String()) {
			t.Errorf("%s: says what there is not", text)
		}
	}
	for _, wrong := range []string{`{}`, `[]`, `{"day":"2026-02-30"}`, `{"day":"2026-01-01T00:00:00Z"}`, `{"id":1}`, `{"actor":"?"}`} {
		var e tree.Event
		if err := json.Unmarshal([]byte(wrong), &e); !errors.Is(err, tree.ErrMalformed) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
