package attack

import "errors"

// Statement is what a published table says: that these groups of people, who overlap with none of the other groups, are
// together at least Low and at most High. An exact count has Low and High the same; one that was rounded to 5 is up to 2
// away from what it says; one that was suppressed below 8 says from 0 to 7, or nothing at all.
type Statement struct {
	Groups    []string
	Low, High int
}

// ErrContradiction says that no counts make all statements true.
var ErrContradiction = errors.New("the statements contradict each other")

// Differencing works out what published tables say together: of table A less table B, of totals less their parts. Counts
// are from 0. What is measured is how many groups of people are pinned to one number that is small, above 0.
func Differencing(said []Statement, limits Limits) (Finding, error) {
	known := map[string]*Statement{}
	most := 0
	for i := range said {
		most = max(most, said[i].High)
		for _, group := range said[i].Groups {
			known[group] = &Statement{}
		}
	}
	for _, bounds := range known {
		bounds.High = most
	}
	for tighter := true; tighter; {
		tighter = false
		for i := range said {
			changed, err := said[i].tighten(known)
			if err != nil {
				return Finding{}, err
			}
			tighter = tighter || changed
		}
	}
	pinned := 0
	for _, bounds := range known {
		if bounds.Low == bounds.High && bounds.Low > 0 && bounds.Low < limits.Group {
			pinned++
		}
	}
	return Finding{
		Attack: "differencing", Measured: float64(pinned),
		Meaning: "groups of people whose small number can be worked out from published tables",
	}, nil
}

// tighten bounds each group by what the others of the statement leave it.
func (s *Statement) tighten(known map[string]*Statement) (changed bool, err error) {
	low, high := 0, 0
	for _, group := range s.Groups {
		low, high = low+known[group].Low, high+known[group].High
	}
	if low > s.High || high < s.Low {
		return false, ErrContradiction
	}
	for _, group := range s.Groups {
		at := known[group]
		least, most := max(at.Low, s.Low-(high-at.High)), min(at.High, s.High-(low-at.Low))
		if least > most {
			return false, ErrContradiction
		}
		if least > at.Low || most < at.High {
			low, high = low+least-at.Low, high+most-at.High
			at.Low, at.High, changed = least, most, true
		}
	}
	return changed, nil
}
