package seed

import (
	"context"
	"fmt"
	"slices"

	"github.com/hamyar/hamyar/internal/demo"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
)

// Password of every demonstration account. They are reached from this machine alone.
const Password = "peer support demo"

func (g *gardener) signUp(ctx context.Context) error {
	for i, m := range g.world.Members {
		g.say("\rdemonstration data: people %d of %d", i+1, len(g.world.Members))
		who, found, err := g.Kratos.IdentityByIdentifier(ctx, m.Username)
		if err != nil {
			return err
		}
		if !found {
			if who, err = g.Kratos.CreateIdentity(ctx, identity.NewIdentity{Username: m.Username, Password: Password}); err != nil {
				return fmt.Errorf("account %s: %w", m.Key, err)
			}
		}
		g.identities[m.Key] = who
		if err := g.account(ctx, m); err != nil {
			return fmt.Errorf("account %s: %w", m.Key, err)
		}
		_, err = g.Keys.UpdateMember(ctx, who, func(r *keystore.Record) error {
			r.Language = m.Language
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// account writes down how to sign in, and gives staff their second factor first.
func (g *gardener) account(ctx context.Context, m demo.Member) error {
	if _, known := g.accounts.Of(m.Username); known {
		return nil
	}
	account := Account{Username: m.Username, Password: Password, Role: role(m)}
	if g.staff(m.Key) {
		token, err := g.Kratos.SignIn(ctx, m.Username, Password, "")
		if err != nil {
			return err
		}
		if account.TOTP, err = g.Kratos.EnrolTOTP(ctx, token); err != nil {
			return err
		}
	}
	g.accounts.Accounts = append(g.accounts.Accounts, account)
	return g.accounts.write(g.Folder)
}

func role(m demo.Member) string {
	if m.Role != "" {
		return m.Role
	}
	for _, p := range m.Personas {
		if p.Role == "moderator" {
			return "moderator"
		}
	}
	return ""
}

func (g *gardener) appointStaff(ctx context.Context, m demo.Member) error {
	if m.Role == "" {
		return nil
	}
	held := keystore.Role{Name: m.Role, Programme: g.programmes[m.ProgrammeKey]}
	_, err := g.Keys.UpdateMember(ctx, g.identities[m.Key], func(r *keystore.Record) error {
		if !slices.Contains(r.Roles, held) {
			r.Roles = append(r.Roles, held)
		}
		return nil
	})
	return err
}
