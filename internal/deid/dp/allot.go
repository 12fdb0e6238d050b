package dp

import (
	"fmt"
	"math"

	"github.com/google/differential-privacy/go/v3/dpagg"
)

// draws are what is drawn for one table.
type draws struct {
	choice  *choice // of the cells to be shown; nil where all of them are listed
	members Noise
	figures [][]Noise // of each measure; a mean has that of its sum and that of its members
}

// choice decides with noise whether a cell that nobody listed is shown at all.
type choice struct {
	options dpagg.PreAggSelectPartitionOptions
}

func (c *choice) shows(members int64) (bool, error) {
	options := c.options
	selection, err := dpagg.NewPreAggSelectPartition(&options)
	if err != nil {
		return false, err
	}
	if err := selection.IncrementBy(members); err != nil {
		return false, err
	}
	return selection.ShouldKeepPartition()
}

// allotment is the budget of a plan, divided among its draws.
type allotment struct {
	kind    string
	tables  []draws
	account *Account
}

// allot divides the budget with the kind of noise that a plan asks for, or else with the one that needs less.
func (p *Plan) allot() (*allotment, error) {
	if p.Noise != "" {
		return p.allotWith(p.Noise)
	}
	pure, err := p.allotWith("laplace")
	if err != nil {
		return nil, err
	}
	normal, err := p.allotWith("gaussian")
	if err != nil {
		return nil, err
	}
	if normal.width() < pure.width() {
		return normal, nil
	}
	return pure, nil
}

func (a *allotment) width() float64 {
	sum := 0.0
	for _, d := range a.tables {
		sum += math.Log(d.members.spread)
		for _, figures := range d.figures {
			for _, n := range figures {
				sum += math.Log(n.spread) / float64(len(figures))
			}
		}
	}
	return sum
}

func (p *Plan) allotWith(kind string) (*allotment, error) {
	account, err := NewAccount(Budget{Epsilon: p.Epsilon, Delta: p.Delta})
	if err != nil {
		return nil, err
	}
	a := &allotment{kind: kind, account: account}
	chance := p.Delta // for choices of cells
	if kind == "gaussian" {
		chance /= 2 // normal noise needs the other half
	}
	purse := purse{kind: kind, epsilon: p.Epsilon, account: account}
	all, chosen := p.shares()
	if chosen == 0 {
		chance = 0
	}
	if kind == "gaussian" {
		purse.rho = rhoFor(Budget{Epsilon: p.Epsilon, Delta: p.Delta - chance})
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		d, err := purse.table(t, p.Least, t.Share/all, chance*t.Share/math.Max(chosen, t.Share))
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		a.tables = append(a.tables, d)
	}
	return a, nil
}

// shares adds up those of all tables, and those of the ones whose cells have to be chosen.
func (p *Plan) shares() (all, chosen float64) {
	for i := range p.Tables {
		all += p.Tables[i].Share
		if !p.Tables[i].public() {
			chosen += p.Tables[i].Share
		}
	}
	return all, chosen
}

// purse pays for draws.
type purse struct {
	kind         string
	epsilon, rho float64 // of the whole release
	account      *Account
}

// table pays for all draws of a table, in equal parts.
func (w purse) table(t *Counts, least int64, share, chance float64) (d draws, err error) {
	parts := 1 + len(t.Measures)
	if !t.public() {
		parts++
	}
	share /= float64(parts)
	if !t.public() {
		if d.choice, err = w.choice(t, least, share, chance); err != nil {
			return d, err
		}
	}
	if d.members, err = w.noise(share, Reach{Cells: t.Cells, Most: 1}); err != nil {
		return d, err
	}
	for i := range t.Measures {
		var figures []Noise
		reaches := t.Measures[i].reaches(t.Cells)
		for _, r := range reaches {
			n, err := w.noise(share/float64(len(reaches)), r)
			if err != nil {
				return d, err
			}
			figures = append(figures, n)
		}
		d.figures = append(d.figures, figures)
	}
	return d, nil
}

func (w purse) choice(t *Counts, least int64, share, chance float64) (*choice, error) {
	epsilon := w.epsilon * share
	if w.kind == "gaussian" {
		epsilon = math.Sqrt(2 * w.rho * share)
	}
	c := &choice{dpagg.PreAggSelectPartitionOptions{Epsilon: epsilon, Delta: chance, PreThreshold: least, MaxPartitionsContributed: t.Cells}}
	return c, w.account.Spend(pureCost(epsilon, chance))
}

func (w purse) noise(share float64, r Reach) (n Noise, err error) {
	if w.kind == "gaussian" {
		n, err = Gaussian(w.rho*share, r)
	} else {
		n, err = Laplace(w.epsilon*share, r)
	}
	if err != nil {
		return n, err
	}
	return n, w.account.Spend(n.cost)
}

// reaches are how far a member moves the figures that a measure is made of.
func (m *Measure) reaches(cells int64) []Reach {
	low, high := m.steps(*m.Min), m.steps(*m.Max)
	switch {
	case m.Sum != "":
		return []Reach{{Cells: cells, Most: max(high, -low)}}
	case m.Mean != "":
		middle := m.middle()
		return []Reach{{Cells: cells, Most: max(high-middle, middle-low)}, {Cells: cells, Most: 1}}
	}
	return []Reach{{Cells: cells * int64(treeHeight(high-low+1)), Most: 1}}
}

// middle is between the bounds; means are added up from there, since a member is never as far from it as from 0.
func (m *Measure) middle() int64 {
	low, high := m.steps(*m.Min), m.steps(*m.Max)
	return low + (high-low)/2
}
