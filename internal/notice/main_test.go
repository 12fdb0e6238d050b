package notice_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// place is a community with a moderator and three members. Alma opened a topic; she, Boris and Clara replied, and what Alma
// and Boris replied was removed.
type place struct {
	*forumtest.World
	rows               *pgx.Conn // of the superuser
	in                 uuid.UUID
	mods               member.Actor
	alma, boris, clara member.Actor
	topic              forum.Topic
	hers, his, others  forum.Post // Alma's and Boris's, which were removed, and Clara's
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{World: forumtest.New(t)}
	p.in = p.Found()
	p.rows = p.superuser(t)
	p.mods = p.moderator(t, "Mods")
	p.alma, p.boris, p.clara = p.Join(uuid.New(), p.in, "Alma"), p.Join(uuid.New(), p.in, "Boris"), p.Join(uuid.New(), p.in, "Clara")
	var err error
	if p.topic, _, err = p.Board.CreateTopic(t.Context(), p.alma, p.in, forum.NewTopic{Title: "First winter", Text: "How do you keep warm?"}, ""); err != nil {
		t.Fatal(err)
	}
	p.hers, p.his, p.others = p.post(t, p.alma, "Coal."), p.post(t, p.boris, "Wool."), p.post(t, p.clara, "Tea.")
	p.remove(t, p.hers.ID, p.his.ID)
	return p
}

func (p *place) superuser(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.Admin(t, migrations.Forum, p.ForumURL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (p *place) run(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := p.rows.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (p *place) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := p.rows.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// moderator is somebody new who moderates, with a second factor.
func (p *place) moderator(t *testing.T, name string) member.Actor {
	t.Helper()
	who := uuid.New()
	persona := p.Join(who, p.in, name).Persona(p.in)
	if err := p.Directory.Appoint(t.Context(), p.Staff(member.RoleLead), p.in, persona, "moderator"); err != nil {
		t.Fatal(err)
	}
	return p.Actor(who, 2)
}

func (p *place) post(t *testing.T, by member.Actor, text string) forum.Post {
	t.Helper()
	post, _, err := p.Board.CreatePost(t.Context(), by, p.in, p.topic.ID, text, "")
	if err != nil {
		t.Fatal(err)
	}
	return post
}

func (p *place) remove(t *testing.T, posts ...uuid.UUID) {
	t.Helper()
	for _, post := range posts {
		if err := p.Board.DeletePost(t.Context(), p.mods, p.in, post, forum.AnyVersion); err != nil {
			t.Fatal(err)
		}
	}
}

// posts reads the topic's page.
func (p *place) posts(t *testing.T, by member.Actor) []forum.Post {
	t.Helper()
	posts, err := p.Board.Posts(t.Context(), by, p.in, p.topic.ID, page.Ask[int]{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return posts.Items
}

// told is all that somebody was told, the newest first.
func (p *place) told(t *testing.T, who member.Actor) []notice.Notice {
	t.Helper()
	notices, err := p.Directory.Notices(t.Context(), who, p.in, page.Ask[notice.Position]{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return notices.Items
}

// attached is a document in a post of Boris's that was removed.
func (p *place) attached(t *testing.T) (file uuid.UUID) {
	t.Helper()
	a, _, err := p.Shelf.Upload(t.Context(), p.boris, p.in, "application/pdf", strings.NewReader("%PDF-1.7\nDear Boris\n%%EOF\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	post, _, err := p.Board.CreatePost(t.Context(), p.boris, p.in, p.topic.ID, "See here.", "", attachment.Wanted{ID: a.ID, Alt: "A letter"})
	if err != nil {
		t.Fatal(err)
	}
	p.remove(t, post.ID)
	return a.ID
}

// worker is the same world, as who seals anew and erases works on it.
func (p *place) worker(t *testing.T) *forumtest.World {
	t.Helper()
	return forumtest.Enter(t, forumtest.Where{
		ForumURL: pgtest.As(t, migrations.Forum, migrations.Forum.Worker, p.ForumURL), KeysURL: p.KeysURL, KMSURL: p.KMSURL,
	})
}
