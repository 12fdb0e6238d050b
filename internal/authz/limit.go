package authz

import (
	"context"
	"time"
)

// patience is the time that one judgement by the policy as it is written may take; it needs some hundred microseconds.
const patience = 2 * time.Second

// limit stops an evaluation at its deadline or with its context. The evaluator asks at every step; without an answer
// from us it would run on for as long as the policy makes it. Asking back is cheaper than a timer of its own.
//
// It lives for one evaluation.
type limit struct {
	ctx   context.Context
	until time.Time
	steps uint
	over  bool
}

func newLimit(ctx context.Context, patience time.Duration) *limit {
	return &limit{ctx: ctx, until: time.Now().Add(patience)}
}

// Cancel ends the evaluation.
func (l *limit) Cancel() { l.over = true }

// Cancelled reports whether the evaluation has to end.
func (l *limit) Cancelled() bool {
	l.steps++
	if !l.over && l.steps%32 == 0 {
		l.over = l.ctx.Err() != nil || time.Now().After(l.until)
	}
	return l.over
}
