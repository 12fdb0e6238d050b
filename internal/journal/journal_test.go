package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/journal"
)

var (
	now     = time.Date(2026, 9, 10, 8, 30, 0, 0, time.UTC)
	allowed = authz.Entry{Facts: authz.Facts{Action: authz.TopicRead, SignedIn: true, AAL: 1}, Allow: true, Revision: "r1", Took: 1500 * time.Nanosecond, Remembered: true}
	denied  = authz.Entry{Facts: authz.Facts{Action: authz.PostCreate, MemberState: "banned"}, Reasons: []authz.Reason{fault.Banned, fault.NotAllowed}, Revision: "r1"}
	audited = authz.Entry{Facts: authz.Facts{Action: authz.PostRead}, Allow: true, Obligations: []authz.Obligation{authz.AuditRead}}
	broken  = authz.Entry{Facts: authz.Facts{Action: authz.PostRead}, Err: true}
	empty   = authz.Entry{Facts: authz.Facts{Action: authz.PostRead}, List: true}
	some    = authz.Entry{Facts: authz.Facts{Action: authz.PostRead}, List: true, Allow: true, Verdict: authz.Some}
)

// kept is a journal whose lines go to a text.
type kept struct {
	*journal.Journal
	text    *bytes.Buffer // to be read once the journal is closed
	metrics *prometheus.Registry
}

func keep(t *testing.T, sample float64, to io.Writer) kept {
	t.Helper()
	k := kept{text: &bytes.Buffer{}, metrics: prometheus.NewRegistry()}
	if to == nil {
		to = k.text
	}
	var err error
	k.Journal, err = journal.Open(t.Context(), journal.Options{Clock: func() time.Time { return now }, Log: journal.Stderr, Sample: sample, Logger: slog.New(slog.NewJSONHandler(to, nil)), Metrics: k.metrics})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// lines closes the journal and returns what it wrote.
func (k kept) lines(t *testing.T) (lines []map[string]any) {
	t.Helper()
	k.Close()
	for decoder := json.NewDecoder(k.text); ; {
		var line map[string]any
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			return lines
		} else if err != nil {
			t.Fatal(err)
		}
		if line["time"] != now.Format(time.RFC3339Nano) {
			t.Errorf("at %v", line["time"])
		}
		delete(line, "time")
		lines = append(lines, line)
	}
}

