package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
)

var errStaff = errors.New("hamyar staff grant|revoke operator|programme_lead|researcher USERNAME [-programme ID]")

// staff is how an installation gets its first operator: by whoever holds its keys.
func (p program) staff(ctx context.Context, args []string) error {
	if len(args) < 3 || (args[0] != "grant" && args[0] != "revoke") || !slices.Contains([]string{member.RoleOperator, member.RoleLead, member.RoleResearcher}, args[1]) {
		return errStaff
	}
	flags := flag.NewFlagSet("staff", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	programme := flags.String("programme", "", "id of the programme (default: all)")
	if err := flags.Parse(args[3:]); err != nil {
		return said(err)
	}
	post := keystore.Role{Name: args[1]}
	if *programme != "" {
		id, err := uuid.Parse(*programme)
		if err != nil {
			return errors.New("the id of a programme looks like 6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11")
		}
		post.Programme = id
	}
	c, err := config.Load(p.getenv)
	if err != nil {
		return err
	}
	c.Policy = config.Policy{} // servers follow its folder, and remember alone
	s, err := newServer(ctx, c, p.logger(), utc)
	if err != nil {
		return err
	}
	defer s.close()
	who, found, err := s.kratos.IdentityByIdentifier(ctx, args[2])
	if err != nil {
		return err
	}
	if !found {
		return errors.New("nobody has this username")
	}
	_, err = s.store.UpdateMember(ctx, who, func(r *keystore.Record) error {
		r.Roles = slices.DeleteFunc(r.Roles, func(held keystore.Role) bool { return held == post })
		if args[0] == "grant" {
			r.Roles = append(r.Roles, post)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("change the roles: %w", err)
	}
	p.say("done; it holds within 30 seconds on every instance, and takes a sign-in with a second factor to use")
	return nil
}
