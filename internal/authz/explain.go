package authz

import (
	"context"
	"slices"
	"strings"

	"github.com/hamyar/hamyar/internal/fault"
)

// Explanation is why policy answers as it does, rule by rule, from the policy as it is written. It is for operators: it
// quotes conditions and the values of facts. What a refused person may be told is Engine.Told.
type Explanation struct {
	Decision Decision
	// Because are the rules that gave the reasons of a denial, in the order of the reasons.
	Because []Ground
	// Held are the grants that hold. There are some in a denial that outweighs them.
	Held []Ground
	// Nearest are the grants of this action that don't hold, those first that lack least.
	Nearest []Ground
	// Denials are the denials that hold.
	Denials []Ground
}

// Ground is a rule that had a part in an answer.
type Ground struct {
	Reason  Reason // that it gives; empty where it gives none
	Rule    string // such as "hamyar.forum.reasons"
	File    string
	Line    int
	Feature Words  // what the rule is part of
	Title   Words  // of the rule itself, where it has one
	Says    Words  // what an operator's rule has to say to whom it refuses
	Lacks   []Lack // what is not as the rule wants it
}

// Words are the same words in English and in Persian.
type Words struct{ En, Fa string }

// In is the words in a language: "fa" gives Persian, anything else English, and what has no Persian stays English.
func (w Words) In(language string) string {
	if language == "fa" && w.Fa != "" {
		return w.Fa
	}
	return w.En
}

// Lack is a condition of a rule that isn't met, with the facts that it looks at, each as name=value.
type Lack struct {
	Condition string
	Facts     []string
}

// Explain judges like Decide, and says why. It is for people and not for the way of a request: it takes some
// milliseconds, and is told to nobody who watches.
func (e *Engine) Explain(ctx context.Context, facts Facts) (Explanation, error) {
	x, q, err := e.inquire(ctx, facts)
	if err != nil {
		return Explanation{}, err
	}
	if err = q.grants(ctx, &x); err == nil && !x.Decision.Allow {
		err = q.because(ctx, &x)
	}
	if err != nil {
		return Explanation{}, fault.Wrap(fault.Unavailable, err)
	}
	return x, nil
}

// Told are the rules that a refused person may be told of: those behind the reason that they were given anyway, once
// each, by name and title, and without a condition or a fact. Every further reason might tell of something that they may
// not know. They are none where the decision conceals, or allows.
func (e *Engine) Told(ctx context.Context, facts Facts) ([]Ground, error) {
	x, q, err := e.inquire(ctx, facts)
	if err != nil || x.Decision.Allow || x.Decision.Conceal {
		return nil, err
	}
	x.Decision.Reasons = x.Decision.Reasons[:1]
	if err := q.because(ctx, &x); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err)
	}
	var told []Ground
	for _, g := range x.Because {
		g = Ground{Reason: g.Reason, Rule: g.Rule, Feature: g.Feature, Title: g.Title, Says: g.Says}
		if !slices.ContainsFunc(told, func(other Ground) bool { return other.Rule == g.Rule && other.Title == g.Title }) {
			told = append(told, g)
		}
	}
	return told, nil
}

// inquire begins an explanation with the decision, and asks on under the same policy.
func (e *Engine) inquire(ctx context.Context, facts Facts) (Explanation, *inquiry, error) {
	p, err := e.open()
	if err != nil {
		return Explanation{}, nil, err
	}
	d, err := p.judgeWritten(ctx, facts.input())
	if err != nil {
		return Explanation{}, nil, fault.Wrap(fault.Unavailable, err)
	}
	d.Purpose, d.Role = facts.Purpose, facts.role()
	return Explanation{Decision: d}, newInquiry(p, facts), nil
}

// grants finds what would let it, and what that lacks.
func (q *inquiry) grants(ctx context.Context, x *Explanation) error {
	for _, root := range q.rules["data.hamyar.authz._granted"] {
		paths, err := q.paths(ctx, root, nil)
		if err != nil {
			return err
		}
		for _, path := range paths {
			g, err := q.lacking(ctx, path)
			if err != nil {
				return err
			}
			if len(g.Lacks) == 0 {
				x.Held = append(x.Held, g)
			} else {
				x.Nearest = append(x.Nearest, g)
			}
		}
	}
	slices.SortStableFunc(x.Nearest, func(a, b Ground) int { return len(a.Lacks) - len(b.Lacks) })
	return nil
}

// because finds what stands against it, in the order of the reasons.
func (q *inquiry) because(ctx context.Context, x *Explanation) error {
	if err := q.reasons(ctx, x); err != nil {
		return err
	}
	if err := q.denials(ctx, x); err != nil {
		return err
	}
	order := func(g Ground) int { return slices.Index(x.Decision.Reasons, g.Reason) }
	slices.SortStableFunc(x.Because, func(a, b Ground) int { return order(a) - order(b) })
	return nil
}

// reasons finds the rules behind each reason. Those of an operator's restriction are the operator's own.
func (q *inquiry) reasons(ctx context.Context, x *Explanation) error {
	for _, reason := range x.Decision.Reasons {
		for _, c := range q.all {
			if !c.gives(reason) {
				continue
			}
			holds, err := q.holds(ctx, c, c.rule.Body)
			if err != nil {
				return err
			}
			if holds {
				g := q.ground(c)
				g.Reason = reason
				x.Because = append(x.Because, g)
			}
		}
	}
	return nil
}

// handedOn denies what an operator's rules deny, which speak for themselves.
const handedOn = "data.hamyar.restriction.denied"

// denials finds the denials that hold.
func (q *inquiry) denials(ctx context.Context, x *Explanation) error {
	for _, c := range q.all {
		own := c.operators()
		if c.name != "denied" || c.ref == handedOn || own && !slices.Contains(x.Decision.Reasons, fault.RestrictedHere) {
			continue
		}
		holds, err := q.holds(ctx, c, c.rule.Body)
		if err != nil {
			return err
		}
		if holds {
			x.Denials = append(x.Denials, q.ground(c))
		}
		if holds && own {
			g := q.ground(c)
			g.Reason = fault.RestrictedHere
			x.Because = append(x.Because, g)
		}
	}
	return nil
}

// operators tells whether the rule is an operator's own.
func (c clause) operators() bool { return strings.HasPrefix(c.ref, "data.operator.") }
