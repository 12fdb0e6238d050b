package table_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hamyar/hamyar/internal/deid/table"
)

const whole = `
input: {delimiter: ";"}
columns:
  age: {role: quasi, hierarchy: age.csv, weight: 2}
  town: {role: quasi}
  illness: {role: sensitive, t: {kind: equal, value: 0.3}}
  severity: {role: sensitive, hierarchy: severity.csv}
  note: {role: insensitive}
  name: {role: identifier}
privacy: {k: 2, l: {kind: distinct, value: 2}, t: {kind: ordered, value: 0.4}, suppression_limit: 0.05}
coding: local
`

// desk is a folder with a study and what it names.
func desk(t testing.TB, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func files() map[string]string {
	return map[string]string{
		"study.yaml":   whole,
		"age.csv":      "30;30-39;*\n31;30-39;*\n40;40-49;*\n",
		"severity.csv": "mild;*\nmiddling;*\nsevere;*\n",
		"in.csv":       "name;age;town;illness;severity;note\nAda;30;A;flu;severe;x\nBe;31;A;flu;mild;y\nCi;40;B;cold;severe;\n",
	}
}

// opened opens the desk, whose paths are cut from what is said of it.
func opened(t testing.TB, all map[string]string) (*table.Problem, error) {
	t.Helper()
	folder := desk(t, all)
	at := table.Folder{Path: folder}
	s, err := at.Study(filepath.Join(folder, "study.yaml"))
	if err != nil {
		return nil, cut(err, folder)
	}
	p, err := at.Problem(s, filepath.Join(folder, "in.csv"))
	return p, cut(err, folder)
}

func cut(err error, folder string) error {
	var wrong *table.Wrong
	if errors.As(err, &wrong) {
		wrong.File = strings.TrimPrefix(wrong.File, folder+"/")
	}
	return err
}

func TestOpening(t *testing.T) {
	t.Parallel()
	p, err := opened(t, files())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range p.Table.Columns {
		names = append(names, c.Name)
	}
	if d := cmp.Diff([]string{"age", "town", "illness", "severity", "note"}, names); d != "" {
		t.Error(d)
	}
	age, town := p.Quasi[0], p.Quasi[1]
	if age.Weight != 2 || town.Weight != 1 || age.Column != 0 || town.Column != 1 {
		t.Errorf("axes %+v %+v", age, town)
	}
	if d := cmp.Diff([]uint32{0, 1, 2}, age.LeafOf); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(table.Flat([]string{"A", "B"}), town.Hierarchy); d != "" {
		t.Error(d)
	}
	want := []table.Secret{
		{Column: 2, L: table.Diversity{Kind: "distinct", Value: 2}, T: table.Closeness{Kind: "equal", Value: 0.3}},
		{Column: 3, L: table.Diversity{Kind: "distinct", Value: 2}, T: table.Closeness{Kind: "ordered", Value: 0.4}, Rank: []int{1, 0}},
	}
	if d := cmp.Diff(want, p.Sensitive); d != "" || p.K != 2 || p.SuppressionLimit != 0.05 || p.Coding != table.Local || p.Presence != nil {
		t.Errorf("%+v %s", p, d)
	}
}

func TestWhatContradictsAStudyIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, old, new, want string }{
		"no class":              {"study.yaml", "  note: {role: insensitive}\n", "", "in.csv: column note: the study doesn't classify it; give it a role, or name it identifier to leave it out"},
		"no such column":        {"study.yaml", "town:", "county:", "in.csv: column county: the study classifies it, and the table has no such column"},
		"another delimiter":     {"in.csv", ";", ",", "in.csv: column name,age,town,illness,severity,note: the header has this one column alone, and the study has 6; is input.delimiter right?"},
		"not in the hierarchy":  {"in.csv", "Be;31", "Be;39", "in.csv: row 2, column age: this value is missing from its hierarchy, age.csv"},
		"not in the order":      {"in.csv", "mild", "secret", "in.csv: row 2, column severity: this value is missing from its hierarchy, severity.csv"},
		"a hierarchy is bad":    {"age.csv", "31;30-39;*", "31;*", "age.csv: line 2: its depth is 2, and that of the lines above 3: every leaf needs a value at every level"},
		"no order":              {"study.yaml", "hierarchy: severity.csv", "weight: ~", "in.csv: row 1, column severity: ordered t-closeness needs numbers here, or a hierarchy whose leaves stand in order"},
		"k of more than rows":   {"study.yaml", "k: 2", "k: 4", "in.csv: it has 3 rows, and k asks for 4 in every class"},
		"l of more than values": {"study.yaml", "kind: distinct, value: 2", "kind: distinct, value: 3", "in.csv: column illness: it has 2 different values, and l asks for 3 in every class"},
		"an empty table":        {"in.csv", "\nAda;30;A;flu;severe;x\nBe;31;A;flu;mild;y\nCi;40;B;cold;severe;", "", "in.csv: it has a header and no row"},

		"a setting too many":    {"study.yaml", "coding: local", "codign: local", `study.yaml: line 11: there is no setting "codign"`},
		"a column's, too":       {"study.yaml", "weight: 2", "wieght: 2", `study.yaml: line 4: there is no setting "wieght"`},
		"a setting twice":       {"study.yaml", "coding: local", "coding: local\ncoding: global", `study.yaml: line 12: "coding" is said twice`},
		"a word for a number":   {"study.yaml", "k: 2", "k: secret", "study.yaml: line 10: this is not the kind of value that belongs here"},
		"no YAML":               {"study.yaml", "coding: local", "coding: [", "study.yaml: line 11: it isn't YAML that can be read"},
		"two documents":         {"study.yaml", "coding: local", "---\ncoding: local", "study.yaml: it holds more than one document"},
		"no role":               {"study.yaml", "role: insensitive", "", "study.yaml: columns.note: it needs a role: quasi, sensitive, insensitive or identifier"},
		"another role":          {"study.yaml", "role: insensitive", "role: secret", "study.yaml: columns.note: its role is quasi, sensitive, insensitive or identifier, and nothing else"},
		"another coding":        {"study.yaml", "coding: local", "coding: secret", "study.yaml: coding: it is global or local"},
		"a long delimiter":      {"study.yaml", `";"`, `";;"`, "study.yaml: input.delimiter: it must be one character"},
		"a quote between cells": {"study.yaml", `";"`, `'"'`, "age.csv: a quote or the end of a line can't be the delimiter"},
		"a share of five":       {"study.yaml", "0.05", "5", "study.yaml: privacy.suppression_limit: it is a share, from 0 to 1"},
		"no number":             {"study.yaml", "0.05", ".nan", "study.yaml: privacy.suppression_limit: it is a share, from 0 to 1"},
		"t above 1":             {"study.yaml", "value: 0.4", "value: 1.4", "study.yaml: privacy.t.value: it is a number above 0, up to 1"},
		"t of no number":        {"study.yaml", "value: 0.3", "value: .nan", "study.yaml: columns.illness: t.value: it is a number above 0, up to 1"},
		"half an l":             {"study.yaml", "kind: distinct, value: 2", "kind: distinct, value: 2.5", "study.yaml: privacy.l.value: it is a whole number, unless the kind is entropy"},
		"recursive without c":   {"study.yaml", "kind: distinct, value: 2", "kind: recursive, value: 2", "study.yaml: privacy.l.c: recursive l-diversity needs it, above 0"},
		"a c for nothing":       {"study.yaml", "kind: distinct, value: 2", "kind: distinct, value: 2, c: 3", "study.yaml: privacy.l.c: only recursive l-diversity has one"},
		"another l":             {"study.yaml", "kind: distinct", "kind: secret", "study.yaml: privacy.l.kind: it is distinct, entropy or recursive"},
		"another t":             {"study.yaml", "kind: ordered", "kind: secret", "study.yaml: privacy.t.kind: it is equal or ordered"},
		"k below 0":             {"study.yaml", "k: 2", "k: -2", "study.yaml: privacy: it asks for nothing; say at least k, a number from 1"},
		"a weight of nothing":   {"study.yaml", "weight: 2", "weight: 0", "study.yaml: columns.age: weight: it is above 0, and at most 1000"},
		"a weight elsewhere":    {"study.yaml", "role: insensitive", "role: insensitive, weight: 1", "study.yaml: columns.note: only a quasi column has a weight"},
		"a t elsewhere":         {"study.yaml", "role: insensitive", "role: insensitive, t: {kind: equal, value: 0.1}", "study.yaml: columns.note: only a sensitive column has an l or a t of its own"},
		"a hierarchy elsewhere": {"study.yaml", "role: insensitive", "role: insensitive, hierarchy: age.csv", "study.yaml: columns.note: only a quasi column has a hierarchy, and a sensitive one whose values have an order"},
	} {
		all := files()
		before := all[c.file]
		if all[c.file] = strings.ReplaceAll(before, c.old, c.new); all[c.file] == before {
			t.Errorf("%s: nothing was made wrong", name)
		}
		_, err := opened(t, all)
		saysWrong(t, name, err, c.want)
	}
}

