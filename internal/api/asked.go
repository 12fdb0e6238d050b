package api

import (
	"context"
	"sync"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
)

// denials are the answers of policy by which a request may have been refused. It may ask from several goroutines.
type denials struct {
	mu  sync.Mutex
	all []authz.Entry
}

// mostDenials of one request are kept, the last: a list asks about its rows, and a refusal ends the asking.
const mostDenials = 8

func (d *denials) keep(e authz.Entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.all) == mostDenials {
		d.all = append(d.all[:0], d.all[1:]...)
	}
	d.all = append(d.all, e)
}

// last is the last of them that gives this as its first reason.
func (d *denials) last(reason authz.Reason) (authz.Entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := len(d.all) - 1; i >= 0; i-- {
		if d.all[i].Reasons[0] == reason {
			return d.all[i], true
		}
	}
	return authz.Entry{}, false
}

// decided notes an answer of policy, and with the request that it was for if it may end that.
func (a *api) decided(ctx context.Context, e authz.Entry) {
	a.Journal.Note(requestID(ctx), e)
	v, ours := ctx.Value(visitKey{}).(*visit)
	if ours && !e.Allow && len(e.Reasons) > 0 {
		v.denials.keep(e)
	}
}

// refusal is the answer of policy that a request ended by; ours is false where the error has another cause.
func refusal(ctx context.Context, err error) (e authz.Entry, ours bool) {
	v, there := ctx.Value(visitKey{}).(*visit)
	if !there || err == nil {
		return authz.Entry{}, false
	}
	return v.denials.last(fault.CodeOf(err))
}
