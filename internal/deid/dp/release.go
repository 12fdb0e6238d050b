package dp

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Release is what may be shown to everybody. Nothing in it is exact.
type Release struct {
	Noise  string // laplace or gaussian
	Spent  Budget
	Tables []Released
}

// Released is one table of a release, with its cells in order.
type Released struct {
	Name  string
	By    []string
	Cells []Cell
	// Spread is the standard deviation of the noise in each figure of Cells, in the figure's unit; 0 for means and
	// quantiles, whose noise depends on what they are taken of.
	Spread []float64
}

// Cell is what is shown of some members.
type Cell struct {
	Key     []string
	Hidden  bool // too few members, after noise; there are no figures then
	Figures []Figure
}

// Figure is a noisy figure, with an interval that holds what it was before its noise, with the plan's confidence. How
// sure anybody can be of members who aren't in the table is another matter.
type Figure struct {
	Name             string
	Value, Low, High string
}

// Release draws the tables of a plan, once. Whoever draws them again tells more than Spent says. A row that the plan can't
// take is a *table.Wrong. progress is told the tables that are done; it may be nil.
func (p *Plan) Release(ctx context.Context, from *table.Table, input string, progress func(tables int)) (*Release, error) {
	whose, err := byMember(from, p, input)
	if err != nil {
		return nil, err
	}
	a, err := p.allot()
	if err != nil {
		return nil, err
	}
	if 10*a.account.Spent().Delta*float64(whose.members()) > 1 {
		return nil, &table.Wrong{File: input, What: fmt.Sprintf("delta is %g, and for as many members as these it has to be smaller: a tenth of one in as many, or less", p.Delta)}
	}
	r := &Release{Noise: a.kind, Spent: a.account.Spent()}
	for i := range p.Tables {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		grid, cells, err := gather(from, &p.Tables[i], whose, input)
		if err != nil {
			return nil, err
		}
		made, err := p.draw(&p.Tables[i], &a.tables[i], grid, cells)
		if err != nil {
			return nil, err
		}
		r.Tables = append(r.Tables, made)
		if progress != nil {
			progress(i + 1)
		}
	}
	return r, nil
}

// draw makes a table. Listed cells are all shown, whoever is in them; others are chosen first.
func (p *Plan) draw(t *Counts, d *draws, g *grid, cells map[uint64]*cell) (Released, error) {
	made := Released{Name: t.Name, Spread: []float64{d.members.spread}}
	for _, k := range t.By {
		made.By = append(made.By, k.Column)
	}
	for i := range t.Measures {
		made.Spread = append(made.Spread, t.Measures[i].spreads(d.figures[i])...)
	}
	keys := slices.Sorted(maps.Keys(cells))
	if d.choice == nil {
		keys = keys[:0]
		for key := range g.cells {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		c := cells[key]
		if c == nil {
			c = &cell{figures: make([]figure, len(t.Measures))}
		}
		if d.choice != nil {
			if shown, err := d.choice.shows(c.members); err != nil {
				return made, err
			} else if !shown {
				continue
			}
		}
		shown, err := p.show(t, d, c)
		if err != nil {
			return made, err
		}
		shown.Key = g.names(key)
		made.Cells = append(made.Cells, shown)
	}
	return made, nil
}

func (p *Plan) show(t *Counts, d *draws, c *cell) (Cell, error) {
	noisy, err := d.members.Add(c.members)
	if err != nil {
		return Cell{}, err
	}
	if noisy < p.Least {
		return Cell{Hidden: true}, nil
	}
	low, high, err := d.members.Interval(noisy, p.Confidence)
	if err != nil {
		return Cell{}, err
	}
	step := float64(p.Round)
	whole := Measure{Step: 1}
	shown := Cell{Figures: []Figure{{
		Name:  "members",
		Value: whole.written(math.Round(float64(noisy)/step)*step, 0),
		Low:   whole.written(math.Floor(math.Max(0, low)/step)*step, 0),
		High:  whole.written(math.Ceil(math.Max(0, high)/step)*step, 0),
	}}}
	for i := range t.Measures {
		figures, err := t.Measures[i].show(&c.figures[i], d.figures[i], p.Confidence)
		if err != nil {
			return Cell{}, err
		}
		shown.Figures = append(shown.Figures, figures...)
	}
	return shown, nil
}
