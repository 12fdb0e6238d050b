package identity

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	kratos "github.com/ory/kratos-client-go"

	"github.com/hamyar/hamyar/internal/fault"
)

// lookUp asks Kratos once for all who wait for the same credential. Whoever gives up leaves the others waiting.
func (k *Kratos) lookUp(ctx context.Context, m mark, ask func(context.Context) (Actor, time.Time, error)) (Actor, error) {
	since := k.sessions.since()
	// Who comes after something was forgotten doesn't join a look-up from before it.
	flight := strconv.FormatUint(since, 36) + string(m[:])
	answer := k.flight.DoChan(flight, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.given.Timeout)
		defer cancel()
		asked := k.now()
		if actor, known := k.sessions.find(m, asked); known {
			return actor, nil // the flight before this one landed between looking and boarding
		}
		actor, ends, err := ask(ctx)
		if err != nil {
			return Actor{}, err
		}
		k.sessions.believe(m, since, actor, asked, ends)
		return actor, nil
	})
	select {
	case <-ctx.Done():
		return Actor{}, unavailable(ctx.Err())
	case a := <-answer:
		actor, _ := a.Val.(Actor) // the zero Actor is nobody
		return actor, a.Err
	}
}

// whoami asks Kratos whose credential this is, and when the session ends.
func (k *Kratos) whoami(ctx context.Context, c credential) (Actor, time.Time, error) {
	call := k.public.FrontendAPI.ToSession(ctx)
	if c.cookie {
		call = call.Cookie(sessionCookie + "=" + c.value)
	} else {
		call = call.XSessionToken(c.value)
	}
	session, response, err := call.Execute()
	if response != nil {
		defer response.Body.Close()
	}
	switch {
	case response == nil:
		return Actor{}, time.Time{}, unavailable(err)
	case response.StatusCode == http.StatusUnauthorized:
		return Actor{}, time.Time{}, k.refused(ctx, err)
	case response.StatusCode == http.StatusForbidden:
		return Actor{}, time.Time{}, fault.Wrap(fault.SecondFactor, err)
	case err != nil || session == nil || response.StatusCode != http.StatusOK:
		return Actor{}, time.Time{}, unavailable(err)
	}
	return vouched(session, k.now())
}

// refused tells an ended session from a Kratos that has lost its database: it says 401 to both.
func (k *Kratos) refused(ctx context.Context, cause error) error {
	if err := k.health.recent(k.now(), func() error { return k.Health(ctx) }); err != nil {
		return unavailable(err)
	}
	return fault.Wrap(fault.SessionInvalid, cause)
}

var errUnclear = errors.New("identity: an incomplete session")

// vouched reads the actor from a session. What is missing, unknown, inactive or over vouches for nobody.
func vouched(s *kratos.Session, now time.Time) (Actor, time.Time, error) {
	id, err := uuid.Parse(s.GetIdentity().Id)
	session, err2 := uuid.Parse(s.Id)
	if err != nil || err2 != nil || id == uuid.Nil || s.AuthenticatedAt == nil || s.ExpiresAt == nil {
		return Actor{}, time.Time{}, fault.Wrap(fault.SessionInvalid, errUnclear)
	}
	level := map[kratos.AuthenticatorAssuranceLevel]int{
		kratos.AUTHENTICATORASSURANCELEVEL_AAL1: 1,
		kratos.AUTHENTICATORASSURANCELEVEL_AAL2: 2,
	}[s.GetAuthenticatorAssuranceLevel()]
	identity := s.GetIdentity()
	if level == 0 || !s.GetActive() || identity.GetState() != "active" || !now.Before(*s.ExpiresAt) {
		return Actor{}, time.Time{}, fault.New(fault.SessionInvalid)
	}
	return Actor{Identity: id, Session: session, AAL: level, AuthenticatedAt: s.AuthenticatedAt.UTC()}, s.ExpiresAt.UTC(), nil
}

// Health tells whether both of Kratos's APIs answer and its database does.
func (k *Kratos) Health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, k.given.Timeout)
	defer cancel()
	for _, ready := range []*url.URL{k.publicURL.JoinPath("health/ready"), k.adminURL.JoinPath("admin/health/ready")} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, ready.String(), http.NoBody)
		if err == nil {
			err = k.ask(r, nil)
		}
		if err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// health remembers for a second how Kratos is, so that forged sessions don't cost it a question each.
type health struct {
	mu    sync.Mutex
	asked time.Time
	last  error
}

func (h *health) recent(now time.Time, ask func() error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if age := now.Sub(h.asked); age < 0 || age >= time.Second {
		h.asked, h.last = now, ask()
	}
	return h.last
}
