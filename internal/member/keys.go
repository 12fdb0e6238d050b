package member

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/sealed"
)

const (
	longestKeyName = 80 // characters
	longestKeyLife = 365
)

// NewKey is what somebody wants an API key for.
type NewKey struct {
	Name    sealed.Text
	Scopes  []string // of authz.Scopes
	Purpose string
	Days    int // from today, 1 to 365
}

// CreateKey makes an API key for the actor, whose text is returned this once. It takes a fresh sign-in, and a purpose
// that the actor may act for: those who look after a place may for its keeping, wherever that place is.
func (d *Desk) CreateKey(ctx context.Context, actor Actor, wanted NewKey) (k keystore.APIKey, text string, err error) {
	facts := actor.Facts(authz.KeyCreate, wanted.Purpose, uuid.Nil, d.clock())
	if facts.SignedIn && d.moderates != nil {
		if facts.MemberState, facts.MemberRole, err = d.moderates(ctx, actor); err != nil {
			return k, "", err
		}
	}
	facts.ProgrammeLead = facts.ProgrammeLead || actor.holds(RoleLead)
	if _, err := d.policy.Require(ctx, facts); err != nil {
		return k, "", err
	}
	name, err := keyName(wanted.Name)
	if err != nil {
		return k, "", err
	}
	scopes := slices.Compact(slices.Sorted(slices.Values(wanted.Scopes)))
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(authz.Scopes(), s) }) {
		return k, "", fault.New(fault.Invalid).At("/scopes", fault.NotInList)
	}
	if wanted.Days < 1 || wanted.Days > longestKeyLife {
		return k, "", fault.New(fault.Invalid).At("/days", fault.OutOfRange)
	}
	return d.keys.NewAPIKey(ctx, keystore.APIKey{
		Owner: actor.Identity, Name: name, Scopes: scopes, Purpose: wanted.Purpose, AAL: actor.AAL,
		LastDay: d.clock().UTC().Truncate(24*time.Hour).AddDate(0, 0, wanted.Days),
	})
}

func keyName(given sealed.Text) (sealed.Text, error) {
	name := strings.TrimSpace(given.Reveal())
	switch {
	case name == "":
		return given, fault.New(fault.Invalid).At("/name", fault.TooShort)
	case utf8.RuneCountInString(name) > longestKeyName:
		return given, fault.New(fault.Invalid).At("/name", fault.TooLong)
	case strings.ContainsFunc(name, unicode.IsControl):
		return given, fault.New(fault.Invalid).At("/name", fault.BadCharacters)
	}
	return sealed.NewText(name), nil
}

// Keys lists the actor's API keys by name.
func (d *Desk) Keys(ctx context.Context, actor Actor) ([]keystore.APIKey, error) {
	if _, err := d.policy.Require(ctx, actor.Facts(authz.KeyList, purposeRights, uuid.Nil, d.clock())); err != nil {
		return nil, err
	}
	return d.keys.APIKeys(ctx, actor.Identity)
}

// RevokeKey ends an API key of the actor, everywhere and at once; fault.NotFound where it is none of theirs.
func (d *Desk) RevokeKey(ctx context.Context, actor Actor, key uuid.UUID) error {
	if _, err := d.policy.Require(ctx, actor.Facts(authz.KeyRevoke, purposeRights, uuid.Nil, d.clock())); err != nil {
		return err
	}
	return d.keys.RevokeAPIKey(ctx, actor.Identity, key)
}

// Moderating says how to find the standing with which somebody looks after any place at all: their state and role there.
func (d *Desk) Moderating(standing func(ctx context.Context, actor Actor) (state, role string, err error)) {
	d.moderates = standing
}

// Holder tells whose an API key is and what it is for, as package identity asks.
func Holder(keys *keystore.Store) func(ctx context.Context, text string) (identity.Actor, error) {
	return func(ctx context.Context, text string) (identity.Actor, error) {
		k, err := keys.APIKey(ctx, text)
		if err != nil {
			return identity.Actor{}, err
		}
		return identity.Actor{Identity: k.Owner, AAL: k.AAL, Key: &identity.Key{Scopes: k.Scopes, Purpose: k.Purpose}}, nil
	}
}
