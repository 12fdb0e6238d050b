package forum

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// openings are the rows of a page whose opening policy wants recorded, and the decision that said so.
type openings struct {
	decision authz.Decision
	rows     []uuid.UUID
}

// mayOpen judges a row of a list that is not simply published, as if it had been asked for alone, and notes it where the
// decision obliges to that. The list's filter has judged the others.
func (b *Board) mayOpen(ctx context.Context, noted *openings, facts authz.Facts, status string, row uuid.UUID, own bool) error {
	if status == "published" {
		return nil
	}
	facts.Status, facts.IsAuthor = status, own
	decision, err := b.policy.Require(ctx, facts)
	if err != nil {
		return fmt.Errorf("forum: a list showed what policy hides: %w", err)
	}
	if decision.Obliges(authz.AuditRead) {
		noted.decision, noted.rows = decision, append(noted.rows, row)
	}
	return nil
}

// record appends the opening of sealed text to the audit log, where the decision obliges to that: of one thing, or of
// all the rows of a page at once. It is there before anything is opened.
func (b *Board) record(ctx context.Context, actor member.Actor, decision authz.Decision, action string, in, about uuid.UUID, rows ...uuid.UUID) error {
	if !decision.Obliges(authz.AuditRead) {
		return nil
	}
	_, err := postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		return struct{}{}, b.log.Append(ctx, tx, decision, audit.Event{
			Action: action, Community: in, Persona: actor.Persona(in), Identity: actor.Identity, Subject: about, Subjects: rows,
		})
	})
	return err
}
