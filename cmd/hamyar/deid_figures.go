package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

// figures are what is told of a release. They name columns, and hold no cell.
type figures struct {
	Coding         table.Coding       `json:"coding"`
	Score          float64            `json:"score"`
	MeanLoss       float64            `json:"ncp_mean"`
	Loss           map[string]float64 `json:"ncp"`
	Quasi          []string           `json:"quasi"`
	Levels         []int              `json:"levels"` // in the order of Quasi; null with local coding
	Rows           int                `json:"rows"`
	Suppressed     int                `json:"suppressed"`
	Classes        int                `json:"classes"`
	MinClass       int                `json:"min_class"`
	MaxClass       int                `json:"max_class"`
	MinL           *int               `json:"min_l"` // the fewest different values of a sensitive column in a class; null without one
	MaxT           *float64           `json:"max_t"` // in the sense that the study asks for, or else equal
	Sensitive      map[string]secrecy `json:"sensitive,omitempty"`
	Presence       *presence          `json:"delta_presence,omitempty"`
	Discernibility float64            `json:"discernibility"`
	Risk           risk               `json:"risk"`
	Recoding       int64              `json:"recode_ms"`
	Elapsed        int64              `json:"elapsed_ms"`
}

// secrecy is how well one sensitive column is kept: the figure of the class that keeps it worst.
type secrecy struct {
	DistinctL    int      `json:"distinct_l"`
	EntropyL     float64  `json:"entropy_l"`
	RecursiveC   *float64 `json:"recursive_c,omitempty"` // the bound of c, where recursive l-diversity is asked for
	EqualT       float64  `json:"equal_t"`
	OrderedT     *float64 `json:"ordered_t,omitempty"`
	Alpha        float64  `json:"alpha"`
	BasicBeta    float64  `json:"basic_beta"`
	EnhancedBeta float64  `json:"enhanced_beta"`
	Disclosure   float64  `json:"delta_disclosure"`
}

type presence struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// risk is the chance to pick the right row.
type risk struct {
	ProsecutorMax  float64 `json:"prosecutor_max"`
	ProsecutorMean float64 `json:"prosecutor_mean"`
	JournalistMax  float64 `json:"journalist_max"`
	JournalistMean float64 `json:"journalist_mean"`
	Marketer       float64 `json:"marketer"`
}

// agreement is how near the score of the builder and that of the judge are, who add up in different orders.
const agreement = 1e-9

// judge lets a release pass only if it is what the study asks for, by the two tables alone.
func (u *undertaking) judge(made *recode.Release) (*figures, error) {
	m, err := verify.Check(u.problem, made.Table, made.Suppressed)
	if err == nil {
		err = m.Meets(u.problem)
	}
	if err == nil && !(math.Abs(m.Score-made.Score) < agreement) {
		err = errors.New("the builder counts another loss than the judge")
	}
	if err != nil {
		return nil, fmt.Errorf("nothing was written: the release was made, and judged not to be what the study asks for. This is a mistake of Hamyar's: %w", err)
	}
	u.found = m
	return u.figures(made, m), nil
}

func (u *undertaking) figures(made *recode.Release, m *verify.Measures) *figures {
	f := &figures{
		Coding: u.problem.Coding, Score: m.Score, MeanLoss: m.MeanLoss, Loss: map[string]float64{}, Levels: made.Levels,
		Rows: m.Rows, Suppressed: m.Suppressed, Classes: m.Classes, MinClass: m.MinClass, MaxClass: m.MaxClass,
		Sensitive: map[string]secrecy{}, Presence: (*presence)(m.Presence), Discernibility: m.Discernibility, Risk: risk(m.Risk),
	}
	for i, axis := range u.problem.Quasi {
		name := u.problem.Table.Columns[axis.Column].Name
		f.Quasi = append(f.Quasi, name)
		f.Loss[name] = m.Loss[i]
	}
	for i := range m.Secrets {
		f.add(&u.problem.Sensitive[i], &m.Secrets[i])
	}
	return f
}

func (f *figures) add(asked *table.Secret, s *verify.Secret) {
	one := secrecy{
		DistinctL: s.DistinctL, EntropyL: s.EntropyL, EqualT: s.EqualT, OrderedT: s.OrderedT, Alpha: s.Alpha,
		BasicBeta: s.BasicBeta, EnhancedBeta: s.EnhancedBeta, Disclosure: s.Disclosure,
	}
	if asked.L.Kind == "recursive" {
		one.RecursiveC = &s.RecursiveC
	}
	f.Sensitive[s.Column] = one
	if f.MinL == nil || s.DistinctL < *f.MinL {
		f.MinL = &s.DistinctL
	}
	far := &s.EqualT
	if asked.T.Kind == "ordered" {
		far = s.OrderedT
	}
	if f.MaxT == nil || *far > *f.MaxT {
		f.MaxT = far
	}
}

func (f *figures) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(f)
}

// tellFigures says in a few lines what has become of a table.
func (p program) tellFigures(u *undertaking, f *figures) {
	p.say("release     %s: %d of %d rows, %d suppressed", u.output, f.Rows-f.Suppressed, f.Rows, f.Suppressed)
	p.say("classes     %d, of %d to %d rows", f.Classes, f.MinClass, f.MaxClass)
	if f.MinL != nil {
		p.say("sensitive   at least %d different values in a class, and at most %.3f away from the whole", *f.MinL, *f.MaxT)
	}
	p.say("loss        %.2f %% in the mean of the quasi columns; score %.9f", 100*f.MeanLoss, f.Score)
	if f.Levels != nil {
		p.say("levels      %v of %v", f.Levels, f.Quasi)
	}
	p.say("risk        at most %.2g to pick a person's row, %.2g in the mean", f.Risk.ProsecutorMax, f.Risk.ProsecutorMean)
}
