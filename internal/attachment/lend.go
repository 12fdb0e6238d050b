package attachment

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Tx is a transaction in which a post is written: a pgx.Tx, or the connection of a postgres.Write.
type Tx interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Lend makes of what a persona wants in a post what the post will say of it, and holds the files until the transaction
// ends. Each must be in the post already, as there tells, or wait for one; each is described in words. A fault says which
// isn't.
func (s *Shelf) Lend(ctx context.Context, tx Tx, in, self uuid.UUID, wanted []Wanted, there []Attached) ([]Attached, error) {
	if err := described(wanted); err != nil {
		return nil, err
	}
	cards, err := postgres.Collect[sealedCard](tx.Query(ctx, `SELECT attachment_id, card, sealed_version FROM attachment
		WHERE community_id = $1 AND persona_id = $2 AND attachment_id = ANY ($3) AND post_id IS NULL FOR UPDATE`, in, self, IDs(wanted)))
	if err != nil {
		return nil, fmt.Errorf("attachment: lend: %w", err)
	}
	lent := make([]Attached, len(wanted))
	for i, w := range wanted {
		lent[i] = Attached{Alt: sealed.NewText(w.Alt), Sensitive: w.Sensitive}
		if at := slices.IndexFunc(there, func(a Attached) bool { return a.ID == w.ID }); at >= 0 {
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

// described checks what an author says of attachments.
func described(wanted []Wanted) error {
	if len(wanted) > Most {
		return fault.New(fault.Invalid).At("/attachments", fault.TooLong)
	}
	for i, w := range wanted {
		switch {
		case slices.ContainsFunc(wanted[:i], func(other Wanted) bool { return other.ID == w.ID }):
			return refused(i, "id", fault.AlreadyExists)
		case strings.TrimSpace(w.Alt) == "":
			return refused(i, "alt", fault.TooShort)
		case utf8.RuneCountInString(w.Alt) > LongestAlt:
			return refused(i, "alt", fault.TooLong)
		case !utf8.ValidString(w.Alt) || strings.ContainsFunc(w.Alt, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
			return refused(i, "alt", fault.BadCharacters)
		}
	}
	return nil
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

// Keep puts files that were lent into a post that is there, and lets go of what else was in it.
func Keep(ctx context.Context, tx pgx.Tx, in, self, post uuid.UUID, ids []uuid.UUID) error {
	_, err := tx.Exec(ctx, `UPDATE attachment SET post_id = $3 WHERE community_id = $1 AND persona_id = $2 AND attachment_id = ANY ($4) AND post_id IS NULL`, in, self, post, ids)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM attachment WHERE community_id = $1 AND post_id = $2 AND NOT attachment_id = ANY ($3)`, in, post, ids)
	}
	if err != nil {
		return fmt.Errorf("attachment: keep: %w", err)
	}
	return nil
}
