// Package member is the person behind the personas: who acts, with which roles, and what they set for themselves.
//
// It protects the link between a person and their personas. That link lives in the keystore and in an Actor in memory;
// this package must never write it, or anything keyed by a member, to the forum database, a log or an error.
package member

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
)

// Fresh is how long ago a sign-in may be to count as recent.
const Fresh = 10 * time.Minute

// Actor is who acts. The zero Actor is nobody: a visitor who is not signed in.
type Actor struct {
	identity.Actor
	record keystore.Record
	held   held
}

// Recent tells whether the actor signed in within the last few minutes.
func (a Actor) Recent(now time.Time) bool { return a.SignedInWithin(Fresh, now) }

// Language that the actor chose, "en" or "fa"; empty where they leave it to the browser.
func (a Actor) Language() string { return a.record.Language }

// Persona is who the actor is in a community; the zero id where they are nobody there.
func (a Actor) Persona(community uuid.UUID) uuid.UUID {
	persona, _ := a.record.Persona(community)
	return persona
}

// Personas lists where the actor is somebody, as two slices of one order.
func (a Actor) Personas() (communities, personas []uuid.UUID) {
	communities, personas = []uuid.UUID{}, []uuid.UUID{} // never NULL in SQL
	for _, p := range a.record.Personas {
		communities, personas = append(communities, p.Community), append(personas, p.Persona)
	}
	return communities, personas
}

// Leads lists the programmes that the actor leads. all is true for somebody who leads every one.
func (a Actor) Leads() (programmes []uuid.UUID, all bool) {
	programmes = []uuid.UUID{} // never NULL in SQL
	for _, role := range a.record.Roles {
		if role.Name == RoleLead {
			all = all || role.Programme == uuid.Nil
			programmes = append(programmes, role.Programme)
		}
	}
	return programmes, all
}

// Roles of the installation that a member can hold. What they allow is told by policy alone.
const (
	RoleOperator   = "operator"
	RoleLead       = "programme_lead"
	RoleResearcher = "researcher"
)

// Facts are what policy may know of the actor, for one action. programme is the one acted on, or the one that owns the
// community; it is zero where there is none. A script acts for the purpose of its key, whatever the route is for.
func (a Actor) Facts(action, purpose string, programme uuid.UUID, now time.Time) authz.Facts {
	programmes, all := a.Leads()
	inScope := false
	if a.Key != nil {
		purpose, inScope = a.Key.Purpose, slices.Contains(a.Key.Scopes, authz.Scope(action))
	}
	return authz.Facts{
		Action:        action,
		SignedIn:      a.SignedIn(),
		AAL:           a.AAL,
		RecentSignIn:  a.Recent(now),
		Operator:      a.holds(RoleOperator),
		ProgrammeLead: all || programme != uuid.Nil && slices.Contains(programmes, programme),
		Researcher:    a.holds(RoleResearcher),
		Purpose:       purpose,
		ByKey:         a.Key != nil,
		InScope:       inScope,
		AlwaysFresh:   a.record.AlwaysFresh,
	}
}

func (a Actor) holds(role string) bool {
	return slices.ContainsFunc(a.record.Roles, func(r keystore.Role) bool { return r.Name == role })
}

// Format keeps the identity and the personas out of everything that is printed.
func (a Actor) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[actor]") }

// LogValue keeps them out of logs.
func (a Actor) LogValue() slog.Value { return slog.StringValue("[actor]") }
