package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/deidtest"
)

const deidGuide = "../../docs/deid.md"

var guideFileForm = regexp.MustCompile("(?s)`([a-z]+\\.[a-z]+)`:\n\n```[a-z]+\n(.*?)```")

// guideFiles are the files that the guide shows, out.csv among them.
func guideFiles(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(deidGuide)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range guideFileForm.FindAllStringSubmatch(string(text), -1) {
		files[file[1]] = file[2]
	}
	if len(files) != 5 {
		t.Fatalf("the guide shows %d files", len(files))
	}
	return files
}

// released runs hamyar deid on these files, in a folder of their own, which is given back.
func released(t *testing.T, files map[string]string, more ...string) (folder, told string, err error) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	args := append([]string{"deid", "-input", in("visits.csv"), "-config", in("study.yaml"), "-output", in("out.csv"), "-report", in("report.json")}, more...)
	told, err = does(t, args...)
	return folder, told, err
}

func reported(t *testing.T, path string) (f figures) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTheDeidGuideDoesWhatItSays(t *testing.T) {
	t.Parallel()
	files := guideFiles(t)
	want := files["out.csv"]
	delete(files, "out.csv")
	folder, told, err := released(t, files)
	if err != nil {
		t.Fatal(err, told)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "out.csv")); err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	f := reported(t, filepath.Join(folder, "report.json"))
	if f.Rows != 9 || f.Suppressed != 1 || f.Classes != 2 || f.MinClass != 4 || f.MinL == nil || *f.MinL != 2 || fmt.Sprint(f.Levels) != "[1 1]" || f.Risk.ProsecutorMax != 0.25 {
		t.Errorf("%+v", f)
	}
	for _, name := range []string{"Ada", "Iraj", "Ahvaz", "flu"} {
		if text, err := os.ReadFile(filepath.Join(folder, "report.json")); err != nil || bytes.Contains(text, []byte(name)) || strings.Contains(told, name) {
			t.Errorf("%s is told: %v", name, err)
		}
	}
}

func TestTheReportHoldsEveryFigure(t *testing.T) {
	t.Parallel()
	folder, _, err := released(t, guideFiles(t))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	risk, _ := all["risk"].(map[string]any)
	for _, key := range []string{"score", "ncp_mean", "ncp", "levels", "rows", "suppressed", "classes", "min_class", "min_l", "max_t", "discernibility", "elapsed_ms"} {
		if all[key] == nil {
			t.Errorf("there is no %s", key)
		}
	}
	for _, key := range []string{"prosecutor_max", "prosecutor_mean", "journalist_max", "marketer"} {
		if risk[key] == nil {
			t.Errorf("there is no risk.%s", key)
		}
	}
}

func TestWhatIsGivenWrongLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, old, new, want string }{
		"a column nobody classified": {"study.yaml", "  town: {role: quasi, hierarchy: town.csv}\n", "", "visits.csv: column town: the study doesn't classify it"},
		"a value of no hierarchy":    {"visits.csv", "Tabriz,diabetes", "Secret,diabetes", "visits.csv: row 6, column town: this value is missing from its hierarchy, town.csv"},
		"uneven depth":               {"town.csv", "Urmia,north,*", "Urmia,*", "town.csv: line 4: its depth is 2"},
		"two parents":                {"age.csv", "84,80-89,*", "84,30-39,old\n85,30-39,*", "age.csv: line 9, column 3: the value before it has another parent"},
		"a header twice":             {"visits.csv", "name,age", "age,age", "visits.csv: line 1, column 2: it has the same name"},
		"a ragged row":               {"visits.csv", "Urmia,asthma", "Urmia", "visits.csv: row 7, line 8: it has more or fewer cells"},
		"the wrong delimiter":        {"study.yaml", "coding:", "input: {delimiter: \";\"}\nhierarchies: {delimiter: \",\"}\ncoding:", "visits.csv: column name,age,town,illness: the header has this one column alone"},
		"an open quote":              {"visits.csv", "Ahvaz,flu", "\"Ahvaz,flu", "visits.csv: row 1, line 2: a quoted cell doesn't end"},
		"no UTF-8":                   {"visits.csv", "Urmia,asthma", "Urmia,\xff", "visits.csv: row 7, line 8, column illness: the text is not valid UTF-8"},
		"an empty table":             {"visits.csv", guideFiles(t)["visits.csv"], "", "visits.csv: it is empty"},
		"an empty study":             {"study.yaml", guideFiles(t)["study.yaml"], "", "study.yaml: it is empty"},
		"more than there are":        {"study.yaml", "k: 4", "k: 10", "it has 9 rows, and k asks for 10"},
		"a setting of no meaning":    {"study.yaml", "coding: global", "coding: both", "study.yaml: coding: it is global or local"},
	} {
		files := guideFiles(t)
		delete(files, "out.csv")
		before := files[c.file]
		if files[c.file] = strings.Replace(before, c.old, c.new, 1); files[c.file] == before {
			t.Errorf("%s: nothing was made wrong", name)
		}
		folder, told, err := released(t, files)
		if status(err) != 2 || !strings.Contains(fmt.Sprint(err), c.want) || strings.Contains(told+err.Error(), "Secret") {
			t.Errorf("%s: status %d, %v\n%s", name, status(err), err, told)
		}
		var left []string
		for _, name := range []string{"study.yaml", "visits.csv", "age.csv", "town.csv"} {
			left = append(left, name, files[name])
		}
		lies(t, folder, left...)
	}
}

