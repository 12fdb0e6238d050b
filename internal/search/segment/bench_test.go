package segment_test

import (
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/internal/search/segment"
)

// A community of 100,000 posts of about a hundred words, in 100 segments.
var community = sync.OnceValue(func() (all []opened) {
	t := &testing.B{}
	z := newZipf(1, 30_000)
	for i := range 100 {
		all = append(all, open(t, fmt.Sprint(i), z.posts(i*segment.MostDocs, segment.MostDocs)))
	}
	return all
})

func BenchmarkBuild(b *testing.B) {
	docs := newZipf(1, 30_000).posts(0, segment.MostDocs)
	ring, err := sealed.NewRing(uuid.New(), sealed.XChaCha20Poly1305, map[uint16][32]byte{1: {1}})
	if err != nil {
		b.Fatal(err)
	}
	var built segment.Segment
	letters := 0
	for _, doc := range docs {
		letters += len(doc.Title) + len(doc.Text)
	}
	for b.Loop() {
		if built, err = segment.Build(ring.MAC, docs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(built.Directory))/segment.MostDocs, "directory-B/post")
	b.ReportMetric(float64(len(built.Pages)*segment.PageSize)/segment.MostDocs, "pages-B/post")
	b.ReportMetric(float64(letters)/segment.MostDocs, "text-B/post")
	b.ReportMetric(float64(len(built.Pages)), "pages")
}

func BenchmarkOpen(b *testing.B) {
	built, err := segment.Build(macOf("a"), newZipf(1, 30_000).posts(0, segment.MostDocs))
	if err != nil {
		b.Fatal(err)
	}
	var d *segment.Directory
	for b.Loop() {
		if d, err = segment.Open(built.Directory); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(d.Size())/segment.MostDocs, "memory-B/post")
}

// A query over the whole community: pages at hand, every step but opening boxes.
func BenchmarkQuery(b *testing.B) {
	z := newZipf(1, 30_000)
	w := z.vocabulary
	for name, typed := range map[string]string{
		"common":  w[0] + " " + w[1] + " " + w[2],
		"middle":  w[50] + " " + w[120],
		"rare":    w[9000] + " " + w[20],
		"stop":    "the",
		"phrase":  `"` + w[0] + " the " + w[1] + `"`,
		"prefix":  w[40][:3] + "* " + w[3],
		"without": w[0] + " -" + w[1],
		"absent":  "zzzyx",
	} {
		b.Run(name, func(b *testing.B) {
			all := community()
			q := query(b, typed)
			hits, pages := 0, 0
			before := cpu(b)
			for b.Loop() {
				found := make([]*segment.Found, len(all))
				pages = 0
				for i, o := range all {
					pages += len(o.Needs(o.mac, q))
					var err error
					if found[i], err = o.Read(o.mac, q, func(page int) []byte { return o.pages[page] }); err != nil {
						b.Fatal(err)
					}
				}
				ranked := segment.Rank(found, segment.Filter{}, today)
				hits = 0
				for range 50 {
					if _, more := ranked.Next(); more {
						hits++
					}
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(pages), "pages")
			b.ReportMetric(float64(hits), "hits")
		})
	}
}

func BenchmarkScan(b *testing.B) {
	z := newZipf(1, 30_000)
	docs := z.posts(0, segment.MostDocs)
	q := query(b, z.vocabulary[3]+" "+z.vocabulary[50])
	fresh := make([]segment.Analysed, len(docs))
	b.Run("analyse", func(b *testing.B) {
		for i := 0; b.Loop(); i = (i + 1) % len(docs) {
			fresh[i] = segment.Analyse(docs[i])
		}
	})
	for i, doc := range docs {
		fresh[i] = segment.Analyse(doc)
	}
	b.Run("thousand", func(b *testing.B) {
		for b.Loop() {
			segment.Scan(q, fresh)
		}
	})
	b.Run("tags", func(b *testing.B) {
		for i := 0; b.Loop(); i = (i + 1) % len(docs) {
			segment.Tags(macOf("a"), docs[i])
		}
	})
}

// cpu is the time that this process has worked, however many others share the machine.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
