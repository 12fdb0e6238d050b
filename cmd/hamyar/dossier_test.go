package main

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// dossier is all that a dump tells of one persona.
type dossier struct {
	community   string
	ids         []string // of the persona first, then of what it made
	name        row
	bodies      []int // sizes
	titles      []int
	headers     []string // of everything sealed
	careful     int      // remembered idempotency keys
	days        map[string]bool
	joined      string
	born        int   // place of its row among personas
	posts, acts []int // places of its posts, and of what the audit log says of it
	boxes       []string
	told        []int // places of what it was told, whose boxes these are
}

func (s spill) dossiers() map[string]*dossier {
	all := map[string]*dossier{}
	for i, r := range s["persona"] {
		all[r["persona_id"]] = &dossier{
			community: r["community_id"], ids: []string{r["persona_id"]}, name: r, headers: []string{r["name"][:4]},
			days: map[string]bool{r["joined_on"]: true}, joined: r["joined_on"], born: i,
		}
	}
	for i, r := range s["post"] {
		d := all[r["persona_id"]]
		d.ids, d.days[r["posted_on"]], d.posts = append(d.ids, r["post_id"]), true, append(d.posts, i)
		d.bodies, d.headers = append(d.bodies, len(r["body"])), append(d.headers, r["body"][:4])
	}
	for _, r := range s["topic"] {
		d := all[r["persona_id"]]
		d.ids, d.titles, d.headers = append(d.ids, r["topic_id"]), append(d.titles, len(r["title"])), append(d.headers, r["title"][:4])
	}
	for _, r := range s["answered_request"] {
		all[r["persona_id"]].careful++
	}
	for i, r := range s["notice"] {
		d := all[r["persona_id"]]
		d.ids, d.told = append(d.ids, r["notice_id"]), append(d.told, i)
		d.boxes, d.headers = append(d.boxes, r["box"]), append(d.headers, r["box"][:4])
	}
	for i, r := range s["audit_event"] {
		if d := all[r["persona_id"]]; d != nil {
			d.ids, d.acts = append(d.ids, r["event_id"]), append(d.acts, i)
		}
	}
	return all
}

// clue is a number that may tell whether two personas are one member's: the higher, the likelier, or the other way.
// NaN is for where there is nothing to compare.
type clue struct {
	name  string
	weigh func(a, b *dossier) float64
}

func equal(a, b string) float64 {
	if a == b {
		return 1
	}
	return 0
}

func commonBits(a, b string) float64 {
	n := 0
	for i := range min(len(a), len(b)) {
		if x := a[i] ^ b[i]; x != 0 {
			return float64(n + bits.LeadingZeros8(x))
		}
		n += 8
	}
	return float64(n)
}

func number(s string) float64 {
	n := 0.0
	for _, c := range s {
		n = 10*n + float64(c-'0')
	}
	return n
}

// first is one size of several: how many there are is a habit, and no stored value.
func first(sizes []int) float64 {
	if len(sizes) == 0 {
		return math.NaN()
	}
	return float64(sizes[0])
}

func overlap[T comparable](a, b []T) float64 {
	both := 0
	for _, v := range a {
		if slices.Contains(b, v) {
			both++
		}
	}
	return float64(both) / float64(max(len(a)+len(b)-both, 1))
}

