package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// cellar is a house that serves, with a conversation in it and words that must be seen nowhere but there.
type cellar struct {
	*house
	place    place
	ada, bo  *person
	topic    topic
	post     post
	behind   *behind
	keptWord string
}

func (h *house) cellar() *cellar {
	h.t.Helper()
	h.serves()
	c := &cellar{house: h, place: h.found(nil), keptWord: "lanternfish"}
	c.ada, c.bo = h.signUp().join(c.place.ID, "Ada"), h.signUp().join(c.place.ID, "Bo")
	c.topic = c.ada.opens(c.place.ID, "Evenings", "A "+c.keptWord+" by the window.")
	c.post = c.bo.replies(c.place.ID, c.topic.ID, "Mine is a "+c.keptWord+" too.")
	c.behind = h.behind()
	return c
}

// keys runs hamyar keys to its end, and wants it to show nothing of anybody.
func (c *cellar) keys(code int, args []string, more ...string) string {
	c.t.Helper()
	p := c.start(append([]string{"keys"}, args...), more...)
	ended, said := p.end(), p.out.String()+p.errOut.String()
	if ended != code {
		c.t.Fatalf("hamyar keys %v ends with %d, want %d: %s", args, ended, code, said)
	}
	for _, secret := range []string{c.keptWord, "Ada", "postgres://", "base64key://", c.ada.identity.String(), "Evenings"} {
		if strings.Contains(said, secret) {
			c.t.Errorf("hamyar keys %v shows %q: %s", args, secret, said)
		}
	}
	return said
}

func (c *cellar) says(said string, words ...string) {
	c.t.Helper()
	for _, word := range words {
		if !strings.Contains(said, word) {
			c.t.Errorf("it does not say %q: %s", word, said)
		}
	}
}

func (c *cellar) postPath() string { return "/v1/communities/" + c.place.ID + "/posts/" + c.post.ID }

// reads checks that words are there for their readers.
func (c *cellar) reads(by *person, path, word string) {
	c.t.Helper()
	if got := by.call(http.MethodGet, path, nil).is(http.StatusOK); !strings.Contains(string(got.body), word) {
		c.t.Errorf("%s without %q: %s", path, word, got.body)
	}
}

func TestKeysAreRenewedAndAnEpochEnds(t *testing.T) {
	t.Parallel()
	c := open(t).cellar()
	c.says(c.keys(0, []string{"status"}), "epoch 1 ", "personas    2, with 2 generations", "dirty       0")
	c.says(c.keys(0, []string{"verify"}), "forum post", "keys member", "everything opens")

	c.says(c.keys(0, []string{"rotate"}), "8 of 8 keys renewed", "done:") // two personas, a community, a programme, four members
	c.says(c.keys(0, []string{"status"}), "personas    2, with 2 generations", "renewing    0")
	if n := c.behind.number(`SELECT count(*) FROM post WHERE generation_of(body) <> 2`); n != 0 {
		t.Errorf("%d posts are still under the old generation", n)
	}
	c.reads(c.ada, c.postPath(), c.keptWord)
	c.ada.replies(c.place.ID, c.topic.ID, "Written after.")

	var edited post
	c.bo.call(http.MethodPatch, c.postPath(), map[string]any{"text": "Mine is a " + c.keptWord + " as well."}, "If-Match", c.bo.call(http.MethodGet, c.postPath(), nil).is(http.StatusOK).etag()).into(http.StatusOK, &edited)
	c.says(c.keys(0, []string{"status"}), "dirty       1")
	c.says(c.keys(0, []string{"rollover"}), "1 of 1 keys renewed", "epoch 2 begins", "epoch 1 ended: its key is destroyed")
	status := c.keys(0, []string{"status"})
	c.says(status, "epoch 2 ", "dirty       0")
	if strings.Contains(status, "epoch 1 ") {
		t.Errorf("the old epoch is there: %s", status)
	}
	c.says(c.keys(0, []string{"verify"}), "everything opens")
	c.reads(c.ada, c.postPath(), "as well")
	c.signUp().join(c.place.ID, "Cy").replies(c.place.ID, c.topic.ID, "Under the new epoch.")
	c.says(c.keys(0, []string{"verify"}), "everything opens")
}

func TestVerifyFindsWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	c := open(t).cellar()
	c.behind.set(`UPDATE post SET body = set_bit(body, 8 * (octet_length(body) - 1), 1 - get_bit(body, 8 * (octet_length(body) - 1))) WHERE post_id = $1`, c.post.ID)
	c.says(c.keys(1, []string{"verify"}), "1 open, 1 do not", "1 do not open")
}

