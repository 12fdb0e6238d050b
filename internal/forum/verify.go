package forum

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/postgres"
)

const verifyPage = 500

// written is a sealed value with whose it is.
type written struct {
	ID      uuid.UUID `db:"row_id"`
	Persona uuid.UUID `db:"persona_id"`
	Box     []byte
	Shown   int32
	Version int32 `db:"sealed_version"`
}

// Verify opens every body, title, card of a file and notice of a community, and reports by table how many opened and how many did not, page by
// page; it never says what stands in them or whose they are.
func (b *Board) Verify(ctx context.Context, in uuid.UUID, report func(table string, opened, failed int)) error {
	for _, w := range allWords {
		var after uuid.UUID
		for {
			page, failed, err := b.verifyPage(ctx, w, in, after)
			if err != nil {
				return err
			}
			if failed > 0 { // a key may have been renewed in between: what is wrong stays wrong
				if page, failed, err = b.verifyPage(ctx, w, in, after); err != nil {
					return err
				}
			}
			report(w.table, len(page)-failed, failed)
			if len(page) < verifyPage {
				break
			}
			after = page[len(page)-1].ID
		}
	}
	return nil
}

func (b *Board) verifyPage(ctx context.Context, w words, in, after uuid.UUID) (page []written, failed int, err error) {
	err = postgres.Read(ctx, b.db, postgres.Communities(in), postgres.Many(&page, `SELECT `+w.id+` AS row_id, persona_id, `+w.column+` AS box, `+w.shown+` AS shown, sealed_version
		FROM `+w.table+` WHERE community_id = $1 AND `+w.id+` > $2 AND `+w.column+` IS NOT NULL ORDER BY `+w.id+` LIMIT $3`, in, after, verifyPage))
	if err != nil {
		return nil, 0, fmt.Errorf("forum: verify: %w", err)
	}
	personas, boxes := make([]uuid.UUID, len(page)), make([][]byte, len(page))
	for i, row := range page {
		personas[i], boxes[i] = row.Persona, row.Box
	}
	rings, err := b.keys.PersonasFor(ctx, personas, boxes)
	if err != nil {
		return nil, 0, err
	}
	for i, row := range page {
		if rings[i] == nil {
			failed++
			continue
		}
		if w.open(rings[i], sealedPost{in, row.ID, row.Persona, row.Version, row.Shown, row.Box}) != nil {
			failed++
		}
	}
	return page, failed, nil
}
