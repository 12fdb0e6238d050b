package page_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/page"
)

// read answers an ask over the numbers 1…total as a database would.
func read(total int, ask page.Ask[int]) []int {
	var rows []int
	if ask.Backward {
		for n := *ask.From - 1; n >= 1 && len(rows) < ask.Fetch(); n-- {
			rows = append(rows, n)
		}
		return rows
	}
	start := 1
	if ask.From != nil {
		start = *ask.From + 1
	}
	for n := start; n <= total && len(rows) < ask.Fetch(); n++ {
		rows = append(rows, n)
	}
	return rows
}

func TestWalkingForthAndBackSeesEveryItemOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, limit := rapid.IntRange(0, 40).Draw(t, "total"), rapid.IntRange(1, 12).Draw(t, "limit")
		same := func(n int) int { return n }
		var forth []int
		var last page.Page[int, int]
		ask := page.Ask[int]{Limit: limit}
		for {
			last = page.Cut(read(total, ask), ask, same)
			forth = append(forth, last.Items...)
			if last.Next == nil {
				break
			}
			ask = page.Ask[int]{Limit: limit, From: last.Next}
		}
		want := make([]int, total)
		for i := range want {
			want[i] = i + 1
		}
		if !slices.Equal(forth, want) {
			t.Fatalf("forth: %v", forth)
		}
		back := slices.Clone(last.Items)
		for last.Prev != nil {
			ask = page.Ask[int]{Limit: limit, From: last.Prev, Backward: true}
			last = page.Cut(read(total, ask), ask, same)
			if last.Next == nil {
				t.Fatal("a page before another has no next")
			}
			back = append(slices.Clone(last.Items), back...)
		}
		if !slices.Equal(back, want) {
			t.Fatalf("back: %v", back)
		}
	})
}

func TestCursorWorksForItsListAlone(t *testing.T) {
	cursors := page.NewCursors([32]byte{1})
	cursor, err := page.Encode(cursors, "topics of a", int64(7), true)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := page.Decode[int64](cursors, "topics of a", cursor, 20)
	if err != nil || *ask.From != 7 || !ask.Backward || ask.Limit != 20 {
		t.Fatalf("%+v %v", ask, err)
	}
	refused := map[string]string{"another list": cursor, "cut": cursor[:len(cursor)-2], "empty base64": "A", "not base64": "!!!!", "longer": cursor + "AA"}
	for name, c := range refused {
		list := "topics of a"
		if name == "another list" {
			list = "topics of b"
		}
		if _, err := page.Decode[int64](cursors, list, c, 20); fault.CodeOf(err) != fault.CursorInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := page.NewCursors([32]byte{2})
	if _, err := page.Decode[int64](other, "topics of a", cursor, 20); fault.CodeOf(err) != fault.CursorInvalid {
		t.Errorf("another key: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	cursors := page.NewCursors([32]byte{1})
	good, _ := page.Encode(cursors, "list", int64(7), false)
	f.Add(good)
	f.Add("")
	f.Fuzz(func(t *testing.T, cursor string) {
		ask, err := page.Decode[int64](cursors, "list", cursor, 20)
		if err == nil && cursor != "" && cursor != good && *ask.From != 7 {
			t.Fatalf("a cursor nobody made was taken: %q", cursor)
		}
	})
}
