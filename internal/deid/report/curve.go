package report

import (
	"context"
	"errors"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// Point is what a release would be like if a study asked for another k, and for all else that it asks for.
type Point struct {
	K          int
	Met        bool    // nothing meets the study otherwise, and the rest is 0
	Loss       float64 // mean over the quasi columns, 0 to 1
	Suppressed float64 // the share of rows
}

// usual are the k that people ask about, and the one of the study is put among them.
var usual = []int{2, 5, 11, 20, 50, 100}

// Curve makes the release anew for every usual k, which takes as many times as long as one release. It ends with the error
// of ctx if that ended first.
func Curve(ctx context.Context, p *table.Problem, progress func(done, of int)) ([]Point, error) {
	how := recode.Global
	if p.Coding == table.Local {
		how = recode.Local
	}
	ks := slices.Clone(usual)
	if !slices.Contains(ks, p.K) {
		ks = append(ks, p.K)
		slices.Sort(ks)
	}
	var all []Point
	for i, k := range ks {
		other := *p
		other.K = k
		point := Point{K: k}
		made, err := how(ctx, &other, nil)
		var wrong *table.Wrong
		switch {
		case errors.As(err, &wrong):
		case err != nil:
			return nil, err
		default:
			point.measure(made)
		}
		all = append(all, point)
		if progress != nil {
			progress(i+1, len(ks))
		}
	}
	return all, nil
}

func (p *Point) measure(made *recode.Release) {
	p.Met = true
	for _, loss := range made.Loss {
		p.Loss += loss / float64(len(made.Loss))
	}
	for _, hidden := range made.Suppressed {
		if hidden {
			p.Suppressed += 1 / float64(len(made.Suppressed))
		}
	}
}
