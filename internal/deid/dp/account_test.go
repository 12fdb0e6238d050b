package dp

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// What a conversion promises is held against what is known exactly of normal noise: its smallest δ at each ε.
func TestConcentratedCostsAreNeverUnderstated(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rho := math.Exp(rapid.Float64Range(-14, 3).Draw(t, "ln rho"))
		delta := math.Exp(rapid.Float64Range(-35, -0.1).Draw(t, "ln delta"))
		epsilon := epsilonOf(rho, delta)
		if exact := normalDelta(epsilon, math.Sqrt(2*rho)); exact > delta*(1+1e-9) {
			t.Fatalf("ρ = %g meets ε = %g but for %g, and %g was promised", rho, epsilon, exact, delta)
		}
		if classic := rho + 2*math.Sqrt(rho*math.Log(1/delta)); epsilon > classic {
			t.Fatalf("ρ = %g, δ = %g: ε = %g is worse than %g, which everybody knows", rho, delta, epsilon, classic)
		}
		if epsilon < 1e-3 {
			return
		}
		if back := rhoFor(Budget{Epsilon: epsilon, Delta: delta}); math.Abs(back-rho) > 1e-3*rho {
			t.Fatalf("ρ = %g is ε = %g, and that is ρ = %g", rho, epsilon, back)
		}
	})
}

// A pure draw is held against its definition: the Rényi divergence of the worst such draw (one bit, turned around with
// chance 1/(1+e^ε)) is at most αρ at every order α.
func TestPureDrawsAreAsConcentratedAsTheyAreChargedFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		epsilon := rapid.Float64Range(0.001, 10).Draw(t, "epsilon")
		order := 1 + math.Exp(rapid.Float64Range(-5, 6).Draw(t, "ln of order"))
		p := 1 / (1 + math.Exp(-epsilon)) // 1-p is lost to rounding sooner than q is
		q := 1 / (1 + math.Exp(epsilon))
		logs := []float64{order*math.Log(p) + (1-order)*math.Log(q), order*math.Log(q) + (1-order)*math.Log(p)}
		top := math.Max(logs[0], logs[1])
		divergence := (top + math.Log(math.Exp(logs[0]-top)+math.Exp(logs[1]-top))) / (order - 1)
		if charged := order * pureCost(epsilon, 0).Rho; divergence > charged*(1+1e-9)+1e-9 {
			t.Fatalf("ε = %g: %g at order %g, charged are %g", epsilon, divergence, order, charged)
		}
	})
}

// Normal noise is charged its exact divergence, Δ²α/2σ²; the sum over the figures that a member moves is by Pythagoras.
func TestNormalNoiseIsAsWideAsItsCostAsks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Reach{Cells: rapid.Int64Range(1, 64).Draw(t, "cells"), Most: rapid.Int64Range(1, farthest).Draw(t, "most")}
		rho := math.Exp(rapid.Float64Range(-12, 1).Draw(t, "ln rho"))
		n, err := Gaussian(rho, r)
		if err != nil {
			t.Fatal(err)
		}
		far := math.Sqrt(float64(r.Cells)) * float64(r.Most)
		if real := far * far / (2 * n.Spread() * n.Spread()); real > rho*(1+1e-8) || real < rho*0.99 {
			t.Fatalf("it costs %g and is charged %g", real, rho)
		}
		if n.Cost().Rho != rho || !math.IsInf(n.Cost().Epsilon, 1) {
			t.Fatalf("charged %+v", n.Cost())
		}
	})
}

// Between what is exact for normal noise (4.8867 for ρ = 1/2 and δ = 1e-6) and the classic rule (5.7565).
func TestAKnownConversion(t *testing.T) {
	t.Parallel()
	if exact := normalDelta(4.8867, 1); math.Abs(exact-1e-6) > 1e-9 {
		t.Errorf("δ = %g at ε = 4.8867", exact)
	}
	if got := epsilonOf(0.5, 1e-6); math.Abs(got-5.2215) > 1e-4 {
		t.Errorf("ε = %g", got)
	}
	if epsilonOf(0, 0) != 0 || !math.IsInf(epsilonOf(0.1, 0), 1) || !math.IsInf(epsilonOf(0.1, -1), 1) || !math.IsInf(epsilonOf(math.Inf(1), 0.1), 1) {
		t.Error("the ends are wrong")
	}
}

func TestAnAccountAddsUpAndRefuses(t *testing.T) {
	t.Parallel()
	a, err := NewAccount(Budget{Epsilon: 1, Delta: 1e-6})
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := a.Spend(pureCost(0.25, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.Spent(); got.Epsilon != 1 || got.Delta != 0 {
		t.Errorf("spent %+v", got)
	}
	for name, c := range map[string]Cost{"an ε more": pureCost(0.01, 0), "a δ too much": {Delta: 1.1e-6}, "normal noise": normalCost(0.02)} {
		if err := a.Spend(c); !errors.Is(err, ErrBudget) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []Cost{{Epsilon: -1}, {Rho: -1}, {Delta: -1}, {Epsilon: math.NaN()}, {Rho: math.NaN()}} {
		if a.Spend(c) == nil {
			t.Errorf("%+v was taken", c)
		}
	}
	if got := a.Spent(); got.Epsilon != 1 {
		t.Errorf("what was refused was spent: %+v", got)
	}
}

// Many small draws cost less together than their sum: that is what concentrated costs are for.
func TestManyDrawsAreCheaperTogether(t *testing.T) {
	t.Parallel()
	a, err := NewAccount(Budget{Epsilon: 1, Delta: 1e-6})
	if err != nil {
		t.Fatal(err)
	}
	draws := 0
	for a.Spend(pureCost(0.01, 0)) == nil {
		draws++
	}
	if draws < 250 || draws > 500 {
		t.Errorf("%d draws of ε = 0.01 fit into 1; plain addition has room for 100", draws)
	}
	for _, b := range []Budget{{0, 0}, {-1, 0}, {math.Inf(1), 0}, {math.NaN(), 0}, {1, 1}, {1, -1}, {1, math.NaN()}} {
		if _, err := NewAccount(b); err == nil {
			t.Errorf("%+v is a budget", b)
		}
	}
}
