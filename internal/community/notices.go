package community

import (
	"context"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Notices returns a page of what the actor was told in a community about what was done with what is theirs, the newest
// first; also to who has left, and to who was banned.
func (d *Directory) Notices(ctx context.Context, actor member.Actor, community uuid.UUID, ask page.Ask[notice.Position]) (page.Page[notice.Notice, notice.Position], error) {
	var none page.Page[notice.Notice, notice.Position]
	var standing Standing
	var found bool
	self := actor.Persona(community)
	err := postgres.Read(ctx, d.db, postgres.Communities(community), ReadStanding(&standing, &found, community, self))
	if err != nil {
		return none, err
	}
	if _, err := d.policy.Require(ctx, standing.Facts(actor, authz.NoticeList, purposeRights, d.clock())); err != nil {
		return none, err
	}
	if self == uuid.Nil {
		return none, fault.New(fault.NotFound)
	}
	return d.notices.Of(ctx, community, self, ask)
}
