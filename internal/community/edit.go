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

// Change is what an editor changes; nil leaves a field as it is. New ground rules are a new version.
type Change struct {
	Name, Description, Kind, Rules *string
	Sensitivity                    *int
	Visibility, JoinPolicy         *string
	Archived                       *bool
	Search                         *string
	Attachments                    *bool
}

// actions are the ones that policy must allow for this change: words are one thing, who may see and join is another.
func (c Change) actions() []string {
	var actions []string
	if c.Name != nil || c.Description != nil || c.Kind != nil || c.Rules != nil {
		actions = append(actions, authz.CommunityEdit)
	}
	if c.Sensitivity != nil || c.Visibility != nil || c.JoinPolicy != nil || c.Archived != nil || c.Search != nil || c.Attachments != nil || len(actions) == 0 {
		actions = append(actions, authz.CommunityGovern)
	}
	return actions
}

// Edit changes a community. version is the one that the editor read.
func (d *Directory) Edit(ctx context.Context, actor member.Actor, id uuid.UUID, version int32, change Change) (Community, error) {
	_, err := postgres.InTx(ctx, d.db, postgres.Communities(id), func(tx pgx.Tx) (struct{}, error) {
		row, err := d.holdForEdit(ctx, tx, id, actor.Persona(id))
		if err != nil {
			return struct{}{}, err
		}
		var decisions []authz.Decision
		for _, action := range change.actions() {
			decision, err := d.policy.Require(ctx, row.Facts(actor, action, purposeSupport, d.clock()))
			if err != nil {
				return struct{}{}, err
			}
			decisions = append(decisions, decision)
		}
		if err := d.mayRead(ctx, actor, row.Standing); err != nil {
			return struct{}{}, err
		}
		if row.Version != version {
			return struct{}{}, fault.New(fault.ETagStale)
		}
		if err := d.apply(ctx, tx, row, change); err != nil {
			return struct{}{}, err
		}
		for i, action := range change.actions() {
			if err := d.log.Append(ctx, tx, decisions[i], audit.Event{Action: action, Community: id, Identity: actor.Identity, Subject: id}); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		return Community{}, err
	}
	return d.Read(ctx, actor, id, "")
}

type editRow struct {
	Standing
	Card          []byte
	SealedVersion int32 `db:"sealed_version"`
	Version       int32
}

// holdForEdit locks the community for one editor. A community that is not there has a zero row, which policy refuses
// as it refuses one that is hidden.
func (d *Directory) holdForEdit(ctx context.Context, tx pgx.Tx, id, persona uuid.UUID) (editRow, error) {
	if err := Take(ctx, tx, id); err != nil {
		return editRow{}, err
	}
	rows, err := tx.Query(ctx, `SELECT `+StandingColumns+`, c.card, c.sealed_version, c.version `+StandingFrom+` WHERE c.community_id = $1 FOR UPDATE OF c`, id, persona)
	row, err := oneRow[editRow](rows, err)
	if fault.CodeOf(err) == fault.NotFound {
		return editRow{}, nil
	}
	return row, err
}

func (d *Directory) apply(ctx context.Context, tx pgx.Tx, row editRow, change Change) error {
	ring, err := d.keys.SharedFor(ctx, "community", row.Community, row.Card)
	if err != nil {
		return err
	}
	var card Card
	if err := openCard(ring, cardPlace(row.Community, row.SealedVersion), row.Card, &card); err != nil {
		return err
	}
	if err := change.applyWords(&card); err != nil {
		return err
	}
	box, err := sealCard(ring, cardPlace(row.Community, row.SealedVersion+1), card)
	if err != nil {
		return err
	}
	rules, err := d.applyRules(ctx, tx, ring, row, change)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE community SET card = $2, rules_number = $3, sensitivity = COALESCE($4, sensitivity), visibility = COALESCE($5, visibility),
		join_policy = COALESCE($6, join_policy), archived = COALESCE($7, archived), search = COALESCE($8, search), attachments = COALESCE($9, attachments), sealed_version = sealed_version + 1, version = version + 1
		WHERE community_id = $1`, row.Community, box, rules, change.Sensitivity, change.Visibility, change.JoinPolicy, change.Archived, change.Search, change.Attachments)
	if err != nil {
		return fmt.Errorf("community: edit: %w", err)
	}
	return nil
}

func (c Change) applyWords(card *Card) error {
	if c.Name != nil {
		name, err := markup.Title(*c.Name)
		if err != nil {
			return at(err, "/name")
		}
		card.Name = name
	}
	if c.Description != nil {
		html, err := markup.Render(*c.Description)
		if err != nil {
			return at(err, "/description")
		}
		card.Description, card.HTML = *c.Description, html
	}
	if c.Kind != nil {
		card.Kind = *c.Kind
	}
	return nil
}

func (d *Directory) applyRules(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, row editRow, change Change) (number int, err error) {
	if change.Rules == nil {
		return row.RulesNumber, nil
	}
	html, err := markup.Render(*change.Rules)
	if err != nil {
		return 0, at(err, "/rules")
	}
	return row.RulesNumber + 1, d.insertRules(ctx, tx, ring, row.Community, row.RulesNumber+1, RulesWords{*change.Rules, html})
}