func TestFilesThatAreNotThere(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"study.yaml", "age.csv", "in.csv"} {
		all := files()
		delete(all, file)
		_, err := opened(t, all)
		if err == nil || !strings.Contains(err.Error(), file+": there is no such file") {
			t.Errorf("without %s: %v", file, err)
		}
	}
	folder := t.TempDir()
	if _, err := (table.Folder{}).Study(folder); err == nil || !strings.Contains(err.Error(), "no file that can be read") {
		t.Errorf("a folder is no study: %v", err)
	}
}

func TestAStudyOfNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":                {"", "s.yaml: it is empty"},
		"too long":             {strings.Repeat("# secret\n", 1<<17), "s.yaml: it is larger than a study can be"},
		"nothing quasi":        {"columns: {a: {role: insensitive}}\nprivacy: {k: 2}", "s.yaml: columns: none has the role quasi, so there is nothing to make coarser"},
		"no goal":              {"columns: {a: {role: quasi}}", "s.yaml: privacy: it asks for nothing; say at least k, a number from 1"},
		"nothing to protect":   {"columns: {a: {role: quasi}}\nprivacy: {l: {kind: distinct, value: 2}}", "s.yaml: privacy: l and t protect sensitive columns, and none has that role"},
		"no population":        {"columns: {a: {role: quasi}}\nprivacy: {delta: {max: 0.5}}", "s.yaml: privacy.delta: it needs population, a file with the quasi columns of everybody"},
		"delta upside down":    {"columns: {a: {role: quasi}}\nprivacy: {delta: {min: 0.5, max: 0.4, population: p.csv}}", "s.yaml: privacy.delta: min and max are from 0 to 1, and min is not above max"},
		"a column's goal":      {"columns: {a: {role: quasi}, b: {role: sensitive, l: {kind: distinct, value: 2}}}", ""},
		"aliases without end":  {"a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n", `s.yaml: line 1: there is no setting "a"`},
		"columns of no column": {"columns: {a: ~}\nprivacy: {k: 2}", "s.yaml: columns.a: it needs a role: quasi, sensitive, insensitive or identifier"},
	} {
		_, err := table.ReadStudy(strings.NewReader(c.text), "s.yaml")
		saysWrong(t, name, err, c.want)
	}
}

