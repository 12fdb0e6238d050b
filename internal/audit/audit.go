// Package audit records what was decided and done, in the transaction that did it: if the record fails, nothing
// happened.
//
// It protects members from staff who act unseen. It holds identifiers and codes and must never hold content, and never
// a value that two acts of one person in two communities would share: an actor is the persona of the community, or is
// sealed with the exact time.
package audit

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Event is one act. Persona is set where a member of the community acted; otherwise Identity is, and is sealed.
type Event struct {
	Action    string
	Community uuid.UUID // zero where the act is about none
	Persona   uuid.UUID
	Identity  uuid.UUID
	Subject   uuid.UUID
}

// Log appends events. Nothing in this program can read, change or delete them.
type Log struct {
	ring  *sealed.Ring
	clock func() time.Time
}

// Tx is the transaction of who acts: a pgx.Tx, or the connection of a postgres.Write.
type Tx interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// NewLog seals actors under ring, the audit key of the deployment.
func NewLog(ring *sealed.Ring, clock func() time.Time) *Log { return &Log{ring, clock} }

// Append adds the event on the caller's transaction, where the decision obliges to that. What members do with their own
// words is not recorded: each record is a mark of when somebody was there, and marks in two places join two personas.
func (l *Log) Append(ctx context.Context, tx Tx, decision authz.Decision, e Event) error {
	if !decision.Obliges(authz.Audit) && !decision.Obliges(authz.AuditRead) {
		return nil
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return fmt.Errorf("audit: id: %w", err)
	}
	var actor []byte
	if e.Persona == uuid.Nil {
		if actor, err = l.sealActor(id, e); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO audit_event (event_id, day, action, community_id, persona_id, actor, subject_id, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, l.clock(), e.Action, orNull(e.Community), orNull(e.Persona), actor, orNull(e.Subject), decision.Revision)
	if err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	return nil
}

func (l *Log) sealActor(event uuid.UUID, e Event) ([]byte, error) {
	words := binary.BigEndian.AppendUint64(e.Identity[:], uint64(l.clock().UnixMilli()))
	place := sealed.Place{Table: "audit_event", Column: "actor", Row: event, Community: e.Community, Version: 1}
	box, err := l.ring.Seal(place, words)
	if err != nil {
		return nil, fmt.Errorf("audit: seal: %w", err)
	}
	return box, nil
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
