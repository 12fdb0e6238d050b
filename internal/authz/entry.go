package authz

import (
	"context"
	"time"
)

// Entry is one answer, for whoever keeps count of answers. It holds no identifier, because facts hold none. Its slices
// are shared: read them, never write them.
type Entry struct {
	Facts       Facts
	Allow       bool
	Reasons     []Reason
	Obligations []Obligation
	Revision    string // of the policy that decided; empty where none did
	Took        time.Duration
	Remembered  bool    // it was worked out before
	List        bool    // it was asked which rows of a list may be seen, and Verdict is the answer
	Verdict     Verdict // None, too, where it was not about a list
	Err         bool    // nothing could be judged, which denies
}

// OnDecision has every answer told to watch, on the goroutine that asked and before it goes on. It is called once,
// before the engine is asked anything. What watch does changes no answer.
func (e *Engine) OnDecision(watch func(ctx context.Context, entry Entry)) { e.watch = watch }

func (e *Engine) asked() time.Time {
	if e.watch == nil {
		return time.Time{}
	}
	return time.Now()
}

func (e *Engine) tell(ctx context.Context, asked time.Time, entry Entry) {
	if e.watch != nil {
		entry.Took = time.Since(asked)
		e.watch(ctx, entry)
	}
}
