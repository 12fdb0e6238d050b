// Package rights is what people may ask for about themselves: that something they wrote, somebody they are in a community,
// or all that they are here is forgotten.
//
// It protects a promise: what was erased stays erased, also after a backup is restored, on every machine, and whoever reads
// or writes in that moment. It keeps a tombstone of each erasure outside the databases and puts it up first, so that any
// crash leaves something to go on from. It must never name a person in a tombstone, and never let the server serve while one
// has not been honoured.
package rights

import (
	"context"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/keystore"
)

// Erasure forgets. Each act can be repeated, and repeating it finishes what a crash left.
type Erasure struct {
	graves    *Graveyard
	keys      *keystore.Store
	directory *community.Directory
	board     *forum.Board
	account   func(ctx context.Context, identity uuid.UUID) error
	clock     func() time.Time
}

// NewErasure puts up tombstones in graves, also for what authors take back on board. account deletes an account with which
// people sign in, and answers fault.NotFound for one that is gone.
func NewErasure(graves *Graveyard, keys *keystore.Store, directory *community.Directory, board *forum.Board, account func(ctx context.Context, identity uuid.UUID) error, clock func() time.Time) *Erasure {
	e := &Erasure{graves, keys, directory, board, account, clock}
	board.Remember(func(_ context.Context, gone forum.Piece) error { return e.bury(gone) })
	return e
}

func (e *Erasure) bury(gone forum.Piece) error {
	kind := ofPost
	switch {
	case gone.File != uuid.Nil:
		kind = ofFile
	case gone.Post == uuid.Nil:
		kind = ofTopic
	}
	return e.graves.Set(Tombstone{Kind: kind, Community: gone.Community, Topic: gone.Topic, Post: gone.Post, File: gone.File, Version: gone.Version}, e.clock())
}

// Post forgets a post, in all its versions.
func (e *Erasure) Post(ctx context.Context, in, post uuid.UUID) error {
	return e.Version(ctx, in, post, math.MaxInt32)
}

// Version forgets a post as it was sealed up to and with a version. Newer words stay.
func (e *Erasure) Version(ctx context.Context, in, post uuid.UUID, version int32) error {
	return e.piece(ctx, forum.Piece{Community: in, Post: post, Version: version})
}

// Topic forgets the title and the opening of a topic, and the rest of what its author wrote in it where nobody replied.
func (e *Erasure) Topic(ctx context.Context, in, topic uuid.UUID) error {
	return e.piece(ctx, forum.Piece{Community: in, Topic: topic, Version: math.MaxInt32})
}

// piece marks the author's key to be renewed also where the words are gone from the row: backups hold them.
func (e *Erasure) piece(ctx context.Context, piece forum.Piece) error {
	if err := e.bury(piece); err != nil {
		return err
	}
	if author, found, err := e.board.Author(ctx, piece); err != nil {
		return err
	} else if found {
		if err := e.keys.MarkDirty(ctx, author); err != nil {
			return err
		}
	}
	_, err := e.board.ErasePiece(ctx, piece, e.keys.MarkDirty)
	return err
}

// Persona forgets who somebody is in one community, with everything that they wrote there.
func (e *Erasure) Persona(ctx context.Context, persona uuid.UUID) error {
	if err := e.graves.Set(Tombstone{Kind: ofPersona, Personas: []uuid.UUID{persona}}, e.clock()); err != nil {
		return err
	}
	return e.personas(ctx, []uuid.UUID{persona})
}

// Member forgets a person: every persona, what is known of them, and the account with which they sign in. They could join
// somewhere while this is going on; what came of that is forgotten last, when they can't sign in any more.
func (e *Erasure) Member(ctx context.Context, identity uuid.UUID) error {
	known, err := e.keys.Member(ctx, identity)
	if err != nil {
		return err
	}
	if err := e.member(ctx, identity, personasOf(known.Personas)); err != nil {
		return err
	}
	if err := e.account(ctx, identity); err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	late, err := e.keys.EraseMember(ctx, identity)
	if err != nil || len(late) == 0 {
		return err
	}
	return e.member(ctx, identity, personasOf(late))
}

