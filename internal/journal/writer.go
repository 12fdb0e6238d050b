package journal

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/prometheus/client_golang/prometheus"
)

// writer is the end of a journal, on a goroutine of its own.
type writer struct {
	path    string // "" where the lines go to the program's own log
	file    *os.File
	handler slog.Handler
	log     *slog.Logger
	dropped prometheus.Counter
	failing bool
}

// open opens the file, for its owner alone. Where that fails, what was open stays.
func (w *writer) open() error {
	file, err := os.OpenFile(w.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("HAMYAR_DECISION_LOG: the file can't be written: %w", err)
	}
	w.close()
	w.file, w.handler = file, slog.NewJSONHandler(file, nil)
	return nil
}

func (w *writer) openAnew() {
	if w.path == "" {
		return
	}
	if err := w.open(); err != nil {
		w.log.Error("the decision log can't be opened anew and goes on in the old file", "component", component)
	}
}

func (w *writer) close() {
	if w.file != nil {
		_ = w.file.Close() // every line was written when it came
	}
}

const component = "decision"

// write writes a line. One that fails is counted, and the first of several is told of.
func (w *writer) write(ctx context.Context, l line) {
	err := w.handler.Handle(ctx, l.record())
	if err != nil {
		w.dropped.Inc()
	}
	if failing := err != nil; failing != w.failing {
		w.failing = failing
		if failing {
			w.log.Error("the decision log can't be written; what it lacks is counted", "component", component)
		}
	}
}

// record is a line as it is written.
func (l line) record() slog.Record {
	e := l.entry
	level := slog.LevelInfo
	if e.Err {
		level = slog.LevelError
	}
	r := slog.NewRecord(l.at, level, "decision", 0)
	r.AddAttrs(slog.String("component", component), slog.Any("facts", e.Facts), slog.String("outcome", outcomeOf(e)))
	if l.request != "" {
		r.AddAttrs(slog.String("request_id", l.request))
	}
	if len(e.Reasons) > 0 {
		r.AddAttrs(slog.Any("codes", e.Reasons))
	}
	if len(e.Obligations) > 0 {
		r.AddAttrs(slog.Any("obligations", e.Obligations))
	}
	r.AddAttrs(slog.String("revision", e.Revision), slog.Float64("us", float64(e.Took.Nanoseconds())/1000), slog.Bool("remembered", e.Remembered))
	return r
}
