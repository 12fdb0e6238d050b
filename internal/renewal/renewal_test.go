package renewal_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/renewal"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// place is a community with two people in conversation, as a server serves it, and the same as the worker works on it.
type place struct {
	*forumtest.World
	worker      *forumtest.World
	rows        *pgx.Conn // of the superuser
	in          uuid.UUID
	alma, boris member.Actor
	topic       forum.Topic
	reply       forum.Post
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{World: forumtest.New(t)}
	p.worker = forumtest.Enter(t, forumtest.Where{
		ForumURL: pgtest.As(t, migrations.Forum, migrations.Forum.Worker, p.ForumURL), KeysURL: p.KeysURL, KMSURL: p.KMSURL,
	})
	listen(t, p.Store)
	listen(t, p.worker.Store)
	var err error
	if p.rows, err = pgx.Connect(t.Context(), pgtest.Admin(t, migrations.Forum, p.ForumURL)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.rows.Close(context.Background()) })
	p.in = p.Found()
	p.alma, p.boris = p.Join(uuid.New(), p.in, "Alma"), p.Join(uuid.New(), p.in, "Boris")
	if p.topic, _, err = p.Board.CreateTopic(t.Context(), p.alma, p.in, forum.NewTopic{Title: "First winter", Text: "How do you keep warm?"}, "one"); err != nil {
		t.Fatal(err)
	}
	if p.reply, _, err = p.Board.CreatePost(t.Context(), p.boris, p.in, p.topic.ID, "Wool.", "two"); err != nil {
		t.Fatal(err)
	}
	if err := p.Unmask(p.in, p.alma.Persona(p.in)); err != nil {
		t.Fatal(err)
	}
	return p
}

// listen makes an instance hear of what others change.
func listen(t *testing.T, store *keystore.Store) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var ended sync.WaitGroup
	ended.Go(func() { _ = store.Watch(ctx) })
	t.Cleanup(func() { stop(); ended.Wait() })
	for !store.Listening() {
		time.Sleep(time.Millisecond)
	}
}

func (p *place) renewal(settled time.Duration) *renewal.Renewal {
	return renewal.New(p.worker.Store, p.worker.Directory, p.worker.Board, settled)
}

// generations are those that the boxes of the community name.
func (p *place) generations(t *testing.T) map[int]bool {
	t.Helper()
	rows, err := p.rows.Query(t.Context(), `SELECT generation_of(body) FROM post WHERE body IS NOT NULL
		UNION ALL SELECT generation_of(title) FROM topic WHERE title IS NOT NULL
		UNION ALL SELECT generation_of(box) FROM notice
		UNION ALL SELECT generation_of(name) FROM persona
		UNION ALL SELECT generation_of(card) FROM community
		UNION ALL SELECT generation_of(card) FROM programme
		UNION ALL SELECT generation_of(words) FROM ground_rules`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]bool{}
	for _, g := range all {
		found[g] = true
	}
	return found
}

// unfinished is how many personas are in the middle of being renewed; all must have a key.
func (p *place) unfinished(t *testing.T) (n int) {
	t.Helper()
	all, err := p.Store.PersonaKeys(t.Context(), uuid.Nil, 100)
	if err != nil || len(all) < 2 {
		t.Fatal(err, len(all))
	}
	for _, k := range all {
		if k.Newest == 0 {
			t.Fatal("a key is gone")
		}
		if k.Oldest != k.Newest {
			n++
		}
	}
	return n
}

