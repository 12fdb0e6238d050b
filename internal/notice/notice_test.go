package notice_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/sealed"
)

// is fails where somebody's newest notice isn't this one, and they haven't so many.
func (p *place) is(t *testing.T, what string, who member.Actor, many int, want notice.Notice) {
	t.Helper()
	told := p.told(t, who)
	if len(told) != many {
		t.Fatalf("%s: %d notices, not %d", what, len(told), many)
	}
	got := told[0]
	if got.Kind != want.Kind || got.Role != want.Role || got.Purpose != want.Purpose || got.Sort != want.Sort || got.Count != len(want.Things) || !slices.Equal(got.Things, want.Things) {
		t.Errorf("%s: %+v, not %+v", what, got, want)
	}
	if age := p.Clock.Now().Sub(got.At); got.At.Nanosecond() != 0 || age < 0 || age > time.Minute {
		t.Errorf("%s: at %v", what, got.At)
	}
}

func openedBy(sort notice.Sort, things ...uuid.UUID) notice.Notice {
	return notice.Notice{Kind: notice.Opened, Role: "moderator", Purpose: "moderation", Sort: sort, Things: things}
}

// A page opens words of several, and each is told of their own alone; of who did it nobody is told the name.
func TestWhoseRemovedWordsAreOpenedIsTold(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if shown := p.posts(t, p.clara); len(shown) != 2 { // the opening and her own
		t.Fatalf("a member sees %d posts", len(shown))
	}
	for _, who := range []member.Actor{p.alma, p.boris, p.clara, p.mods} {
		if told := p.told(t, who); len(told) != 0 {
			t.Fatalf("told before anything was opened: %+v", told)
		}
	}
	if shown := p.posts(t, p.mods); len(shown) != 4 {
		t.Fatalf("a moderator sees %d posts", len(shown))
	}
	p.is(t, "a page", p.alma, 1, openedBy(notice.Post, p.hers.ID))
	p.is(t, "a page", p.boris, 1, openedBy(notice.Post, p.his.ID))
	if told := p.told(t, p.clara); len(told) != 0 {
		t.Errorf("whose words anybody here reads is told %+v", told)
	}
	if _, err := p.Board.Post(t.Context(), p.mods, p.in, p.his.ID); err != nil {
		t.Fatal(err)
	}
	p.is(t, "one post", p.boris, 2, openedBy(notice.Post, p.his.ID))
	file := p.attached(t)
	opened, err := p.Shelf.Open(t.Context(), p.mods, p.in, file, false)
	if err != nil {
		t.Fatal(err)
	}
	_ = opened.Close()
	p.is(t, "a file", p.boris, 3, openedBy(notice.Attachment, file))
}

