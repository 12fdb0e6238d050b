// Package journal writes down what policy decided, for those who run an installation: each denial, each error, each
// decision that obliges to something, and some of the rest.
//
// It protects everybody who asks by writing what policy itself saw, which holds no name, no id and no word, and nothing
// else. It must never hold up, fail or change a request: what it can't write, it counts.
package journal

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/authz"
)

// Options of a journal.
type Options struct {
	Log     string       // Stderr, Off or empty, or the full path of a file
	Sample  float64      // the share of requests, 0 to 1, of which what is simply allowed is written too
	Logger  *slog.Logger // the program's own: where lines go for Stderr, and where a file that fails is told of
	Metrics prometheus.Registerer
	Clock   func() time.Time
}

// DefaultSample is one request in a hundred.
const DefaultSample = 0.01

// Where a journal can go besides a file.
const (
	Stderr = "stderr"
	Off    = "off"
)

// Journal counts every decision and writes some. It is safe for concurrent use.
type Journal struct {
	counts *counts
	clock  func() time.Time
	seed   maphash.Seed
	sample float64
	alone  atomic.Uint64 // decisions that belonged to no request

	lines  chan line     // nil where nothing is written
	reopen chan struct{} // of room for one
	ending chan struct{}
	ended  chan struct{}
	end    sync.Once
}

type line struct {
	at      time.Time
	request string
	entry   authz.Entry
}

// waiting lines are kept until they are written; more are dropped and counted.
const waiting = 1024

// Open begins a journal, which goes on until it is closed. It fails where its file can't be written.
func Open(ctx context.Context, o Options) (*Journal, error) {
	j := &Journal{
		counts: newCounts(o.Metrics), clock: o.Clock, seed: maphash.MakeSeed(), sample: o.Sample,
		reopen: make(chan struct{}, 1), ending: make(chan struct{}), ended: make(chan struct{}),
	}
	if o.Log == Off || o.Log == "" {
		close(j.ended)
		return j, nil
	}
	w := &writer{log: o.Logger, handler: o.Logger.Handler(), dropped: j.counts.dropped}
	if o.Log != Stderr {
		w.path = o.Log
		if err := w.open(); err != nil {
			return nil, err
		}
	}
	j.lines = make(chan line, waiting)
	go j.run(context.WithoutCancel(ctx), w)
	return j, nil
}

// Note counts a decision, and writes it if it is one of those that are written. request is the id of the request that it
// was made for, or empty. It never waits.
func (j *Journal) Note(request string, e authz.Entry) {
	j.counts.decisions.WithLabelValues(actionOf(e), outcomeOf(e)).Inc()
	if j.lines == nil || !j.tells(request, e) {
		return
	}
	select {
	case j.lines <- line{j.clock(), request, e}:
	default:
		j.counts.dropped.Inc()
	}
}

// tells whether a decision is written. Of a request, all that was simply allowed is written or nothing, so that a line
// can be read beside its neighbours.
func (j *Journal) tells(request string, e authz.Entry) bool {
	if e.Err || len(e.Obligations) > 0 || !e.Allow {
		return true
	}
	if request == "" {
		request = string(binary.BigEndian.AppendUint64(nil, j.alone.Add(1)))
	}
	const fraction = 1 << 53 // as many bits as a float64 holds
	return float64(maphash.String(j.seed, request)%fraction)/fraction < j.sample
}

// Reopen makes the journal open its file anew, as whoever rotates logs wants it; it never waits.
func (j *Journal) Reopen() {
	select {
	case j.reopen <- struct{}{}:
	default: // it will
	}
}

// patience is how long Close waits for lines to be written.
const patience = 2 * time.Second

// Close writes what is waiting, unless that takes too long. What is noted afterwards is counted alone.
func (j *Journal) Close() {
	j.end.Do(func() { close(j.ending) })
	select {
	case <-j.ended:
	case <-time.After(patience):
	}
}

func (j *Journal) run(ctx context.Context, w *writer) {
	defer close(j.ended)
	defer w.close()
	for {
		select {
		case l := <-j.lines:
			w.write(ctx, l)
		case <-j.reopen:
			w.openAnew()
		case <-j.ending:
			for {
				select {
				case l := <-j.lines:
					w.write(ctx, l)
				default:
					return
				}
			}
		}
	}
}