func TestPopulation(t *testing.T) {
	t.Parallel()
	const presence = "delta: {min: 0.1, max: 0.9, population: everybody.csv}, k: 2"
	for name, c := range map[string]struct{ everybody, want string }{
		"all and more":  {"town;age\nA;30\nA;31\nB;40\nA;31\n", ""},
		"somebody less": {"town;age\nA;30\nB;40\nB;40\n", "in.csv: row 2: the population has fewer people with these 2 quasi values than the table; it must hold everybody in the table"},
		"a column less": {"town\nA\n", "everybody.csv: column age: the population lacks this column, which is quasi"},
		"an unknown":    {"town;age\nA;99\n", "everybody.csv: row 1, column age: this value is missing from its hierarchy, that of the column"},
	} {
		all := files()
		all["everybody.csv"] = c.everybody
		all["study.yaml"] = strings.Replace(whole, "k: 2", presence, 1)
		p, err := opened(t, all)
		saysWrong(t, name, err, c.want)
		if err != nil {
			continue
		}
		want := &table.Crowd{Min: 0.1, Max: 0.9, Rows: 4, LeafOf: [][]uint32{{0, 1, 2, 1}, {0, 0, 1, 0}}}
		if d := cmp.Diff(want, p.Presence); d != "" {
			t.Error(d)
		}
	}
}

func TestNumbersHaveAnOrder(t *testing.T) {
	t.Parallel()
	all := map[string]string{
		"study.yaml": "columns: {a: {role: quasi}, n: {role: sensitive}}\nprivacy: {t: {kind: ordered, value: 0.5}}",
		"in.csv":     "a,n\nx,10\nx,9\ny,1e1\ny,-3\n",
	}
	p, err := opened(t, all)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{2, 1, 2, 0}, p.Sensitive[0].Rank); d != "" || p.K != 1 {
		t.Error(d)
	}
}
