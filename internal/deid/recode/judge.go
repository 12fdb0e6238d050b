package recode

import (
	"cmp"
	"math"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// secrets are what the rows hold in the columns that are judged, each different combination as one number below kinds.
type secrets struct {
	columns []*table.Secret
	of      []uint32 // of each row; nil where no column is judged
	kinds   int
	codes   [][]uint32 // codes[column][secret]
}

func (s *secrets) at(row int) uint32 {
	if s.of == nil {
		return 0
	}
	return s.of[row]
}

func newSecrets(p *table.Problem) *secrets {
	s := &secrets{kinds: 1}
	for i := range p.Sensitive {
		if secret := &p.Sensitive[i]; secret.L.Kind != "" || secret.T.Kind != "" {
			s.add(secret, &p.Table.Columns[secret.Column])
		}
	}
	s.arrange(p.Table)
	return s
}

// arrange numbers the combinations by their values, so that the order of rows changes nothing.
func (s *secrets) arrange(t *table.Table) {
	order, number := make([]int, s.kinds), make([]uint32, s.kinds)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		for i, secret := range s.columns {
			values := t.Columns[secret.Column].Values
			if c := cmp.Compare(values[s.codes[i][a]], values[s.codes[i][b]]); c != 0 {
				return c
			}
		}
		return 0
	})
	for i, codes := range s.codes {
		arranged := make([]uint32, s.kinds)
		for to, from := range order {
			arranged[to], number[from] = codes[from], uint32(to)
		}
		s.codes[i] = arranged
	}
	for row, secret := range s.of {
		s.of[row] = number[secret]
	}
}

// add tells the combinations so far apart by one column more.
func (s *secrets) add(secret *table.Secret, c *table.Column) {
	type pair struct{ before, code uint32 }
	known := map[pair]uint32{}
	of, codes := make([]uint32, len(c.Codes)), make([][]uint32, len(s.codes)+1)
	for row, code := range c.Codes {
		at := pair{s.at(row), code}
		number, met := known[at]
		if !met {
			number = uint32(len(known))
			known[at] = number
			for i := range s.codes {
				codes[i] = append(codes[i], s.codes[i][at.before])
			}
			codes[len(s.codes)] = append(codes[len(s.codes)], code)
		}
		of[row] = number
	}
	s.columns, s.of, s.kinds, s.codes = append(s.columns, secret), of, len(known), codes
}

// judge says whether a class may be released.
type judge struct {
	k        uint32
	presence *table.Crowd
	columns  []*closeup
}

// closeup is one sensitive column.
type closeup struct {
	l     table.Diversity
	t     table.Closeness
	code  []uint32 // of each secret
	all   []uint64 // rows of each code in the whole table
	rows  uint64   // in the whole table
	order []uint32 // codes in their order, and where one of another rank follows
	ends  []bool
	ranks uint64
	here  []uint32 // rows of each code in the class that is looked at; zero between two of them
	met   []uint32 // the codes of which here has some
}

func newJudge(p *table.Problem, s *secrets) *judge {
	j := &judge{k: uint32(p.K), presence: p.Presence}
	for i, secret := range s.columns {
		column := &p.Table.Columns[secret.Column]
		c := &closeup{l: secret.L, t: secret.T, code: s.codes[i], rows: uint64(p.Table.Rows)}
		c.all, c.here = make([]uint64, len(column.Values)), make([]uint32, len(column.Values))
		for _, code := range column.Codes {
			c.all[code]++
		}
		if c.t.Kind == "ordered" {
			c.rank(secret.Rank)
		}
		j.columns = append(j.columns, c)
	}
	return j
}

func (c *closeup) rank(rank []int) {
	for code := range rank {
		c.order = append(c.order, uint32(code))
	}
	slices.SortFunc(c.order, func(a, b uint32) int { return rank[a] - rank[b] })
	c.ends = make([]bool, len(rank))
	for i := range c.order {
		if i+1 == len(rank) || rank[c.order[i]] != rank[c.order[i+1]] {
			c.ends[i] = true
			c.ranks++
		}
	}
}

// verdict is what is said of a class.
type verdict int

const (
	passes verdict = iota
	fails
	meagre // it fails, and so does every class that is a part of it
)

// judge judges a class: its rows, people of the population in it, and the rows of each secret that it holds, which may
// name a secret more than once.
func (j *judge) judge(rows, people uint32, secrets, each []uint32) verdict {
	if rows < j.k {
		return meagre
	}
	said := passes
	if j.presence != nil {
		if present := float64(rows) / float64(people); present < j.presence.Min || present > j.presence.Max {
			said = fails
		}
	}
	for _, c := range j.columns {
		said = max(said, c.judge(uint64(rows), secrets, each))
	}
	return said
}

func (c *closeup) judge(rows uint64, secrets, each []uint32) verdict {
	for i, secret := range secrets {
		if each[i] == 0 {
			continue // of the population alone
		}
		code := c.code[secret]
		if c.here[code] == 0 {
			c.met = append(c.met, code)
		}
		c.here[code] += each[i]
	}
	said := fails
	switch {
	case float64(len(c.met)) < c.l.Value: // of every kind of l
		said = meagre
	case c.diverse(rows) && c.close(rows):
		said = passes
	}
	for _, code := range c.met {
		c.here[code] = 0
	}
	c.met = c.met[:0]
	return said
}

// even is how far an entropy may be from the one that is asked for: logarithms are rounded.
const even = 1e-12

// diverse judges a class that holds enough different values.
func (c *closeup) diverse(rows uint64) bool {
	switch c.l.Kind {
	case "entropy":
		sum := 0.0
		for _, code := range c.met {
			n := float64(c.here[code])
			sum += n * math.Log(n)
		}
		return math.Log(float64(rows))-sum/float64(rows) >= math.Log(c.l.Value)-even
	case "recursive":
		slices.SortFunc(c.met, func(a, b uint32) int { return int(c.here[b]) - int(c.here[a]) })
		rest := uint64(0)
		for _, code := range c.met[int(c.l.Value)-1:] {
			rest += uint64(c.here[code])
		}
		return float64(c.here[c.met[0]]) < c.l.C*float64(rest)
	}
	return true
}

// close compares shares as whole numbers, rows × all rows of them, so that a distance of exactly t is not above it.
func (c *closeup) close(rows uint64) bool {
	switch c.t.Kind {
	case "equal":
		far, elsewhere := uint64(0), c.rows
		for _, code := range c.met {
			far += apart(uint64(c.here[code])*c.rows, c.all[code]*rows)
			elsewhere -= c.all[code]
		}
		return float64(far+elsewhere*rows)/float64(2*rows*c.rows) <= c.t.Value
	case "ordered":
		if c.ranks < 2 {
			return true
		}
		far, here, all := uint64(0), uint64(0), uint64(0)
		for i, code := range c.order {
			here, all = here+uint64(c.here[code]), all+c.all[code]
			if c.ends[i] {
				far += apart(here*c.rows, all*rows)
			}
		}
		return float64(far)/(float64(c.ranks-1)*float64(rows*c.rows)) <= c.t.Value
	}
	return true
}

func apart(a, b uint64) uint64 { return max(a, b) - min(a, b) }
