package forum_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
)

func anEnvelope(t *rapid.T) forum.Envelope {
	return forum.Envelope{
		Render: rapid.IntRange(0, 1<<16-1).Draw(t, "render"),
		At:     time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "at"), 0).UTC(),
		Text:   rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "text"),
		HTML:   rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "html"),
	}
}

func TestAnEnvelopeComesBackWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := anEnvelope(t)
		back, err := forum.Decode(e.Whole())
		if diff := cmp.Diff(e, back); err != nil || diff != "" {
			t.Fatalf("%v %s", err, diff)
		}
		back, err = forum.Decode(e.Shown())
		e.Text = nil
		if diff := cmp.Diff(e, back); err != nil || diff != "" {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

// The seal tells of every change; still, an envelope that is cut off must not be taken for a whole one with less text.
func TestACutEnvelopeIsRefusedOrLosesRenderingAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := anEnvelope(t)
		whole := e.Whole()
		for n := range whole {
			cut, err := forum.Decode(whole[:n])
			if n < 15+len(e.Text) {
				if err == nil {
					t.Fatalf("%d of %d bytes were taken", n, len(whole))
				}
				continue
			}
			if err != nil || !bytes.Equal(cut.Text, e.Text) {
				t.Fatalf("%d of %d bytes: %v, and another text", n, len(whole), err)
			}
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	f.Add(forum.Envelope{Render: 1, At: time.Unix(1_700_000_000, 0), Text: []byte("سلام"), HTML: []byte("<p>سلام</p>\n")}.Whole())
	f.Add(forum.Envelope{Render: 1, At: time.Unix(1_700_000_000, 0), HTML: []byte("<p>سلام</p>\n")}.Shown())
	f.Add(forum.Envelope{}.Whole())
	f.Add([]byte{1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 'a'})
	f.Add([]byte{2})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := forum.Decode(b)
		if err != nil {
			return
		}
		if !bytes.Equal(e.Whole(), b) && !bytes.Equal(e.Shown(), b) {
			t.Fatal("two encodings of one envelope")
		}
	})
}

// A fault in the renderer is mended for old posts too: what an older one made is not shown, but made anew from the text,
// wherever that lies.
func TestOldRenderingIsNotShown(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	in := w.Found()
	by := w.Join(uuid.New(), in, "Morning Walker")
	topic, _, err := w.Board.CreateTopic(t.Context(), by, in, forum.NewTopic{Title: "First winter", Text: "How do you keep **warm**?"}, "")
	if err != nil {
		t.Fatal(err)
	}
	written := topic.Opening.At
	const unsafe = `<script>alert(1)</script><img src=x onerror=alert(1)>`
	old := forum.Envelope{Render: markup.Version - 1, At: written, Text: []byte("*still* warm " + unsafe), HTML: []byte("<p>" + unsafe + "</p>")}
	for _, oneBox := range []bool{true, false} {
		if err := w.Board.Replace(t.Context(), by, in, topic.Opening.ID, old, oneBox); err != nil {
			t.Fatal(err)
		}
		for i, post := range shownEverywhere(t, w, by, in, topic) {
			html := post.HTML.Reveal()
			if strings.Contains(html, "<script") || strings.Contains(html, "<img") || !strings.Contains(html, "<em>still</em>") {
				t.Errorf("shown as %s", html)
			}
			if !post.At.Equal(written) {
				t.Error("the time changed with the rendering")
			}
			if want := []string{string(old.Text), string(old.Text), ""}[i]; post.Text.Reveal() != want {
				t.Errorf("the text is %q", post.Text.Reveal())
			}
		}
	}
	current := forum.Envelope{Render: markup.Version, At: written, Text: []byte("a"), HTML: []byte("<p>b</p>\n")}
	for _, oneBox := range []bool{true, false} {
		if err := w.Board.Replace(t.Context(), by, in, topic.Opening.ID, current, oneBox); err != nil {
			t.Fatal(err)
		}
		for i, post := range shownEverywhere(t, w, by, in, topic) {
			if post.HTML.Reveal() != "<p>b</p>\n" || post.Text.Reveal() != []string{"a", "a", ""}[i] {
				t.Errorf("what the current renderer made was made again: %s", post.HTML.Reveal())
			}
		}
	}
}

// shownEverywhere is an opening as it is read alone, with its topic, and in the list.
func shownEverywhere(t *testing.T, w *forumtest.World, by member.Actor, in uuid.UUID, topic forum.Topic) []forum.Post {
	t.Helper()
	one, err := w.Board.Post(t.Context(), by, in, topic.Opening.ID)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.Board.Topic(t.Context(), by, in, topic.ID)
	if err != nil {
		t.Fatal(err)
	}
	posts, err := w.Board.Posts(t.Context(), by, in, topic.ID, page.Ask[int]{Limit: 20})
	if err != nil || len(posts.Items) != 1 {
		t.Fatal(err, len(posts.Items))
	}
	return []forum.Post{one, *again.Opening, posts.Items[0]}
}
