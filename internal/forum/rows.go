package forum

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/sealed"
)

// postRow is a post p.
type postRow struct {
	ID      uuid.UUID `db:"post_id"`
	Topic   uuid.UUID `db:"topic_id"`
	Number  int
	Body    lent
	Shown   int32
	Status  string
	Edited  bool
	Sealed  int32 `db:"sealed_version"`
	Version int32
	Persona uuid.UUID `db:"persona_id"`
}

const postColumns = `p.post_id, p.topic_id, p.number, p.body, p.shown, p.status, p.edited, p.sealed_version, p.version, p.persona_id`

// shownBody is what a list reads of the body of a post p: without the source, unless the post has to be rendered anew.
var shownBody = `CASE WHEN p.render = ` + strconv.Itoa(markup.Version) + ` THEN substring(p.body FOR p.shown) ELSE p.body END AS body`

// listedColumns are the postColumns of a list.
var listedColumns = strings.Replace(postColumns, "p.body", shownBody, 1)

// topicRow is a topic t with its counters y.
type topicRow struct {
	ID       uuid.UUID `db:"topic_id"`
	Title    []byte
	Status   string
	Locked   bool
	OpenedOn time.Time `db:"opened_on"`
	LastOn   time.Time `db:"last_day"`
	Posts    int
	Activity int64
	Sealed   int32 `db:"sealed_version"`
	Version  int32
	Persona  uuid.UUID `db:"persona_id"`
}

const topicColumns = `t.topic_id, t.title, t.status, t.locked, t.opened_on, y.last_day, y.posts, y.activity, t.sealed_version, t.version, t.persona_id`

const topicFrom = `topic t JOIN topic_tally y ON y.community_id = t.community_id AND y.topic_id = t.topic_id`

// situation is what policy needs to know of a topic and of the actor before it. The zero situation is that of a topic
// that does not exist in a community that does not exist.
type situation struct {
	community.Standing
	Topic  *uuid.UUID `db:"topic_id"`
	Author *uuid.UUID `db:"author_id"`
	Status *string    `db:"topic_status"`
	Locked *bool      `db:"topic_locked"`
}

const situationColumns = community.StandingColumns + `, t.topic_id, t.persona_id AS author_id, t.status AS topic_status, t.locked AS topic_locked`

// facts about the topic as the place of an action.
func (s situation) facts(actor member.Actor, action, purpose string, now time.Time) authz.Facts {
	f := s.Standing.Facts(actor, action, purpose, now)
	if s.Topic != nil {
		f.TopicStatus, f.TopicLocked = *s.Status, *s.Locked
	}
	return f
}

// topicFacts are about the topic as the thing acted on.
func (s situation) topicFacts(actor member.Actor, action, purpose string, now time.Time) authz.Facts {
	f := s.facts(actor, action, purpose, now)
	if s.Topic != nil {
		f.Status = *s.Status
		f.IsAuthor = actor.SignedIn() && *s.Author == actor.Persona(s.Community)
	}
	return f
}

// opened turns the i-th row of a page into what is read. ok is false where its author's key is gone, or the generation of
// it that sealed the row, which a backup brought back: then so is the post.
func (r postRow) opened(communityID uuid.UUID, cast *persona.Cast, i int, as reading) (post Post, ok bool, err error) {
	ring, author, ok, err := cast.Author(i)
	if !ok || r.Body.none() {
		return Post{}, false, err
	}
	defer r.Body.back()
	if ring.Outlived(*r.Body.bytes) {
		return Post{}, false, nil
	}
	e, err := sealedPost{communityID, r.ID, r.Persona, r.Sealed, r.Shown, *r.Body.bytes}.open(ring)
	if err != nil {
		return Post{}, false, err
	}
	if e, err = e.current(); err != nil {
		return Post{}, false, fmt.Errorf("forum: render a post: %w", err)
	}
	post = Post{
		ID: r.ID, Topic: r.Topic, Number: r.Number, Author: author, HTML: sealed.NewText(string(e.html)),
		Status: r.Status, At: e.at, Edited: r.Edited, Version: r.Version, Attachments: e.attached,
	}
	if as == whole {
		post.Text = sealed.NewText(string(e.text))
	}
	return post, true, nil
}

func (r topicRow) opened(communityID uuid.UUID, cast *persona.Cast, i int) (topic Topic, ok bool, err error) {
	topic = Topic{ID: r.ID, Status: r.Status, Locked: r.Locked, OpenedOn: r.OpenedOn, LastOn: r.LastOn, Posts: r.Posts, Activity: r.Activity, Version: r.Version}
	if r.Title == nil {
		return topic, true, nil
	}
	ring, author, ok, err := cast.Author(i)
	if !ok || ring.Outlived(r.Title) {
		return Topic{}, false, err
	}
	title, err := ring.Open(titlePlace(communityID, r.ID, r.Persona, r.Sealed), r.Title)
	if err != nil {
		return Topic{}, false, fmt.Errorf("forum: open a title: %w", err)
	}
	topic.Title, topic.Author = sealed.NewText(string(title)), author
	return topic, true, nil
}