// values are the clues that what is stored gives, apart from when and how much somebody writes.
var values = []clue{
	{"common bits of their ids", func(a, b *dossier) float64 { return commonBits(a.ids[0], b.ids[0]) }},
	{"common last bits of their ids", func(a, b *dossier) float64 { return commonBits(backwards(a.ids[0]), backwards(b.ids[0])) }},
	{"distance of their ids", func(a, b *dossier) float64 {
		return -math.Abs(float64(binary.BigEndian.Uint64([]byte(a.ids[0]))) - float64(binary.BigEndian.Uint64([]byte(b.ids[0]))))
	}},
	{"common bits of the ids of what they wrote", func(a, b *dossier) float64 {
		if len(a.ids) == 1 || len(b.ids) == 1 {
			return math.NaN()
		}
		return commonBits(a.ids[1], b.ids[1])
	}},
	{"common bits of the keyed hashes of their names", func(a, b *dossier) float64 { return commonBits(a.name["name_mac"], b.name["name_mac"]) }},
	{"common bits of their sealed names", func(a, b *dossier) float64 { return commonBits(a.name["name"], b.name["name"]) }},
	{"equal columns", func(a, b *dossier) float64 {
		n := 0.0
		for column, value := range a.name {
			if column != "joined_on" {
				n += equal(value, b.name[column])
			}
		}
		return n
	}},
	{"size of their names", func(a, b *dossier) float64 { return -math.Abs(float64(len(a.name["name"]) - len(b.name["name"]))) }},
	{"headers", func(a, b *dossier) float64 { return overlap(distinct(a.headers), distinct(b.headers)) }},
	{"role", func(a, b *dossier) float64 { return equal(a.name["role"], b.name["role"]) }},
	{"state", func(a, b *dossier) float64 { return equal(a.name["state"], b.name["state"]) }},
	{"rules accepted", func(a, b *dossier) float64 {
		return -math.Abs(number(a.name["rules_accepted"]) - number(b.name["rules_accepted"]))
	}},
	{"version", func(a, b *dossier) float64 { return -math.Abs(number(a.name["version"]) - number(b.name["version"])) }},
	{"version of the name", func(a, b *dossier) float64 {
		return -math.Abs(number(a.name["sealed_version"]) - number(b.name["sealed_version"]))
	}},
	{"size of a text", func(a, b *dossier) float64 { return -math.Abs(first(a.bodies) - first(b.bodies)) }},
	{"common bits of what they were told", func(a, b *dossier) float64 {
		if len(a.boxes) == 0 || len(b.boxes) == 0 {
			return math.NaN()
		}
		return commonBits(a.boxes[0], b.boxes[0])
	}},
	{"size of a title", func(a, b *dossier) float64 { return -math.Abs(first(a.titles) - first(b.titles)) }},
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func distinct[T interface{ ~int | ~string }](values []T) []T {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

// near counts how many pairs of rows lie within a few of each other, beyond what chance alone would bring.
func near(a, b []int, all int) float64 {
	const within = 4
	pairs := 0.0
	for _, x := range a {
		i, _ := slices.BinarySearch(b, x-within)
		for ; i < len(b) && b[i] <= x+within; i++ {
			pairs++
		}
	}
	chance := float64(len(a)*len(b)) * (2*within + 1) / float64(max(all, 1))
	return (pairs - chance) / math.Sqrt(chance+0.1)
}

// rare weighs the days that two have in common by how few others were there, against the days that one has alone.
func rare(days map[string]int, personas int) func(a, b *dossier) float64 {
	weight := func(day string) float64 { return math.Log(float64(personas+1) / float64(days[day]+1)) }
	return func(a, b *dossier) float64 {
		both, either := 0.0, 0.0
		for day := range a.days {
			if b.days[day] {
				both += weight(day)
			}
			either += weight(day)
		}
		for day := range b.days {
			if !a.days[day] {
				either += weight(day)
			}
		}
		return both / max(either, 0.01)
	}
}

// habits are the clues that time and habit give: what is plain in a dump by design, and the order in which rows lie.
func (s spill) habits(all map[string]*dossier) []clue {
	days := map[string]int{}
	for _, d := range all {
		for day := range d.days {
			days[day]++
		}
	}
	return []clue{
		{"days of activity", rare(days, len(all))},
		{"day of joining", func(a, b *dossier) float64 { return equal(a.joined, b.joined) }},
		{"how much they write", func(a, b *dossier) float64 {
			return -math.Abs(math.Log(float64(len(a.posts)+1)) - math.Log(float64(len(b.posts)+1)))
		}},
		{"remembered idempotency keys", func(a, b *dossier) float64 {
			return equal(strings.Repeat("k", min(a.careful, 1)), strings.Repeat("k", min(b.careful, 1)))
		}},
		{"order of the rows of personas", func(a, b *dossier) float64 { return -math.Abs(float64(a.born - b.born)) }},
		{"order of the rows of posts", func(a, b *dossier) float64 { return near(a.posts, b.posts, len(s["post"])) }},
		{"how often they were told", func(a, b *dossier) float64 {
			return -math.Abs(math.Log(float64(len(a.told)+1)) - math.Log(float64(len(b.told)+1)))
		}},
		{"order of the rows of notices", func(a, b *dossier) float64 { return near(a.told, b.told, len(s["notice"])) }},
		{"order of the rows of the audit log", func(a, b *dossier) float64 { return near(a.acts, b.acts, len(s["audit_event"])) }},
	}
}
