package table_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// wants a refusal to be a *Wrong, whatever was given.
func refusedInWords(t *testing.T, err error) {
	t.Helper()
	var wrong *table.Wrong
	if !errors.As(err, &wrong) || wrong.What == "" {
		t.Fatalf("%T: %v", err, err)
	}
}

func FuzzTable(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "\ufeffa;b\r\n\"1\n\";\"\"\"\"\r\n", "a\n\"\"\n\n", "a,a\n", "a,b\n1\n", "\xff\xfe", "a\n\xff\n", "a\n\"\r\n\"\n"} {
		f.Add([]byte(text), ",;"[len(text)%2])
	}
	f.Fuzz(func(t *testing.T, text []byte, delimiter byte) {
		opts := table.Options{Name: "t.csv", Delimiter: rune(delimiter)}
		read, err := table.Read(bytes.NewReader(text), opts, nil)
		if err != nil {
			refusedInWords(t, err)
			return
		}
		for _, c := range read.Columns {
			if len(c.Codes) != read.Rows {
				t.Fatalf("column %q has %d codes in %d rows", c.Name, len(c.Codes), read.Rows)
			}
		}
		var out bytes.Buffer
		if err := table.Write(&out, read, opts, nil); err != nil {
			t.Fatal(err)
		}
		written := out.String()
		again, err := table.Read(&out, opts, nil)
		if err != nil {
			t.Fatalf("what was written as %q isn't read: %v", written, err)
		}
		if d := cmp.Diff(read, again); d != "" {
			t.Fatalf("what was written as %q is read as another: %s", written, d)
		}
	})
}

func FuzzHierarchy(f *testing.F) {
	for _, text := range []string{"1;low;*\n2;low;*\n", "1;*\n2;low;*\n", "a;b;*\nb;a;*\n", "*;*\n", "", "\"\";*\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := table.ReadHierarchy(bytes.NewReader(text), table.Options{Name: "h.csv", Delimiter: ';'})
		if err != nil {
			refusedInWords(t, err)
			return
		}
		if len(h.Names[h.Top()]) != 1 || h.Top() < 1 {
			t.Fatalf("%d levels, %d values in the last", len(h.Levels), len(h.Names[h.Top()]))
		}
		for level, codes := range h.Levels {
			parents := map[uint32]uint32{}
			for leaf, code := range codes {
				if int(code) >= len(h.Names[level]) {
					t.Fatalf("level %d has no value %d", level, code)
				}
				if level == h.Top() {
					continue
				}
				above := h.Levels[level+1][leaf]
				if before, known := parents[code]; known && before != above {
					t.Fatalf("value %d of level %d has two parents", code, level)
				}
				parents[code] = above
			}
		}
	})
}

func FuzzStudy(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("columns: {a: {role: quasi}}\nprivacy: {k: 2}\n"))
	f.Add([]byte("columns: {a: ~}\n---\n"))
	f.Add([]byte("columns: &a {a: *a}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := table.ReadStudy(bytes.NewReader(text), "study.yaml")
		if err != nil {
			refusedInWords(t, err)
			return
		}
		if s.Privacy.K < 1 || !(s.Privacy.SuppressionLimit >= 0 && s.Privacy.SuppressionLimit <= 1) || s.Coding != table.Global && s.Coding != table.Local {
			t.Fatalf("a study that means nothing was taken: %+v", s)
		}
	})
}
