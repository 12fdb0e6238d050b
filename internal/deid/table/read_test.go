package table_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// rowsOf spells a table out.
func rowsOf(t *table.Table) [][]string {
	var rows [][]string
	for row := range t.Rows {
		var cells []string
		for i := range t.Columns {
			cells = append(cells, t.Columns[i].At(row))
		}
		rows = append(rows, cells)
	}
	return rows
}

func TestReading(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text      string
		delimiter rune
		want      [][]string
	}{
		"plain":                     {"a,b\n1,2\n3,4\n", 0, [][]string{{"1", "2"}, {"3", "4"}}},
		"no last newline":           {"a,b\n1,2", 0, [][]string{{"1", "2"}}},
		"a byte-order mark":         {"\ufeffa,b\n1,2\n", 0, [][]string{{"1", "2"}}},
		"carriage returns":          {"a,b\r\n1,2\r\n", 0, [][]string{{"1", "2"}}},
		"semicolons":                {"a;b\n1,5;2\n", ';', [][]string{{"1,5", "2"}}},
		"a Persian comma":           {"a،b\nیک،دو\n", '،', [][]string{{"یک", "دو"}}},
		"delimiters in quotes":      {"a,b\n\"1,2\",3\n", 0, [][]string{{"1,2", "3"}}},
		"quotes in quotes":          {"a,b\n\"say \"\"so\"\"\",3\n", 0, [][]string{{`say "so"`, "3"}}},
		"newlines in quotes":        {"a,b\n\"one\ntwo\",3\n4,5\n", 0, [][]string{{"one\ntwo", "3"}, {"4", "5"}}},
		"empty cells":               {"a,b\n,\n", 0, [][]string{{"", ""}}},
		"an empty line":             {"a,b\n1,2\n\n3,4\n", 0, [][]string{{"1", "2"}, {"3", "4"}}},
		"blanks are part of a cell": {"a,b\n 1 ,2\n", 0, [][]string{{" 1 ", "2"}}},
	} {
		got, err := table.Read(strings.NewReader(c.text), table.Options{Name: "t.csv", Delimiter: c.delimiter}, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(c.want, rowsOf(got)); d != "" || got.Columns[0].Name != "a" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestWhatIsWrongWithATableIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                   {"", "t.csv: it is empty; a header and at least one row are needed"},
		"a byte-order mark alone":   {"\ufeff", "t.csv: it is empty; a header and at least one row are needed"},
		"a header alone":            {"a,b\n", "t.csv: it has a header and no row"},
		"a name twice":              {"a,b,a\n1,2,3\n", "t.csv: line 1, column 3: it has the same name in the header as column 1"},
		"a name twice, case apart":  {"a,b,A\n1,2,3\n", ""},
		"no name":                   {"a,\n1,2\n", "t.csv: line 1, column 2: it has no name in the header"},
		"a cell too few":            {"a,b\n1,2\nsecret\n", "t.csv: row 2, line 3: it has more or fewer cells than the 2 of the header"},
		"a cell too many":           {"a,b\n1,secret,3\n", "t.csv: row 1, line 2: it has more or fewer cells than the 2 of the header"},
		"too few after a newline":   {"a,b\n\"1\n1\",2\nsecret\n", "t.csv: row 2, line 4: it has more or fewer cells than the 2 of the header"},
		"a quote within a cell":     {"a,b\nsec\"ret,2\n", "t.csv: row 1, line 2: a quote stands within a cell that doesn't begin with one (byte 4 of the line); quote the cell, and double the quotes in it"},
		"a quote that doesn't end":  {"a,b\n\"secret,2\n3,4\n", "t.csv: row 1, line 2: a quoted cell doesn't end where it should; double the quotes within a cell"},
		"more behind a quoted cell": {"a,b\n\"secret\" x,2\n", "t.csv: row 1, line 2: a quoted cell doesn't end where it should; double the quotes within a cell"},
		"not UTF-8":                 {"a,b\n1,2\n3,se\xffcret\n", "t.csv: row 2, line 3, column b: the text is not valid UTF-8; save the file as UTF-8"},
		"a name that isn't UTF-8":   {"a,\xff\n1,2\n", "t.csv: line 1, column 2: its name is not valid UTF-8; save the file as UTF-8"},
		"UTF-16":                    {"\xff\xfea\x00", "t.csv: line 1: the file is UTF-16; save it as UTF-8"},
	} {
		_, err := table.Read(strings.NewReader(c.text), table.Options{Name: "t.csv"}, nil)
		saysWrong(t, name, err, c.want)
	}
}

