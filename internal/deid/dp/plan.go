package dp

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Plan is what a steward writes about a release of tables with noise, before its rows are looked at.
type Plan struct {
	Input table.Written `yaml:"input"`
	// Member names the column that says whose a row is. Without it OneRowEach has to say that nobody has two rows, for
	// that is not to be guessed: a member with four rows would be told apart four times as well as was accounted for.
	Member     string  `yaml:"member"`
	OneRowEach bool    `yaml:"one_row_each"`
	Epsilon    float64 `yaml:"epsilon"` // of the whole release
	Delta      float64 `yaml:"delta"`   // likewise; 1e-6 where it isn't said
	Noise      string  `yaml:"noise"`   // laplace or gaussian; the one with less noise where it isn't said
	// Least is how many members a cell must have to be shown, both before and after noise; 11 where it isn't said.
	Least      int64    `yaml:"least"`
	Round      int64    `yaml:"round"`      // counts are rounded to multiples of it; 5 where it isn't said
	Confidence float64  `yaml:"confidence"` // of intervals; 0.95 where it isn't said
	Tables     []Counts `yaml:"tables"`
}

// Counts asks for a table: how many members each cell has, and measures of them.
type Counts struct {
	Name     string    `yaml:"name"`
	By       []Key     `yaml:"by"`
	Cells    int64     `yaml:"cells"` // how many cells a member counts in at most, 1 to 4; 1 where it isn't said
	Share    float64   `yaml:"share"` // of the budget, against that of other tables; 1 where it isn't said
	Measures []Measure `yaml:"measures"`
}

// Key is a column that cells are made by. Values, if given, are a public list: each is shown whether it occurs or not, and
// rows with others are left out. Without a list, whether a value is shown at all is decided with noise.
type Key struct {
	Column string   `yaml:"column"`
	Values []string `yaml:"values"`
}

// Measure is a figure of the members of a cell: the sum of what all their rows say, or the mean or quantiles over members
// of what their rows say in the middle. What a member says is brought between Min and Max first, and to steps.
type Measure struct {
	Sum       string    `yaml:"sum"` // a column; one of Sum, Mean and Quantiles
	Mean      string    `yaml:"mean"`
	Quantiles string    `yaml:"quantiles"`
	At        []float64 `yaml:"at"` // of quantiles, each between 0 and 1
	Min       *float64  `yaml:"min"`
	Max       *float64  `yaml:"max"`
	Step      float64   `yaml:"step"` // 1 where it isn't said
}

// What a plan doesn't say.
const (
	usualDelta      = 1e-6
	usualLeast      = 11
	usualRound      = 5
	usualConfidence = 0.95
	mostCells       = 4 // a member's; noise grows with it
	mostListed      = 100_000
	longestPlan     = 1 << 20
)

// ReadPlan reads a plan and refuses settings that it doesn't know and budgets that protect nobody. What is wrong comes
// back as a *table.Wrong.
func ReadPlan(r io.Reader, name string) (*Plan, error) {
	text, err := io.ReadAll(io.LimitReader(r, longestPlan+1))
	if err != nil {
		return nil, err
	}
	p := &Plan{Delta: usualDelta, Least: usualLeast, Round: usualRound, Confidence: usualConfidence}
	if len(text) > longestPlan {
		return nil, &table.Wrong{File: name, What: "it is larger than a plan can be"}
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(p); err != nil {
		return nil, table.Misunderstood(err, name)
	}
	if err := decoder.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, &table.Wrong{File: name, What: "it holds more than one document"}
	}
	if err := p.check(); err != nil {
		return nil, &table.Wrong{File: name, What: err.Error()}
	}
	return p, nil
}

func (p *Plan) check() error {
	switch {
	case (p.Member == "") != p.OneRowEach:
		return errors.New("member: name the column that says whose a row is, or say one_row_each: true if nobody has two rows")
	case !(p.Epsilon >= 0.001 && p.Epsilon <= 10):
		return errors.New("epsilon: it is from 0.001 to 10, and 1 for most releases")
	case !(p.Delta > 0 && p.Delta <= 1e-5):
		return errors.New("delta: it is above 0, and at most 1e-5")
	case p.Noise != "" && p.Noise != "laplace" && p.Noise != "gaussian":
		return errors.New("noise: it is laplace or gaussian")
	case p.Least < 1 || p.Least > 1e6:
		return errors.New("least: it is from 1 to 1000000")
	case p.Round < 1 || p.Round > 1000:
		return errors.New("round: it is from 1 to 1000")
	case !(p.Confidence >= 0.5 && p.Confidence <= 0.9999):
		return errors.New("confidence: it is from 0.5 to 0.9999")
	case len(p.Tables) == 0:
		return errors.New("tables: none is asked for")
	}
	names := map[string]bool{}
	for i := range p.Tables {
		t := &p.Tables[i]
		if names[t.Name] || t.Name == "" {
			return errors.New("tables: each needs a name of its own")
		}
		names[t.Name] = true
		if err := t.check(p.Member); err != nil {
			return fmt.Errorf("tables: %s: %w", t.Name, err)
		}
	}
	return nil
}