func personasOf(refs []keystore.PersonaRef) []uuid.UUID {
	ids := make([]uuid.UUID, len(refs))
	for i, ref := range refs {
		ids[i] = ref.Persona
	}
	return ids
}

func (e *Erasure) member(ctx context.Context, identity uuid.UUID, personas []uuid.UUID) error {
	ref := e.keys.MemberRef(identity)
	stone := Tombstone{Kind: ofMember, Personas: personas, Locator: hex.EncodeToString(ref[:])}
	if err := e.graves.Set(stone, e.clock()); err != nil {
		return err
	}
	erased, err := e.keys.EraseMember(ctx, identity)
	if err != nil {
		return err
	}
	for _, ref := range erased {
		if !slices.Contains(personas, ref.Persona) {
			personas = append(personas, ref.Persona)
		}
	}
	if len(personas) > len(stone.Personas) { // begun in the last moment
		stone.Personas = personas
		if err := e.graves.Set(stone, e.clock()); err != nil {
			return err
		}
	}
	return e.personas(ctx, personas)
}

// personas forgets personas of whom there is a tombstone: keys first, on every machine, then names, then words.
func (e *Erasure) personas(ctx context.Context, personas []uuid.UUID) error {
	for _, persona := range personas {
		if err := e.keys.ErasePersona(ctx, persona); err != nil {
			return err
		}
	}
	homes, err := e.directory.Homes(ctx, personas)
	if err != nil {
		return err
	}
	for persona, home := range homes {
		if err := e.directory.Erase(ctx, home, persona); err != nil {
			return err
		}
		if _, err := e.board.ErasePersona(ctx, home, persona); err != nil {
			return err
		}
	}
	return nil
}

// Replay repeats every erasure of which there is a tombstone and which was not done, or was undone by a backup, and says
// how many. Until it has returned without an error nothing may be served.
func (e *Erasure) Replay(ctx context.Context) (repeated int, err error) {
	err = e.graves.Each(func(t Tombstone) error {
		again, err := e.repeat(ctx, t)
		if again {
			repeated++
		}
		return err
	})
	return repeated, err
}

func (e *Erasure) repeat(ctx context.Context, t Tombstone) (again bool, err error) {
	switch t.Kind {
	case ofPost, ofTopic, ofFile:
		return e.board.ErasePiece(ctx, forum.Piece{Community: t.Community, Topic: t.Topic, Post: t.Post, File: t.File, Version: t.Version}, e.keys.MarkDirty)
	case ofPersona, ofMember:
		keys, rows, err := e.alive(ctx, t.Personas)
		if err != nil {
			return false, err
		}
		// Of somebody who came again under the same account, none of these personas has a key.
		if t.Kind == ofMember && (keys || len(t.Personas) == 0) {
			if again, err = e.repeatMember(ctx, t); err != nil {
				return again, err
			}
		}
		if !keys && !rows {
			return again, nil
		}
		return true, e.personas(ctx, t.Personas)
	}
	return false, ErrTombstone
}

// repeatMember forgets a record that came back, and tells whether personas came with it.
func (e *Erasure) repeatMember(ctx context.Context, t Tombstone) (again bool, err error) {
	ref, err := hex.DecodeString(t.Locator)
	if err != nil || len(ref) != 32 {
		return false, ErrTombstone
	}
	came, err := e.keys.EraseMemberRef(ctx, [32]byte(ref))
	if err != nil {
		return false, err
	}
	return len(came) > 0, e.personas(ctx, personasOf(came))
}

// alive tells what is left of personas: a key, or a name or words in a row.
func (e *Erasure) alive(ctx context.Context, personas []uuid.UUID) (keys, rows bool, err error) {
	rings, err := e.keys.Personas(ctx, personas)
	if err != nil {
		return false, false, err
	}
	for _, ring := range rings {
		keys = keys || ring != nil
	}
	homes, err := e.directory.Homes(ctx, personas)
	if err != nil {
		return keys, false, err
	}
	for persona, home := range homes {
		erased, err := e.directory.Erased(ctx, home, persona)
		if err != nil {
			return keys, false, err
		}
		left, err := e.board.Left(ctx, home, persona)
		if err != nil || left || !erased {
			return keys, true, err
		}
	}
	return keys, false, nil
}