// count is the sum of the counters that have this name and these labels.
func count(t *testing.T, metrics prometheus.Gatherer, name string, labels ...string) (sum float64) {
	t.Helper()
	families, err := metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			var values []string
			for _, label := range m.GetLabel() {
				values = append(values, label.GetValue())
			}
			if family.GetName() == name && (len(labels) == 0 || cmp.Equal(values, labels)) {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

func TestALineIsWhatPolicySaw(t *testing.T) {
	t.Parallel()
	k := keep(t, 1, nil)
	for _, e := range []authz.Entry{denied, allowed, audited, broken, some} {
		k.Note("f00d", e)
	}
	k.Note("", empty)
	line := func(level, outcome string, facts, more map[string]any) map[string]any {
		all := map[string]any{"level": level, "msg": "decision", "component": "decision", "request_id": "f00d", "facts": facts, "outcome": outcome, "revision": "", "us": 0.0, "remembered": false}
		for name, value := range more {
			if all[name] = value; value == nil {
				delete(all, name)
			}
		}
		return all
	}
	read := map[string]any{"action": "post.read"}
	want := []map[string]any{
		line("INFO", "denied", map[string]any{"action": "post.create", "member_state": "banned"}, map[string]any{"codes": []any{"banned", "not_allowed"}, "revision": "r1"}),
		line("INFO", "allowed", map[string]any{"action": "topic.read", "signed_in": true, "aal": 1.0}, map[string]any{"revision": "r1", "us": 1.5, "remembered": true}),
		line("INFO", "allowed", read, map[string]any{"obligations": []any{"audit_read"}}),
		line("ERROR", "error", read, nil),
		line("INFO", "some", read, nil),
		line("INFO", "none", read, map[string]any{"request_id": nil}),
	}
	if diff := cmp.Diff(want, k.lines(t)); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyWhatIsSimplyAllowedIsSampled(t *testing.T) {
	t.Parallel()
	k := keep(t, 0, nil)
	for _, e := range []authz.Entry{allowed, some, denied, audited, broken, empty} {
		k.Note("f00d", e)
		k.Note("", e)
	}
	if got := len(k.lines(t)); got != 8 {
		t.Errorf("%d lines of 8", got)
	}
	for _, c := range []struct{ action, outcome string }{
		{authz.TopicRead, "allowed"}, {authz.PostRead, "some"}, {authz.PostCreate, "denied"}, {authz.PostRead, "allowed"}, {authz.PostRead, "error"}, {authz.PostRead, "none"},
	} {
		if n := count(t, k.metrics, "hamyar_decisions_total", c.action, c.outcome); n != 2 {
			t.Errorf("%s, %s: counted %v times", c.action, c.outcome, n)
		}
	}
}

func TestASampleTakesRequestsWhole(t *testing.T) {
	t.Parallel()
	k := keep(t, 0.25, nil)
	const requests = 400 // with what belongs to none, fewer lines than may wait
	for i := range requests {
		k.Note(fmt.Sprintf("%016x", i), allowed)
		k.Note(fmt.Sprintf("%016x", i), some)
		k.Note("", allowed)
	}
	of := map[any]int{}
	for _, line := range k.lines(t) {
		of[line["request_id"]]++
	}
	alone := of[nil]
	delete(of, nil)
	for id, lines := range of {
		if lines != 2 {
			t.Errorf("%v: %d lines of 2", id, lines)
		}
	}
	// Of 400 draws, 60 and 140 are five standard deviations from the mean.
	if len(of) < 60 || len(of) > 140 || alone < 60 || alone > 140 {
		t.Errorf("%d requests and %d others were taken, of %d each", len(of), alone, requests)
	}
}

func TestWhatIsOffIsCounted(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	metrics := prometheus.NewRegistry()
	j, err := journal.Open(t.Context(), journal.Options{Clock: func() time.Time { return now }, Log: journal.Off, Sample: 1, Logger: slog.New(slog.NewJSONHandler(&text, nil)), Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	strange := denied
	strange.Facts.Action = "somebody's word"
	j.Note("f00d", denied)
	j.Note("f00d", strange)
	j.Reopen()
	j.Close()
	if text.Len() > 0 || count(t, metrics, "hamyar_decisions_total", authz.PostCreate, "denied") != 1 || count(t, metrics, "hamyar_decisions_total", "unknown", "denied") != 1 {
		t.Errorf("%s, or not counted", &text)
	}
}

func TestAFileIsRotated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "decisions.log")
	told := &locked{}
	j, err := journal.Open(t.Context(), journal.Options{Clock: func() time.Time { return now }, Log: path, Sample: 1, Logger: slog.New(slog.NewJSONHandler(told, nil)), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v: it is for its owner alone", info.Mode(), err)
	}
	j.Note("before", allowed)
	until(t, func() bool { return holds(path, "before") })
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	j.Note("between", allowed)
	until(t, func() bool { return holds(path+".1", "between") })
	j.Reopen()
	until(t, func() bool { _, err := os.Stat(path); return err == nil })
	j.Note("after", allowed)
	until(t, func() bool { return holds(path, "after") })

	// Where there is nothing to open, the old file stays.
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	j.Reopen()
	until(t, func() bool { return strings.Contains(told.String(), "goes on in the old file") })
	j.Close()
	if strings.Contains(told.String(), path) {
		t.Error("the log tells of a path")
	}
}

func TestAFileThatCannotBeWrittenStopsTheStart(t *testing.T) {
	t.Parallel()
	_, err := journal.Open(t.Context(), journal.Options{Clock: func() time.Time { return now }, Log: filepath.Join(t.TempDir(), "none", "decisions.log"), Logger: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	if err == nil || !strings.HasPrefix(err.Error(), "HAMYAR_DECISION_LOG: ") {
		t.Errorf("%v", err)
	}
}

// stuck takes nothing until it is let go.
type stuck struct{ letGo chan struct{} }

func (s stuck) Write(p []byte) (int, error) { <-s.letGo; return len(p), nil }

func TestNobodyWaitsForTheJournal(t *testing.T) {
	t.Parallel()
	to := stuck{make(chan struct{})}
	k := keep(t, 1, to)
	const many = 10_000
	done := make(chan struct{})
	go func() {
		defer close(done)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range many / 4 {
					k.Note("f00d", denied)
				}
			})
		}
		all.Wait()
		k.Close()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("it waits for a log that takes nothing")
	}
	// 1,024 wait, and one is being written.
	if n := count(t, k.metrics, "hamyar_decision_log_dropped_total"); n < many-1025 || n > many-1024 {
		t.Errorf("%v were dropped", n)
	}
	if n := count(t, k.metrics, "hamyar_decisions_total"); n != many {
		t.Errorf("%v were counted", n)
	}
	close(to.letGo)
}

// locked is a text for several goroutines; it fails as long as it is told to.
type locked struct {
	mu   sync.Mutex
	text strings.Builder
	full bool
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full && strings.Contains(string(p), `"decision"`) && strings.Contains(string(p), `"facts"`) {
		return 0, errors.New("no space left")
	}
	return l.text.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestWhatCannotBeWrittenIsCountedAndToldOnce(t *testing.T) {
	t.Parallel()
	to := &locked{full: true}
	k := keep(t, 1, to)
	for range 5 {
		k.Note("f00d", denied)
	}
	k.Close()
	if n := count(t, k.metrics, "hamyar_decision_log_dropped_total"); n != 5 || strings.Count(to.String(), "can't be written") != 1 {
		t.Errorf("%v were counted, and told: %s", n, to)
	}
}

func until(t *testing.T, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !so(); {
		if time.Now().After(deadline) {
			t.Fatal("it never came to that")
		}
		time.Sleep(time.Millisecond)
	}
}

func holds(path, word string) bool {
	text, err := os.ReadFile(path)
	return err == nil && strings.Contains(string(text), word)
}
