package verify

import (
	"math"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// cost measures what the release lost. A cell loses the leaves that it could have been less one, as a share of all the
// leaves of its hierarchy less one; a suppressed cell loses everything.
func (m *Measures) cost(p *table.Problem, released *table.Table, cells [][]Cell, suppressed []bool) {
	product := 0.0
	for axis := range p.Quasi {
		most := max(len(p.Quasi[axis].Hierarchy.Leaves)-1, 1)
		lost := int64(0)
		for row, code := range released.Columns[p.Quasi[axis].Column].Codes {
			if suppressed[row] {
				lost += int64(most)
			} else {
				lost += int64(cells[axis][code].Leaves - 1)
			}
		}
		loss := float64(lost) / (float64(most) * float64(m.Rows))
		m.Loss = append(m.Loss, loss)
		m.MeanLoss += loss / float64(len(p.Quasi))
		product += math.Log1p(loss)
	}
	m.Score = math.Expm1(product / float64(len(p.Quasi)))
	m.Discernibility = float64(m.Suppressed) * float64(m.Rows)
	for size, classes := range m.Sizes {
		m.Discernibility += float64(classes) * float64(size) * float64(size)
	}
}

func (m *Measures) presence(p *table.Problem, c *classes, people []int) {
	if p.Presence == nil {
		return
	}
	m.Presence = &Presence{Min: 1}
	for class, crowd := range people {
		share := float64(c.size(class)) / float64(crowd)
		m.Presence.Min, m.Presence.Max = min(m.Presence.Min, share), max(m.Presence.Max, share)
	}
}

// risks are those of finding somebody within a class, or within the people of the population who could be meant by it.
func (m *Measures) risks(c *classes, people []int) {
	released := float64(len(c.rows))
	if released == 0 {
		return
	}
	r := &m.Risk
	for class := range c.first {
		size := float64(c.size(class))
		crowd := size
		if people != nil {
			crowd = float64(people[class])
		}
		r.ProsecutorMax, r.JournalistMax = max(r.ProsecutorMax, 1/size), max(r.JournalistMax, 1/crowd)
		r.ProsecutorMean += 1 / released
		r.JournalistMean += size / crowd / released
	}
	r.Marketer = r.JournalistMean * released / float64(m.Rows)
}
