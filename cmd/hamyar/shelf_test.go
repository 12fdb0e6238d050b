package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/renewal"
	"github.com/hamyar/hamyar/migrations"
)

// What is refused, and what a repeated upload gets.
func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, ben, out := h.signUp().join(p.ID, "Ada Hill"), h.signUp().join(p.ID, "Ben Dale"), h.signUp()
	base := "/v1/communities/" + p.ID
	out.uploads(p.ID, "image/jpeg", photo(t, "", "")).is(http.StatusForbidden).refused("not_a_member")
	ada.uploads(p.ID, "image/svg+xml", "<svg/>").refused("picture_unsupported")
	ada.uploads(p.ID, "image/jpeg", "<html><script>alert(1)</script>").refused("picture_unsupported").without("script")
	ada.uploads(p.ID, "image/png", photo(t, "", "")[:500]).refused("picture_malformed")
	ada.uploads(p.ID, "application/pdf", "MZ not a document").refused("document_malformed")
	ada.uploads(p.ID, "application/pdf", document(t, 21<<20)).is(http.StatusRequestEntityTooLarge).refused("file_too_large")
	if left := h.files(); len(left) > 0 {
		t.Fatalf("what was refused was kept: %q", left)
	}

	file := document(t, 2000)
	var first, again shownFile
	ada.uploads(p.ID, "application/pdf", file, "Idempotency-Key", "one").into(http.StatusCreated, &first)
	repeated := ada.uploads(p.ID, "application/pdf", file, "Idempotency-Key", "one")
	if repeated.into(http.StatusCreated, &again); again != first || repeated.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%+v and %+v", first, again)
	}
	ada.uploads(p.ID, "application/pdf", document(t, 2000), "Idempotency-Key", "one").is(http.StatusUnprocessableEntity).refused("idempotency_reused")
	if len(h.files()) != 1 {
		t.Error("a repeat left a file")
	}

	topic := ada.opens(p.ID, "Winter", "words").ID
	for pointer, wanted := range map[string][]map[string]any{
		`"/attachments/0/id"`:  {{"id": first.ID, "alt": "not mine"}},
		`"/attachments/1/id"`:  {{"id": uuid.NewString(), "alt": "x"}, {"id": "x", "alt": "x"}},
		`"/attachments"`:       attached("x", make([]shownFile, 9)...),
		`"/attachments/0/alt"`: {{"id": first.ID, "alt": ""}},
	} {
		ben.call(http.MethodPost, base+"/topics/"+topic+"/posts", map[string]any{"text": "x", "attachments": wanted}).is(http.StatusUnprocessableEntity).refused("invalid_request").holds(pointer)
	}
	mine := map[string]any{"text": "x", "attachments": attached(" \n", first)}
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", mine).is(http.StatusUnprocessableEntity).holds(`"required"`)
	twice := map[string]any{"text": "x", "attachments": attached("x", first, first)}
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", twice).is(http.StatusUnprocessableEntity).holds("already_exists")
	once := map[string]any{"text": "x", "attachments": attached("x", first)}
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", once).is(http.StatusCreated)
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", once).is(http.StatusUnprocessableEntity).holds("not_found")

	for range 20 {
		ada.uploaded(p.ID, "application/pdf", document(t, 10))
	}
	ada.uploads(p.ID, "application/pdf", document(t, 10)).is(http.StatusConflict).refused("attachments_waiting")
	var community struct {
		ETag        string
		Attachments bool
	}
	p.lead.call(http.MethodGet, base, nil).into(http.StatusOK, &community)
	p.lead.call(http.MethodPatch, base, map[string]any{"attachments": false}, "If-Match", community.ETag).into(http.StatusOK, &community)
	if community.Attachments {
		t.Error("still on")
	}
	ben.uploads(p.ID, "application/pdf", document(t, 10)).is(http.StatusForbidden).refused("attachments_off")
	hidden := p.founds(map[string]any{"sensitivity": 3})
	ben.join(hidden, "Ben Dale").uploads(hidden, "application/pdf", document(t, 10)).is(http.StatusForbidden).refused("attachments_off")
}

func (r reply) holds(words string) {
	r.t.Helper()
	if !strings.Contains(string(r.body), words) {
		r.t.Fatalf("%s: the answer lacks %s: %s", r.what, words, r.body)
	}
}

