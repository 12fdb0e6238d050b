package authz

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/policy"
)

// Engine asks the policy that is loaded. It is safe for concurrent use. The zero Engine has no policy and denies.
type Engine struct{ program atomic.Pointer[program] }

var errNoPolicy = errors.New("authz: no policy is loaded")

// New loads the policy that is built in. It fails where that policy does not compile or does not give the answers that
// every policy must give.
func New(ctx context.Context) (*Engine, error) {
	text, err := read(policy.Files)
	if err != nil {
		return nil, err
	}
	modules, err := text.parse()
	if err != nil {
		return nil, err
	}
	p, err := compile(ctx, modules)
	if err != nil {
		return nil, err
	}
	if err := p.gate(ctx); err != nil {
		return nil, err
	}
	e := &Engine{}
	e.program.Store(p)
	return e, nil
}

// Revision names the policy that is loaded; it is empty where none is.
func (e *Engine) Revision() string {
	if p := e.program.Load(); p != nil {
		return p.revision
	}
	return ""
}

// Decide judges one act. With an error the decision denies; the error names neither a fact's value nor a person.
func (e *Engine) Decide(ctx context.Context, facts Facts) (Decision, error) {
	p := e.program.Load()
	if p == nil {
		return Decision{}, fault.Wrap(fault.Unavailable, errNoPolicy)
	}
	if d, known := p.memo.recall(facts); known {
		return d, nil
	}
	d, err := p.judge(ctx, facts.input())
	if err != nil {
		return Decision{Revision: p.revision}, fault.Wrap(fault.Unavailable, err)
	}
	d.Purpose, d.Role = facts.Purpose, facts.role()
	p.memo.keep(facts, d)
	return d, nil
}

// Require is Decide for whoever goes on only if allowed: a denial comes back as the fault to show.
func (e *Engine) Require(ctx context.Context, facts Facts) (Decision, error) {
	d, err := e.Decide(ctx, facts)
	if err == nil && !d.Allow {
		err = d.fault()
	}
	return d, err
}
