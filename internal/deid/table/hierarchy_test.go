package table_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hamyar/hamyar/internal/deid/table"
)

func hierarchy(text string) (*table.Hierarchy, error) {
	return table.ReadHierarchy(strings.NewReader(text), table.Options{Name: "h.csv", Delimiter: ';'})
}

func TestReadingAHierarchy(t *testing.T) {
	t.Parallel()
	h, err := hierarchy("\ufeff1;low;*\n3;high;*\n2;low;*\n\"4\";high;*")
	if err != nil {
		t.Fatal(err)
	}
	want := &table.Hierarchy{
		Leaves: []string{"1", "3", "2", "4"},
		Levels: [][]uint32{{0, 1, 2, 3}, {0, 1, 0, 1}, {0, 0, 0, 0}},
		Names:  [][]string{{"1", "3", "2", "4"}, {"low", "high"}, {"*"}},
	}
	if d := cmp.Diff(want, h); d != "" || h.Top() != 2 {
		t.Error(d)
	}
}

func TestWhatIsWrongWithAHierarchyIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"nothing":               {"", "h.csv: it is empty; a line for each value of the column is needed"},
		"leaves alone":          {"1\n2\n", "h.csv: line 1: it has leaves alone and no level above them; is the delimiter right?"},
		"another delimiter":     {"1,low,*\n2,low,*\n", "h.csv: line 1: it has leaves alone and no level above them; is the delimiter right?"},
		"uneven":                {"1;low;*\n2;*\n", "h.csv: line 2: its depth is 2, and that of the lines above 3: every leaf needs a value at every level"},
		"uneven, deeper":        {"1;*\n2;low;*\n", "h.csv: line 2: its depth is 3, and that of the lines above 2: every leaf needs a value at every level"},
		"two parents":           {"1;low;left;*\n2;low;right;*\n", "h.csv: line 2, column 3: the value before it has another parent on a line above; a value has one parent"},
		"a leaf twice":          {"1;low;*\n2;low;*\n1;low;*\n", "h.csv: line 3, column 1: this leaf stands on line 1 already"},
		"a leaf twice, apart":   {"1;low;*\n1;high;*\n", "h.csv: line 2, column 1: this leaf stands on line 1 already"},
		"several at the top":    {"1;low\n2;high\n", "h.csv: line 2, column 2: the last level has 2 values and must have one, such as *"},
		"one name, two things":  {"other;other;*\nrare;other;*\n1;low;*\n", "h.csv: line 1, column 2: this value stands for other leaves at another level, or is * and not the last; give them different names"},
		"one name, other place": {"a;b;*\nb;a;*\n", "h.csv: line 1, column 2: this value stands for other leaves at another level, or is * and not the last; give them different names"},
		"one name, one thing":   {"other;other;*\n1;low;*\n", ""},
		"a star below":          {"*;low;any\n1;low;any\n", "h.csv: line 1, column 1: this value stands for other leaves at another level, or is * and not the last; give them different names"},
		"another word for all":  {"1;low;any\n2;high;any\n", ""},
		"not UTF-8":             {"1;se\xffcret;*\n", "h.csv: line 1, column 2: the text is not valid UTF-8; save the file as UTF-8"},
		"a bare quote":          {"1;lo\"w;*\n", "h.csv: line 1: a quote stands within a cell that doesn't begin with one (byte 5 of the line); quote the cell, and double the quotes in it"},
	} {
		_, err := hierarchy(c.text)
		saysWrong(t, name, err, c.want)
	}
}

func TestAFlatHierarchyStaysOrGoes(t *testing.T) {
	t.Parallel()
	h := table.Flat([]string{"a", "b"})
	again, err := hierarchy("a;*\nb;*\n")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(again, h); d != "" {
		t.Error(d)
	}
}
