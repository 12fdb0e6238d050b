package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const postsPlan = `
input: {delimiter: ";"}
member: member
epsilon: 1
tables:
  - name: by place
    by: [{column: place, values: [north, south]}]
    measures: [{mean: mood, min: 1, max: 5, step: 0.1}]
  - name: by quarter
    by: [{column: quarter}]
`

func noisy(t *testing.T, plan, rows string) (in func(string) string, told string, err error) {
	t.Helper()
	folder := t.TempDir()
	in = func(name string) string { return filepath.Join(folder, name) }
	for name, text := range map[string]string{"plan.yaml": plan, "posts.csv": rows} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told, err = does(t, "deid", "-dp", "-input", in("posts.csv"), "-config", in("plan.yaml"), "-output", in("out.csv"), "-report", in("report.json"))
	return in, told, err
}

func posts() string {
	var rows strings.Builder
	rows.WriteString("member;place;quarter;mood\n")
	for member := range 1000 {
		for post := range 1 + member%3 {
			fmt.Fprintf(&rows, "m%d;%s;2026Q%d;%d\n", member, []string{"north", "south"}[member%2], 1+post%2, 1+member%5)
		}
	}
	rows.WriteString("alone;north;1999Q1;3\n")
	return rows.String()
}

func TestCountsAreWrittenWithNoiseOnce(t *testing.T) {
	t.Parallel()
	in, told, err := noisy(t, postsPlan, posts())
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(in("out.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"table;place;quarter;figure;value;low;high\n", "\nby place;north;;members;", "\nby place;south;;mean of mood;", "\nby quarter;;2026Q1;members;"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if bytes.Contains(out, []byte("1999Q1")) || !strings.Contains(told, "an ε of 1 and a δ of 1e-06") {
		t.Errorf("%s\n%s", told, out)
	}
	report, err := os.ReadFile(in("report.json"))
	if err != nil || !bytes.Contains(report, []byte(`"epsilon": `)) {
		t.Errorf("%v: %s", err, report)
	}
	_, err = does(t, "deid", "-dp", "-input", in("posts.csv"), "-config", in("plan.yaml"), "-output", in("out.csv"))
	if wrong := (badInput{}); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("it was drawn again: %v", err)
	}
	again, err := os.ReadFile(in("out.csv"))
	if err != nil || !bytes.Equal(out, again) {
		t.Error("what was released has changed")
	}
}

func TestCountsThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ plan, rows, want string }{
		"whose rows they are": {strings.Replace(postsPlan, "member: member\n", "", 1), posts(), "plan.yaml: member: name the column that says whose a row is"},
		"no number":           {postsPlan, "member;place;quarter;mood\na;north;q;secret\n", "posts.csv: row 1, column mood: it is measured, and this is no number"},
		"no column":           {postsPlan, "member;place;mood\na;north;1\n", "posts.csv: column quarter: the plan asks for it"},
		"ragged rows":         {postsPlan, "member;place;quarter;mood\na;secret\n", "posts.csv: row 1, line 2: it has more or fewer cells"},
	} {
		in, _, err := noisy(t, c.plan, c.rows)
		if wrong := (badInput{}); !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		left, err := os.ReadDir(filepath.Dir(in("out.csv")))
		if err != nil || len(left) != 2 {
			t.Errorf("%s: %v was left behind (%v)", name, left, err)
		}
	}
	missing := filepath.Join(t.TempDir(), "plan.yaml")
	if _, err := does(t, "deid", "-dp", "-input", "a", "-config", missing, "-output", missing+".csv"); err == nil || !strings.Contains(err.Error(), "it can't be opened") {
		t.Errorf("no plan: %v", err)
	}
}
