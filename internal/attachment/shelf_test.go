package attachment_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const letter = "%PDF-1.7\nDear Alma\n%%EOF\n"

// superuser is somebody who may do anything to a database.
func superuser(t *testing.T, kind migrations.Database, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.Admin(t, kind, url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func upload(ctx context.Context, w *forumtest.World, by member.Actor, in uuid.UUID, key string) (attachment.Attachment, bool, error) {
	return w.Shelf.Upload(ctx, by, in, "application/pdf", strings.NewReader(letter), key)
}

// One person holds four places, in however many communities they are somebody.
func TestOnePersonSendsFourAtOnce(t *testing.T) {
	t.Parallel()
	w, who := forumtest.New(t), uuid.New()
	first, second := w.Found(), w.Found()
	w.Join(who, first, "Alma")
	alma, boris := w.Join(who, second, "Somebody else"), w.Join(uuid.New(), second, "Boris")
	var senders []*io.PipeWriter
	ended := make(chan error)
	for range 4 {
		slow, sender := io.Pipe()
		go func() {
			_, _, err := w.Shelf.Upload(t.Context(), alma, first, "application/pdf", slow, "")
			ended <- err
		}()
		if _, err := sender.Write([]byte(letter)); err != nil { // it is in
			t.Fatal(err)
		}
		senders = append(senders, sender)
	}
	if _, _, err := upload(t.Context(), w, alma, second, ""); fault.CodeOf(err) != fault.Busy {
		t.Errorf("the fifth, in another community: %v", err)
	}
	if _, _, err := upload(t.Context(), w, boris, second, ""); err != nil {
		t.Errorf("others: %v", err)
	}
	for _, sender := range senders {
		if err := sender.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("one of the four: %v", err)
		}
	}
}

// A client that goes while its row is being kept repeats the upload, and what it is told of then can be read.
func TestARowIsNeverLeftWithoutItsFile(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	in := w.Found()
	alma := w.Join(uuid.New(), in, "Alma")
	run(t, superuser(t, migrations.Forum, w.ForumURL),
		`CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			BEGIN PERFORM pg_sleep(2); EXCEPTION WHEN query_canceled THEN NULL; END; RETURN NULL; END $$`,
		`CREATE CONSTRAINT TRIGGER keeping_takes_long AFTER INSERT ON attachment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION take_long()`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, _, err := upload(ctx, w, alma, in, "one"); err == nil {
		t.Fatal("it did not take long")
	}
	made, replayed, err := upload(t.Context(), w, alma, in, "one")
	if err != nil || !replayed {
		t.Fatalf("the row was not kept, so that nothing was tried: %v", err)
	}
	file, err := w.Shelf.Open(t.Context(), alma, in, made.ID, false)
	if err != nil {
		t.Fatalf("a row without its file: %v", err)
	}
	defer func() { _ = file.Close() }()
	if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, []byte(letter)) {
		t.Errorf("%v", err)
	}
}

// What no post took goes, and what a backup holds of it is to end with the key that sealed it.
func TestWhatLapsesHasItsKeyRenewed(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	in := w.Found()
	alma, boris := w.Join(uuid.New(), in, "Alma"), w.Join(uuid.New(), in, "Boris")
	made, _, err := upload(t.Context(), w, alma, in, "")
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range []map[uuid.UUID]bool{{}, {}, {alma.Persona(in): true}} {
		if _, err := w.Shelf.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := w.Store.PersonaKeys(t.Context(), uuid.Nil, 10)
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		for _, keys := range all {
			if keys.Dirty != want[keys.Persona] {
				t.Errorf("after %d days, of %v: %t", days, keys.Persona == boris.Persona(in), keys.Dirty)
			}
		}
		w.Clock.Move(24 * time.Hour)
	}
	if _, err := w.Shelf.Open(t.Context(), alma, in, made.ID, false); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("it is there: %v", err)
	}
}
