package devstack

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress writes lines for a person: on a terminal the current one is rewritten in place, elsewhere each is written once.
type progress struct {
	mu       sync.Mutex
	to       io.Writer
	terminal bool
	open     bool // an unfinished line stands on the terminal
	last     time.Time
}

// quietFor is how long a log, which keeps every line, waits between two lines about the same work.
const quietFor = 15 * time.Second

func newProgress(to io.Writer) *progress {
	if to == nil {
		to = io.Discard
	}
	file, ok := to.(*os.File)
	return &progress{to: to, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

// say writes a line that stays.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.write(fmt.Sprintf(format, args...), true)
	p.last = time.Now()
}

// update writes a line that the next one replaces.
func (p *progress) update(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		if time.Since(p.last) < quietFor {
			return
		}
		p.last = time.Now()
	}
	p.write(fmt.Sprintf(format, args...), !p.terminal)
}

// done finishes a line that was left open.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open {
		fmt.Fprintln(p.to)
		p.open = false
	}
}

func (p *progress) write(line string, stays bool) {
	var b strings.Builder
	if p.open {
		b.WriteString("\r\x1b[K")
	}
	b.WriteString(line)
	if stays {
		b.WriteByte('\n')
	}
	p.open = !stays
	io.WriteString(p.to, b.String())
}
