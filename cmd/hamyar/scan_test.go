package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/uuid"
)

// canary is a string that must not come out where it doesn't belong.
type canary struct {
	what string // where it was put in
	raw  []byte
	text bool // raw is text; else it is bytes, such as those of a UUID
}

// forms are the ways in which programs write a value down.
func (c canary) forms() map[string][]byte {
	if !c.text {
		return encodings("", c.raw)
	}
	all := map[string][]byte{}
	for name, s := range map[string]string{"": string(c.raw), "lower-case ": strings.ToLower(string(c.raw)), "upper-case ": strings.ToUpper(string(c.raw))} {
		for form, b := range encodings(name, []byte(s)) {
			all[form] = b
		}
		all[name+"UTF-16LE"], all[name+"UTF-16BE"] = sixteen(s, binary.LittleEndian), sixteen(s, binary.BigEndian)
		all[name+"percent-encoded"] = []byte(url.QueryEscape(s))
		all[name+"percent-encoded, lower-case"] = []byte(strings.ToLower(url.QueryEscape(s)))
		all[name+"HTML-escaped"] = []byte(html.EscapeString(s))
		var decimal, hexadecimal, javascript strings.Builder
		for _, r := range s {
			fmt.Fprintf(&decimal, "&#%d;", r)
			fmt.Fprintf(&hexadecimal, "&#x%x;", r)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&javascript, `\u%04x`, u)
			}
		}
		all[name+"HTML, decimal"], all[name+"HTML, hexadecimal"], all[name+`\u-escaped`] = []byte(decimal.String()), []byte(hexadecimal.String()), []byte(javascript.String())
	}
	return all
}

func encodings(name string, b []byte) map[string][]byte {
	all := map[string][]byte{name + "plain": b, name + "hex": []byte(hex.EncodeToString(b)), name + "HEX": []byte(strings.ToUpper(hex.EncodeToString(b)))}
	var octal strings.Builder
	for _, c := range b {
		fmt.Fprintf(&octal, `\%03o`, c)
	}
	all[name+"octal"] = []byte(octal.String())
	for shift := range 3 { // what stands before it decides how its bits fall into letters
		std := base64.StdEncoding.EncodeToString(append(make([]byte, shift), b...))
		inner := []byte(std[[]int{0, 2, 3}[shift] : (shift+len(b))/3*4])
		all[fmt.Sprintf("%sbase64 at %d", name, shift)] = inner
		all[fmt.Sprintf("%sbase64, for URLs, at %d", name, shift)] = []byte(strings.NewReplacer("+", "-", "/", "_").Replace(string(inner)))
	}
	return all
}

func sixteen(s string, order binary.AppendByteOrder) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// scanner looks for all forms of many canaries in one pass.
type scanner struct {
	t        *testing.T
	patterns map[uint64][]pattern // by their first eight bytes
	filter   [1 << 15]uint64      // of which there are any
}

type pattern struct {
	canary, form string
	bytes        []byte
}

const anchor = 8

func newScanner(t *testing.T, canaries ...canary) *scanner {
	t.Helper()
	s := &scanner{t: t, patterns: map[uint64][]pattern{}}
	for _, c := range canaries {
		for form, b := range c.forms() {
			if len(b) < anchor {
				t.Fatalf("%s as %s is too short to look for", c.what, form)
			}
			at := binary.LittleEndian.Uint64(b)
			s.patterns[at] = append(s.patterns[at], pattern{c.what, form, b})
			s.filter[slot(at)>>6] |= 1 << (slot(at) & 63)
		}
	}
	return s
}

func slot(at uint64) uint64 { return at * 0x9e3779b97f4a7c15 >> 43 }

// find tells which canaries stand in b, each once.
func (s *scanner) find(b []byte) (found []string) {
	for i := 0; i+anchor <= len(b); i++ {
		at := binary.LittleEndian.Uint64(b[i:])
		if s.filter[slot(at)>>6]&(1<<(slot(at)&63)) == 0 {
			continue
		}
		for _, p := range s.patterns[at] {
			if name := p.canary + " (" + p.form + ")"; bytes.HasPrefix(b[i:], p.bytes) && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	return found
}

// clean wants none of them in b.
func (s *scanner) clean(where string, b []byte) {
	s.t.Helper()
	if found := s.find(b); len(found) > 0 {
		s.t.Errorf("%s holds %s", where, strings.Join(found, "; "))
	}
}

// files hands every file below a folder to look, one after the other. Others work in the same clusters meanwhile: what
// they drop is gone.
func (s *scanner) files(folder string, look func(path string, content []byte)) {
	s.t.Helper()
	n := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			var content []byte
			if content, err = os.ReadFile(path); err == nil { //nolint:gosec // in a folder of our own
				n++
				look(path, content)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil || n == 0 {
		s.t.Errorf("%s: %d files, %v", folder, n, err)
	}
}

func textCanary(what, s string) canary { return canary{what, []byte(s), true} }

func idCanaries(what string, id uuid.UUID) []canary {
	return []canary{{what, id[:], false}, textCanary(what+", written", id.String())}
}

// A scanner that finds nothing proves nothing.
func TestTheScannerFindsEveryForm(t *testing.T) {
	t.Parallel()
	canaries := append(idCanaries("an id", uuid.New()), textCanary("a word", "Kestrelmoor"), textCanary("یک واژه", "دریاکنارآبی"), textCanary("an address", "2001:db8::77:1"), textCanary("a name", "o'Reed & <Sons>"))
	s := newScanner(t, canaries...)
	for _, c := range canaries {
		for form, b := range c.forms() {
			within := slices.Concat([]byte("\x00before"), b, []byte("after\xff"))
			if found := s.find(within); !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, c.what+" (") }) {
				t.Errorf("%s as %s is not found", c.what, form)
			}
		}
		for shift := range 3 {
			whole := base64.StdEncoding.EncodeToString(slices.Concat(make([]byte, shift+3), c.raw, []byte("after")))
			if len(s.find([]byte(whole))) == 0 {
				t.Errorf("%s is not found in base64 %d bytes on", c.what, shift)
			}
		}
	}
	if found := s.find([]byte("a kestrel over the moor by دریا")); len(found) != 0 {
		t.Errorf("found what is not there: %q", found)
	}
}
