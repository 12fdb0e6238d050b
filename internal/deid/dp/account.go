package dp

import (
	"errors"
	"math"
)

// Budget bounds what a release may tell of one member: whatever is seen is at most e^Epsilon times as likely with them as
// without them, but for a chance of Delta.
type Budget struct {
	Epsilon float64
	Delta   float64
}

// Cost is what a draw tells of one member, in two currencies. Costs add up in each of them.
type Cost struct {
	Epsilon float64 // pure; infinite for normal noise
	Rho     float64 // of zero-concentrated differential privacy
	Delta   float64 // the chance that neither holds
}

// pureCost is that of a draw whose every outcome is at most e^epsilon times as likely with a member as without them, but
// for a chance of delta. Such a draw is ε²/2-concentrated (Bun and Steinke 2016, proposition 1.4).
func pureCost(epsilon, delta float64) Cost {
	return Cost{Epsilon: epsilon, Rho: epsilon * epsilon / 2, Delta: delta}
}

// normalCost is that of normal noise of rho = Δ²/2σ².
func normalCost(rho float64) Cost { return Cost{Epsilon: math.Inf(1), Rho: rho} }

func (c Cost) plus(d Cost) Cost {
	return Cost{Epsilon: c.Epsilon + d.Epsilon, Rho: c.Rho + d.Rho, Delta: c.Delta + d.Delta}
}

// epsilonAt is an ε that holds but for a chance of delta: the better of both currencies.
func (c Cost) epsilonAt(delta float64) float64 {
	if !(c.Delta <= delta) {
		return math.Inf(1)
	}
	return math.Min(c.Epsilon, epsilonOf(c.Rho, delta-c.Delta))
}

// ErrBudget says that a draw would cost more than is left.
var ErrBudget = errors.New("this would cost more of the privacy budget than is left")

// Account adds up what the draws of one release cost. All costs are spent before the first draw, and depend on nothing
// that was drawn: with costs that do, the better of two currencies would be no bound.
type Account struct {
	budget Budget
	spent  Cost
}

// NewAccount is an account with nothing spent.
func NewAccount(b Budget) (*Account, error) {
	if !(b.Epsilon > 0) || math.IsInf(b.Epsilon, 1) || !(b.Delta >= 0 && b.Delta < 1) {
		return nil, errors.New("a privacy budget is an ε above 0, and a δ from 0 to below 1")
	}
	return &Account{budget: b}, nil
}

// Spend takes a cost, or ErrBudget and nothing.
func (a *Account) Spend(c Cost) error {
	if !(c.Epsilon >= 0 && c.Rho >= 0 && c.Delta >= 0) {
		return errors.New("a cost is never negative")
	}
	next := a.spent.plus(c)
	if rounding := 1 + 1e-9; !(next.epsilonAt(a.budget.Delta*rounding) <= a.budget.Epsilon*rounding) {
		return ErrBudget
	}
	a.spent = next
	return nil
}

// Spent is what was spent so far: an ε, with the whole δ of the budget.
func (a *Account) Spent() Budget {
	if a.spent == (Cost{}) {
		return Budget{}
	}
	if a.spent.Delta == 0 && a.spent.Epsilon <= epsilonOf(a.spent.Rho, a.budget.Delta) {
		return Budget{Epsilon: a.spent.Epsilon}
	}
	rounding := 1 + 1e-9
	return Budget{Epsilon: a.spent.epsilonAt(a.budget.Delta * rounding), Delta: a.budget.Delta}
}

// epsilonOf is an ε that ρ-concentrated draws meet but for a chance of delta. Every order above 1 gives one (Canonne,
// Kamath and Steinke 2020, corollary 13); a search for a good order can miss the best, and never the truth.
func epsilonOf(rho, delta float64) float64 {
	if rho == 0 {
		return 0
	}
	if !(delta > 0) || math.IsInf(rho, 1) {
		return math.Inf(1)
	}
	at := func(log float64) float64 { // of the order less 1
		above := math.Exp(log)
		order := 1 + above
		return order*rho + (order*(log-math.Log1p(above))-log-math.Log(delta))/above
	}
	low, high := -30.0, 60.0
	for range 80 {
		left, right := low+(high-low)/3, high-(high-low)/3
		if at(left) < at(right) {
			high = right
		} else {
			low = left
		}
	}
	classic := rho + 2*math.Sqrt(-rho*math.Log(delta)) // Bun and Steinke 2016, proposition 1.3
	return math.Max(0, math.Min(classic, at((low+high)/2)))
}

// rhoFor is the most ρ that meets a budget.
func rhoFor(b Budget) float64 {
	low, high := 0.0, b.Epsilon
	for epsilonOf(high, b.Delta) <= b.Epsilon {
		low, high = high, 2*high
	}
	for range 60 {
		if middle := (low + high) / 2; epsilonOf(middle, b.Delta) <= b.Epsilon {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
