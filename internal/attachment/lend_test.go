package attachment_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/migrations"
)

// What was uploaded before a community decided against attachments is not added after.
func TestNothingIsAddedWhereNothingIsTaken(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	in := w.Found()
	alma := w.Join(uuid.New(), in, "Alma")
	var sent []attachment.Wanted
	for range 2 {
		made, _, err := upload(t.Context(), w, alma, in, "")
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, attachment.Wanted{ID: made.ID, Alt: "a letter"})
	}
	topic, _, err := w.Board.CreateTopic(t.Context(), alma, in, forum.NewTopic{Title: "Winter", Text: "x", Attachments: sent[:1]}, "")
	if err != nil {
		t.Fatal(err)
	}
	run(t, superuser(t, migrations.Forum, w.ForumURL), `UPDATE community SET attachments = false`)
	if _, _, err := w.Board.CreatePost(t.Context(), alma, in, topic.ID, "x", "", sent[1]); fault.CodeOf(err) != fault.AttachmentsOff {
		t.Errorf("a post: %v", err)
	}
	if _, err := w.Board.EditPost(t.Context(), alma, in, topic.Opening.ID, 1, "x", sent); fault.CodeOf(err) != fault.AttachmentsOff {
		t.Errorf("an edit: %v", err)
	}
	kept, err := w.Board.EditPost(t.Context(), alma, in, topic.Opening.ID, 1, "y", sent[:1])
	if err != nil || len(kept.Attachments) != 1 {
		t.Errorf("what is there stays, with other words: %v", err)
	}
}
