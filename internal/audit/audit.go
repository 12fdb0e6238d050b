// Package audit records what was decided and done, in the transaction that did it: if the record fails, nothing
// happened. What is recorded goes into a tree that is signed, and that outsiders can check.
//
// It protects members from staff who act unseen, and everybody from a log that was rewritten. It holds identifiers and
// codes and must never hold content, and never a value that two acts of one person in two communities would share: an
// actor is the persona of the community, or is sealed with the exact time. It must never add to a tree that is not the
// one that it signed.
package audit

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/audit/tree"
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
	Subjects  []uuid.UUID // what one page showed
}

// Log appends events. Nothing that serves can read, change or delete them.
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
	recorded := tree.Event{
		ID: id, Day: l.clock(), Action: e.Action, Revision: decision.Revision, Purpose: decision.Purpose, Role: decision.Role,
		Community: e.Community, Persona: e.Persona, Subject: e.Subject, Subjects: e.Subjects,
	}
	if e.Persona == uuid.Nil {
		if recorded.Actor, err = l.sealActor(id, e); err != nil {
			return err
		}
	}
	return record(ctx, tx, recorded)
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

// record writes an event, and its leaf beside it for the scribe, in one statement.
func record(ctx context.Context, tx Tx, e tree.Event) error {
	var salt tree.Salt
	if _, err := rand.Read(salt[:]); err != nil {
		return fmt.Errorf("audit: salt: %w", err)
	}
	leaf := tree.Leaf(salt, e)
	_, err := tx.Exec(ctx, `WITH recorded AS (
			INSERT INTO audit_event (event_id, day, action, revision, purpose, role, community_id, persona_id, actor, subject_id, subjects, version, times, digest, salt)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))
		INSERT INTO audit_pending (event_id, day, leaf) VALUES ($1, $2, $16)`,
		e.ID, e.Day, e.Action, e.Revision, e.Purpose, e.Role, orNull(e.Community), orNull(e.Persona), e.Actor, orNull(e.Subject),
		e.Subjects, e.Version, e.Count, e.Digest, salt[:], leaf[:])
	if err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	return nil
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
