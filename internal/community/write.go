package community

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Create founds a community. With an idempotency key, a repeated request returns the first community.
func (d *Directory) Create(ctx context.Context, actor member.Actor, in Founding, key string) (Community, error) {
	decision, err := d.policy.Require(ctx, actor.Facts(authz.CommunityCreate, purposeSupport, in.Programme, d.clock()))
	if err != nil {
		return Community{}, err
	}
	if _, found, err := d.programme(ctx, in.Programme); err != nil || !found {
		return Community{}, orElse(err, fault.New(fault.Invalid).At("/programme", fault.NotFound))
	}
	usual, err := d.policy.Defaults(in.Kind, in.Sensitivity)
	if err != nil {
		return Community{}, err
	}
	set := in.settled(usual)
	if err := d.mayRead(ctx, actor, Standing{Programme: set.Programme, Visibility: set.Visibility, JoinPolicy: set.JoinPolicy, Archived: set.Archived, Sensitivity: set.Sensitivity}); err != nil {
		return Community{}, err
	}
	words, err := in.render()
	if err != nil {
		return Community{}, err
	}
	request, err := d.request(ctx, actor, "community", key, in)
	if err != nil {
		return Community{}, err
	}
	if mac, found, err := d.founded(ctx, request.id); err != nil || found {
		if err := request.same(mac, err); err != nil {
			return Community{}, err
		}
		c, err := d.Read(ctx, actor, request.id, "")
		c.Replayed = true
		return c, err
	}
	ring, err := d.keys.CreateShared(ctx, "community", request.id)
	if err != nil {
		return Community{}, err
	}
	_, err = postgres.InTx(ctx, d.db, postgres.Communities(request.id), func(tx pgx.Tx) (struct{}, error) {
		if err := d.insert(ctx, tx, ring, request, set, words); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, d.log.Append(ctx, tx, decision, audit.Event{Action: authz.CommunityCreate, Community: request.id, Identity: actor.Identity, Subject: request.id})
	})
	if err != nil {
		return Community{}, err
	}
	return d.Read(ctx, actor, request.id, "")
}

// foundingWords are a founding's words, checked and rendered once.
type foundingWords struct {
	card  Card
	rules RulesWords
}

func (in Founding) render() (foundingWords, error) {
	name, err := markup.Title(in.Name)
	if err != nil {
		return foundingWords{}, at(err, "/name")
	}
	description, err := markup.Render(in.Description)
	if err != nil {
		return foundingWords{}, at(err, "/description")
	}
	rules, err := markup.Render(in.Rules)
	if err != nil {
		return foundingWords{}, at(err, "/rules")
	}
	return foundingWords{Card{name, in.Kind, in.Description, description}, RulesWords{in.Rules, rules}}, nil
}

func (d *Directory) founded(ctx context.Context, id uuid.UUID) (mac []byte, found bool, err error) {
	var row struct {
		RequestMAC []byte `db:"request_mac"`
	}
	err = postgres.Read(ctx, d.db, postgres.Communities(id), postgres.One(&row, &found, `SELECT request_mac FROM community WHERE community_id = $1`, id))
	return row.RequestMAC, found, err
}

func (d *Directory) insert(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, r request, in Founding, words foundingWords) error {
	card, err := sealCard(ring, cardPlace(r.id, 1), words.card)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO community (community_id, programme_id, language, sensitivity, visibility, join_policy, archived, card, request_mac, search, attachments)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULLIF($10, ''), $11)`,
		r.id, in.Programme, in.Language, in.Sensitivity, in.Visibility, in.JoinPolicy, in.Archived, card, r.mac, in.Search, in.Attachments)
	if err != nil {
		return constraints.Fault(err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO community_tally (community_id) VALUES ($1)`, r.id); err != nil {
		return fmt.Errorf("community: create: %w", err)
	}
	return d.insertRules(ctx, tx, ring, r.id, 1, words.rules)
}

func (d *Directory) insertRules(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, community uuid.UUID, number int, words RulesWords) error {
	box, err := sealCard(ring, rulesPlace(community, number), words)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ground_rules (community_id, number, day, words) VALUES ($1, $2, $3, $4)`, community, number, d.clock(), box)
	if err != nil {
		return fmt.Errorf("community: ground rules: %w", err)
	}
	return nil
}

// at puts the field in front of a fault about its value.
func at(err error, pointer string) error {
	return fault.Wrap(fault.Invalid, err).At(pointer, fault.CodeOf(err))
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
