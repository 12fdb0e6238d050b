package seed

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/demo"
	"github.com/hamyar/hamyar/internal/forum"
)

// utterance is one thing said, at its time.
type utterance struct {
	at time.Time
	do func(context.Context) error
}

// talk tells every conversation in the order in which it happened, so that the last active come first in the lists.
func (g *gardener) talk(ctx context.Context) error {
	topics := make([]uuid.UUID, len(g.world.Topics))
	var said []utterance
	for i, t := range g.world.Topics {
		said = append(said, utterance{t.At.Before(g.now), func(ctx context.Context) (err error) {
			topics[i], err = g.open(ctx, i, t)
			return err
		}})
		for j, p := range t.Posts {
			said = append(said, utterance{p.At.Before(g.now), func(ctx context.Context) error {
				return g.reply(ctx, t.CommunityKey, topics[i], p, fmt.Sprintf("demonstration post %d.%d", i, j))
			}})
		}
	}
	slices.SortStableFunc(said, func(a, b utterance) int { return a.at.Compare(b.at) })
	for i, u := range said {
		g.say("\rdemonstration data: posts %d of %d        ", i+1, len(said))
		g.at = u.at
		if err := u.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (g *gardener) open(ctx context.Context, i int, t demo.Topic) (uuid.UUID, error) {
	by, err := g.actor(ctx, t.Author)
	if err != nil {
		return uuid.Nil, err
	}
	topic, _, err := g.board.CreateTopic(ctx, by, g.communities[t.CommunityKey], forum.NewTopic{Title: t.Title, Text: t.Text}, fmt.Sprintf("demonstration topic %d", i))
	if err != nil {
		return uuid.Nil, fmt.Errorf("topic %d: %w", i, err)
	}
	return topic.ID, nil
}

func (g *gardener) reply(ctx context.Context, communityKey string, topic uuid.UUID, p demo.Post, key string) error {
	by, err := g.actor(ctx, p.Author)
	if err != nil {
		return err
	}
	if _, _, err := g.board.CreatePost(ctx, by, g.communities[communityKey], topic, p.Text, key); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}