func (t *Counts) check(member string) error {
	if t.Cells == 0 {
		t.Cells = 1
	}
	if t.Share == 0 {
		t.Share = 1
	}
	if t.Cells < 1 || t.Cells > mostCells {
		return fmt.Errorf("cells: a member counts in 1 to %d of them", mostCells)
	}
	if !(t.Share > 0 && t.Share <= 1000) {
		return errors.New("share: it is above 0, and at most 1000")
	}
	listed, columns := 1, map[string]bool{"": true, member: true}
	for _, k := range t.By {
		if columns[k.Column] {
			return errors.New("by: each needs a column of its own, and none is the member")
		}
		if slices.Contains(own, k.Column) {
			return fmt.Errorf("by: %s is a column that every release has; call the key something else", k.Column)
		}
		columns[k.Column] = true
		if len(slices.Compact(slices.Sorted(slices.Values(k.Values)))) < len(k.Values) {
			return fmt.Errorf("by: %s: a value is listed twice", k.Column)
		}
		if listed *= max(len(k.Values), 1); listed > mostListed {
			return fmt.Errorf("by: these are more than %d cells", mostListed)
		}
	}
	for i := range t.Measures {
		if err := t.Measures[i].check(); err != nil {
			return fmt.Errorf("measures: number %d: %w", i+1, err)
		}
	}
	return nil
}

// public tells whether all cells are known before a row is looked at.
func (t *Counts) public() bool {
	return !slices.ContainsFunc(t.By, func(k Key) bool { return len(k.Values) == 0 })
}

func (m *Measure) check() error {
	if m.Step == 0 {
		m.Step = 1
	}
	asked := 0
	for _, column := range []string{m.Sum, m.Mean, m.Quantiles} {
		if column != "" {
			asked++
		}
	}
	switch {
	case asked != 1:
		return errors.New("it is one of sum, mean and quantiles, with the name of a column")
	case m.Min == nil || m.Max == nil || !(*m.Min < *m.Max):
		return errors.New("it needs a min and a max above it, known without a look at the rows")
	case !(m.Step > 0) || math.Max(math.Abs(*m.Min), math.Abs(*m.Max))/m.Step > farthest:
		return errors.New("step: it is above 0, and not that small beside min and max")
	case m.steps(*m.Max) == m.steps(*m.Min):
		return errors.New("step: there is none between min and max")
	case m.Quantiles == "" && len(m.At) > 0:
		return errors.New("at: only quantiles have it")
	case m.Quantiles != "" && (len(m.At) == 0 || len(m.At) > 100):
		return errors.New("at: quantiles need it, such as [0.25, 0.5, 0.75]")
	case m.Quantiles != "" && m.steps(*m.Max)-m.steps(*m.Min) >= mostSteps:
		return fmt.Errorf("step: quantiles need fewer than %d steps between min and max", mostSteps)
	}
	for _, q := range m.At {
		if !(q > 0 && q < 1) {
			return errors.New("at: each is between 0 and 1")
		}
	}
	return nil
}

func (m *Measure) column() string { return m.Sum + m.Mean + m.Quantiles }

// steps brings a value to a whole number of steps.
func (m *Measure) steps(x float64) int64 {
	const most = 2 * farthest // one row can't say more, whatever it says
	return int64(math.Round(math.Max(-most, math.Min(most, x/m.Step))))
}

func (m *Measure) clamp(steps int64) int64 { return min(max(steps, m.steps(*m.Min)), m.steps(*m.Max)) }

// written is a number of steps as it is shown, with that many more digits than the step itself has.
func (m *Measure) written(steps float64, more int) string {
	_, digits, _ := strings.Cut(strconv.FormatFloat(m.Step, 'f', -1, 64), ".")
	return strconv.FormatFloat(steps*m.Step, 'f', len(digits)+more, 64)
}
