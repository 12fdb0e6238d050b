package forum

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/sealed"
)

// SayingRow is a post p with the title of its topic t, as they lie in their rows: what search looks through. Whoever reads
// one has asked policy.
type SayingRow struct {
	ID           uuid.UUID `db:"post_id"`
	Topic        uuid.UUID `db:"topic_id"`
	Number       int
	Day          time.Time `db:"posted_on"`
	Persona      uuid.UUID `db:"persona_id"`
	Body         []byte
	Shown        int32
	Sealed       int32 `db:"sealed_version"`
	Version      int32
	Opener       uuid.UUID `db:"opener_id"`
	Title        []byte
	TitleSealed  int32 `db:"title_sealed"`
	TopicVersion int32 `db:"topic_version"`
}

// SayingColumns are the columns of a SayingRow, over post p and topic t.
var SayingColumns = `p.post_id, p.topic_id, p.number, p.posted_on, p.persona_id, ` + shownBody + `, p.shown, p.sealed_version, p.version,
	t.persona_id AS opener_id, t.title, t.sealed_version AS title_sealed, t.version AS topic_version`

// Saying is what a post says, without its markup, under the title of its topic.
type Saying struct {
	ID, Topic             uuid.UUID
	Number                int
	Day                   time.Time
	Author                persona.Card
	Title, Text           sealed.Text // no title where it was taken back
	Version, TopicVersion int32
}

// PostFacts are trusted expressions for the facts of a post p in its topic t of a community c, where persona m may be the
// actor's, who is $2: for list filters.
func PostFacts() authz.Columns { return maps.Clone(postFacts) }

// Sayings opens rows of a community, in their order. What doesn't open is left out: nobody has its key any more, or it was
// tampered with, which Verify finds.
func (b *Board) Sayings(ctx context.Context, in uuid.UUID, rows []SayingRow) ([]Saying, error) {
	n := len(rows)
	ids, boxes := make([]uuid.UUID, 2*n), make([][]byte, 2*n)
	for i, row := range rows {
		ids[i], boxes[i], ids[n+i], boxes[n+i] = row.Persona, row.Body, row.Opener, row.Title
	}
	cast, err := b.directory.Cast(ctx, in, ids, boxes)
	if err != nil {
		return nil, err
	}
	sayings := make([]Saying, 0, n)
	for i, row := range rows {
		saying, ok, err := row.opened(in, cast, i)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if saying.Title, err = row.openedTitle(in, cast, n+i); err != nil {
			return nil, err
		}
		sayings = append(sayings, saying)
	}
	return sayings, nil
}

func (r SayingRow) opened(in uuid.UUID, cast *persona.Cast, i int) (saying Saying, ok bool, err error) {
	ring, author, ok, err := cast.Author(i)
	if !ok || r.Body == nil || ring.Outlived(r.Body) {
		return Saying{}, false, err
	}
	defer clear(r.Body)
	e, err := sealedPost{in, r.ID, r.Persona, r.Sealed, r.Shown, r.Body}.open(ring)
	if err != nil {
		return Saying{}, false, nil // see Sayings
	}
	if e, err = e.current(); err != nil {
		return Saying{}, false, fmt.Errorf("forum: render a post: %w", err)
	}
	return Saying{
		ID: r.ID, Topic: r.Topic, Number: r.Number, Day: r.Day, Author: author,
		Text: sealed.NewText(markup.Plain(string(e.html))), Version: r.Version, TopicVersion: r.TopicVersion,
	}, true, nil
}

func (r SayingRow) openedTitle(in uuid.UUID, cast *persona.Cast, i int) (sealed.Text, error) {
	ring, _, ok, err := cast.Author(i)
	if !ok || r.Title == nil || ring.Outlived(r.Title) {
		return sealed.Text{}, err
	}
	title, err := ring.Open(titlePlace(in, r.Topic, r.Opener, r.TitleSealed), r.Title)
	if err != nil {
		return sealed.Text{}, nil //nolint:nilerr // see Sayings
	}
	return sealed.NewText(string(title)), nil
}
