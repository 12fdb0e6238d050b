package identity

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
)

// Actor is who asks. The zero Actor is nobody: not signed in.
type Actor struct {
	Identity        uuid.UUID // of Kratos; it never enters the forum database
	Session         uuid.UUID // zero for a script
	AAL             int       // 0 for nobody, 1 for one factor, 2 for two
	AuthenticatedAt time.Time // when the last factor was checked; zero for a script
	Key             *Key      // that a script of theirs holds up; nil where they are here themselves
}

// SignedIn tells whether the actor is somebody.
func (a Actor) SignedIn() bool { return a.Identity != uuid.Nil }

// SignedInWithin tells whether the last factor was checked within the window before now. A time that lies more than a
// minute ahead is nobody's clock error and counts as never.
func (a Actor) SignedInWithin(window time.Duration, now time.Time) bool {
	age := now.Sub(a.AuthenticatedAt)
	return a.SignedIn() && age <= window && age >= -time.Minute
}

// Actor tells who sends the request: by X-Session-Token, else by a bearer, which is a session token or an API key, else
// by Kratos's cookie. A request without any of these is nobody's and no error. The faults are session_invalid where the
// credential is forged, ended or of an inactive identity, key_invalid where that is so of a key, throttled where an
// address has sent too many wrong keys, and identity_unavailable (with a time to wait) where Kratos can't be asked.
func (k *Kratos) Actor(ctx context.Context, r *http.Request) (Actor, error) {
	held := credentials(r)
	if len(held) == 0 {
		return Actor{}, nil
	}
	if held[0].isKey() {
		return k.keyed(ctx, r, held[0].value)
	}
	return k.resolve(ctx, held[0])
}

// sessionCookie is the name of Kratos's cookie, and tokenPrefix begins every session token that Kratos makes.
const (
	sessionCookie = "ory_kratos_session"
	tokenPrefix   = "ory_st_"
)

// credential is what a request holds up as proof.
type credential struct {
	cookie bool
	value  string
}

// credentials lists what the request holds up, the one that decides first.
func credentials(r *http.Request) []credential {
	var held []credential
	if token := r.Header.Get("X-Session-Token"); token != "" {
		held = append(held, credential{value: token})
	}
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "bearer") {
		held = append(held, credential{value: strings.TrimSpace(token)})
	}
	if cookie, err := r.Cookie(sessionCookie); err == nil && cookie.Value != "" {
		held = append(held, credential{cookie: true, value: cookie.Value})
	}
	return held
}

// plausible tells whether Kratos could have made the credential, so that nothing else is put into a header for it.
func (c credential) plausible() bool {
	if len(c.value) == 0 || len(c.value) > 4096 || !c.cookie && !strings.HasPrefix(c.value, tokenPrefix) {
		return false
	}
	for _, b := range []byte(c.value) {
		letter := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
		if !letter && b != '_' && b != '-' && b != '=' {
			return false
		}
	}
	return true
}

// resolve finds the actor of one credential, in the cache or by asking Kratos.
func (k *Kratos) resolve(ctx context.Context, c credential) (Actor, error) {
	if !c.plausible() {
		return Actor{}, fault.New(fault.SessionInvalid)
	}
	mark := k.sessions.mark(c)
	if actor, known := k.sessions.find(mark, k.now()); known {
		return actor, nil
	}
	return k.lookUp(ctx, mark, func(ctx context.Context) (Actor, time.Time, error) { return k.whoami(ctx, c) })
}
