// Package notice is what a member is told about what was done with what is theirs: that somebody on the staff opened their
// words, or learnt who they are, in which role, for which purpose and when.
//
// It protects a promise: nothing of a member's is opened behind their back. A notice is written in the transaction of what
// it tells of, or that did not happen, and is sealed under the secret of whom it tells: it is read by them alone and ends
// with them. It must never name who did it, never repeat a word of anybody, and never mark that or when it was read: marks
// in two communities, made in one sitting, join two personas.
package notice

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Kind is what was done.
type Kind string

// The kinds that there are.
const (
	Opened   Kind = "opened"   // sealed words or files were opened
	Unmasked Kind = "unmasked" // somebody was told whose a persona is
)

// Sort is what it was done with.
type Sort string

// The sorts that there are.
const (
	Topic      Sort = "topic"
	Post       Sort = "post"
	Attachment Sort = "attachment"
	Persona    Sort = "persona"
)

// Thing is one of them, and whose it is. Of a persona, both are the same.
type Thing struct{ ID, Owner uuid.UUID }

// Act is what was done at once, in one community, with things of one sort.
type Act struct {
	Kind      Kind
	Community uuid.UUID
	By        uuid.UUID // the persona who did it, zero where it was none of this community: nobody is told what they did themselves
	Sort      Sort
	Things    []Thing
}

// Notice is one act as it concerns one member.
type Notice struct {
	ID      uuid.UUID
	Kind    Kind
	Role    string // of who did it, as in authz.Decision
	Purpose string
	At      time.Time // exact, to the second
	Sort    Sort
	Things  []uuid.UUID // of theirs, at most Most of them
	Count   int         // of all of theirs
}

// Most is how many things a notice names.
const Most = 100

// Desk is where notices are left, and picked up.
type Desk struct {
	db    *postgres.DB
	keys  *keystore.Store
	clock func() time.Time
}

// NewDesk leaves notices in the forum database db; keys seal them.
func NewDesk(db *postgres.DB, keys *keystore.Store, clock func() time.Time) *Desk {
	return &Desk{db, keys, clock}
}

// Tell leaves one notice for each member whose things the act was done with, on the caller's transaction, where the decision
// obliges to that (authz.TellMember). An erased owner is told nothing. The caller's transaction sees the community, and holds
// it still from then on. Where Tell fails, nothing may be shown; after the transaction has failed it is fault.Unavailable
// where an owner's key was renewed in this very moment.
func (d *Desk) Tell(ctx context.Context, tx audit.Tx, decision authz.Decision, act Act) error {
	if !decision.Obliges(authz.TellMember) {
		return nil
	}
	owners, theirs := act.byOwner()
	if len(owners) == 0 {
		return nil
	}
	rings, err := d.keys.Personas(ctx, owners)
	if err != nil {
		return err
	}
	told := make([]sealedNotice, 0, len(owners))
	for i, owner := range owners {
		if rings[i] == nil {
			continue
		}
		one, err := seal(rings[i], act.Community, owner, Notice{
			Kind: act.Kind, Role: decision.Role, Purpose: decision.Purpose, At: d.clock().UTC().Truncate(time.Second), Sort: act.Sort,
			Things: theirs[owner][:min(len(theirs[owner]), Most)], Count: len(theirs[owner]),
		})
		if err != nil {
			return err
		}
		told = append(told, one)
	}
	return leave(ctx, tx, act.Community, told)
}

// byOwner sorts what others own by whose it is, each once.
func (a Act) byOwner() (owners []uuid.UUID, theirs map[uuid.UUID][]uuid.UUID) {
	theirs = map[uuid.UUID][]uuid.UUID{}
	for _, t := range a.Things {
		if t.Owner == a.By {
			continue
		}
		if theirs[t.Owner] == nil {
			owners = append(owners, t.Owner)
		}
		theirs[t.Owner] = append(theirs[t.Owner], t.ID)
	}
	return owners, theirs
}

// leave gives each notice the number behind the highest of its member's. Two that come in the same moment share one, and
// their ids tell them apart.
func leave(ctx context.Context, tx audit.Tx, in uuid.UUID, told []sealedNotice) error {
	ids, owners, boxes := make([]uuid.UUID, len(told)), make([]uuid.UUID, len(told)), make([][]byte, len(told))
	for i, n := range told {
		ids[i], owners[i], boxes[i] = n.ID, n.Persona, n.Box
	}
	_, err := tx.Exec(ctx, `INSERT INTO notice (community_id, notice_id, persona_id, number, box)
		SELECT $1, told.id, told.owner, 1 + COALESCE((SELECT max(number) FROM notice n WHERE n.community_id = $1 AND n.persona_id = told.owner), 0), told.box
		FROM unnest($2::uuid[], $3::uuid[], $4::bytea[]) AS told (id, owner, box)`, in, ids, owners, boxes)
	if err != nil {
		return fmt.Errorf("notice: leave: %w", err)
	}
	return nil
}
