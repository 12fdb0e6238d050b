package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestTheDecisionLogIsRotatedWhileServing(t *testing.T) {
	t.Parallel()
	h := open(t)
	path := filepath.Join(private(t), "decisions.log")
	p := h.start([]string{"serve"}, "HAMYAR_DECISION_LOG", path, "HAMYAR_DECISION_SAMPLE", "1")
	p.says(`"serving"`)
	var serving struct{ Listen string }
	for line := range strings.Lines(p.errOut.String()) {
		if strings.Contains(line, `"serving"`) {
			if err := json.Unmarshal([]byte(line), &serving); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask := func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+serving.Listen+"/v1/programmes", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	ask()
	comesTo(t, func() bool { return logged(path) == 1 })
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := p.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	comesTo(t, func() bool { _, err := os.Stat(path); return err == nil })
	ask()
	comesTo(t, func() bool { return logged(path) == 1 && logged(path+".1") == 1 })
	if strings.Contains(p.errOut.String(), `"component":"decision"`) {
		t.Error("decisions are in the program's own log as well")
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.end(); code != 0 {
		t.Errorf("it ended with %d: %s", code, p.errOut)
	}
}

// logged counts the decisions about the list of programmes, and finds what is no line of a decision log.
func logged(path string) (lines int) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if foreign(line) != "" {
			return -1
		}
		if strings.Contains(line, `"action":"programme.list"`) {
			lines++
		}
	}
	return lines
}

func comesTo(t *testing.T, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(30 * time.Second)
	for !so() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("it did not come to that")
		}
	}
}
