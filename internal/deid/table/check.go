package table

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// check refuses a study that contradicts itself, before any table is read.
func (s *Study) check() error {
	for name, w := range map[string]Written{"input": s.Input, "hierarchies": s.Hierarchies} {
		if n := utf8.RuneCountInString(w.Delimiter); n > 1 {
			return fmt.Errorf("%s.delimiter: it must be one character", name)
		}
	}
	switch s.Coding {
	case "":
		s.Coding = Global
	case Global, Local:
	default:
		return errors.New("coding: it is global or local")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		if err := s.Columns[name].check(); err != nil {
			return fmt.Errorf("columns.%s: %w", name, err)
		}
	}
	if len(s.named(Quasi)) == 0 {
		return errors.New("columns: none has the role quasi, so there is nothing to make coarser")
	}
	return s.checkGoal()
}

func (c Trait) check() error {
	switch c.Use {
	case Quasi, Sensitive, Insensitive, Identifier:
	case "":
		return errors.New("it needs a role: quasi, sensitive, insensitive or identifier")
	default:
		return errors.New("its role is quasi, sensitive, insensitive or identifier, and nothing else")
	}
	switch {
	case c.Hierarchy != "" && c.Use != Quasi && c.Use != Sensitive:
		return errors.New("only a quasi column has a hierarchy, and a sensitive one whose values have an order")
	case c.Weight != nil && c.Use != Quasi:
		return errors.New("only a quasi column has a weight")
	case c.Weight != nil && !(*c.Weight > 0 && *c.Weight <= 1000):
		return errors.New("weight: it is above 0, and at most 1000")
	case c.L != nil && c.Use != Sensitive, c.T != nil && c.Use != Sensitive:
		return errors.New("only a sensitive column has an l or a t of its own")
	}
	if c.L != nil {
		if err := c.L.check(); err != nil {
			return err
		}
	}
	if c.T != nil {
		return c.T.check()
	}
	return nil
}

func (s *Study) checkGoal() error {
	p := &s.Privacy
	switch {
	case p.K < 0 || p.K == 0 && p.L == (Diversity{}) && p.T == (Closeness{}) && p.Delta == nil && !s.ownGoals():
		return errors.New("privacy: it asks for nothing; say at least k, a number from 1")
	case !(p.SuppressionLimit >= 0 && p.SuppressionLimit <= 1):
		return errors.New("privacy.suppression_limit: it is a share, from 0 to 1")
	case len(s.named(Sensitive)) == 0 && (p.L != Diversity{} || p.T != Closeness{}):
		return errors.New("privacy: l and t protect sensitive columns, and none has that role")
	}
	p.K = max(p.K, 1)
	if err := p.L.check(); err != nil {
		return fmt.Errorf("privacy.%w", err)
	}
	if err := p.T.check(); err != nil {
		return fmt.Errorf("privacy.%w", err)
	}
	if d := p.Delta; d != nil {
		switch {
		case !(d.Min >= 0 && d.Min <= d.Max && d.Max <= 1):
			return errors.New("privacy.delta: min and max are from 0 to 1, and min is not above max")
		case d.Population == "":
			return errors.New("privacy.delta: it needs population, a file with the quasi columns of everybody")
		}
	}
	return nil
}

// ownGoals tells whether a column asks for something of its own.
func (s *Study) ownGoals() bool {
	for _, c := range s.Columns {
		if c.L != nil || c.T != nil {
			return true
		}
	}
	return false
}

func (d Diversity) check() error {
	switch d.Kind {
	case "":
		if d != (Diversity{}) {
			return errors.New("l.kind: it is distinct, entropy or recursive")
		}
		return nil
	case "distinct", "entropy", "recursive":
	default:
		return errors.New("l.kind: it is distinct, entropy or recursive")
	}
	switch {
	case !(d.Value >= 1 && d.Value <= 1e9):
		return errors.New("l.value: it is a number from 1")
	case d.Kind != "entropy" && d.Value != float64(int(d.Value)):
		return errors.New("l.value: it is a whole number, unless the kind is entropy")
	case d.Kind == "recursive" && !(d.C > 0 && d.C <= 1e9):
		return errors.New("l.c: recursive l-diversity needs it, above 0")
	case d.Kind != "recursive" && d.C != 0:
		return errors.New("l.c: only recursive l-diversity has one")
	}
	return nil
}

func (c Closeness) check() error {
	switch {
	case c == Closeness{}:
		return nil
	case c.Kind != "equal" && c.Kind != "ordered":
		return errors.New("t.kind: it is equal or ordered")
	case !(c.Value > 0 && c.Value <= 1):
		return errors.New("t.value: it is a number above 0, up to 1")
	}
	return nil
}

// named are the columns of a use, in the order of their names.
func (s *Study) named(use Use) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		if s.Columns[name].Use == use {
			names = append(names, name)
		}
	}
	return names
}