// What a crash left, and what nobody put into a post, goes by itself; files that were swapped or cut don't open.
func TestTheShelfIsTidied(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada Hill")
	base := "/v1/communities/" + p.ID
	topic := ada.opens(p.ID, "Winter", "words").ID
	kept, other, waits := ada.uploaded(p.ID, "application/pdf", document(t, 9000)), ada.uploaded(p.ID, "application/pdf", document(t, 9000)), ada.uploaded(p.ID, "application/pdf", document(t, 9000))
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", map[string]any{"text": "x", "attachments": attached("x", kept, other)}).is(http.StatusCreated)
	// A crash between file and row leaves a file; one in the middle of a file, a draft.
	stray := uuid.NewString()
	folder := filepath.Dir(h.files()[0])
	for _, name := range []string{stray, stray + ".18a.tmp"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("sealed"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for days, want := range []int{5, 5, 2} {
		if _, err := h.shelf.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(h.files()); got != want {
			t.Fatalf("after %d days: %d files, want %d: %q", days, got, want, h.files())
		}
		h.clock.move(24 * time.Hour)
	}
	ada.call(http.MethodGet, base+"/attachments/"+waits.ID, nil).is(http.StatusNotFound)
	ada.call(http.MethodGet, base+"/attachments/"+kept.ID, nil).is(http.StatusOK)

	admin := connectTo(t, pgtest.Admin(t, migrations.Forum, h.config.ForumURL.Reveal()))
	swap := `UPDATE attachment SET blob_id = other.blob_id FROM attachment other WHERE attachment.attachment_id <> other.attachment_id AND attachment.community_id = other.community_id AND attachment.attachment_id = '` + kept.ID + `'`
	for _, statement := range []string{`ALTER TABLE attachment DROP CONSTRAINT attachment_blob_once`, swap} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	ada.call(http.MethodGet, base+"/attachments/"+kept.ID, nil).is(http.StatusInternalServerError).refused("internal")
	var all tally
	if err := h.server.verify(t.Context(), &all, func(int) {}); err != nil || all.opened["forum attachment"] != 2 || all.failed["forum attachment"] != 0 {
		t.Errorf("%v, %+v", err, all)
	}
	swap = strings.ReplaceAll(swap, "blob_id", "card")
	if _, err := admin.Exec(t.Context(), swap); err != nil {
		t.Fatal(err)
	}
	ada.call(http.MethodGet, base+"/attachments/"+kept.ID, nil).is(http.StatusInternalServerError)
	if all = (tally{}); h.server.verify(t.Context(), &all, func(int) {}) != nil || all.failed["forum attachment"] != 1 {
		t.Errorf("%+v", all)
	}
}

// A file that turns out to be another while it goes out breaks off: who reads it sees that, and so does the log.
func TestAFileThatBreaksIsSeen(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada Hill")
	file := ada.uploaded(p.ID, "application/pdf", document(t, 200_000))
	at, lies := "/v1/communities/"+p.ID+"/attachments/"+file.ID, h.files()[0]
	stored := read(t, lies)
	stored[len(stored)-1]++
	if err := os.WriteFile(lies, stored, 0o600); err != nil {
		t.Fatal(err)
	}
	ada.call(http.MethodGet, at, nil, "Range", "bytes=0-9").is(http.StatusPartialContent)
	if log := h.log.String(); strings.Contains(log, `"internal"`) {
		t.Fatal("what was read was whole")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.origin+at, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+ada.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, err := io.ReadAll(answer.Body); err == nil || int64(len(got)) >= file.Bytes {
		t.Errorf("%d of %d bytes came, %v", len(got), file.Bytes, err)
	}
	if log := h.log.String(); !strings.Contains(log, `"level":"ERROR"`) || !strings.Contains(log, `"code":"internal"`) || strings.Contains(log, file.ID) {
		t.Errorf("the log says nothing of it, or too much: %s", log[max(0, len(log)-300):])
	}
}

// Who uploads slowly is waited for as long as something comes, and longer than everything else may take.
func TestASlowUploadIsWaitedFor(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *config.Config) { c.WritesPerMinute = 0 })
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada Hill")
	server := &http.Server{Handler: h.public, ReadHeaderTimeout: time.Second, ReadTimeout: time.Second, WriteTimeout: 2 * time.Second}
	listener, err := listenOn(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { _ = server.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	file := document(t, 3000)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+listener.Addr().String()+"/v1/communities/"+p.ID+"/attachments", &drip{rest: []byte(file)})
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/pdf")
	r.Header.Set("Authorization", "Bearer "+ada.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Errorf("%s", answer.Status)
	}
}

// drip gives a little every quarter of a second.
type drip struct{ rest []byte }

func (d *drip) Read(b []byte) (int, error) {
	if len(d.rest) == 0 {
		return 0, io.EOF
	}
	<-time.After(250 * time.Millisecond)
	n := copy(b, d.rest[:min(len(d.rest), 250)])
	d.rest = d.rest[n:]
	return n, nil
}

// Renewing a key leaves the file as it is and seals its card anew; a card of before opens nothing any more.
func TestAnAttachmentOutlivesAKey(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada Hill")
	base := "/v1/communities/" + p.ID
	topic := ada.opens(p.ID, "Winter", "words").ID
	file := ada.uploaded(p.ID, "application/pdf", document(t, 90_000))
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", map[string]any{"text": "x", "attachments": attached("a letter", file)}).is(http.StatusCreated)
	at := base + "/attachments/" + file.ID
	page, whole := ada.call(http.MethodGet, base+"/topics/"+topic+"/posts", nil).is(http.StatusOK), ada.call(http.MethodGet, at, nil).is(http.StatusOK)
	stored := read(t, h.files()[0])
	admin := connectTo(t, pgtest.Admin(t, migrations.Forum, h.config.ForumURL.Reveal()))
	var card []byte
	if err := admin.QueryRow(t.Context(), `SELECT card FROM attachment`).Scan(&card); err != nil {
		t.Fatal(err)
	}
	worker := h.worker()
	if err := renewal.New(worker.store, worker.directory, worker.board, 0).Everything(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if again := ada.call(http.MethodGet, at, nil).is(http.StatusOK); !bytes.Equal(again.body, whole.body) || !bytes.Equal(read(t, h.files()[0]), stored) {
		t.Error("the file is another")
	}
	if again := ada.call(http.MethodGet, base+"/topics/"+topic+"/posts", nil).is(http.StatusOK); !bytes.Equal(again.body, page.body) {
		t.Error("the page is another")
	}
	for _, statement := range []string{`ALTER TABLE attachment DISABLE TRIGGER attachment_sealed_with_living_key`, `UPDATE attachment SET sealed_version = 1`} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := admin.Exec(t.Context(), `UPDATE attachment SET card = $1`, card); err != nil {
		t.Fatal(err)
	}
	ada.call(http.MethodGet, at, nil).is(http.StatusNotFound)
}

// worker is the same Hamyar in the role that seals anew and erases, as `hamyar keys` is.
func (h *house) worker() *server {
	h.t.Helper()
	c := h.config
	c.ForumURL = c.WorkerURL
	s, err := newServer(h.t.Context(), c, h.logger, h.clock.now)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(s.close)
	return s
}

// A backup that brings rows back brings no file back, and tombstones take the rows as well.
func TestABackupBringsNoFileBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, ben := h.signUp().join(p.ID, "Ada Hill"), h.signUp().join(p.ID, "Ben Dale")
	base := "/v1/communities/" + p.ID
	topic := ben.opens(p.ID, "Winter", "words").ID
	file := ada.uploaded(p.ID, "application/pdf", document(t, 5000))
	var post withAttachments
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", map[string]any{"text": "x", "attachments": attached("a letter", file)}).into(http.StatusCreated, &post)
	lost, admin := h.files()[0], connectTo(t, pgtest.Admin(t, migrations.Forum, h.config.ForumURL.Reveal()))
	stored := read(t, lost)
	for _, statement := range []string{`CREATE TABLE kept_post AS TABLE post`, `CREATE TABLE kept_attachment AS TABLE attachment`} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	ada.call(http.MethodDelete, base+"/posts/"+post.ID, nil).is(http.StatusNoContent)
	for _, statement := range []string{
		`UPDATE post SET body = kept.body, status = kept.status FROM kept_post kept WHERE post.post_id = kept.post_id AND post.body IS NULL`,
		`INSERT INTO attachment TABLE kept_attachment`,
	} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	ben.call(http.MethodGet, base+"/posts/"+post.ID, nil).is(http.StatusOK)
	ben.call(http.MethodGet, base+"/attachments/"+file.ID, nil).is(http.StatusNotFound)
	if err := os.WriteFile(lost, stored, 0o600); err != nil { // the folder was restored as well
		t.Fatal(err)
	}
	ben.call(http.MethodGet, base+"/attachments/"+file.ID, nil).is(http.StatusOK)
	if n, err := h.erasure.Replay(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d erasures repeated, %v", n, err)
	}
	ben.call(http.MethodGet, base+"/attachments/"+file.ID, nil).is(http.StatusNotFound)
	if len(h.files()) != 0 {
		t.Error("a file that was taken back is there again")
	}
}

// What somebody took back out of a post, or before one took it, stays away as well when everything is restored, and the
// post says nothing of it; what is sent anew under the same key is another file.
func TestABackupBringsNothingBackThatWasTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, ben := h.signUp().join(p.ID, "Ada Hill"), h.signUp().join(p.ID, "Ben Dale")
	base := "/v1/communities/" + p.ID
	at := base + "/attachments/"
	topic := ben.opens(p.ID, "Winter", "words").ID
	upload := func() shownFile { return ada.uploaded(p.ID, "application/pdf", document(t, 5000)) }
	taken, edited, kept, waits := upload(), upload(), upload(), upload()
	var post withAttachments
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", map[string]any{"text": "x", "attachments": attached("a letter", taken, edited, kept)}).into(http.StatusCreated, &post)
	var again shownFile
	repeated := func() {
		ada.uploads(p.ID, "application/pdf", document(t, 5000), "Idempotency-Key", "one").into(http.StatusCreated, &again)
	}
	repeated()
	stored := map[string][]byte{}
	for _, file := range h.files() {
		stored[file] = read(t, file)
	}
	admin := connectTo(t, pgtest.Admin(t, migrations.Forum, h.config.ForumURL.Reveal()))
	run := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if _, err := admin.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(`CREATE TABLE kept_post AS TABLE post`, `CREATE TABLE kept_attachment AS TABLE attachment`)
	for _, one := range []shownFile{taken, waits, again} {
		ada.call(http.MethodDelete, at+one.ID, nil).is(http.StatusNoContent)
	}
	ada.call(http.MethodGet, base+"/posts/"+post.ID, nil).into(http.StatusOK, &post)
	ada.call(http.MethodPatch, base+"/posts/"+post.ID, map[string]any{"text": "y", "attachments": attached("a letter", kept)}, "If-Match", post.ETag).into(http.StatusOK, &post)
	if len(h.files()) != 1 {
		t.Fatalf("%d files", len(h.files()))
	}

	run(`SET session_replication_role = replica`, `DELETE FROM attachment`, `INSERT INTO attachment TABLE kept_attachment`, `SET session_replication_role = DEFAULT`,
		`UPDATE post SET body = k.body, shown = k.shown, sealed_version = k.sealed_version FROM kept_post k WHERE post.post_id = k.post_id AND post.body <> k.body`)
	for file, content := range stored {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ben.call(http.MethodGet, at+edited.ID, nil).is(http.StatusOK)
	if n, err := h.erasure.Replay(t.Context()); err != nil || n != 4 {
		t.Fatalf("%d erasures repeated, %v", n, err)
	}
	var now withAttachments
	ben.call(http.MethodGet, base+"/posts/"+post.ID, nil).into(http.StatusOK, &now)
	if len(now.Attachments) != 1 || now.Attachments[0].ID != kept.ID || len(h.files()) != 1 {
		t.Errorf("%+v, and %d files", now, len(h.files()))
	}
	ben.call(http.MethodGet, at+kept.ID, nil).is(http.StatusOK)
	for _, one := range []shownFile{taken, edited, waits, again} {
		ada.call(http.MethodGet, at+one.ID, nil).is(http.StatusNotFound)
	}
	repeated()
	if n, err := h.erasure.Replay(t.Context()); err != nil || n != 0 {
		t.Fatalf("%d erasures repeated, %v", n, err)
	}
	ada.call(http.MethodGet, at+again.ID, nil).is(http.StatusOK)
}
