// Package search finds posts of a community by their words.
//
// It protects the words: they lie in segments that are sealed under keys of their own, in no row, log or error, and a
// question opens only the pages that it needs, after policy has let its asker search. Nothing is shown that the same
// person couldn't read post by post: what was found is judged again in the database, as it is at that moment, before it
// is opened. When words are taken back, the segment that held them is replaced and its key destroyed. The package must
// never keep a question, repeat one, or count what somebody may not see.
package search

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// DefaultMemory is how many bytes of opened segments are kept, unless an operator sets another bound.
const DefaultMemory = 32 << 20

const purposeSupport = "support"

// ofSegment is the kind of key that seals a segment.
const ofSegment = "segment"

// How a community is searched.
const (
	bySegments = "segments"
	byTags     = "tags"
	off        = "off"
)

// Index answers questions, and keeps the segments behind the answers. It is safe for concurrent use.
type Index struct {
	db     *postgres.DB
	keys   *keystore.Store
	board  *forum.Board
	policy *authz.Engine
	clock  func() time.Time
	opened *opened
	lost   atomic.Bool // a segment was met whose key is gone, or a key could not be deleted: Keep looks for both

	damaged damaged
	told    func(segments int)

	crash func(step string) error // tests stop building at a step, as a crash would; nil in the program
}

// New searches the forum database db, opening posts on board. It keeps at most memory bytes of opened segments.
func New(db *postgres.DB, keys *keystore.Store, board *forum.Board, policy *authz.Engine, memory int, clock func() time.Time) *Index {
	x := &Index{db: db, keys: keys, board: board, policy: policy, clock: clock, opened: newOpened(memory)}
	x.lost.Store(true) // until Keep has looked
	keys.OnEvict(func(owner uuid.UUID) {
		if owner == uuid.Nil {
			x.opened.purge()
		} else {
			x.opened.evict(owner)
		}
	})
	return x
}

func directoryPlace(in, segment uuid.UUID) sealed.Place {
	return sealed.Place{Table: "search_segment", Column: "directory", Row: segment, Community: in}
}

// pagePlace binds a page: the row is the segment's, and the number stands for the version.
func pagePlace(in, segment uuid.UUID, number int) sealed.Place {
	return sealed.Place{Table: "search_page", Column: "box", Row: segment, Community: in, Version: int32(number)}
}

// rings are the keys of segments, nil where one is gone. The key of a segment has one generation, ever.
func (x *Index) rings(ctx context.Context, segments []uuid.UUID) ([]*sealed.Ring, error) {
	return x.keys.SharedMany(ctx, ofSegment, segments)
}
