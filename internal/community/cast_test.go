package community_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/page"
)

// Names are kept for a while; who changed theirs must not stand under the old one a moment longer.
func TestANewNameIsShownAtOnce(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	in := w.Found()
	identity := uuid.New()
	by := w.Join(identity, in, "Morning Walker")
	topic, _, err := w.Board.CreateTopic(t.Context(), by, in, forum.NewTopic{Title: "First winter", Text: "Hello."}, "")
	if err != nil {
		t.Fatal(err)
	}
	shown := func() string {
		t.Helper()
		posts, err := w.Board.Posts(t.Context(), by, in, topic.ID, page.Ask[int]{Limit: 20})
		if err != nil || len(posts.Items) != 1 {
			t.Fatal(err, len(posts.Items))
		}
		return posts.Items[0].Author.Name.Reveal()
	}
	if got := shown(); got != "Morning Walker" {
		t.Fatalf("shown as %q", got)
	}
	if err := w.Directory.Join(t.Context(), by, in, community.Joining{Name: w.Name("Evening Reader"), AcceptedRules: 1}); err != nil {
		t.Fatal(err)
	}
	if got := shown(); got != "Evening Reader" {
		t.Errorf("still shown as %q", got)
	}
}
