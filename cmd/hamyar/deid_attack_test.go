package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/attack"
)

// besieged writes a town of six thousand, as it was a year ago and as it is, and a study of it, into a folder.
func besieged(t *testing.T) (in func(string) string) {
	t.Helper()
	folder := t.TempDir()
	in = func(name string) string { return filepath.Join(folder, name) }
	var ages, now, before strings.Builder
	for age := range 64 {
		fmt.Fprintf(&ages, "%d,by sixteen %d,*\n", age, age/16)
	}
	for _, file := range []*strings.Builder{&now, &before} {
		file.WriteString("name,age,home,illness\n")
	}
	r := rand.New(rand.NewPCG(1, 8)) //nolint:gosec // draws a town
	for i := range 6000 {
		row := fmt.Sprintf("n%d,%d,%d,i%d\n", i, r.IntN(64), r.IntN(64), r.IntN(4))
		now.WriteString(row)
		if i%1000 > 0 {
			before.WriteString(row)
		}
	}
	for name, text := range map[string]string{
		"ages.csv": ages.String(), "now.csv": now.String(), "before.csv": before.String(),
		"study.yaml": "columns:\n  name: {role: identifier}\n  age: {role: quasi, hierarchy: ages.csv}\n  home: {role: quasi, hierarchy: ages.csv}\n  illness: {role: sensitive}\nprivacy: {k: 16, l: {kind: distinct, value: 3}, suppression_limit: 0.05}\n",
	} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, year := range []string{"now", "before"} {
		if told, err := does(t, "deid", "-input", in(year+".csv"), "-config", in("study.yaml"), "-output", in(year+"-released.csv")); err != nil {
			t.Fatal(err, told)
		}
	}
	return in
}

func TestAttacksOnAReleaseAreToldAndCounted(t *testing.T) {
	t.Parallel()
	in := besieged(t)
	on := []string{"deid", "attack", "-input", in("now.csv"), "-config", in("study.yaml")}
	told, err := does(t, append(on, "-release", in("now-released.csv"), "-report", in("report.json"))...)
	if err != nil || strings.Count(told, "held off") != 8 {
		t.Errorf("%v\n%s", err, told)
	}
	told, err = does(t, append(on, "-release", in("now-released.csv"), "-earlier", in("before.csv"), "-earlier-release", in("before-released.csv"), "-same", "name")...)
	if err == nil || status(err) != 1 || !strings.Contains(told, "CAME THROUGH  differencing") || !strings.Contains(told, "held off      intersection") {
		t.Errorf("six people came since, one to a class: %v\n%s", err, told)
	}

	var report struct {
		Findings    []attack.Finding
		CameThrough int `json:"came_through"`
	}
	text, err := os.ReadFile(in("report.json"))
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil || len(report.Findings) != 8 || report.CameThrough != 0 {
		t.Errorf("%v: %s", err, text)
	}

	// the table as it is, without names
	raw := strings.Builder{}
	whole, err := os.ReadFile(in("now.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(whole)) {
		_, rest, _ := strings.Cut(line, ",")
		raw.WriteString(rest)
	}
	if err := os.WriteFile(in("raw.csv"), []byte(raw.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	told, err = does(t, append(on, "-release", in("raw.csv"), "-control", in("before.csv"))...)
	if err == nil || status(err) != 1 || !strings.Contains(told, "CAME THROUGH  linkage") || !strings.Contains(told, "CAME THROUGH  homogeneity (illness)") {
		t.Errorf("%v\n%s", err, told)
	}
}

func TestAttacksRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	in := besieged(t)
	if err := os.WriteFile(in("counts.csv"), []byte("people,low,high\nboth|new,120,120\nboth,-3,117\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	on := []string{"-input", in("now.csv"), "-config", in("study.yaml"), "-release", in("now-released.csv")}
	for want, args := range map[string][]string{
		"-h tells more":                        {},
		"hamyar deid attack -input FILE":       {"-release", in("now-released.csv")},
		"the release has 5994 rows":            {"-input", in("now.csv"), "-config", in("study.yaml"), "-release", in("before-released.csv")},
		"there is no such file":                append(on, "-control", in("none.csv")),
		"the control lacks this column":        append(on, "-control", in("counts.csv")),
		"it is read from":                      append(on, "-report", in("ages.csv")),
		"column nobody: there is no such colu": append(on, "-earlier", in("before.csv"), "-earlier-release", in("before-released.csv"), "-same", "nobody"),
		"two rows have the same value":         append(on, "-earlier", in("before.csv"), "-earlier-release", in("before-released.csv"), "-same", "age"),
		"row 2, column low: it must be":        {"-counts", in("counts.csv")},
		"-same COLUMN":                         append(on, "-same", "name"),
	} {
		told, err := does(t, append([]string{"deid", "attack"}, args...)...)
		if err == nil || status(err) != 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\n%s", want, err, told)
		}
	}
}

func TestCountsAndNoiseAreTried(t *testing.T) {
	t.Parallel()
	counts := filepath.Join(t.TempDir(), "counts.csv")
	if err := os.WriteFile(counts, []byte("people,low,high\nboth|new,120,120\nboth,117,117\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if told, err := does(t, "deid", "attack", "-counts", counts); err == nil || status(err) != 1 || !strings.Contains(told, "CAME THROUGH  differencing: 1,") {
		t.Errorf("%v\n%s", err, told)
	}
	if told, err := does(t, "deid", "attack", "-noise", "1"); err != nil || !strings.Contains(told, "held off      noise") {
		t.Errorf("%v\n%s", err, told)
	}
}
