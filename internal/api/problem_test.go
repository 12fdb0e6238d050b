package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/fault"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file under testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// fieldsIn lists the refused parts of a problem document: "/pointer code,…".
func fieldsIn(t *testing.T, document string) string {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal([]byte(document), &p); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	var fields []string
	for _, f := range p.Errors {
		fields = append(fields, f.Pointer+" "+f.Code)
	}
	return strings.Join(fields, ",")
}

// Codes and their statuses are a promise to clients: this file only grows.
func TestCodesAndStatuses(t *testing.T) {
	t.Parallel()
	codes := fault.Codes()
	slices.Sort(codes)
	var lines strings.Builder
	for _, code := range codes {
		fmt.Fprintf(&lines, "%s %d\n", code, api.ProblemOf(fault.New(code), "en", "").Status)
	}
	golden(t, "codes.txt", lines.String())
}

func TestEveryKindHasAStatus(t *testing.T) {
	t.Parallel()
	for _, code := range fault.Codes() {
		if status := api.StatusOf[code.Kind()]; http.StatusText(status) == "" || status < 400 {
			t.Errorf("%s: its kind has status %d", code, status)
		}
	}
}

var requestID = regexp.MustCompile(`"request_id":"[0-9a-f]{16}"`)

func TestProblemDocumentsAsSent(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "fa"} {
		var documents strings.Builder
		for _, c := range refusals {
			if !slices.Contains([]string{"unknown field", "too long by one", "malformed", "missing body", "no such id", "method", "unguarded change", "a forged session", "no identity server"}, c.name) {
				continue
			}
			w := newEdge(t).ask(t, c.method, c.path, c.body, append(slices.Clone(c.headers), "Accept-Language: "+language)...)
			fmt.Fprintf(&documents, "# %s\n%d %s\n%s\n", c.name, w.Code, w.Header().Get("Content-Language"), requestID.ReplaceAllString(w.Body.String(), `"request_id":"…"`))
		}
		golden(t, "problems_"+language+".txt", documents.String())
	}
}

func TestProblemShowsTheFaultAndNoCause(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("join: %w", fault.Wrap(fault.Throttled, fmt.Errorf("duplicate key (name)=(%s)", canary)).At("/name", fault.NameTaken).After(1500*time.Millisecond))
	p := api.ProblemOf(err, "fa", "0123456789abcdef")
	document, jsonErr := json.Marshal(p)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	if strings.Contains(string(document)+p.Error(), canary) {
		t.Errorf("the cause shows: %s", document)
	}
	if p.Status != http.StatusTooManyRequests || p.GetHeaders().Get("Retry-After") != "2" || p.Errors[0].Detail != fault.NameTaken.In("fa").Detail {
		t.Errorf("got %+v with %v", p, p.GetHeaders())
	}
	if unforeseen := api.ProblemOf(fmt.Errorf("%s", canary), "en", ""); unforeseen.Code != "internal" || unforeseen.Status != 500 {
		t.Errorf("what nobody foresaw is shown as %+v", unforeseen)
	}
}
