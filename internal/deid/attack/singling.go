package attack

import (
	"fmt"
	"slices"
)

// SinglingOut makes descriptions of what the release holds, and counts those that fit exactly one person: a value of one
// quasi column, and the quasi columns of a class together. What fits exactly one of others as often is chance. The same
// with a sensitive value of the class is told, and not judged: it is known to nobody else, or it would be quasi.
func SinglingOut(r *Release, others *People, limits Limits) Finding {
	members := r.Members()
	main, control := r.singled(members), r.singled(others)
	told, toldOthers := r.singledBySecrets(members), r.singledBySecrets(others)
	return Finding{
		Attack: "singling out", Measured: main - control, Limit: limits.Advantage,
		Meaning: fmt.Sprintf("how much oftener a description by quasi columns fits one person of the table alone than one of others; with a sensitive value besides, %.1f %% fit one person against %.1f %%", 100*told, 100*toldOthers),
	}
}

// singled is the share of descriptions that fit exactly one person.
func (r *Release) singled(p *People) float64 {
	fits := make([]int, len(r.rows))
	find := r.search(r.all())
	for person := range p.rows {
		for _, class := range find.classes(p, person) {
			fits[class]++
		}
	}
	counts := [][]int{fits}
	for axis := range r.axes {
		counts = append(counts, r.axes[axis].fits(p.leaf[axis]))
	}
	return ones(slices.Concat(counts...))
}

// fits counts the people whom each released value of a column fits.
func (a *reading) fits(leaves []int32) []int {
	counts := map[value]int{}
	for _, leaf := range leaves {
		for level, codes := range a.hierarchy.Levels {
			at := value{level: level}
			if leaf != none {
				at.code = codes[leaf]
			} else if level < a.hierarchy.Top() {
				continue
			}
			counts[at]++
		}
	}
	all := make([]int, 0, len(a.classes))
	for at := range a.classes {
		all = append(all, counts[at])
	}
	return all
}

// singledBySecrets is the share of descriptions by a class and a sensitive value that it holds.
func (r *Release) singledBySecrets(p *People) float64 {
	type description struct {
		secret int
		class  int32
		code   int32
	}
	fits := map[description]int{}
	for secret, codes := range r.secrets {
		for row, class := range r.class {
			if class != none {
				fits[description{secret, class, int32(codes[row])}] = 0
			}
		}
	}
	find := r.search(r.all())
	for person := range p.rows {
		for _, class := range find.classes(p, person) {
			for secret := range r.secrets {
				d := description{secret, class, p.secret[secret][person]}
				if _, held := fits[d]; held {
					fits[d]++
				}
			}
		}
	}
	counts := make([]int, 0, len(fits))
	for _, n := range fits {
		counts = append(counts, n)
	}
	return ones(counts)
}

func ones(counts []int) float64 {
	if len(counts) == 0 {
		return 0
	}
	n := 0
	for _, count := range counts {
		if count == 1 {
			n++
		}
	}
	return float64(n) / float64(len(counts))
}
