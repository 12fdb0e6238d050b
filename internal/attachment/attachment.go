// Package attachment keeps the pictures and documents that go with posts: it takes uploads in, seals them, lends them to
// posts, and gives them back a part at a time.
//
// It protects what a file shows and what it tells besides. A picture is made anew from its points; every file is sealed
// under a key of its own before it leaves the process, and that key lies in a card that is sealed under the key of whoever
// uploaded it: the file ends with either. A file that is in no post is its uploader's alone, and gone after a day. The
// package must never write a byte in plain anywhere, not even for a moment, never open one before policy has decided, and
// never leave a file whose row is gone.
package attachment

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/blobs"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Purposes of use, bound to what is being done and never chosen by a client.
const (
	purposeSupport    = "support"
	purposeModeration = "moderation"
)

const (
	// Most is how many a post takes.
	Most = 8
	// LongestAlt is how long its description in words may be, in characters.
	LongestAlt = 1000
	// mostWaiting is how many of one persona may be in no post.
	mostWaiting = 20
	// mostDocument is how long a document may be, in bytes.
	mostDocument = 20 << 20
)

// Shelf is where files lie.
type Shelf struct {
	db       *postgres.DB
	keys     *keystore.Store
	policy   *authz.Engine
	log      *audit.Log
	notices  *notice.Desk
	store    *blobs.Store
	pictures *picture.Intake
	slots    *slots
	clock    func() time.Time
}

// NewShelf keeps files in store and their rows in db; keys seal both.
func NewShelf(db *postgres.DB, keys *keystore.Store, policy *authz.Engine, log *audit.Log, store *blobs.Store, clock func() time.Time) *Shelf {
	return &Shelf{db, keys, policy, log, notice.NewDesk(db, keys, clock), store, picture.NewIntake(picture.Usual), newSlots(), clock}
}

// Attachment is what is told of a file. Width and Height are zero for a document.
type Attachment struct {
	ID            uuid.UUID
	MediaType     string
	Width, Height int
	Bytes         int64
}

// Attached is an attachment in a post, as its author put it there.
type Attached struct {
	Attachment
	Alt       sealed.Text // what is to be seen, in words
	Sensitive bool        // to be covered until the reader uncovers it
}

// Wanted is an attachment as somebody wants to put it into a post.
type Wanted struct {
	ID        uuid.UUID
	Alt       string
	Sensitive bool
}

// placeRow is what policy needs to know of an attachment and of the actor before it. The zero row is that of nothing in a
// community that does not exist.
type placeRow struct {
	community.Standing
	Takes       bool       `db:"takes"`
	ID          *uuid.UUID `db:"attachment_id"`
	Owner       *uuid.UUID `db:"owner"`
	Post        *uuid.UUID `db:"post_id"`
	Blob        *uuid.UUID `db:"blob_id"`
	Card        []byte
	Sealed      *int32  `db:"card_version"`
	PostStatus  *string `db:"post_status"`
	TopicStatus *string `db:"topic_status"`
}

const placeSQL = `SELECT ` + community.StandingColumns + `, ` + community.AttachmentsSQL + ` AS takes,
		a.attachment_id, a.persona_id AS owner, a.post_id, a.blob_id, a.card, a.sealed_version AS card_version, p.status AS post_status, t.status AS topic_status
	` + community.StandingFrom + `
		LEFT JOIN attachment a ON a.community_id = c.community_id AND a.attachment_id = ANY ($3)
		LEFT JOIN post p ON p.community_id = c.community_id AND p.post_id = a.post_id
		LEFT JOIN topic t ON t.community_id = c.community_id AND t.topic_id = p.topic_id
	WHERE c.community_id = $1`

func (s *Shelf) place(ctx context.Context, actor member.Actor, in uuid.UUID, ids ...uuid.UUID) (row placeRow, err error) {
	var found bool
	err = postgres.Read(ctx, s.db, postgres.Communities(in), postgres.One(&row, &found, placeSQL, in, actor.Persona(in), ids))
	return row, err
}

const (
	waiting = "waiting"
	removed = "removed"
)

// purpose of reading what was removed, or what is in a topic that was, is moderation; of all else it is support.
func (r placeRow) purpose(action string) string {
	if action == authz.AttachmentRead && r.Post != nil && (*r.PostStatus == removed || *r.TopicStatus == removed) {
		return purposeModeration
	}
	return purposeSupport
}

// facts about an attachment: those of the post that it is in.
func (r placeRow) facts(actor member.Actor, action string, now time.Time) authz.Facts {
	f := r.Standing.Facts(actor, action, r.purpose(action), now)
	f.CommunityAttachments = r.Takes
	if r.ID == nil {
		return f
	}
	f.IsAuthor = actor.SignedIn() && *r.Owner == actor.Persona(r.Community)
	f.Status = waiting
	if r.Post != nil {
		f.Status, f.TopicStatus = *r.PostStatus, *r.TopicStatus
	}
	return f
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// afterwards is for what must be tidied up although whoever asked has gone.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

var errCard = errors.New("attachment: a card of an unknown form")
