// Package forum is the conversation: topics and the posts in them.
//
// It protects what people write. Words, their rendering and their exact time are sealed together under the secret of
// the persona who wrote them, bound to the row; they are opened after policy has decided, for the page that was asked
// for, and are kept nowhere. It must never cache opened text, and never let a word near a log, an error or a plain
// column.
package forum

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Board is where conversations of all communities stand.
type Board struct {
	db        *postgres.DB
	keys      *keystore.Store
	directory *community.Directory
	policy    *authz.Engine
	log       *audit.Log
	notices   *notice.Desk
	clock     func() time.Time

	shelf *attachment.Shelf
	tell  func(ctx context.Context, gone Piece) error // nil where nobody wants to know
}

// NewBoard works on the forum database db, in the communities of directory; keys seal what it stores.
func NewBoard(db *postgres.DB, keys *keystore.Store, directory *community.Directory, policy *authz.Engine, log *audit.Log, clock func() time.Time) *Board {
	return &Board{db: db, keys: keys, directory: directory, policy: policy, log: log, notices: notice.NewDesk(db, keys, clock), clock: clock}
}

// Topic is a conversation. A withdrawn one has no title and no author: who opened it took their words back.
type Topic struct {
	ID       uuid.UUID
	Author   persona.Card
	Title    sealed.Text
	Status   string
	Locked   bool
	OpenedOn time.Time // day
	LastOn   time.Time // day of the last post
	Posts    int
	Activity int64 // the topic's place in the list
	Version  int32
	Opening  *Post // its first post, where one topic was asked for and it is there
}

// Post is what somebody wrote in a topic.
type Post struct {
	ID, Topic uuid.UUID
	Number    int // place in the topic, from 1
	Author    persona.Card
	Text      sealed.Text // Markdown, as written; empty in lists
	HTML      sealed.Text // rendered and sanitised when written
	Status    string
	At        time.Time // exact, to the second
	Edited    bool
	Version   int32

	Attachments []attachment.Attached
}
