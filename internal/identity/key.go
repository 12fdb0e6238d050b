package identity

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	kratos "github.com/ory/kratos-client-go"

	"github.com/hamyar/hamyar/internal/fault"
)

// Key is what a script holds up in place of a session.
type Key struct {
	Scopes  []string // resource:action
	Purpose string
}

// keyPrefix begins every API key. Kratos never sees one.
const keyPrefix = "hamyar_key_"

func (c credential) isKey() bool { return !c.cookie && strings.HasPrefix(c.value, keyPrefix) }

// keyed finds the actor behind an API key, who is never more than its owner is at this moment. The key is asked for at
// each request; its owner is believed as sessions are. Wrong keys are counted for the address that sends them, which
// then has to wait.
func (k *Kratos) keyed(ctx context.Context, r *http.Request, text string) (Actor, error) {
	if k.given.Key == nil {
		return Actor{}, fault.New(fault.KeyInvalid)
	}
	address := k.ClientAddress(r).String()
	if wait := k.throttle.wrongKeys(k.now(), address); wait > 0 {
		return Actor{}, fault.New(fault.Throttled).After(wait)
	}
	actor, err := k.holder(ctx, text)
	if errors.Is(err, fault.New(fault.KeyInvalid)) {
		k.throttle.wrongKey(k.now(), address)
	}
	return actor, err
}

func (k *Kratos) holder(ctx context.Context, text string) (Actor, error) {
	actor, err := k.given.Key(ctx, text)
	if err != nil {
		return Actor{}, err
	}
	owner, err := k.owner(ctx, actor.Identity)
	if err != nil {
		return Actor{}, err
	}
	actor.Session, actor.AAL, actor.AuthenticatedAt = uuid.Nil, min(actor.AAL, owner.AAL), time.Time{} // nobody signed in just now
	return actor, nil
}

// owner is somebody as Kratos knows them without a session: active, and of the highest assurance that they can reach.
func (k *Kratos) owner(ctx context.Context, id uuid.UUID) (Actor, error) {
	m := k.sessions.mark(credential{value: "the owner of a key: " + id.String()}) // with spaces, which no session has
	if actor, known := k.sessions.find(m, k.now()); known {
		return actor, nil
	}
	return k.lookUp(ctx, m, func(ctx context.Context) (Actor, time.Time, error) {
		found, response, err := k.admin.IdentityAPI.GetIdentity(ctx, id.String()).Execute()
		err = settled(response, err)
		if errors.Is(err, fault.New(fault.NotFound)) || err == nil && found.GetState() != "active" {
			return Actor{}, time.Time{}, fault.New(fault.KeyInvalid)
		}
		if err != nil {
			return Actor{}, time.Time{}, err
		}
		return Actor{Identity: id, AAL: reachable(found)}, k.now().Add(longestBelief), nil
	})
}

// secondFactors are the credentials that raise a session.
var secondFactors = []string{"totp", "webauthn", "lookup_secret"}

// reachable is the assurance that an identity's credentials allow.
func reachable(who *kratos.Identity) int {
	for _, factor := range secondFactors {
		if held, has := who.GetCredentials()[factor]; has && len(held.Identifiers) > 0 {
			return 2
		}
	}
	return 1
}
