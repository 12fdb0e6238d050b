package authz

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hamyar/hamyar/internal/fault"
)

// Engine asks the policy that is loaded. It is safe for concurrent use. The zero Engine has no policy and denies.
type Engine struct {
	program atomic.Pointer[program]
	closed  atomic.Bool
	watch   func(context.Context, Entry)
	loading sync.Mutex
}

var (
	errNoPolicy = errors.New("authz: no policy is loaded")
	errPanic    = errors.New("authz: the evaluator failed")
)

// New loads the policy that is built in. It fails where that policy does not compile or does not give the answers that
// every policy must give.
func New(ctx context.Context) (*Engine, error) {
	e := &Engine{}
	if err := e.Apply(ctx, nil); err != nil {
		return nil, err
	}
	return e, nil
}

// Apply puts an operator's additions on the built-in policy; nil takes them off. The new policy is compiled and must
// pass the gate before it replaces the old one at once and for everybody. With an error the old one stays.
func (e *Engine) Apply(ctx context.Context, additions *Overlay) error {
	e.loading.Lock()
	defer e.loading.Unlock()
	p, err := admit(ctx, additions)
	if err == nil {
		e.program.Store(p)
	}
	return err
}

// loading bounds how long a policy may take to be tried; the built-in one takes a fraction of a second.
const loading = 30 * time.Second

// admit makes a program of the built-in policy and an operator's additions, if it may be let in.
func admit(ctx context.Context, additions *Overlay) (p *program, err error) {
	defer func() {
		failed := recover()
		if failed == nil {
			return
		}
		p, err = nil, errPanic
		if why, ok := failed.(error); ok && errors.Is(why, errIntricate) {
			err = errIntricate
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, loading)
	defer cancel()
	modules, err := builtIn()
	if err != nil {
		return nil, err
	}
	modules = maps.Clone(modules)
	if err := additions.onto(modules); err != nil {
		return nil, err
	}
	if p, err = compile(ctx, modules); err != nil {
		return nil, err
	}
	if err := p.onlyDenies(additions); err != nil {
		return nil, err
	}
	if err := p.gate(ctx, additions != nil); err != nil {
		return nil, err
	}
	p.defaults, err = additions.defaults()
	p.forget()
	return p, err
}

// Close denies everything, with fault.Closed, until it is called with false.
func (e *Engine) Close(denyAll bool) { e.closed.Store(denyAll) }

// Closed reports whether everything is denied.
func (e *Engine) Closed() bool { return e.closed.Load() }

// Revision names the policy that is loaded; it is empty where none is.
func (e *Engine) Revision() string {
	if p := e.program.Load(); p != nil {
		return p.revision
	}
	return ""
}

// retryClosed is when whoever found everything closed may ask again.
const retryClosed = time.Minute

// open is the policy to ask, or why there is none.
func (e *Engine) open() (*program, error) {
	if e.closed.Load() {
		return nil, fault.New(fault.Closed).After(retryClosed)
	}
	p := e.program.Load()
	if p == nil {
		return nil, fault.Wrap(fault.Unavailable, errNoPolicy)
	}
	return p, nil
}

// Decide judges one act. With an error the decision denies; the error names neither a fact's value nor a person.
func (e *Engine) Decide(ctx context.Context, facts Facts) (Decision, error) {
	asked := e.asked()
	d, err := e.decide(ctx, &facts)
	e.tell(ctx, asked, Entry{
		Facts: facts, Allow: d.Allow, Reasons: d.Reasons, Obligations: d.Obligations, Revision: d.Revision,
		Err: err != nil,
	})
	return d, err
}

func (e *Engine) decide(ctx context.Context, facts *Facts) (d Decision, err error) {
	p, err := e.open()
	if err != nil {
		return Decision{Revision: e.Revision()}, err
	}
	defer func() {
		if recover() != nil {
			d, err = Decision{Revision: p.revision}, fault.Wrap(fault.Unavailable, errPanic)
		}
	}()
	if err := ctx.Err(); err != nil {
		return Decision{Revision: p.revision}, fault.Wrap(fault.Unavailable, err)
	}
	known, err := facts.codes()
	if err != nil {
		return Decision{Revision: p.revision}, fault.Wrap(fault.Unavailable, err)
	}
	d = *p.decide(&known)
	d.Purpose, d.Role = facts.Purpose, facts.role()
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
