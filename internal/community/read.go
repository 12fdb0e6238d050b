package community

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

type rulesRow struct {
	Number int
	Day    time.Time
	Words  []byte
}

// Read returns a community with its current ground rules and its programme. An invitation, where one is presented, lets
// its holder read what they would join.
func (d *Directory) Read(ctx context.Context, actor member.Actor, id uuid.UUID, invitation string) (Community, error) {
	var row communityRow
	var rules rulesRow
	var found, ruled bool
	err := postgres.Read(ctx, d.db, postgres.Communities(id),
		postgres.One(&row, &found, `SELECT `+communityColumns+` `+StandingFrom+` JOIN community_tally y ON y.community_id = c.community_id WHERE c.community_id = $1`, id, actor.Persona(id)),
		postgres.One(&rules, &ruled, `SELECT g.number, g.day, g.words FROM ground_rules g JOIN community c ON c.community_id = g.community_id AND c.rules_number = g.number WHERE g.community_id = $1`, id))
	if err != nil {
		return Community{}, err
	}
	facts := row.Facts(actor, authz.CommunityRead, purposeSupport, d.clock())
	if invitation != "" {
		if facts.Invited, err = d.holdsInvitation(ctx, row.Standing, invitation); err != nil {
			return Community{}, err
		}
	}
	decision, err := d.policy.Require(ctx, facts)
	if err != nil {
		return Community{}, err
	}
	if err := d.recordOpening(ctx, actor, decision, audit.Event{Action: authz.CommunityRead, Community: id, Subject: id}); err != nil {
		return Community{}, err
	}
	return d.open(ctx, row, rules, decision)
}

// mayRead refuses who may not read a community: before they found or change it, since its card is the answer.
func (d *Directory) mayRead(ctx context.Context, actor member.Actor, s Standing) error {
	_, err := d.policy.Require(ctx, s.Facts(actor, authz.CommunityRead, purposeSupport, d.clock()))
	return err
}

// recordOpening appends the opening of cards to the audit log, where the decision obliges to that. It is there before
// they are opened.
func (d *Directory) recordOpening(ctx context.Context, actor member.Actor, decision authz.Decision, e audit.Event) error {
	if !decision.Obliges(authz.AuditRead) {
		return nil
	}
	e.Identity = actor.Identity
	_, err := postgres.InTx(ctx, d.db, postgres.Unscoped, func(tx pgx.Tx) (struct{}, error) {
		return struct{}{}, d.log.Append(ctx, tx, decision, e)
	})
	return err
}

func (d *Directory) open(ctx context.Context, row communityRow, rules rulesRow, decision authz.Decision) (Community, error) {
	ring, err := d.keys.SharedFor(ctx, "community", row.Community, row.Card)
	if err != nil {
		return Community{}, err
	}
	own, err := d.ownRing(ctx, row)
	if err != nil {
		return Community{}, err
	}
	c, err := row.open(ring, own)
	if err != nil {
		return Community{}, err
	}
	c.Visible = decision.VisibleFields
	c.Rules = Rules{Number: rules.Number, Day: rules.Day}
	if err := openCard(ring, rulesPlace(row.Community, rules.Number), rules.Words, &c.Rules.RulesWords); err != nil {
		return Community{}, err
	}
	programme, _, err := d.programme(ctx, row.Programme)
	c.Programme = programme.Programme
	return c, err
}

func (d *Directory) ownRing(ctx context.Context, row communityRow) (*sealed.Ring, error) {
	if row.PersonaID == nil {
		return nil, nil
	}
	rings, err := d.keys.PersonasFor(ctx, []uuid.UUID{*row.PersonaID}, [][]byte{row.PersonaName})
	if err != nil {
		return nil, err
	}
	return rings[0], nil
}

// Position in the directory: the busiest communities come first.
type Position struct {
	Activity int64     `json:"a"`
	ID       uuid.UUID `json:"i"`
}