func TestErasingIsForGood(t *testing.T) {
	t.Parallel()
	c := open(t).cellar()
	c.says(c.keys(1, []string{"erase", "persona", c.bo.persona(c.place.ID).ID}), "nothing was erased")
	c.reads(c.ada, c.postPath(), c.keptWord)

	c.says(c.keys(0, []string{"erase", "-forever", "post", c.place.ID, c.post.ID}), "erased")
	if got := c.ada.call(http.MethodGet, c.postPath(), nil); strings.Contains(string(got.body), c.keptWord) {
		t.Errorf("the post is there: %s", got.body)
	}
	c.bo.replies(c.place.ID, c.topic.ID, "Bo goes on.")
	c.says(c.keys(0, []string{"erase", "-forever", "member", c.ada.username}), "erased")
	if n := c.behind.number(`SELECT count(*) FROM persona WHERE state = 'erased' AND name IS NULL`); n != 1 {
		t.Errorf("%d personas are erased", n)
	}
	c.bo.call(http.MethodGet, "/v1/communities/"+c.place.ID+"/topics/"+c.topic.ID+"/posts", nil).is(http.StatusOK).without(c.keptWord, "Ada")
	c.says(c.keys(1, []string{"erase", "-forever", "member", c.ada.username}), "nobody has this username")
	stones, err := os.ReadDir(c.config.Tombstones)
	if err != nil || len(stones) < 2 {
		t.Fatalf("%d tombstones, %v", len(stones), err)
	}
	for _, stone := range stones {
		text, err := os.ReadFile(filepath.Join(c.config.Tombstones, stone.Name()))
		if err != nil || strings.Contains(string(text), c.ada.identity.String()) || strings.Contains(string(text), c.ada.username) {
			t.Errorf("a tombstone names a person: %s, %v", text, err)
		}
	}
	c.says(c.keys(0, []string{"verify"}), "everything opens")
	again := c.start([]string{"serve"})
	again.says(`"serving"`)
	if strings.Contains(again.errOut.String(), "erased again") {
		t.Errorf("what is gone was erased again: %s", again.errOut)
	}
}

func TestAKitRescuesFromALostKMS(t *testing.T) {
	t.Parallel()
	c := open(t).cellar()
	folder := private(t)
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	identity, alone, together := file("identity", mine.String()+"\n"), filepath.Join(folder, "alone.age"), filepath.Join(folder, "together.age")
	c.keys(0, []string{"export-recovery", "-to", alone, "-recipient", mine.Recipient().String()})
	c.keys(0, []string{"export-recovery", "-to", together, "-shares", "3", "-needed", "2", "-shares-to", folder})
	c.says(c.keys(1, []string{"export-recovery", "-to", alone, "-recipient", mine.Recipient().String()}), "is there already")

	root := strings.TrimSpace(c.keys(0, []string{"new-file", filepath.Join(folder, "second.key")}))
	elsewhere := []string{"HAMYAR_KMS_URL_FILE", file("kms.url", root)}
	c.keys(1, []string{"verify"}, elsewhere...)
	share := func(n string) string { return filepath.Join(folder, "share-"+n+".txt") }
	c.keys(1, []string{"restore-recovery", "-kit", together, "-share", share("1")}, elsewhere...)
	c.says(c.keys(0, []string{"restore-recovery", "-kit", together, "-share", share("3"), "-share", share("1")}, elsewhere...), "under the KMS")
	c.says(c.keys(0, []string{"verify"}, elsewhere...), "everything opens")
	c.keys(1, []string{"verify"})

	words := file("words", "six random words are good here\n")
	c.says(c.keys(0, []string{"new-file", "-passphrase-file", words, filepath.Join(folder, "third.key")}), "third.key?passphrase_file="+words)
	third := []string{"HAMYAR_KMS_URL_FILE", file("kms.url", "file://"+filepath.Join(folder, "third.key")+"?passphrase_file="+words)}
	c.keys(0, []string{"restore-recovery", "-kit", alone, "-identity", identity}, third...)
	c.says(c.keys(0, []string{"status"}, third...), "epoch 1 ")
}

func TestKeysTellWhatTheyNeed(t *testing.T) {
	t.Parallel()
	h := open(t)
	for wanted, args := range map[string][]string{
		"HAMYAR_WORKER_URL_FILE is required": {"rotate"},
		"HAMYAR_KEEPER_URL_FILE is required": {"restore-recovery", "-kit", "/none", "-identity", "IDENTITY"},
		`can't "dance"`:                      {"dance"},
		"hamyar keys erase -forever member":  {"erase", "-forever", "everybody"},
		"hamyar keys new-file":               {"new-file"},
	} {
		p := h.start(append([]string{"keys"}, args...), "HAMYAR_WORKER_URL_FILE", "", "HAMYAR_KEEPER_URL_FILE", "")
		if code := p.end(); code != 1 || !strings.Contains(p.errOut.String(), wanted) {
			t.Errorf("%v ends with %d: %s", args, code, p.errOut)
		}
	}
	help := h.start([]string{"keys", "rollover", "-h"})
	if code := help.end(); code != 0 || !strings.Contains(help.errOut.String(), "-kms-url-file") {
		t.Errorf("help ends with %d: %s", code, help.errOut)
	}
}
