package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress tells how far a long work is: a bar on a terminal, and elsewhere a line now and then.
type progress struct {
	out    io.Writer
	clock  func() time.Time
	screen bool
	begun  time.Time
	told   time.Time
	doing  string
	said   int // how many were done when it was last told; -1 for never
	done   int
	total  int
}

const (
	betweenLines  = 5 * time.Second
	betweenFrames = 100 * time.Millisecond
	barWidth      = 30
)

func newProgress(out io.Writer, clock func() time.Time) *progress {
	file, isFile := out.(*os.File)
	return &progress{out: out, clock: clock, screen: isFile && term.IsTerminal(int(file.Fd()))}
}

// at says how many of how many are done of what is being done. A total of 0 is not known.
func (p *progress) at(doing string, done, total int) {
	now := p.clock()
	if doing != p.doing {
		p.end()
		p.doing, p.begun, p.told, p.said = doing, now, now, -1
	}
	p.done, p.total = done, total
	between := betweenLines
	if p.screen {
		between = betweenFrames
	}
	if now.Sub(p.told) >= between {
		p.tell(now)
	}
}

// end leaves the last word on what was being done.
func (p *progress) end() {
	if p.doing == "" {
		return
	}
	if p.said != p.done {
		p.tell(p.clock())
	}
	if p.screen {
		fmt.Fprintln(p.out)
	}
	p.doing = ""
}

func (p *progress) tell(now time.Time) {
	p.told, p.said = now, p.done
	rate := ""
	if past := now.Sub(p.begun).Seconds(); past > 0 {
		rate = fmt.Sprintf(", %.0f a second", float64(p.done)/past)
	}
	switch {
	case p.total <= 0:
		p.line("  %s: %d%s", p.doing, p.done, rate)
	case p.screen:
		full := min(barWidth, barWidth*p.done/p.total)
		p.line("  %s [%s%s] %d of %d%s", p.doing, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), p.done, p.total, rate)
	default:
		p.line("  %s: %d of %d (%d%%)%s", p.doing, p.done, p.total, 100*p.done/p.total, rate)
	}
}

func (p *progress) line(format string, args ...any) {
	if p.screen {
		fmt.Fprintf(p.out, "\r\x1b[K"+format, args...)
		return
	}
	fmt.Fprintf(p.out, format+"\n", args...)
}
