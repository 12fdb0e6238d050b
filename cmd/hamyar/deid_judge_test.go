package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// TestNothingPassesThatIsNotWhatWasAskedFor plays a builder that errs, each time in another way.
func TestNothingPassesThatIsNotWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  func(*recode.Release)
		want string
	}{
		"nothing":                {func(*recode.Release) {}, ""},
		"a row stands out":       {func(r *recode.Release) { r.Suppressed[8] = false }, "the smallest class has 1 rows"},
		"too many are left out":  {func(r *recode.Release) { r.Suppressed = slices.Repeat([]bool{true}, 9) }, "9 rows are suppressed"},
		"a row too few":          {func(r *recode.Release) { r.Suppressed = r.Suppressed[1:] }, "rows"},
		"a town of somebody":     {func(r *recode.Release) { change(r, 1, "Ahvaz") }, "the smallest class has 1 rows"},
		"a town of nobody":       {func(r *recode.Release) { change(r, 1, "Paris") }, "its hierarchy doesn't have"},
		"another town":           {func(r *recode.Release) { change(r, 1, "north") }, "doesn't cover"},
		"another illness":        {func(r *recode.Release) { change(r, 2, "asthma") }, "the column isn't quasi"},
		"a loss that isn't true": {func(r *recode.Release) { r.Score -= 1e-6 }, "another loss"},
	} {
		u := undertaken(t)
		made, err := recode.Global(t.Context(), u.problem, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.err(made)
		f, err := u.judge(made)
		switch {
		case c.want == "" && err == nil && f != nil:
		case err == nil || f != nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		case status(err) != 1:
			t.Errorf("%s: what Hamyar did wrong is blamed on what it was given", name)
		}
	}
}

// undertaken is the problem of the guide.
func undertaken(t *testing.T) *undertaking {
	t.Helper()
	folder := t.TempDir()
	for name, text := range guideFiles(t) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	from := table.Folder{Path: folder}
	study, err := from.Study(filepath.Join(folder, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	problem, err := from.Problem(study, filepath.Join(folder, "visits.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return &undertaking{asked: study, problem: problem}
}

// change writes another value into the first row of a release, and into none of the original's.
func change(r *recode.Release, column int, value string) {
	c := &r.Table.Columns[column]
	c.Values, c.Codes = append(slices.Clone(c.Values), value), slices.Clone(c.Codes)
	if at := slices.Index(c.Values, value); at >= 0 {
		c.Codes[0] = uint32(at)
	}
}
