package attack

import (
	"fmt"
	"slices"
)

// tally counts the rows of each class by the value of a sensitive column.
func (r *Release) tally(secret int) []map[uint32]int {
	counts := make([]map[uint32]int, len(r.rows))
	for class, rows := range r.rows {
		counts[class] = map[uint32]int{}
		for _, row := range rows {
			counts[class][r.secrets[secret][row]]++
		}
	}
	return counts
}

// together adds up what was counted in classes.
func together(counts []map[uint32]int, classes []int32) map[uint32]int {
	if len(classes) == 1 {
		return counts[classes[0]]
	}
	all := map[uint32]int{}
	for _, class := range classes {
		for code, count := range counts[class] {
			all[code] += count
		}
	}
	return all
}

// Homogeneity looks for classes that hold so few sensitive values that being in them tells the value.
func Homogeneity(r *Release, limits Limits) []Finding {
	var all []Finding
	for secret := range r.secrets {
		fewest := r.problem.Table.Rows
		for _, counts := range r.tally(secret) {
			fewest = min(fewest, len(counts))
		}
		all = append(all, Finding{
			Attack: "homogeneity", Column: r.column(secret), Measured: float64(fewest), Limit: float64(limits.Values), Least: true,
			Meaning: "different sensitive values in the class that holds the fewest",
		})
	}
	return all
}

// Skewness looks for classes whose sensitive values are far from those of the table, so that being in them makes a value
// much likelier or less likely.
func Skewness(r *Release, limits Limits) []Finding {
	var all []Finding
	for secret := range r.secrets {
		share, one := map[uint32]float64{}, 1/float64(r.problem.Table.Rows)
		for _, code := range r.secrets[secret] {
			share[code] += one
		}
		farthest := 0.0
		for class, counts := range r.tally(secret) {
			shared := 0.0
			for code, count := range counts {
				shared += min(float64(count)/float64(len(r.rows[class])), share[code])
			}
			farthest = max(farthest, 1-shared)
		}
		all = append(all, Finding{
			Attack: "skewness", Column: r.column(secret), Measured: farthest, Limit: limits.Distance,
			Meaning: "how far sensitive values in a class are from those in the table, from 0 to 1",
		})
	}
	return all
}

// Inference guesses the sensitive value of people by the most frequent one among the rows that could be theirs. What is
// guessed as well of people who aren't in the release is knowledge about people like them, not about them.
func Inference(r *Release, others *People, limits Limits) []Finding {
	var all []Finding
	for secret := range r.secrets {
		usual, base := r.usual(secret)
		main, control := r.guessed(r.Members(), secret, usual), r.guessed(others, secret, usual)
		all = append(all, Finding{
			Attack: "inference", Column: r.column(secret), Measured: main - control, Limit: limits.Advantage,
			Meaning: fmt.Sprintf("how much oftener a sensitive value is guessed of people in the release: %.1f %% against %.1f %% of others, and %.1f %% by guessing the most frequent one", 100*main, 100*control, 100*base),
		})
	}
	return all
}

// usual is the most frequent value of a sensitive column among released rows, and its share.
func (r *Release) usual(secret int) (code uint32, share float64) {
	counts, released := map[uint32]int{}, 0
	for row, class := range r.class {
		if class != none {
			counts[r.secrets[secret][row]]++
			released++
		}
	}
	code, most := mode(counts)
	return code, float64(most) / float64(released)
}

// mode is the most frequent of what was counted; of several the first.
func mode(counts map[uint32]int) (code uint32, most int) {
	for at, count := range counts {
		if count > most || count == most && at < code {
			code, most = at, count
		}
	}
	return code, most
}

// guessed is the share of people whose sensitive value is guessed.
func (r *Release) guessed(p *People, secret int, usual uint32) float64 {
	find, counts, right := r.search(r.all()), r.tally(secret), 0
	guesses := map[*int32]uint32{} // by the classes, which are one list for all who could be in them
	for person := range p.rows {
		classes := find.classes(p, person)
		guess := usual
		if len(classes) > 0 {
			known, met := guesses[&classes[0]]
			if !met {
				known, _ = mode(together(counts, classes))
				guesses[&classes[0]] = known
			}
			guess = known
		}
		if p.secret[secret][person] == int32(guess) {
			right++
		}
	}
	return float64(right) / float64(p.rows)
}

// Minimality asks what it tells that the release had to be made coarser for the sake of sensitive values. unforced is the
// release of the same table that asks for k alone, which anybody can make who knows everybody's quasi columns: where it
// would have been finer, and too few sensitive values were the reason, the guess is surer than the class says. What is
// measured is the most that it tells, to somebody who knows which of the finer classes fell short.
func Minimality(r, unforced *Release, limits Limits) []Finding {
	var all []Finding
	for secret := range r.secrets {
		promised, right, suspects := 0.0, 0, 0
		counts, finer := r.tally(secret), unforced.tally(secret)
		for class, rows := range unforced.rows {
			if len(finer[class]) >= limits.Values || !r.forced(rows, unforced) {
				continue
			}
			for _, row := range rows {
				at := r.class[row]
				guess, most := mode(counts[at])
				suspects++
				promised += float64(most) / float64(len(r.rows[at]))
				if r.secrets[secret][row] == guess {
					right++
				}
			}
		}
		f := Finding{
			Attack: "minimality", Column: r.column(secret), Limit: limits.Advantage,
			Meaning: "no class was made coarser for its sensitive values, so nothing is told by it",
		}
		if suspects > 0 {
			f.Measured = (float64(right) - promised) / float64(suspects)
			f.Meaning = fmt.Sprintf("how much oftener, at most, a sensitive value is guessed than classes promise, of %d people whose class was made coarser for such values", suspects)
		}
		all = append(all, f)
	}
	return all
}

// forced tells whether rows that would have made a class are released in a larger one.
func (r *Release) forced(rows []uint32, unforced *Release) bool {
	class := r.class[rows[0]]
	return class != none && !slices.ContainsFunc(rows, func(row uint32) bool { return r.class[row] == none }) &&
		slices.ContainsFunc(r.rows[class], func(row uint32) bool { return unforced.class[row] != unforced.class[rows[0]] })
}
