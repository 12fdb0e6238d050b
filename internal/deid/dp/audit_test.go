package dp

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// An audit looks at many releases with a member and without them, and asks by how much any answer is likelier with them.
// That is at most ε, and nearly ε for the best question. The control must be caught: a member with four rows who is said
// to have one is four times as visible as was paid for.
func TestAnAuditFindsWhatWasPaidForAndNoMore(t *testing.T) {
	t.Parallel()
	const head, others, rest = "who,score\n", "a,3\nb,3\nc,3\n", "one,10\none,10\none,10\none,10\n"
	for name, c := range map[string]struct {
		plan     string
		from, to float64
	}{
		"laplace":  {"member: who\nnoise: laplace", 0.5, 1},
		"gaussian": {"member: who\nnoise: gaussian", 0, 1},
		"control":  {"one_row_each: true\nnoise: laplace", 1.2, 4},
	} {
		p := plan(t, c.plan+"\nepsilon: 1\nleast: 1\nround: 1\ntables: [{name: a}]")
		with, without := counts(t, p, head+others+rest), counts(t, p, head+others)
		found := leastEpsilon(with, without)
		t.Logf("%s: at least %.3f", name, found)
		if found < c.from || found > c.to {
			t.Errorf("%s: ε is at least %.3f, want %g to %g", name, found, c.from, c.to)
		}
	}
}

const audits = 15000

// counts is how often each answer was given.
func counts(t *testing.T, p *Plan, rows string) map[string]int {
	t.Helper()
	from, got := read(t, rows), map[string]int{}
	whose, err := byMember(from, p, "")
	if err != nil {
		t.Fatal(err)
	}
	budget, err := p.allot()
	if err != nil {
		t.Fatal(err)
	}
	for range audits {
		g, cells, err := gather(from, &p.Tables[0], whose, "")
		if err != nil {
			t.Fatal(err)
		}
		made, err := p.draw(&p.Tables[0], &budget.tables[0], g, cells)
		if err != nil {
			t.Fatal(err)
		}
		c := made.Cells[0]
		if c.Hidden {
			got["hidden"]++
			continue
		}
		got[c.Figures[0].Value]++
	}
	return got
}

// leastEpsilon is the ε that the answers prove, by the question "at least so many?", its opposite and either way round.
// Shares are made as unimpressive as 99.9 % confidence lets them be.
func leastEpsilon(with, without map[string]int) float64 {
	best := 0.0
	for least := 1; least < 30; least++ {
		asked := func(answers map[string]int) float64 {
			n := 0
			for at := least; at < 200; at++ {
				n += answers[fmt.Sprint(at)]
			}
			return float64(n)
		}
		a, b := asked(with), asked(without)
		for _, pair := range [][2]float64{{a, b}, {b, a}, {audits - a, audits - b}, {audits - b, audits - a}} {
			best = math.Max(best, math.Log(margin(pair[0], -1)/margin(pair[1], 1)))
		}
	}
	return best
}

// margin is the end of Wilson's interval of a share.
func margin(n, side float64) float64 {
	const z = 3.3
	share := n / audits
	middle := share + z*z/(2*audits)
	width := z * math.Sqrt(share*(1-share)/audits+z*z/(4*audits*audits))
	return math.Max(0, middle+side*width) / (1 + z*z/audits)
}

// Nothing that a plan can say makes noise that comes again.
func TestThereIsNoSeed(t *testing.T) {
	t.Parallel()
	if _, err := ReadPlan(strings.NewReader(strings.Replace(wholePlan, "least: 20", "seed: 7", 1)), ""); err == nil {
		t.Error("a seed was taken")
	}
	n, err := Laplace(0.001, Reach{Cells: 1, Most: 1})
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[int64]bool{}
	for range 100 {
		noisy, err := n.Add(0)
		if err != nil {
			t.Fatal(err)
		}
		drawn[noisy] = true
	}
	if len(drawn) < 80 {
		t.Errorf("100 draws of wide noise gave %d figures", len(drawn))
	}
}