// readable fails where anything that was said can't be read as it was.
func (p *place) readable(t *testing.T, w *forumtest.World) {
	t.Helper()
	topic, err := w.Board.Topic(t.Context(), p.boris, p.in, p.topic.ID)
	if err != nil {
		t.Fatal(err)
	}
	if topic.Title.Reveal() != "First winter" || topic.Opening == nil || topic.Opening.Text.Reveal() != "How do you keep warm?" || topic.Author.Name.Reveal() != "Alma" {
		t.Error("the topic changed")
	}
	if topic.Version != p.topic.Version || topic.Opening.Version != p.topic.Opening.Version || !topic.Opening.At.Equal(p.topic.Opening.At) {
		t.Error("who read the topic before can't edit it any more")
	}
	posts, err := w.Board.Posts(t.Context(), p.alma, p.in, p.topic.ID, page.Ask[int]{Limit: 100})
	if err != nil || len(posts.Items) < 2 || posts.Items[1].Author.Name.Reveal() != "Boris" {
		t.Fatal("a post can't be read", err, len(posts.Items))
	}
	told, err := w.Directory.Notices(t.Context(), p.alma, p.in, page.Ask[notice.Position]{Limit: 10})
	if err != nil || len(told.Items) != 1 || told.Items[0].Kind != notice.Unmasked {
		t.Errorf("what somebody was told can't be read: %v, %d notices", err, len(told.Items))
	}
	seen, err := w.Directory.Read(t.Context(), p.alma, p.in, "")
	if err != nil || seen.Card.Name != "A quiet place" || seen.Rules.Text != "Be kind." || seen.Programme.Name != "Harbour" {
		t.Errorf("the community can't be read: %v", err)
	}
}

