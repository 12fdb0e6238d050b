package forum

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Purposes of use, bound to what is being done and never chosen by a client.
const (
	purposeSupport    = "support"
	purposeModeration = "moderation"
)

const (
	published = "published"
	removed   = "removed"
)

func purposeOf(action string) string {
	if action == authz.PostRemove || action == authz.TopicRemove {
		return purposeModeration
	}
	return purposeSupport
}

// reading are the facts about reading something of this status in the topic. What was removed, and what is in a topic that
// was, is read for moderation; the rest for support.
func (s situation) reading(actor member.Actor, action, status string, now time.Time) authz.Facts {
	purpose := purposeSupport
	if status == removed || s.Topic != nil && *s.Status == removed {
		purpose = purposeModeration
	}
	f := s.facts(actor, action, purpose, now)
	f.Status = status
	return f
}

// readingTopic are the facts about reading the topic itself.
func (s situation) readingTopic(actor member.Actor, now time.Time) authz.Facts {
	if s.Topic == nil {
		return s.reading(actor, authz.TopicRead, "", now)
	}
	f := s.reading(actor, authz.TopicRead, *s.Status, now)
	f.IsAuthor = actor.SignedIn() && *s.Author == actor.Persona(s.Community)
	return f
}

// readable are the rows of a list that policy lets this person read, each for what it is read for.
func (b *Board) readable(ctx context.Context, actor member.Actor, in uuid.UUID, action string, rows authz.Columns, next int) (sql string, args []any, err error) {
	programme, err := b.programmeUnderGlass(ctx, actor, in)
	if err != nil {
		return "", nil, err
	}
	shown, err := b.policy.Filter(ctx, actor.FactsIn(in, action, purposeSupport, programme, b.clock()), rows, next)
	if err != nil {
		return "", nil, err
	}
	gone, err := b.policy.Filter(ctx, actor.FactsIn(in, action, purposeModeration, programme, b.clock()), rows, next+len(shown.Args))
	if err != nil || gone.Verdict == authz.None {
		return shown.SQL, shown.Args, err
	}
	isRemoved := `'` + removed + `' IN (` + rows["status"] + `, ` + rows["topic_status"] + `)`
	return `CASE WHEN ` + isRemoved + ` THEN ` + gone.SQL + ` ELSE ` + shown.SQL + ` END`, slices.Concat(shown.Args, gone.Args), nil
}

// mayReadOwn refuses who may not even read what they write here themselves: before they write it, since it is the answer,
// and in place of an empty list, which would say that there is nothing.
func (b *Board) mayReadOwn(ctx context.Context, actor member.Actor, s situation, action string) error {
	_, err := b.policy.Require(ctx, s.readingOwn(actor, action, b.clock()))
	return err
}

// readingOwn are the facts about reading something of the actor's that is published: in this topic, or a topic.
func (s situation) readingOwn(actor member.Actor, action string, now time.Time) authz.Facts {
	f := s.reading(actor, action, published, now)
	f.IsAuthor = true
	if action == authz.TopicRead {
		f.TopicStatus = published
	}
	return f
}

// programmeUnderGlass is the programme of the community, for who reads there by a grant, because they may lead it; it never
// changes. Of others no role opens a row, and it isn't asked for.
func (b *Board) programmeUnderGlass(ctx context.Context, actor member.Actor, in uuid.UUID) (uuid.UUID, error) {
	if !actor.HoldsUp(in) {
		return uuid.Nil, nil
	}
	var standing community.Standing
	var found bool
	err := postgres.Read(ctx, b.db, postgres.Communities(in), community.ReadStanding(&standing, &found, in, actor.Persona(in)))
	return standing.Programme, err
}