func TestAnImpossibleGoalIsRefused(t *testing.T) {
	t.Parallel()
	files := guideFiles(t)
	delete(files, "out.csv")
	for _, coding := range []string{"global", "local"} {
		files["study.yaml"] = "columns: {name: {role: identifier}, age: {role: quasi, hierarchy: age.csv}, town: {role: quasi}, illness: {role: sensitive}}\n" +
			"privacy: {k: 2, l: {kind: recursive, value: 3, c: 0.1}}\ncoding: " + coding
		folder, told, err := released(t, files)
		if status(err) != 2 {
			t.Errorf("%s: status %d, %v\n%s", coding, status(err), err, told)
		}
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != len(files) {
			t.Errorf("%s: something was left behind: %v", coding, entries)
		}
	}
}

func TestCallsThatAreWrong(t *testing.T) {
	t.Parallel()
	files := maps.Clone(guideFiles(t))
	for _, more := range [][]string{{"-nothing"}, {"more"}, {"-report", ""}} {
		if _, _, err := released(t, files, more...); (status(err) == 2) != (more[0] != "-report") {
			t.Errorf("%v: %v", more, err)
		}
	}
	folder, _, err := released(t, files)
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	if _, err := does(t, "deid", "-input", in("visits.csv"), "-config", in("study.yaml"), "-output", in("both"), "-report", in("./both")); status(err) != 2 {
		t.Errorf("two things in one file: %v", err)
	}
	for _, output := range []string{in("visits.csv"), in("age.csv"), in("study.yaml"), folder, in("none/out.csv")} {
		_, err := does(t, "deid", "-input", in("visits.csv"), "-config", in("study.yaml"), "-output", output)
		if status(err) != 2 {
			t.Errorf("-output %s: %v", output, err)
		}
	}
	if got, err := os.ReadFile(in("visits.csv")); err != nil || string(got) != files["visits.csv"] {
		t.Error("the table was replaced")
	}
}

func TestWhoeverIsTiredOfWaitingCanGo(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	files := guideFiles(t)
	folder, _, err := released(t, files)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(folder, "out.csv"))
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	err = run(ctx, []string{"deid", "-input", in("visits.csv"), "-config", in("study.yaml"), "-output", in("out.csv")}, os.Getenv, &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "stopped") || status(err) != 1 {
		t.Errorf("status %d, %v", status(err), err)
	}
	if after, err := os.ReadFile(in("out.csv")); err != nil || !bytes.Equal(before, after) {
		t.Error("what lay there is gone")
	}
}

// TestAdultByTheCommand is one row of the published table, through the program itself.
func TestAdultByTheCommand(t *testing.T) {
	t.Parallel()
	folder, data := t.TempDir(), deidtest.Data(t, "adult", "adult.csv")
	study := "input: {delimiter: \";\"}\nprivacy: {k: 5, suppression_limit: 0.04}\ncolumns:\n"
	for _, name := range []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"} {
		study += fmt.Sprintf("  %s: {role: quasi, hierarchy: %s}\n", name, strings.Replace(data, "adult.csv", "adult_hierarchy_"+name+".csv", 1))
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	if err := os.WriteFile(in("study.yaml"), []byte(study), 0o600); err != nil {
		t.Fatal(err)
	}
	if told, err := does(t, "deid", "-input", data, "-config", in("study.yaml"), "-output", in("out.csv"), "-report", in("report.json")); err != nil {
		t.Fatal(err, told)
	}
	f := reported(t, in("report.json"))
	if math.Abs(f.Score-0.266110819) > 5e-10 || fmt.Sprint(f.Levels) != "[0 3 0 1 1 1 1 2 0]" || f.Suppressed != 1178 || f.Classes != 370 || math.Abs(f.MeanLoss-0.2928) > 5e-5 {
		t.Errorf("%+v", f)
	}
	out, err := os.ReadFile(in("out.csv"))
	if err != nil || bytes.Count(out, []byte("\n")) != 30163 || bytes.Count(out, []byte("\n*;*;*;*;*;*;*;*;*")) != 1178 {
		t.Errorf("%d lines, %v", bytes.Count(out, []byte("\n")), err)
	}
}