func TestEverythingIsSealedAnew(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	invitation, err := p.Directory.Invite(t.Context(), p.Staff(member.RoleLead), p.in, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	p.readable(t, p.World)
	var last renewal.Progress
	if err := p.renewal(200*time.Millisecond).Everything(t.Context(), func(now renewal.Progress) { last = now }); err != nil {
		t.Fatal(err)
	}
	if last.Keys != last.OfKeys || last.Keys < 6 || last.Rows != 4 {
		t.Errorf("%+v", last)
	}
	if found := p.generations(t); len(found) != 1 || !found[2] {
		t.Errorf("sealed under generations %v", found)
	}
	if p.unfinished(t) != 0 {
		t.Error("an old generation lives")
	}
	p.readable(t, p.World)
	p.readable(t, forumtest.Enter(t, p.Where))
	if err := p.Directory.Join(t.Context(), p.Member(uuid.New()), p.in, joining(p, "Alma")); fault.CodeOf(err) != fault.NameTaken {
		t.Errorf("a name is there twice: %v", err)
	}
	var left int
	if err := p.rows.QueryRow(t.Context(), `SELECT count(*) FROM invitation WHERE invitation_id = $1`, invitation.ID).Scan(&left); err != nil || left != 0 {
		t.Error("an invitation that nobody can recognise is still there", err)
	}
}

// A name is kept from others also while the community's key is being renewed, and a request that came before is known.
func TestHashesOfTheGenerationBeforeAreKnown(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if _, err := p.worker.Store.RenewShared(t.Context(), "community", p.in); err != nil {
		t.Fatal(err)
	}
	if _, err := p.worker.Store.Renew(t.Context(), p.boris.Persona(p.in)); err != nil {
		t.Fatal(err)
	}
	if err := p.Directory.Join(t.Context(), p.Member(uuid.New()), p.in, joining(p, "Alma")); fault.CodeOf(err) != fault.NameTaken {
		t.Errorf("a name is there twice: %v", err)
	}
	again, replayed, err := p.Board.CreatePost(t.Context(), p.boris, p.in, p.topic.ID, "Wool.", "two")
	if err != nil || !replayed || again.ID != p.reply.ID {
		t.Errorf("posted twice: %v", err)
	}
}

func joining(p *place, name string) community.Joining {
	return community.Joining{Name: p.Name(name), AcceptedRules: 1}
}

// What was edited gets a fresh key and the rest doesn't.
func TestTheDirtyAreRenewed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if _, err := p.Board.EditPost(t.Context(), p.boris, p.in, p.reply.ID, p.reply.Version, "Wool, and tea."); err != nil {
		t.Fatal(err)
	}
	if err := p.renewal(0).Dirty(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	all, err := p.Store.PersonaKeys(t.Context(), uuid.Nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		want := int32(1)
		if k.Persona == p.boris.Persona(p.in) {
			want = 2
		}
		if k.Oldest != want || k.Newest != want || k.Dirty {
			t.Errorf("%+v, want generation %d", k, want)
		}
	}
	if err := p.Board.DeletePost(t.Context(), p.boris, p.in, p.reply.ID, forum.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if all, err = p.Store.PersonaKeys(t.Context(), uuid.Nil, 10); err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		if k.Dirty != (k.Persona == p.boris.Persona(p.in)) {
			t.Errorf("after a deletion: %+v", k)
		}
	}
}

// Whoever edits and posts while keys are renewed again and again keeps what they were told is kept.
func TestNoUpdateIsLost(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var others sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	texts, posted := "Wool.", map[uuid.UUID]string{}
	others.Go(func() {
		post := p.reply
		for i := 0; ctx.Err() == nil; i++ {
			text := fmt.Sprintf("Wool, %d.", i)
			edited, err := p.Board.EditPost(t.Context(), p.boris, p.in, post.ID, post.Version, text)
			if fault.CodeOf(err) == fault.Unavailable {
				continue
			}
			if err != nil {
				t.Errorf("edit %d: %v", i, err)
				return
			}
			post, texts = edited, text
		}
	})
	others.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			text := fmt.Sprintf("Tea, %d.", i)
			post, _, err := p.Board.CreatePost(t.Context(), p.alma, p.in, p.topic.ID, text, "")
			if fault.CodeOf(err) == fault.Unavailable {
				continue
			}
			if err != nil {
				t.Errorf("post %d: %v", i, err)
				return
			}
			posted[post.ID] = text
		}
	})
	const rounds = 4
	for range rounds {
		if err := p.renewal(300*time.Millisecond).Everything(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	stop()
	others.Wait()
	if err := p.renewal(0).Everything(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if found := p.generations(t); len(found) != 1 || !found[rounds+2] {
		t.Errorf("sealed under generations %v", found)
	}
	if kept, err := p.Board.Post(t.Context(), p.alma, p.in, p.reply.ID); err != nil || kept.Text.Reveal() != texts {
		t.Errorf("the last edit is not there: %v", err)
	}
	if len(posted) == 0 {
		t.Fatal("nothing was posted: it proves nothing")
	}
	for id, text := range posted {
		if kept, err := p.Board.Post(t.Context(), p.boris, p.in, id); err != nil || kept.Text.Reveal() != text {
			t.Errorf("a post is not there: %v", err)
		}
	}
}

// A renewal that is stopped anywhere loses nothing, and goes on.
func TestARenewalGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	stopped := 0
	for at := 1; ; at++ {
		ctx, stop := context.WithCancel(t.Context())
		seen := 0
		err := p.renewal(0).Everything(ctx, func(renewal.Progress) {
			if seen++; seen == at {
				stop()
			}
		})
		stop()
		p.readable(t, p.World)
		if err == nil && seen < at {
			break
		}
		if err != nil {
			stopped++
		}
	}
	if stopped < 8 {
		t.Errorf("stopped %d times", stopped)
	}
	if p.unfinished(t) != 0 {
		t.Error("an old generation lives")
	}
	p.readable(t, forumtest.Enter(t, p.Where))
}

// Who holds an old key can't write under it after it was thought to be out of use: without hearing of anything.
func TestTheDatabaseRefusesARetiredKey(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	deaf := forumtest.Enter(t, p.Where)
	if _, err := deaf.Board.EditPost(t.Context(), p.boris, p.in, p.reply.ID, p.reply.Version, "Wool, and tea."); err != nil {
		t.Fatal(err)
	}
	if err := p.renewal(0).Persona(t.Context(), p.boris.Persona(p.in)); err != nil {
		t.Fatal(err)
	}
	_, _, err := deaf.Board.CreatePost(t.Context(), p.boris, p.in, p.topic.ID, "And a hat.", "")
	if fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("posted under a retired key: %v", err)
	}
	if err := deaf.Unmask(p.in, p.boris.Persona(p.in)); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("told under a retired key: %v", err)
	}
	if err := deaf.Directory.Join(t.Context(), p.boris, p.in, joining(p, "Bob")); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("renamed under a retired key: %v", err)
	}
	if _, err := deaf.Board.EditPost(t.Context(), p.boris, p.in, p.reply.ID, 2, "A hat."); err != nil {
		t.Errorf("what was sealed under a new key teaches nothing of it: %v", err)
	}
}

func TestNobodyIsRenewedTwiceForNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if err := p.renewal(0).Persona(t.Context(), uuid.New()); !errors.Is(err, fault.New(fault.NotFound)) {
		t.Errorf("a persona that is not there: %v", err)
	}
	if err := p.renewal(0).Dirty(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if found := p.generations(t); len(found) != 1 || !found[1] {
		t.Errorf("sealed under generations %v", found)
	}
}
