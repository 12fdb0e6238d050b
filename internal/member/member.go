package member

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
)

const purposeRights = "rights"

// Desk is where members find themselves: who they are signed in as, what they set, and how they get back in.
type Desk struct {
	keys   *keystore.Store
	kratos *identity.Kratos
	policy *authz.Engine
	clock  func() time.Time

	moderates func(context.Context, Actor) (state, role string, err error) // nil: nobody does
}

// NewDesk works on the keystore alone; the forum database knows no members.
func NewDesk(keys *keystore.Store, kratos *identity.Kratos, policy *authz.Engine, clock func() time.Time) *Desk {
	return &Desk{keys: keys, kratos: kratos, policy: policy, clock: clock}
}

// Actor adds what the keystore knows of somebody to what their session says.
func (d *Desk) Actor(ctx context.Context, session identity.Actor) (Actor, error) {
	if !session.SignedIn() {
		return Actor{}, nil
	}
	record, err := d.keys.Member(ctx, session.Identity)
	if err != nil {
		return Actor{}, err
	}
	return Actor{Actor: session, record: record}, nil
}

// Me is what somebody sees of their own account. It names no community: that list is guarded apart.
type Me struct {
	AAL                 int
	SignedInAt          time.Time
	Recent              bool
	Language            string
	AlwaysFresh         bool
	Roles               []keystore.Role
	RecoverySecretsLeft int
}

// Me returns the actor's own account.
func (d *Desk) Me(ctx context.Context, actor Actor) (Me, error) {
	if _, err := d.policy.Require(ctx, actor.Facts(authz.MeRead, purposeRights, uuid.Nil, d.clock())); err != nil {
		return Me{}, err
	}
	left, err := d.keys.RecoverySecretsLeft(ctx, actor.Identity)
	if err != nil {
		return Me{}, err
	}
	return Me{
		AAL: actor.AAL, SignedInAt: actor.AuthenticatedAt, Recent: actor.Recent(d.clock()), Language: actor.record.Language,
		AlwaysFresh: actor.record.AlwaysFresh, Roles: actor.record.Roles, RecoverySecretsLeft: left,
	}, nil
}

// Settings that a member changes; nil leaves one as it is.
type Settings struct {
	Language    *string
	AlwaysFresh *bool
}

// Change the actor's settings. To lower a guard takes a fresh sign-in: the phone may be in other hands.
func (d *Desk) Change(ctx context.Context, actor Actor, s Settings) (Me, error) {
	action := authz.MeEdit
	if s.AlwaysFresh != nil && !*s.AlwaysFresh {
		action = authz.MeUnguard
	}
	if _, err := d.policy.Require(ctx, actor.Facts(action, purposeRights, uuid.Nil, d.clock())); err != nil {
		return Me{}, err
	}
	record, err := d.keys.UpdateMember(ctx, actor.Identity, func(r *keystore.Record) error {
		if s.Language != nil {
			r.Language = *s.Language
		}
		if s.AlwaysFresh != nil {
			r.AlwaysFresh = *s.AlwaysFresh
		}
		return nil
	})
	if err != nil {
		return Me{}, err
	}
	actor.record = record
	return d.Me(ctx, actor)
}

// NewRecoverySecrets makes printed secrets for somebody who may have no e-mail. They are shown this once, and end those
// made before.
func (d *Desk) NewRecoverySecrets(ctx context.Context, actor Actor) ([]string, error) {
	if _, err := d.policy.Require(ctx, actor.Facts(authz.MeRecoverySecrets, purposeRights, uuid.Nil, d.clock())); err != nil {
		return nil, err
	}
	return d.keys.NewRecoverySecrets(ctx, actor.Identity)
}

// Recover trades a printed secret for a recovery code. A name that nobody has costs the same work and gets the same
// answer as a wrong secret. The caller throttles.
func (d *Desk) Recover(ctx context.Context, username, secret string, way identity.Way) (identity.RecoveryCode, error) {
	who, found, err := d.kratos.IdentityByIdentifier(ctx, username)
	if err != nil {
		return identity.RecoveryCode{}, err
	}
	if !found {
		who = uuid.New() // nobody's
	}
	good, err := d.keys.RedeemRecoverySecret(ctx, who, secret)
	if err != nil {
		return identity.RecoveryCode{}, err
	}
	if !good || !found {
		return identity.RecoveryCode{}, fault.New(fault.RecoveryRefused)
	}
	return d.kratos.RecoveryCode(ctx, who, way)
}
