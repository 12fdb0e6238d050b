package rights_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/rights"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// place is a community in which Alma asked and Boris answered, both twice.
type place struct {
	*forumtest.World
	erasure           *rights.Erasure
	folder            string
	forum, keys       *pgx.Conn // of superusers
	in                uuid.UUID
	who               uuid.UUID // Alma, as she signs in
	alma, boris       member.Actor
	asked, ownedAlone forum.Topic // in the second nobody replied
	almas, reply      forum.Post
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{World: forumtest.New(t), folder: filepath.Join(t.TempDir(), "tombstones"), who: uuid.New()}
	p.erasure = p.eraser(t, p.World)
	p.forum = connect(t, pgtest.Admin(t, migrations.Forum, p.ForumURL))
	p.keys = connect(t, pgtest.Admin(t, migrations.Keys, p.KeysURL))
	p.in = p.Found()
	p.alma, p.boris = p.Join(p.who, p.in, "Alma"), p.Join(uuid.New(), p.in, "Boris")
	p.asked, p.ownedAlone = p.ask(t, "First winter"), p.ask(t, "Second winter")
	p.almas, p.reply = p.answer(t, p.alma, "A fire."), p.answer(t, p.boris, "Wool.")
	if err := p.Unmask(p.in, p.alma.Persona(p.in)); err != nil {
		t.Fatal(err)
	}
	return p
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (p *place) ask(t *testing.T, title string) forum.Topic {
	t.Helper()
	topic, _, err := p.Board.CreateTopic(t.Context(), p.alma, p.in, forum.NewTopic{Title: title, Text: "How do you keep warm?"}, title)
	if err != nil {
		t.Fatal(err)
	}
	return topic
}

func (p *place) answer(t *testing.T, by member.Actor, text string) forum.Post {
	t.Helper()
	post, _, err := p.Board.CreatePost(t.Context(), by, p.in, p.asked.ID, text, text)
	if err != nil {
		t.Fatal(err)
	}
	return post
}

// eraser works on a world in the worker's role, as an instance of its own.
func (p *place) eraser(t *testing.T, w *forumtest.World) *rights.Erasure {
	t.Helper()
	graves, err := rights.OpenGraveyard(p.folder)
	if err != nil {
		t.Fatal(err)
	}
	worker := forumtest.Enter(t, forumtest.Where{
		ForumURL: pgtest.As(t, migrations.Forum, migrations.Forum.Worker, w.ForumURL), KeysURL: w.KeysURL, KMSURL: w.KMSURL,
	})
	gone := func(context.Context, uuid.UUID) error { return fault.New(fault.NotFound) }
	rights.NewErasure(graves, w.Store, w.Directory, w.Board, gone, w.Clock.Now)
	listen(t, w.Store)
	listen(t, worker.Store)
	return rights.NewErasure(graves, worker.Store, worker.Directory, worker.Board, gone, w.Clock.Now)
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

func count(t *testing.T, conn *pgx.Conn, sql string, args ...any) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// gone fails where anything of a persona but its id is left.
func (p *place) gone(t *testing.T, persona uuid.UUID) {
	t.Helper()
	for what, sql := range map[string]string{
		"words":     `SELECT count(*) FROM post WHERE persona_id = $1 AND body IS NOT NULL`,
		"titles":    `SELECT count(*) FROM topic WHERE persona_id = $1 AND title IS NOT NULL`,
		"a name":    `SELECT count(*) FROM persona WHERE persona_id = $1 AND (state <> 'erased' OR name IS NOT NULL OR name_mac IS NOT NULL OR joined_on > 'epoch')`,
		"a request": `SELECT count(*) FROM answered_request WHERE persona_id = $1`,
		"notices":   `SELECT count(*) FROM notice WHERE persona_id = $1`,
	} {
		if n := count(t, p.forum, sql, persona); n != 0 {
			t.Errorf("left in the forum: %s", what)
		}
	}
	if n := count(t, p.forum, `SELECT count(*) FROM community_tally y WHERE y.members <> (SELECT count(*) FROM persona m WHERE m.community_id = y.community_id AND m.state = 'active')
		OR y.topics <> (SELECT count(*) FROM topic t WHERE t.community_id = y.community_id AND t.status IN ('published', 'withdrawn'))`); n != 0 {
		t.Error("it is still counted")
	}
	if n := count(t, p.keys, `SELECT (SELECT count(*) FROM persona WHERE persona_id = $1) + (SELECT count(*) FROM persona_key WHERE persona_id = $1)`, persona); n != 0 {
		t.Error("left in the keystore: a key")
	}
}

// othersStay fails where what Boris said can't be read, or anything of Alma can.
func (p *place) othersStay(t *testing.T, w *forumtest.World) {
	t.Helper()
	topic, err := w.Board.Topic(t.Context(), p.boris, p.in, p.asked.ID)
	if err != nil || topic.Title.Reveal() != "" || topic.Opening != nil || topic.Author.Name.Reveal() != "" || topic.Posts != 1 {
		t.Errorf("the topic: %v, %d posts", err, topic.Posts)
	}
	posts, err := w.Board.Posts(t.Context(), p.boris, p.in, p.asked.ID, page.Ask[int]{Limit: 20})
	if err != nil || len(posts.Items) != 1 || posts.Items[0].ID != p.reply.ID || !strings.Contains(posts.Items[0].HTML.Reveal(), "Wool.") {
		t.Errorf("the reply of somebody else: %v, %d posts", err, len(posts.Items))
	}
	if _, err := w.Board.Topic(t.Context(), p.boris, p.in, p.ownedAlone.ID); err == nil {
		t.Error("a topic in which nobody else wrote is still there")
	}
	topics, err := w.Board.Topics(t.Context(), p.boris, p.in, page.Ask[forum.Position]{Limit: 20})
	if err != nil || len(topics.Items) != 1 {
		t.Errorf("the list: %v, %d topics", err, len(topics.Items))
	}
}

func (p *place) tombstones(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no tombstones", err)
	}
	return files
}

// backup keeps the rows of a database as they are; what it returns brings them back.
func backup(t *testing.T, conn *pgx.Conn, tables ...string) (restore func()) {
	t.Helper()
	run := func(sql string) {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for _, table := range tables {
		run(`CREATE TEMP TABLE kept_` + table + ` AS SELECT * FROM ` + table)
	}
	return func() {
		run(`SET session_replication_role = replica`)
		for _, table := range tables {
			run(`DELETE FROM ` + table)
			run(`INSERT INTO ` + table + ` SELECT * FROM kept_` + table)
		}
	}
}

func (p *place) backup(t *testing.T) (restore func()) {
	t.Helper()
	words := backup(t, p.forum, "persona", "community_tally", "topic", "topic_tally", "post", "answered_request", "notice")
	keys := backup(t, p.keys, "member", "persona", "persona_key")
	return func() { words(); keys() }
}
