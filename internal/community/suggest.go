package community

import (
	"context"
	"crypto/rand"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Suggest offers up to n display names that are free in a community, in a language. An invitation, where one is
// presented, lets its holder choose a name before joining.
func (d *Directory) Suggest(ctx context.Context, actor member.Actor, community uuid.UUID, invitation, language string, n int) ([]persona.Name, error) {
	var standing Standing
	var found bool
	if err := postgres.Read(ctx, d.db, postgres.Communities(community), ReadStanding(&standing, &found, community, actor.Persona(community))); err != nil {
		return nil, err
	}
	facts := standing.Facts(actor, authz.PersonaSuggest, purposeSupport, d.clock())
	if invitation != "" {
		var err error
		if facts.Invited, err = d.holdsInvitation(ctx, standing, invitation); err != nil {
			return nil, err
		}
	}
	if _, err := d.policy.Require(ctx, facts); err != nil {
		return nil, err
	}
	ring, err := d.keys.Shared(ctx, "community", community)
	if err != nil {
		return nil, err
	}
	names := persona.Suggest(rand.Reader, language, 3*n) // some of them are taken
	macs := make([][]byte, len(names))
	for i, name := range names {
		macs[i] = persona.NameMAC(ring, name)
	}
	taken, err := d.taken(ctx, community, macs)
	if err != nil {
		return nil, err
	}
	free := make([]persona.Name, 0, n)
	for i, name := range names {
		if len(free) < n && !taken[string(macs[i])] {
			free = append(free, name)
		}
	}
	return free, nil
}

func (d *Directory) taken(ctx context.Context, community uuid.UUID, macs [][]byte) (map[string]bool, error) {
	var rows []struct {
		MAC []byte `db:"name_mac"`
	}
	err := postgres.Read(ctx, d.db, postgres.Communities(community),
		postgres.Many(&rows, `SELECT name_mac FROM persona WHERE community_id = $1 AND name_mac = ANY ($2)`, community, macs))
	taken := make(map[string]bool, len(rows))
	for _, row := range rows {
		taken[string(row.MAC)] = true
	}
	return taken, err
}
