package community_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/member"
)

// settingsOf are the settings of a community as whoever runs it reads them.
func settingsOf(t *testing.T, w *forumtest.World, in uuid.UUID) community.Settings {
	t.Helper()
	c, err := w.Directory.Read(t.Context(), w.Staff(member.RoleOperator), in, "")
	if err != nil {
		t.Fatal(err)
	}
	return c.Settings
}

func leaving(kind string, sensitivity int, said community.Settings) func(*community.Founding) {
	return func(f *community.Founding) {
		f.Kind, f.Settings = kind, said
		f.Sensitivity = sensitivity
	}
}

func TestWhatAFounderLeavesOutIsWhatIsUsual(t *testing.T) {
	w := forumtest.New(t)
	for _, kind := range community.Kinds {
		for sensitivity := 1; sensitivity <= 3; sensitivity++ {
			usual, err := w.Policy.Defaults(kind, sensitivity)
			if err != nil {
				t.Fatal(err)
			}
			got := settingsOf(t, w, w.Found(leaving(kind, sensitivity, community.Settings{})))
			if got.Visibility != usual.Visibility || got.JoinPolicy != usual.JoinPolicy || got.Search != usual.Search || *got.Attachments != *usual.Attachments {
				t.Errorf("%s, %d: %+v instead of %+v", kind, sensitivity, got, usual)
			}
		}
	}
}

func TestWhatAFounderSaysOutweighsWhatIsUsual(t *testing.T) {
	w, yes := forumtest.New(t), true
	got := settingsOf(t, w, w.Found(leaving("weight", 3, community.Settings{Visibility: "hidden", JoinPolicy: "closed", Search: "tags", Attachments: &yes})))
	if got.Visibility != "hidden" || got.JoinPolicy != "closed" || got.Search != "tags" || !*got.Attachments {
		t.Errorf("%+v", got)
	}
}

// What was never said follows the sensitivity, so that who raises it closes what ought to be closed.
func TestWhatNobodySaidFollowsTheSensitivity(t *testing.T) {
	w := forumtest.New(t)
	in, high := w.Found(leaving("weight", 1, community.Settings{})), 3
	if got := settingsOf(t, w, in); got.Search != "segments" || !*got.Attachments {
		t.Fatalf("%+v", got)
	}
	if _, err := w.Directory.Edit(t.Context(), w.Staff(member.RoleOperator), in, 1, community.Change{Sensitivity: &high}); err != nil {
		t.Fatal(err)
	}
	if got := settingsOf(t, w, in); got.Search != "off" || *got.Attachments {
		t.Errorf("%+v", got)
	}
}
