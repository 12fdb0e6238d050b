package journal_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/journal"
)

// What a request pays for a decision that is counted and not written.
func BenchmarkNote(b *testing.B) {
	j, err := journal.Open(b.Context(), journal.Options{Log: journal.Stderr, Logger: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Clock: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	b.ReportAllocs()
	for b.Loop() {
		j.Note("00ff00ff00ff00ff", allowed)
	}
}
