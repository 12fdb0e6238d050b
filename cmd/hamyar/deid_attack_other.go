package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hamyar/hamyar/internal/deid/attack"
	"github.com/hamyar/hamyar/internal/deid/dp"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// between tries the release together with an earlier one.
func (s *siege) between(r *attack.Release) error {
	before, err := s.folder.Problem(s.asked, s.earlier)
	if err != nil {
		return err
	}
	earlier, err := s.open(before, s.earlierRelease)
	if err != nil {
		return err
	}
	first, err := s.names(s.earlier)
	if err != nil {
		return err
	}
	second, err := s.names(s.input)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for row, code := range second.Codes {
		if at[second.Values[code]] > 0 {
			return &table.Wrong{File: s.input, Row: row + 1, Column: s.same, What: "two rows have the same value here, and it should say whose row each is"}
		}
		at[second.Values[code]] = row + 1
	}
	same := make([]int, len(first.Codes))
	for row, code := range first.Codes {
		same[row] = at[first.Values[code]] - 1
	}
	s.found = append(s.found, attack.Intersection(earlier, r, same, s.limits)...)
	s.found = append(s.found, attack.Moves(earlier, r, s.limits), attack.Pseudonyms(earlier, r))
	return nil
}

// names reads the column that says whose rows they are.
func (s *siege) names(path string) (*table.Column, error) {
	leave := map[string]bool{}
	for name := range s.asked.Columns {
		leave[name] = name != s.same
	}
	read, err := s.read(path, leave)
	if err != nil {
		return nil, err
	}
	at := read.Find(s.same)
	if at < 0 {
		return nil, &table.Wrong{File: path, Column: s.same, What: "there is no such column"}
	}
	return &read.Columns[at], nil
}

// onCounts works out what published tables say together.
func (s *siege) onCounts() error {
	read, err := s.folder.Table(s.counts, table.Options{})
	if err != nil {
		return err
	}
	var columns [3]*table.Column
	for i, name := range []string{"people", "low", "high"} {
		at := read.Find(name)
		if at < 0 {
			return &table.Wrong{File: s.counts, Column: name, What: "there is no such column"}
		}
		columns[i] = &read.Columns[at]
	}
	said := make([]attack.Statement, read.Rows)
	for row := range said {
		said[row].Groups = strings.Split(columns[0].At(row), "|")
		for i, to := range []*int{&said[row].Low, &said[row].High} {
			c := columns[i+1]
			if *to, err = strconv.Atoi(c.At(row)); err != nil || *to < 0 || *to > math.MaxInt32 {
				return &table.Wrong{File: s.counts, Row: row + 1, Column: c.Name, What: "it must be a whole number from 0"}
			}
		}
	}
	found, err := attack.Differencing(said, s.limits)
	if err != nil {
		return &table.Wrong{File: s.counts, What: err.Error()}
	}
	s.found = append(s.found, found)
	return nil
}

// heard is how often noise is drawn for an audit, with a person and without.
const heard = 200_000

// onNoise listens to the noise of a count of which one person makes one row.
func (s *siege) onNoise(ctx context.Context) error {
	n, err := dp.Laplace(s.noise, dp.Reach{Cells: 1, Most: 1})
	if err != nil {
		return badInput{fmt.Errorf("-noise: %w", err)}
	}
	found, err := attack.Audit(ctx, func(with bool) (float64, error) {
		rows := int64(100)
		if with {
			rows++
		}
		noisy, err := n.Add(rows)
		return float64(noisy), err
	}, heard, s.noise, 0)
	s.found = append(s.found, found)
	return err
}
