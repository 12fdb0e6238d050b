package seed

import (
	"context"
	"fmt"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/demo"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/persona"
)

// founding lies before everything that is told.
const founding = 61 // days ago

func (g *gardener) found(ctx context.Context) error {
	g.at = demo.Moment{DaysAgo: founding, Hour: 9}.Before(g.now)
	operator := g.withRole(member.RoleOperator, "")
	for _, m := range g.world.Members {
		if m.Key == operator {
			if err := g.appointStaff(ctx, m); err != nil {
				return err
			}
		}
	}
	by, err := g.actor(ctx, operator)
	if err != nil {
		return err
	}
	for _, p := range g.world.Programmes {
		card := community.ProgrammeCard{Name: p.Name, Operator: p.Operator, Funder: p.Funder, Hours: p.Hours, Contact: p.Contact}
		for _, person := range p.Responsible {
			card.Responsible = append(card.Responsible, community.Person{Name: person.Name, Role: person.Role})
		}
		made, err := g.directory.CreateProgramme(ctx, by, p.Language, card, "demonstration programme "+p.Key)
		if err != nil {
			return fmt.Errorf("programme %s: %w", p.Key, err)
		}
		g.programmes[p.Key] = made.ID
	}
	for _, m := range g.world.Members {
		if err := g.appointStaff(ctx, m); err != nil {
			return err
		}
	}
	for i, c := range g.world.Communities {
		g.say("\rdemonstration data: communities %d of %d        ", i+1, len(g.world.Communities))
		if err := g.foundOne(ctx, c); err != nil {
			return fmt.Errorf("community %s: %w", c.Key, err)
		}
	}
	return nil
}

func (g *gardener) foundOne(ctx context.Context, c demo.Community) error {
	lead, err := g.actor(ctx, g.withRole(member.RoleLead, c.ProgrammeKey))
	if err != nil {
		return err
	}
	made, err := g.directory.Create(ctx, lead, community.Founding{
		Programme: g.programmes[c.ProgrammeKey], Language: c.Language, Kind: c.Kind, Name: c.Name, Description: c.Description, Rules: c.Rules,
		Settings: community.Settings{Sensitivity: c.Sensitivity, Visibility: c.Visibility, JoinPolicy: c.JoinPolicy},
	}, "demonstration community "+c.Key)
	g.communities[c.Key] = made.ID
	return err
}

func (g *gardener) join(ctx context.Context) error {
	g.at = demo.Moment{DaysAgo: founding, Hour: 12}.Before(g.now)
	for i, m := range g.world.Members {
		g.say("\rdemonstration data: personas %d of %d        ", i+1, len(g.world.Members))
		for _, p := range m.Personas {
			if err := g.joinOne(ctx, m, p); err != nil {
				return fmt.Errorf("%s joins %s: %w", m.Key, p.CommunityKey, err)
			}
		}
	}
	return nil
}

func (g *gardener) joinOne(ctx context.Context, m demo.Member, p demo.Persona) error {
	in := g.communities[p.CommunityKey]
	by, err := g.actor(ctx, m.Key)
	if err != nil {
		return err
	}
	name, err := persona.ParseName(p.DisplayName)
	if err != nil {
		return err
	}
	joining := community.Joining{Name: name, AcceptedRules: 1}
	lead, err := g.leadOf(ctx, p.CommunityKey)
	if err != nil {
		return err
	}
	if g.community(p.CommunityKey).JoinPolicy == "invitation" {
		invitation, err := g.directory.Invite(ctx, lead, in, 1, 1)
		if err != nil {
			return err
		}
		joining.Invitation = invitation.Code
	}
	if err := g.directory.Join(ctx, by, in, joining); err != nil {
		return err
	}
	if p.Role != "moderator" {
		return nil
	}
	if by, err = g.actor(ctx, m.Key); err != nil {
		return err
	}
	return g.directory.Appoint(ctx, lead, in, by.Persona(in), p.Role)
}

func (g *gardener) leadOf(ctx context.Context, communityKey string) (member.Actor, error) {
	return g.actor(ctx, g.withRole(member.RoleLead, g.community(communityKey).ProgrammeKey))
}

func (g *gardener) community(key string) demo.Community {
	for _, c := range g.world.Communities {
		if c.Key == key {
			return c
		}
	}
	return demo.Community{}
}
