package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// edition is the page in one language.
type edition struct {
	Lang, Dir, Title, Subtitle string
	InShort                    string
	Summary                    []string
	Sections                   []section
	Beware                     string
	Warnings                   []string
}

type section struct {
	Title, Text string
	Bars        *bars
	Curve       *curve
	Head        []string
	Rows        [][]string
}

// Write writes the page of a release that was measured. The curve may be empty.
func Write(w io.Writer, p *table.Problem, m *verify.Measures, points []Point) error {
	var editions []edition
	for _, say := range []*words{&english, &persian} {
		e := edition{
			Lang: say.lang, Dir: say.dir, Title: say.title, Subtitle: say.subtitle, InShort: say.inShort, Summary: say.summary(p, m),
			Beware: say.beware, Warnings: say.warnings,
		}
		if m.Classes > 0 {
			e.Sections = append(e.Sections, say.sizes(p.K, m), say.risks(m))
		}
		e.Sections = append(e.Sections, say.lossOf(p, m))
		if len(m.Secrets) > 0 && m.Classes > 0 {
			e.Sections = append(e.Sections, say.secretsOf(p, m))
		}
		if len(points) > 0 {
			e.Sections = append(e.Sections, say.otherK(p.K, points))
		}
		editions = append(editions, e)
	}
	if err := page.Execute(w, editions); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

func (w *words) summary(p *table.Problem, m *verify.Measures) []string {
	var all []string
	switch {
	case m.Classes == 0:
		all = append(all, w.nothingLeft)
	case m.MinClass == 1:
		all = append(all, w.alone)
	default:
		all = append(all, fmt.Sprintf(w.alike, w.whole(m.MinClass-1)))
	}
	if m.Classes > 0 {
		all = append(all, fmt.Sprintf(w.found, w.percent(m.Risk.ProsecutorMax), w.percent(m.Risk.ProsecutorMean)))
	}
	left := float64(m.Suppressed) / float64(max(m.Rows, 1))
	all = append(all,
		fmt.Sprintf(w.leftRows, w.whole(m.Suppressed), w.whole(m.Rows), w.percent(left)),
		fmt.Sprintf(w.lossMean, w.percent(m.MeanLoss)),
	)
	if p.Coding == table.Local {
		return append(all, w.local)
	}
	return append(all, w.global)
}

// bin is the people in groups of some sizes.
type bin struct {
	from, to       int // sizes, the last one too; 0 for no end
	groups, people int
}

// bins doubles sizes from the least on.
func bins(k int, sizes map[int]int) []bin {
	all := []bin{}
	if k > 1 {
		all = append(all, bin{from: 1, to: k - 1})
	}
	const most = 8
	for from, n := k, 0; n < most; from, n = 2*from, n+1 {
		all = append(all, bin{from: from, to: 2*from - 1})
	}
	all[len(all)-1].to = 0
	for size, groups := range sizes {
		at := slices.IndexFunc(all, func(b bin) bool { return size >= b.from && (b.to == 0 || size <= b.to) })
		all[at].groups += groups
		all[at].people += groups * size
	}
	for len(all) > 1 && all[len(all)-1].groups == 0 {
		all = all[:len(all)-1]
	}
	if k > 1 && all[0].groups == 0 {
		all = all[1:]
	}
	return all
}

func (w *words) sizes(k int, m *verify.Measures) section {
	s := section{Title: w.classes, Text: w.classesText, Head: []string{w.size, w.groups, w.people, w.share}}
	var shares []share
	released := max(m.Rows-m.Suppressed, 1)
	for _, b := range bins(max(k, 1), m.Sizes) {
		label := w.whole(b.from) + "–" + w.whole(b.to)
		switch b.to {
		case 0:
			label = w.whole(b.from) + "+"
		case b.from:
			label = w.whole(b.from)
		}
		of := float64(b.people) / float64(released)
		shares = append(shares, share{label: label, number: w.percent(of), of: of, warn: b.from < k})
		s.Rows = append(s.Rows, []string{label, w.whole(b.groups), w.whole(b.people), w.percent(of)})
	}
	s.Bars = newBars(w.classesAlt, shares, w.persian)
	return s
}

// steps of risk, up to and with each.
var steps = []float64{0.01, 0.02, 0.05, 0.0911, 0.2, 0.5, 1}

// limit is that of the European Medicines Agency and Health Canada, which groups of 11 keep.
const limit = 0.0911

func (w *words) risks(m *verify.Measures) section {
	people := make([]int, len(steps))
	for _, size := range slices.Sorted(maps.Keys(m.Sizes)) {
		at := slices.IndexFunc(steps, func(step float64) bool { return 1/float64(size) <= step })
		people[at] += size * m.Sizes[size]
	}
	s := section{Title: w.risk, Text: w.riskText, Head: []string{w.chance, w.people, w.share}}
	var shares []share
	from := w.percent(0)
	for i, step := range steps {
		to := w.percent(min(step, 1))
		label := from + " – " + to
		of := float64(people[i]) / float64(max(m.Rows-m.Suppressed, 1))
		shares = append(shares, share{label: label, number: w.percent(of), of: of, warn: step > limit && people[i] > 0})
		s.Rows = append(s.Rows, []string{label, w.whole(people[i]), w.percent(of)})
		from = to
	}
	s.Bars = newBars(w.riskAlt, shares, w.persian)
	return s
}

func (w *words) lossOf(p *table.Problem, m *verify.Measures) section {
	s := section{Title: w.losses, Text: w.lossText, Head: []string{w.column, w.loss}}
	var shares []share
	for i, axis := range p.Quasi {
		name := p.Table.Columns[axis.Column].Name
		shares = append(shares, share{label: name, number: w.percent(m.Loss[i]), of: m.Loss[i]})
		s.Rows = append(s.Rows, []string{name, w.percent(m.Loss[i])})
	}
	s.Bars = newBars(w.lossAlt, shares, w.persian)
	return s
}

func (w *words) secretsOf(p *table.Problem, m *verify.Measures) section {
	s := section{Title: w.secrets, Text: w.secretsText, Head: []string{w.column, w.fewest, w.distance, w.guess}}
	for i := range m.Secrets {
		one := &m.Secrets[i]
		far := one.EqualT
		if p.Sensitive[i].T.Kind == "ordered" && one.OrderedT != nil {
			far = *one.OrderedT
		}
		s.Rows = append(s.Rows, []string{one.Column, w.whole(one.DistinctL), w.percent(far), w.percent(one.Alpha)})
	}
	return s
}

func (w *words) otherK(asked int, points []Point) section {
	s := section{Title: w.other, Text: w.curveText, Curve: newCurve(points, asked, w), Head: []string{"k", w.loss, w.leftOut}}
	for _, p := range points {
		k := w.whole(p.K)
		if p.K == asked {
			k = fmt.Sprintf(w.asked, k)
		}
		row := []string{k, w.percent(p.Loss), w.percent(p.Suppressed)}
		if !p.Met {
			row = []string{k, w.impossible, "–"}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}
