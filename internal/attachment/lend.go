package attachment

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Tx is a transaction in which a post is written: a pgx.Tx, or the connection of a postgres.Write.
type Tx interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Lend makes of what a persona wants in a post what the post will say of it, and holds the files until the transaction
// ends. Each must be in the post already, as there tells, or wait for one; each is described in words. A fault says which
// isn't, or that the community takes no more.
func (s *Shelf) Lend(ctx context.Context, tx Tx, actor member.Actor, in uuid.UUID, wanted []Wanted, there []Attached) ([]Attached, error) {
	self := actor.Persona(in)
	alts, err := described(wanted)
	if err != nil {
		return nil, err
	}
	isThere := func(id uuid.UUID) int { return slices.IndexFunc(there, func(a Attached) bool { return a.ID == id }) }
	if slices.ContainsFunc(wanted, func(w Wanted) bool { return isThere(w.ID) < 0 }) {
		if err := s.stillTakes(ctx, tx, actor, in); err != nil {
			return nil, err
		}
	}
	cards, err := postgres.Collect[sealedCard](tx.Query(ctx, `SELECT attachment_id, card, sealed_version FROM attachment
		WHERE community_id = $1 AND persona_id = $2 AND attachment_id = ANY ($3) AND post_id IS NULL FOR UPDATE`, in, self, IDs(wanted)))
	if err != nil {
		return nil, fmt.Errorf("attachment: lend: %w", err)
	}
	lent := make([]Attached, len(wanted))
	for i, w := range wanted {
		lent[i] = Attached{Alt: sealed.NewText(alts[i]), Sensitive: w.Sensitive}
		if at := isThere(w.ID); at >= 0 {
			lent[i].Attachment = there[at].Attachment
			continue
		}
		at := slices.IndexFunc(cards, func(c sealedCard) bool { return c.ID == w.ID })
		if at < 0 {
			return nil, refused(i, "id", fault.NotFound)
		}
		opened, _, err := cards[at].open(ctx, s.keys, in, self)
		if err != nil {
			return nil, err
		}
		lent[i].Attachment = opened.attachment(w.ID)
	}
	return lent, nil
}

// stillTakes judges adding once more: since the upload, who runs the community may have decided against it.
func (s *Shelf) stillTakes(ctx context.Context, tx Tx, actor member.Actor, in uuid.UUID) error {
	row, _, err := postgres.First[placeRow](tx.Query(ctx, placeSQL, in, actor.Persona(in), []uuid.UUID{}))
	if err != nil {
		return fmt.Errorf("attachment: place: %w", err)
	}
	_, err = s.policy.Require(ctx, row.facts(actor, authz.AttachmentCreate, s.clock()))
	return err
}

// described is what an author says of attachments, as it is kept.
func described(wanted []Wanted) (alts []string, err error) {
	if len(wanted) > Most {
		return nil, fault.New(fault.Invalid).At("/attachments", fault.TooLong)
	}
	for i, w := range wanted {
		if slices.ContainsFunc(wanted[:i], func(other Wanted) bool { return other.ID == w.ID }) {
			return nil, refused(i, "id", fault.AlreadyExists)
		}
		alt, err := markup.Alt(w.Alt, LongestAlt)
		if err != nil {
			return nil, refused(i, "alt", fault.CodeOf(err))
		}
		alts = append(alts, alt)
	}
	return alts, nil
}

func refused(i int, field string, code fault.Code) error {
	return fault.New(fault.Invalid).At("/attachments/"+strconv.Itoa(i)+"/"+field, code)
}

// IDs of what is wanted.
func IDs(wanted []Wanted) []uuid.UUID {
	ids := make([]uuid.UUID, len(wanted))
	for i, w := range wanted {
		ids[i] = w.ID
	}
	return ids
}

// Put puts files that were lent into a post, which is there by then.
func Put(in, self, post uuid.UUID, ids []uuid.UUID) postgres.Query {
	return postgres.Do(`UPDATE attachment SET post_id = $3 WHERE community_id = $1 AND persona_id = $2 AND attachment_id = ANY ($4) AND post_id IS NULL`, in, self, post, ids)
}

// Keep puts files that were lent into a post that is there, and lets go of what else was in it; gone learns under which
// name each of those lay, and nothing happens if it fails.
func Keep(ctx context.Context, tx pgx.Tx, in, self, post uuid.UUID, ids []uuid.UUID, gone func(ctx context.Context, file uuid.UUID) error) error {
	_, err := tx.Exec(ctx, `UPDATE attachment SET post_id = $3 WHERE community_id = $1 AND persona_id = $2 AND attachment_id = ANY ($4) AND post_id IS NULL`, in, self, post, ids)
	if err != nil {
		return fmt.Errorf("attachment: keep: %w", err)
	}
	_, err = letGo(ctx, tx, gone, `DELETE FROM attachment WHERE community_id = $1 AND post_id = $2 AND NOT attachment_id = ANY ($3) RETURNING blob_id`, in, post, ids)
	return err
}

// letGo deletes rows, and says how many.
func letGo(ctx context.Context, tx pgx.Tx, gone func(ctx context.Context, file uuid.UUID) error, sql string, args ...any) (many int, err error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return 0, fmt.Errorf("attachment: let go: %w", err)
	}
	files, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, fmt.Errorf("attachment: let go: %w", err)
	}
	for _, file := range files {
		if err := gone(ctx, file); err != nil {
			return 0, err
		}
	}
	return len(files), nil
}
