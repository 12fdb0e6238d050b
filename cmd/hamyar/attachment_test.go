package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// photo is a picture as a telephone makes it: beside the points, a word in its metadata and one behind its end.
func photo(t *testing.T, within, behind string) string {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, 900, 600))
	for y := range 600 {
		for x := range 900 {
			picture.Set(x, y, color.NRGBA{uint8(x), uint8(y), uint8(x * y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	plain := b.String()
	exif := "Exif\x00\x00" + within
	return plain[:2] + "\xff\xe1" + string([]byte{byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}) + exif + plain[2:] + behind
}

// document is a PDF of a length.
func document(t *testing.T, length int) string {
	t.Helper()
	body := make([]byte, length)
	_, _ = rand.Read(body)
	return "%PDF-1.7\n" + fmt.Sprintf("%x", body)[:length] + "\n%%EOF\n"
}

type shownFile struct {
	ID            string
	MediaType     string `json:"media_type"`
	Width, Height int
	Bytes         int64
	Alt           string
	Sensitive     bool
}

func (p *person) uploads(community, mediaType, file string, pairs ...string) reply {
	p.h.t.Helper()
	return p.call(http.MethodPost, "/v1/communities/"+community+"/attachments", file, append([]string{"Content-Type", mediaType}, pairs...)...)
}

func (p *person) uploaded(community, mediaType, file string) (made shownFile) {
	p.h.t.Helper()
	p.uploads(community, mediaType, file).into(http.StatusCreated, &made)
	return made
}

func attached(alt string, all ...shownFile) []map[string]any {
	var list []map[string]any
	for _, one := range all {
		list = append(list, map[string]any{"id": one.ID, "alt": alt})
	}
	return list
}

// files are what lies where attachments do.
func (h *house) files() (all []string) {
	h.t.Helper()
	folder := strings.TrimPrefix(h.config.Blobs.Reveal(), "file://")
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

type withAttachments struct {
	ID, ETag    string
	Attachments []shownFile
}

// A picture goes with a post: everybody who reads that sees it, a part at a time if they like, and nobody else does; what
// it told besides is gone, and where it lies nothing is to be seen.
func TestAPictureGoesWithAPost(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, ben, out := h.signUp().join(p.ID, "Ada Hill"), h.signUp().join(p.ID, "Ben Dale"), h.signUp()
	base := "/v1/communities/" + p.ID
	at := base + "/attachments/"
	picture := ada.uploaded(p.ID, "image/jpeg", photo(t, "GPSCANARY 48.2082N", "CANARYBEHIND"))
	if picture.MediaType != "image/jpeg" || picture.Width != 900 || picture.Height != 600 {
		t.Fatalf("%+v", picture)
	}
	// Until a post takes it, it is there for nobody else.
	ben.call(http.MethodGet, at+picture.ID, nil).is(http.StatusNotFound).refused("not_found")
	ben.call(http.MethodDelete, at+picture.ID, nil).is(http.StatusNotFound).refused("not_found")
	whole := ada.call(http.MethodGet, at+picture.ID, nil).is(http.StatusOK).without("CANARY")

	topic := ada.opens(p.ID, "Winter", "with words alone").ID
	var post withAttachments
	body := map[string]any{"text": "See here.", "attachments": []map[string]any{{"id": picture.ID, "alt": "ALTCANARY a hand with a pump", "sensitive": true}}}
	ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", body).into(http.StatusCreated, &post)
	var page struct{ Items []withAttachments }
	raw := ben.call(http.MethodGet, base+"/topics/"+topic+"/posts", nil)
	raw.into(http.StatusOK, &page)
	if len(page.Items) != 2 || len(page.Items[1].Attachments) != 1 {
		t.Fatalf("%+v", page)
	}
	if strings.Count(string(raw.body), "attachments") != 1 {
		t.Errorf("a post without attachments speaks of them: %s", raw.body)
	}
	shown := page.Items[1].Attachments[0]
	if want := (shownFile{picture.ID, picture.MediaType, 900, 600, picture.Bytes, "ALTCANARY a hand with a pump", true}); shown != want || post.Attachments[0] != want {
		t.Errorf("%+v and %+v", shown, post.Attachments[0])
	}

	got := ben.call(http.MethodGet, at+picture.ID, nil).is(http.StatusOK)
	if !bytes.Equal(got.body, whole.body) || int64(len(got.body)) != picture.Bytes {
		t.Error("others read something else")
	}
	if _, form, err := image.Decode(bytes.NewReader(got.body)); err != nil || form != "jpeg" {
		t.Errorf("%s, %v", form, err)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Accept-Ranges": "bytes", "Content-Disposition": "inline",
		"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'",
	} {
		if is := got.header.Get(name); is != want {
			t.Errorf("%s: %s", name, is)
		}
	}
	little := ben.call(http.MethodGet, at+picture.ID+"?size=thumbnail", nil).is(http.StatusOK)
	if small, _, err := image.DecodeConfig(bytes.NewReader(little.body)); err != nil || small.Width != 480 {
		t.Errorf("a thumbnail of %d points: %v", small.Width, err)
	}
	h.ranges(ben, at+picture.ID, got.body)

	out.call(http.MethodGet, at+picture.ID, nil).is(http.StatusForbidden).refused("members_only")
	h.call(http.MethodGet, at+picture.ID, "", nil).is(http.StatusUnauthorized).refused("sign_in_required")
	p.operator.call(http.MethodGet, at+picture.ID, nil).is(http.StatusForbidden).refused("members_only")
	ben.call(http.MethodDelete, at+picture.ID, nil).is(http.StatusForbidden).refused("not_the_author")
	for _, path := range h.files() {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 || info.ModTime().UTC() != info.ModTime().UTC().Truncate(24*time.Hour) {
			t.Errorf("%v, %v", info, err)
		}
		if content := read(t, path); bytes.Contains(content, got.body[:64]) || bytes.Contains(content, []byte("CANARY")) {
			t.Error("a file can be read where it lies")
		}
	}
	if log := h.log.String(); strings.Contains(log, "CANARY") || strings.Contains(log, picture.ID) {
		t.Error("the log tells of an attachment")
	}
}

// ranges asks for parts in every way there is.
func (h *house) ranges(by *person, path string, whole []byte) {
	h.t.Helper()
	size := len(whole)
	for asked, want := range map[string]string{
		"bytes=0-9": fmt.Sprintf("bytes 0-9/%d", size), "bytes=10-": fmt.Sprintf("bytes 10-%d/%d", size-1, size), "bytes=-7": fmt.Sprintf("bytes %d-%d/%d", size-7, size-1, size),
		"bytes=5-99999999": fmt.Sprintf("bytes 5-%d/%d", size-1, size), "bytes=-99999999": fmt.Sprintf("bytes 0-%d/%d", size-1, size),
	} {
		part := by.call(http.MethodGet, path, nil, "Range", asked, "If-Range", `"1"`).is(http.StatusPartialContent)
		var from, to, of int
		if _, err := fmt.Sscanf(part.header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &of); err != nil || part.header.Get("Content-Range") != want || !bytes.Equal(part.body, whole[from:to+1]) {
			h.t.Errorf("%s: %s", asked, part.header.Get("Content-Range"))
		}
	}
	for _, asked := range []string{"bytes=0-1,3-4", "lines=1-2", "bytes=9-2", "bytes=-", "bytes=+1-2", "bytes=x-", "bytes=" + strings.Repeat("0-1,", 99) + "5-6"} {
		if all := by.call(http.MethodGet, path, nil, "Range", asked).is(http.StatusOK); !bytes.Equal(all.body, whole) {
			h.t.Errorf("%s: not the whole", asked)
		}
	}
	for _, other := range []string{`"2"`, `W/"1"`, `"` + strings.Repeat("2", 99) + `"`} {
		by.call(http.MethodGet, path, nil, "Range", "bytes=0-9", "If-Range", other).is(http.StatusOK)
	}
	for _, asked := range []string{fmt.Sprintf("bytes=%d-", size), "bytes=-0"} {
		refused := by.call(http.MethodGet, path, nil, "Range", asked).is(http.StatusRequestedRangeNotSatisfiable).refused("range_not_satisfiable")
		if refused.header.Get("Content-Range") != fmt.Sprintf("bytes */%d", size) {
			h.t.Errorf("%s: %s", asked, refused.header.Get("Content-Range"))
		}
	}
}

// What is taken back is gone from the folder as well: alone, out of a post, with a post, with a topic, and with who somebody
// was. What moderators take away stays, for them.
func TestFilesGoWithWhatTheyWereIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, ben, mod := h.signUp().join(p.ID, "Ada Hill"), h.signUp().join(p.ID, "Ben Dale"), h.signUp().join(p.ID, "Mo Field").withSecondFactor()
	var there struct {
		Membership struct{ Persona struct{ ID string } }
	}
	mod.call(http.MethodGet, "/v1/communities/"+p.ID, nil).into(http.StatusOK, &there)
	p.lead.call(http.MethodPut, "/v1/communities/"+p.ID+"/personas/"+there.Membership.Persona.ID+"/role", map[string]any{"role": "moderator"})
	base := "/v1/communities/" + p.ID
	at := base + "/attachments/"
	topic := ben.opens(p.ID, "Winter", "words").ID
	count := func(want int, when string) {
		t.Helper()
		if got := len(h.files()); got != want {
			t.Fatalf("%s: %d files, want %d", when, got, want)
		}
	}
	upload := func() shownFile { return ada.uploaded(p.ID, "application/pdf", document(t, 3000)) }
	says := func(text string, all ...shownFile) (post withAttachments) {
		t.Helper()
		ada.call(http.MethodPost, base+"/topics/"+topic+"/posts", map[string]any{"text": text, "attachments": attached("a letter", all...)}).into(http.StatusCreated, &post)
		return post
	}
	waiting := upload()
	count(1, "uploaded")
	ada.call(http.MethodDelete, at+waiting.ID, nil).is(http.StatusNoContent)
	ada.call(http.MethodGet, at+waiting.ID, nil).is(http.StatusNotFound)
	count(0, "taken back while it waited")

	first, second, third := upload(), upload(), upload()
	post := says("three letters", first, second, third)
	count(3, "in a post")
	ada.call(http.MethodDelete, at+second.ID, nil).is(http.StatusNoContent)
	count(2, "taken back out of a post")
	var now withAttachments
	ben.call(http.MethodGet, base+"/posts/"+post.ID, nil).into(http.StatusOK, &now)
	if len(now.Attachments) != 2 || now.Attachments[0].ID != first.ID || now.Attachments[1].ID != third.ID {
		t.Fatalf("%+v", now)
	}
	fourth := upload()
	edit := map[string]any{"text": "two letters", "attachments": attached("another letter", fourth, third)}
	ada.call(http.MethodPatch, base+"/posts/"+post.ID, edit, "If-Match", now.ETag).into(http.StatusOK, &now)
	if len(now.Attachments) != 2 || now.Attachments[0].ID != fourth.ID || now.Attachments[1].Alt != "another letter" {
		t.Fatalf("%+v", now)
	}
	count(2, "edited out")
	ben.call(http.MethodGet, at+first.ID, nil).is(http.StatusNotFound)
	ada.call(http.MethodPatch, base+"/posts/"+post.ID, map[string]any{"text": "still two"}, "If-Match", now.ETag).into(http.StatusOK, &now)
	if len(now.Attachments) != 2 {
		t.Fatal("an edit of words lost attachments")
	}
	ada.call(http.MethodDelete, base+"/posts/"+post.ID, nil).is(http.StatusNoContent)
	ben.call(http.MethodGet, at+third.ID, nil).is(http.StatusNotFound)
	count(0, "the post deleted")

	removed := upload()
	post = says("to be removed", removed)
	mod.call(http.MethodDelete, base+"/posts/"+post.ID, nil).is(http.StatusNoContent)
	ben.call(http.MethodGet, at+removed.ID, nil).is(http.StatusNotFound).refused("not_found")
	ada.call(http.MethodGet, at+removed.ID, nil).is(http.StatusNotFound)
	ada.call(http.MethodDelete, at+removed.ID, nil).is(http.StatusNotFound)
	mod.call(http.MethodGet, at+removed.ID, nil).is(http.StatusOK)
	count(1, "removed by a moderator")

	own := upload()
	var opened withAttachments
	ada.call(http.MethodPost, base+"/topics", map[string]any{"title": "Mine", "text": "x", "attachments": attached("a letter", own)}).into(http.StatusCreated, &opened)
	count(2, "a topic opened")
	ada.call(http.MethodDelete, base+"/topics/"+opened.ID, nil).is(http.StatusNoContent)
	count(1, "a topic deleted")

	says("the last", upload())
	upload()
	count(3, "before everything goes")
	if err := h.worker().erasure.Member(t.Context(), ada.identity); err != nil {
		t.Fatal(err)
	}
	count(0, "who uploaded them is forgotten")
}