// saysWrong wants a *Wrong that says exactly that; "" wants none. None may say "secret".
func saysWrong(t *testing.T, name string, err error, want string) {
	t.Helper()
	var wrong *table.Wrong
	switch {
	case want == "" && err == nil:
	case err == nil:
		t.Errorf("%s: nothing is said, want %q", name, want)
	case !errors.As(err, &wrong):
		t.Errorf("%s: %v is a %T", name, err, err)
	case err.Error() != want:
		t.Errorf("%s: it says\n%q, want\n%q", name, err, want)
	case strings.Contains(err.Error(), "secret"):
		t.Errorf("%s: it repeats a cell", name)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestWhatIsWrongWithAReaderIsNoTablesFault(t *testing.T) {
	t.Parallel()
	if _, err := table.Read(broken{}, table.Options{}, nil); !errors.Is(err, errBroken) {
		t.Errorf("at once: %v", err)
	}
	later := struct{ *bytes.Buffer }{bytes.NewBufferString("a,b\n1,2\n")}
	var wrong *table.Wrong
	if _, err := table.Read(&then{later.Buffer, errBroken}, table.Options{}, nil); !errors.Is(err, errBroken) || errors.As(err, &wrong) {
		t.Errorf("after a row: %v", err)
	}
}

// then reads what there is, and fails.
type then struct {
	*bytes.Buffer
	err error
}

func (r *then) Read(p []byte) (int, error) {
	if r.Len() == 0 {
		return 0, r.err
	}
	return r.Buffer.Read(p)
}

// endless is a file whose end nobody sees.
type endless struct{ io.Reader }

func (e endless) Read(p []byte) (int, error) {
	if n, err := e.Reader.Read(p); err == nil {
		return n, nil
	}
	return copy(p, strings.Repeat("1,2\n", len(p)/4+1)), nil
}

func TestAnOpenQuoteDoesNotFillTheMemory(t *testing.T) {
	t.Parallel()
	_, err := table.Read(endless{strings.NewReader("a,b\n1,2\n\"secret,2\n")}, table.Options{Name: "t.csv"}, nil)
	saysWrong(t, "an open quote", err, "t.csv: row 2: it is longer than 64 MiB; is a quote left open?")
}

func TestLeftColumnsAreNotKept(t *testing.T) {
	t.Parallel()
	got, err := table.Read(strings.NewReader("name,age\n\xffsecret,3\nother,4\n"), table.Options{Leave: map[string]bool{"name": true}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(table.Table{Rows: 2, Columns: []table.Column{{Name: "age", Values: []string{"3", "4"}, Codes: []uint32{0, 1}}}}, *got); d != "" {
		t.Error(d)
	}
}

func TestLongTablesTellHowFarTheyAre(t *testing.T) {
	t.Parallel()
	const rows = 200_000
	var told []int
	got, err := table.Read(strings.NewReader("a,b\n"+strings.Repeat("1,2\n3,4\n", rows/2)), table.Options{}, func(rows int) { told = append(told, rows) })
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{1 << 16, 2 << 16, 3 << 16}, told); d != "" || got.Rows != rows {
		t.Errorf("%d rows; %s", got.Rows, d)
	}
	for row := range rows {
		if want := uint32(row % 2); got.Columns[1].Codes[row] != want {
			t.Fatalf("row %d has code %d", row, got.Columns[1].Codes[row])
		}
	}
}

func TestSuppressedRowsAreStars(t *testing.T) {
	t.Parallel()
	read, err := table.Read(strings.NewReader("a,\"b,c\"\n1,\"x\"\"y\"\n2,z\n"), table.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := table.Write(&out, read, table.Options{}, []bool{false, true}); err != nil {
		t.Fatal(err)
	}
	if want := "a,\"b,c\"\n1,\"x\"\"y\"\n*,*\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errBroken }

func TestAFullDiskIsNoticed(t *testing.T) {
	t.Parallel()
	read, err := table.Read(strings.NewReader("a\n1\n"), table.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Write(full{}, read, table.Options{}, nil); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.RuneFrom([]rune("ab ;,\"\n'،ژ\u200c\ufeff*")))
		width, rows := rapid.IntRange(1, 4).Draw(t, "width"), rapid.IntRange(1, 6).Draw(t, "rows")
		made := &table.Table{Rows: rows}
		for i := range width {
			c := table.Column{Name: string(rune('p'+i)) + cell.Draw(t, "name")}
			for range rows {
				c.Codes = append(c.Codes, uint32(len(c.Values)))
				c.Values = append(c.Values, cell.Draw(t, "cell"))
			}
			made.Columns = append(made.Columns, c)
		}
		opts := table.Options{Delimiter: rapid.SampledFrom([]rune{',', ';', '\t', '،'}).Draw(t, "delimiter")}
		var out bytes.Buffer
		if err := table.Write(&out, made, opts, nil); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		again, err := table.Read(&out, opts, nil)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if d := cmp.Diff(rowsOf(made), rowsOf(again)); d != "" {
			t.Fatalf("%q: %s", text, d)
		}
	})
}