// List returns a page of the directory, busiest first. An empty language lists every language.
func (d *Directory) List(ctx context.Context, actor member.Actor, language string, ask page.Ask[Position]) (page.Page[Community, Position], error) {
	var none page.Page[Community, Position]
	communities, personas := actor.Personas()
	programmes, all := actor.Leads()
	columns := StandingFacts()
	columns["programme_lead"] = "(c.programme_id = ANY ($3::uuid[]) OR $4::boolean)"
	filter, err := d.policy.Filter(ctx, actor.Facts(authz.CommunityList, purposeSupport, uuid.Nil, d.clock()), columns, 8)
	if err != nil {
		return none, err
	}
	order, compare := "DESC", "<"
	if ask.Backward {
		order, compare = "ASC", ">"
	}
	var from Position
	if ask.From != nil {
		from = *ask.From
	}
	sql := `SELECT ` + communityColumns + ` FROM community c JOIN community_tally y ON y.community_id = c.community_id
		LEFT JOIN persona m ON m.community_id = c.community_id AND m.persona_id = ANY ($1)
		WHERE $3::uuid[] IS NOT NULL AND $4::boolean IS NOT NULL AND ($2 = '' OR c.language = $2) AND ($5 OR (y.activity, y.community_id) ` + compare + ` ($6::bigint, $7::uuid)) AND ` + filter.SQL + `
		ORDER BY y.activity ` + order + `, y.community_id ` + order + ` LIMIT $` + strconv.Itoa(8+len(filter.Args))
	args := append([]any{personas, language, programmes, all, ask.From == nil, from.Activity, from.ID}, filter.Args...)
	var rows []communityRow
	if err := postgres.Read(ctx, d.db, postgres.Communities(communities...), postgres.Many(&rows, sql, append(args, ask.Fetch())...)); err != nil {
		return none, err
	}
	if len(rows) == 0 { // which says that there are none, to who could see one
		public := Standing{Visibility: "public"}
		if _, err := d.policy.Require(ctx, public.Facts(actor, authz.CommunityList, purposeSupport, d.clock())); err != nil {
			return none, err
		}
	}
	cut := page.Cut(rows, ask, func(r communityRow) Position { return Position{r.Activity, r.Community} })
	var noted authz.Decision
	var opened []uuid.UUID
	for _, row := range cut.Items {
		decision, err := d.policy.Require(ctx, row.Facts(actor, authz.CommunityList, purposeSupport, d.clock()))
		if err != nil {
			return none, fmt.Errorf("community: a list showed what policy hides: %w", err)
		}
		if decision.Obliges(authz.AuditRead) {
			noted, opened = decision, append(opened, row.Community)
		}
	}
	if err := d.recordOpening(ctx, actor, noted, audit.Event{Action: authz.CommunityList, Subjects: opened}); err != nil {
		return none, err
	}
	items, err := d.openCards(ctx, cut.Items, false)
	return page.With(cut, items), err
}

// Mine returns the communities of the actor that policy shows at this moment: the sensitive ones need a fresh sign-in,
// because people share phones with family.
func (d *Directory) Mine(ctx context.Context, actor member.Actor) ([]Community, error) {
	communities, personas := actor.Personas()
	subject := actor.Facts(authz.MeCommunities, purposeSupport, uuid.Nil, d.clock())
	if _, err := d.policy.Require(ctx, actor.Facts(authz.MeRead, purposeSupport, uuid.Nil, d.clock())); err != nil {
		return nil, err
	}
	filter, err := d.policy.Filter(ctx, subject, StandingFacts(), 2)
	if err != nil {
		return nil, err
	}
	sql := `SELECT ` + communityColumns + ` FROM community c JOIN community_tally y ON y.community_id = c.community_id
		JOIN persona m ON m.community_id = c.community_id AND m.persona_id = ANY ($1)
		WHERE m.state = 'active' AND ` + filter.SQL + ` ORDER BY y.activity DESC, c.community_id`
	var rows []communityRow
	args := append([]any{personas}, filter.Args...)
	if err := postgres.Read(ctx, d.db, postgres.Communities(communities...), postgres.Many(&rows, sql, args...)); err != nil {
		return nil, err
	}
	return d.openCards(ctx, rows, true)
}

// openCards opens directory rows; own also opens the actor's own name in each.
func (d *Directory) openCards(ctx context.Context, rows []communityRow, own bool) ([]Community, error) {
	ids, cards := make([]uuid.UUID, len(rows)), make([][]byte, len(rows))
	personas, names := make([]uuid.UUID, len(rows)), make([][]byte, len(rows))
	for i, row := range rows {
		ids[i], cards[i], names[i] = row.Community, row.Card, row.PersonaName
		if own && row.PersonaID != nil {
			personas[i] = *row.PersonaID
		}
	}
	rings, err := d.sharedFor(ctx, "community", ids, cards)
	if err != nil {
		return nil, err
	}
	owns := make([]*sealed.Ring, len(rows))
	if own {
		if owns, err = d.keys.PersonasFor(ctx, personas, names); err != nil {
			return nil, err
		}
	}
	communities := make([]Community, 0, len(rows))
	for i, row := range rows {
		c, err := row.open(rings[i], owns[i])
		if err != nil {
			return nil, err
		}
		communities = append(communities, c)
	}
	return communities, nil
}

// sharedFor returns the rings that are to open these cards; a key that was renewed a moment ago is read again.
func (d *Directory) sharedFor(ctx context.Context, kind string, ids []uuid.UUID, cards [][]byte) ([]*sealed.Ring, error) {
	rings, err := d.keys.SharedMany(ctx, kind, ids)
	if err != nil {
		return nil, err
	}
	for i, ring := range rings {
		if ring == nil || ring.Has(cards[i]) {
			continue
		}
		if rings[i], err = d.keys.SharedFor(ctx, kind, ids[i], cards[i]); err != nil {
			return nil, err
		}
	}
	return rings, nil
}
