package main

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hamyar/hamyar/internal/persona"
)

func TestMain(m *testing.M) { besides(m.Run) }

func TestAnswersAreReadToTheirEnd(t *testing.T) {
	stream := bufio.NewReader(strings.NewReader(
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 5\r\n\r\nhello" +
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n" +
			"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"))
	for _, want := range []int64{5, 6} {
		if got, err := answer(stream, "200"); err != nil || got != want {
			t.Fatalf("%d bytes, %v, want %d", got, err, want)
		}
	}
	if _, err := answer(stream, "200"); err == nil {
		t.Fatal("503 passed for 200")
	}
	for _, broken := range []string{"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell", "HTTP/1.1 200 OK\r\n\r\nhello\r\n"} {
		if _, err := answer(bufio.NewReader(strings.NewReader(broken)), "200"); err == nil {
			t.Errorf("%q passed for an answer", broken)
		}
	}
}

func TestMedians(t *testing.T) {
	of := func(rates ...int) float64 {
		var figures []figure
		for _, r := range rates {
			figures = append(figures, figure{tally: tally{requests: r, elapsed: time.Second}})
		}
		return median(figures, rate)
	}
	if of(3, 1, 2) != 2 || of(4, 1, 3, 2) != 2.5 || of(7) != 7 {
		t.Error(of(3, 1, 2), of(4, 1, 3, 2), of(7))
	}
}

func TestTheWorldIsTheSameEveryTime(t *testing.T) {
	s := size{communities: 7, members: 30, topics: 40, posts: 20, rotation: 10, readers: 3}
	a, b := newWorld(s), newWorld(s)
	if diff := cmp.Diff(a, b, cmp.AllowUnexported(world{}, size{}, persona.Name{})); diff != "" {
		t.Fatal(diff)
	}
	opts := cmp.Options{cmp.AllowUnexported(thread{}, message{}), cmpopts.EquateComparable()}
	var length int
	seen := map[string]bool{}
	for i := range s.topics {
		first, again := a.thread(i), b.thread(i)
		if diff := cmp.Diff(first, again, opts); diff != "" {
			t.Fatal(diff)
		}
		for _, m := range first.messages {
			length += len(m.text)
			seen[m.text] = true
		}
	}
	if mean := length / (s.topics * s.posts); mean < 580 || mean > 700 {
		t.Errorf("posts of %d characters on average", mean)
	}
	if len(seen) != s.topics*s.posts || len(a.names) != s.members {
		t.Errorf("%d different posts, %d names", len(seen), len(a.names))
	}
}

func TestWhatIsAskedFor(t *testing.T) {
	p, err := parse([]string{"-only", "topic,idle", "-measured", "2s"}, io.Discard)
	if err != nil || !p.wants("topic") || !p.wants("idle") || p.wants("post") || p.measured != 2*time.Second {
		t.Errorf("%+v, %v", p, err)
	}
	for _, args := range [][]string{{"-only", "topics"}, {"-rounds", "0"}, {"-measured", "1ms"}, {"topic"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%v passed", args)
		}
	}
}

var line = regexp.MustCompile(`^[a-z0-9_]+ [0-9.]+ (req/s|leaves/s|MB/s|fields/s|rows/s|keys/s|us|ms|s|bytes|MB|ratio|allocs)$`)

func TestASmallRunOfEverything(t *testing.T) {
	p := plan{
		only: measures, rounds: 2, warm: 100 * time.Millisecond, measured: 300 * time.Millisecond, connections: 4,
		size: size{members: 50, topics: 40, posts: 20, rotation: 10, readers: 3}, searched: []int{300, 600}, written: 200,
	}
	var out bytes.Buffer
	if err := run(t.Context(), p, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, l := range lines {
		if !line.MatchString(l) {
			t.Errorf("%q is not a name, a value and a unit", l)
		}
	}
	for _, name := range []string{"decision_us", "decision_memo_us", "filter_us", "reload_ms", "allocs_per_decision", "cedar_us", "plain_go_us", "opa_us", "scrub_mb_per_s", "seal_us", "open_us", "yardstick_open_us", "reseal_fields_per_s", "reseal_rows_per_s", "search_ms_600", "search_index_bytes_per_post", "search_write_overhead", "audit_append_us", "audit_verify_leaves_per_s", "attach_mb_per_s", "rollover_keys_per_s", "topic_page_ratio", "topic_page_2000_communities_ratio", "post_ratio", "idle_memory_mb", "start_ms", "yardstick_topic_rate", "hamyar_post_rate"} {
		if !strings.Contains(out.String(), name+" ") {
			t.Errorf("no %s in\n%s", name, out.String())
		}
	}
}
