package api_test

import (
	"testing"

	"github.com/hamyar/hamyar/internal/api"
)

// Whatever is asked for, what goes out lies within the file.
func FuzzSpan(f *testing.F) {
	for _, seed := range []string{"bytes=0-9", "bytes=9-", "bytes=-9", "bytes=-", "bytes=5-2", "bytes=0-1,2-3", "bytes=99999999999999999999-", "x"} {
		f.Add(seed, "", int64(10))
	}
	f.Fuzz(func(t *testing.T, ranges, ifRange string, size int64) {
		if size < 1 {
			return
		}
		from, to, part, err := api.SpanOf(ranges, ifRange, size)
		if err == nil && (from < 0 || from >= to || to > size || !part && (from != 0 || to != size)) {
			t.Fatalf("%q of %d: %d to %d", ranges, size, from, to)
		}
	})
}
