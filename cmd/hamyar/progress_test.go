package main

import (
	"strings"
	"testing"
	"time"
)

func TestProgressIsALineNowAndThen(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	now := time.Unix(0, 0)
	p := newProgress(&out, func() time.Time { return now })
	for done := range 12 {
		p.at("personas", done, 20)
		now = now.Add(time.Second)
	}
	p.at("members", 3, 0)
	p.end()
	p.end()
	want := "  personas: 5 of 20 (25%), 1 a second\n  personas: 10 of 20 (50%), 1 a second\n  personas: 11 of 20 (55%), 1 a second\n  members: 3\n"
	if out.String() != want {
		t.Errorf("it says\n%s, want\n%s", &out, want)
	}
}

func TestProgressIsABarOnATerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	now := time.Unix(0, 0)
	p := newProgress(&out, func() time.Time { return now })
	p.screen = true
	for done := range 3 {
		p.at("personas", done, 2)
		now = now.Add(time.Second)
	}
	p.end()
	const clear = "\r\x1b[K"
	want := clear + "  personas [" + strings.Repeat("#", 15) + strings.Repeat(".", 15) + "] 1 of 2, 1 a second"
	if !strings.HasPrefix(out.String(), want) || strings.Count(out.String(), "\n") != 1 || !strings.HasSuffix(out.String(), "2 of 2, 1 a second\n") {
		t.Errorf("it says %q", &out)
	}
}
