package forum_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/sealed"
)

func anAttached(t *rapid.T) attachment.Attached {
	return attachment.Attached{
		Attachment: attachment.Attachment{
			ID:        uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")),
			MediaType: rapid.SampledFrom([]string{"image/jpeg", "image/png", "application/pdf"}).Draw(t, "media type"),
			Width:     rapid.IntRange(0, 12_000).Draw(t, "width"), Height: rapid.IntRange(0, 12_000).Draw(t, "height"),
			Bytes: rapid.Int64Range(0, 1<<40).Draw(t, "bytes"),
		},
		Alt: sealed.NewText(rapid.String().Draw(t, "alt")), Sensitive: rapid.Bool().Draw(t, "sensitive"),
	}
}

// What a post says of its attachments comes back, with its rendering behind it, and however it is cut it is refused or
// loses of the rendering alone.
func TestAttachmentsOfAPostComeBack(t *testing.T) {
	t.Parallel()
	words := cmp.Comparer(func(a, b sealed.Text) bool { return a.Reveal() == b.Reveal() })
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(anAttached), 1, attachment.Most).Draw(t, "attachments")
		html := []byte("<p>warm</p>")
		encoded := forum.ShownWith(all, html)
		back, rest, err := forum.ShownParts(encoded)
		if diff := cmp.Diff(all, back, words); err != nil || diff != "" || !bytes.Equal(rest, html) {
			t.Fatalf("%v %s %s", err, rest, diff)
		}
		for n := range encoded {
			back, rest, err := forum.ShownParts(encoded[:n])
			if err == nil && (!cmp.Equal(all, back, words) || !bytes.HasPrefix(html, rest)) {
				t.Fatalf("cut at %d it reads as %d attachments", n, len(back))
			}
		}
	})
}

func FuzzAttached(f *testing.F) {
	one := attachment.Attached{Attachment: attachment.Attachment{ID: uuid.New(), MediaType: "image/png", Width: 3, Height: 2, Bytes: 99}, Alt: sealed.NewText("یک دست")}
	f.Add(forum.ShownWith([]attachment.Attached{one, one}, []byte("<p>x</p>")))
	f.Add(forum.ShownWith(nil, []byte("<p>x</p>")))
	f.Add([]byte{3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		all, html, err := forum.ShownParts(b)
		if err == nil && b[0] == 3 && !bytes.Equal(forum.ShownWith(all, html)[11:], b[11:]) {
			t.Fatal("two encodings of the same attachments")
		}
	})
}
