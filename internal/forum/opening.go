package forum

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
)

// openings are the rows of a page whose opening policy wants recorded or told, and the decision that said so.
type openings struct {
	decision authz.Decision
	rows     []notice.Thing
}

// mayOpen judges a row of a list that is not simply published, as if it had been asked for alone, and notes it where the
// decision obliges to that. The list's filter has judged the others.
func (b *Board) mayOpen(ctx context.Context, noted *openings, facts authz.Facts, row notice.Thing) error {
	if facts.Status == "published" {
		return nil
	}
	decision, err := b.policy.Require(ctx, facts)
	if err != nil {
		return fmt.Errorf("forum: a list showed what policy hides: %w", err)
	}
	noted.add(decision, row)
	return nil
}

// add keeps the decision that obliges to more: rather too many are told than too few.
func (o *openings) add(decision authz.Decision, row notice.Thing) {
	if !watched(decision) {
		return
	}
	if o.rows = append(o.rows, row); len(o.rows) == 1 || decision.Obliges(authz.TellMember) {
		o.decision = decision
	}
}

// watched tells whether what a decision allows to be opened leaves a trace.
func watched(d authz.Decision) bool { return d.Obliges(authz.AuditRead) || d.Obliges(authz.TellMember) }

// recordPage records what a page opens: all of it where the decision on the list obliges to that, or else the rows noted.
func (b *Board) recordPage(ctx context.Context, actor member.Actor, listed authz.Decision, noted openings, left trace, all []notice.Thing) error {
	if watched(listed) {
		return b.record(ctx, actor, listed, left, all...)
	}
	left.action, left.about = map[notice.Sort]string{notice.Topic: authz.TopicRead, notice.Post: authz.PostRead}[left.sort], uuid.Nil
	return b.record(ctx, actor, noted.decision, left, noted.rows...)
}

// trace is where things of one sort are opened, and by which action. about is the one thing that is, or what a list is of.
type trace struct {
	action    string
	in, about uuid.UUID
	sort      notice.Sort
}

// record appends the opening of sealed text to the audit log and tells whose it is, where the decision obliges to that: of
// one thing, or of all the rows of a page at once. Both are there before anything is opened.
func (b *Board) record(ctx context.Context, actor member.Actor, decision authz.Decision, left trace, things ...notice.Thing) error {
	if !watched(decision) || len(things) == 0 && left.about == uuid.Nil {
		return nil
	}
	self := actor.Persona(left.in)
	event := audit.Event{Action: left.action, Community: left.in, Persona: actor.ActingAs(left.in), Identity: actor.Identity, Subject: left.about}
	for _, thing := range things {
		if thing.ID != left.about {
			event.Subjects = append(event.Subjects, thing.ID)
		}
	}
	_, err := postgres.InTx(ctx, b.db, postgres.Communities(left.in), func(tx pgx.Tx) (struct{}, error) {
		if err := b.log.Append(ctx, tx, decision, event); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, b.notices.Tell(ctx, tx, decision, notice.Act{Kind: notice.Opened, Community: left.in, By: self, Sort: left.sort, Things: things})
	})
	return err
}