func TestWhoseRemovedTopicIsOpenedIsTold(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if err := p.Board.DeleteTopic(t.Context(), p.mods, p.in, p.topic.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Board.Topics(t.Context(), p.mods, p.in, page.Ask[forum.Position]{Limit: 10}); err != nil {
		t.Fatal(err)
	}
	p.is(t, "a list of topics", p.alma, 1, openedBy(notice.Topic, p.topic.ID))
	if _, err := p.Board.Topic(t.Context(), p.mods, p.in, p.topic.ID); err != nil {
		t.Fatal(err)
	}
	p.is(t, "a topic with its opening", p.alma, 3, openedBy(notice.Post, p.topic.Opening.ID))
	p.posts(t, p.mods) // all of it is removed now, also what Clara wrote
	p.is(t, "the posts of a topic", p.clara, 1, openedBy(notice.Post, p.others.ID))
	p.is(t, "the posts of a topic", p.alma, 4, openedBy(notice.Post, p.topic.Opening.ID, p.hers.ID))
}

// Moderators are told what others opened of theirs, and not what they opened themselves.
func TestNobodyIsToldWhatTheyDidThemselves(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	second := p.moderator(t, "Second")
	own := p.post(t, p.mods, "Mine.")
	if err := p.Board.DeletePost(t.Context(), second, p.in, own.ID, forum.AnyVersion); err != nil {
		t.Fatal(err)
	}
	p.posts(t, p.mods)
	if told := p.told(t, p.mods); len(told) != 0 {
		t.Errorf("told of themselves: %+v", told)
	}
	p.is(t, "others are told all the same", p.alma, 1, openedBy(notice.Post, p.hers.ID))
	p.posts(t, second)
	p.is(t, "by somebody else", p.mods, 1, openedBy(notice.Post, own.ID))
}

func TestWhoIsUnmaskedIsTold(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	first, second := p.Staff(member.RoleLead), p.Staff(member.RoleLead)
	id, err := p.Directory.AskUnmasking(t.Context(), first, p.in, p.boris.Persona(p.in), sealed.NewText("A court asks who wrote this."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Directory.Unmasking(t.Context(), second, p.in, id); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Directory.ApproveUnmasking(t.Context(), first, p.in, id); fault.CodeOf(err) != fault.NotAllowed {
		t.Fatalf("who asked approves: %v", err)
	}
	if told := p.told(t, p.boris); len(told) != 0 {
		t.Errorf("told of what did not happen: %+v", told)
	}
	if _, err := p.Directory.ApproveUnmasking(t.Context(), second, p.in, id); err != nil {
		t.Fatal(err)
	}
	p.is(t, "unmasked", p.boris, 1, notice.Notice{
		Kind: notice.Unmasked, Role: "programme_lead", Purpose: "break-glass", Sort: notice.Persona, Things: []uuid.UUID{p.boris.Persona(p.in)},
	})
}

// What was done with one's own is told to who left, and to who was banned; to nobody else.
func TestNoticesAreRead(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.posts(t, p.mods)
	if err := p.Directory.Leave(t.Context(), p.alma, p.in); err != nil {
		t.Fatal(err)
	}
	p.run(t, `UPDATE persona SET state = 'banned' WHERE persona_id = $1`, p.boris.Persona(p.in))
	p.run(t, `UPDATE community SET visibility = 'hidden', join_policy = 'invitation', archived = true`)
	for name, who := range map[string]member.Actor{"who left": p.alma, "who was banned": p.boris} {
		if told := p.told(t, who); len(told) != 1 {
			t.Errorf("%s: %d notices", name, len(told))
		}
	}
	if told := p.told(t, p.clara); len(told) != 0 {
		t.Errorf("notices of others: %+v", told)
	}
	refused := func(who member.Actor, want fault.Code) {
		t.Helper()
		if _, err := p.Directory.Notices(t.Context(), who, p.in, page.Ask[notice.Position]{Limit: 10}); fault.CodeOf(err) != want {
			t.Errorf("%v instead of %v", err, want)
		}
	}
	refused(p.Member(uuid.New()), fault.NotFound)
	refused(member.Actor{}, fault.NotFound)
	p.run(t, `UPDATE community SET visibility = 'members'`)
	refused(p.Member(uuid.New()), fault.NotAMember)
	refused(p.Staff(member.RoleOperator), fault.NotAMember)
	refused(member.Actor{}, fault.SignInRequired)
}

// However many open at once, each act is told once, and a list of them is walked both ways.
func TestNoticesComeInPages(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const acts, most = 24, 5
	var all sync.WaitGroup
	for range acts {
		all.Go(func() {
			if _, err := p.Board.Post(t.Context(), p.mods, p.in, p.his.ID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	whole := p.told(t, p.boris)
	if len(whole) != acts {
		t.Fatalf("%d notices of %d acts", len(whole), acts)
	}
	var forth []uuid.UUID
	ask := page.Ask[notice.Position]{Limit: most}
	var last page.Page[notice.Notice, notice.Position]
	for {
		got, err := p.Directory.Notices(t.Context(), p.boris, p.in, ask)
		if err != nil {
			t.Fatal(err)
		}
		forth = append(forth, idsOf(got.Items)...)
		if last = got; got.Next == nil {
			break
		}
		ask.From = got.Next
	}
	if !slices.Equal(forth, idsOf(whole)) {
		t.Error("pages are not the list")
	}
	back := idsOf(last.Items)
	for last.Prev != nil {
		got, err := p.Directory.Notices(t.Context(), p.boris, p.in, page.Ask[notice.Position]{Limit: most, From: last.Prev, Backward: true})
		if err != nil {
			t.Fatal(err)
		}
		back, last = append(idsOf(got.Items), back...), got
	}
	if !slices.Equal(back, forth) {
		t.Error("another list backwards")
	}
	p.Clock.Move(time.Hour)
	p.posts(t, p.mods)
	if newest := p.told(t, p.boris)[0]; newest.At.Sub(whole[0].At) < 59*time.Minute {
		t.Errorf("the newest is of %v, and that before of %v", newest.At, whole[0].At)
	}
}

func idsOf(all []notice.Notice) []uuid.UUID {
	ids := make([]uuid.UUID, len(all))
	for i, n := range all {
		ids[i] = n.ID
	}
	return ids
}

// Nobody reads in one community what they were told in another.
func TestNoticesStayInTheirCommunity(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	elsewhere := p.Found(func(f *community.Founding) { f.Name = "Another" })
	who := p.boris.Identity
	p.posts(t, p.mods)
	boris := p.Join(who, elsewhere, "Somebody else")
	notices, err := p.Directory.Notices(t.Context(), boris, elsewhere, page.Ask[notice.Position]{Limit: 10})
	if err != nil || len(notices.Items) != 0 {
		t.Errorf("%v, %d notices", err, len(notices.Items))
	}
	again := forumtest.Enter(t, p.Where)
	notices, err = again.Directory.Notices(t.Context(), boris, p.in, page.Ask[notice.Position]{Limit: 10})
	if err != nil || len(notices.Items) != 1 {
		t.Errorf("on another instance: %v, %d notices", err, len(notices.Items))
	}
}
