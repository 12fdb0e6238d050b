package authz

import "testing"

func TestMemoRemembersAndStaysSmall(t *testing.T) {
	m := newMemo[int, int]()
	most := 2 * perGeneration * len(m.shards)
	for n := range 3 * most {
		m.keep(n, -n)
		if got, known := m.recall(n); !known || got != -n {
			t.Fatalf("%d was forgotten at once", n)
		}
		if got, known := m.recall(0); !known || got != 0 {
			t.Fatalf("what is asked for again and again was forgotten after %d", n)
		}
	}
	size := 0
	for i := range m.shards {
		size += len(m.shards[i].young) + len(m.shards[i].old)
	}
	if size > most {
		t.Fatalf("%d are kept of at most %d", size, most)
	}
	if _, known := m.recall(1); known {
		t.Fatal("what nobody asks for is kept for ever")
	}
}
