package sealed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/sealed"
)

const (
	words  = "canary-wörter-قناری"
	canary = "\x01\x02\x03canary-key-of-32-bytes-long!!"
)

type holder struct {
	Text  sealed.Text
	Ptr   *sealed.Text
	Ring  sealed.Ring
	text  sealed.Text
	ring  *sealed.Ring
	inner struct{ text sealed.Text }
}

// unprintable lists the ways in which a text and a ring reach a printer.
func unprintable(t *testing.T) map[string]any {
	t.Helper()
	text := sealed.NewText(words)
	ring := vectorRing(t, deployment, sealed.XChaCha20Poly1305, 1, []byte(canary))
	file, writing, reading := streamsOf(t, ring)
	h := holder{Text: text, Ptr: &text, Ring: *ring, text: text, ring: ring}
	h.inner.text = text
	return map[string]any{
		"text": text, "pointer": &text, "ring": ring, "ring's value": *ring, "holder": h, "pointer to holder": &h,
		"slice": []sealed.Text{text}, "map": map[string]sealed.Text{"a": text}, "rings": map[string]*sealed.Ring{"a": ring},
		"file": file, "writer": writing, "reader": reading, "files": []any{file, writing, reading}, "held": struct{ r *sealed.Reader }{reading},
		"any": []any{text, &text, *ring}, "array": [1]sealed.Text{text}, "error": fmt.Errorf("%w: %v", sealed.ErrOpen, text),
	}
}

// streamsOf are a file that is being written and read, words and key in hand.
func streamsOf(t *testing.T, ring *sealed.Ring) (*sealed.Stream, *sealed.Writer, *sealed.Reader) {
	t.Helper()
	file, err := ring.Stream([32]byte([]byte(canary)), somePlace())
	if err != nil {
		t.Fatal(err)
	}
	var box bytes.Buffer
	writing, err := file.Create(&box)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writing.Write([]byte(words)); err != nil {
		t.Fatal(err)
	}
	reading, err := file.Open(from(sealedFile(t, file, []byte(words))), int64(len(words)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(reading, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	return file, writing, reading
}

// mustHide fails where any form of the secrets shows.
func mustHide(t *testing.T, what, printed string) {
	t.Helper()
	secrets := []string{words, "canary", "قناری", fmt.Sprintf("%x", words), fmt.Sprintf("%X", words), fmt.Sprintf("%v", []byte(words))}
	secrets = append(secrets, fmt.Sprintf("%x", canary), fmt.Sprintf("%v", []byte(canary)), fmt.Sprintf("%#v", []byte(canary[:8])), fmt.Sprintf("%d", []byte(canary[:8]))[1:20])
	for _, secret := range secrets {
		if strings.Contains(printed, secret) {
			t.Errorf("%s: shows in %q", what, printed)
		}
	}
}

func TestPrintingMasks(t *testing.T) {
	for name, value := range unprintable(t) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%c", "%U", "%b", "%p", "%T", "%10.3s", "%w"} {
			mustHide(t, name+" "+verb, fmt.Sprintf(verb, value))
		}
		mustHide(t, name, fmt.Sprint(value))
		mustHide(t, name, fmt.Sprintln(value, value))
	}
	for _, value := range []fmt.Stringer{sealed.NewText(words), sealed.Ring{}} {
		if value.String() != "[sealed]" {
			t.Errorf("String gives %q", value.String())
		}
	}
}

func TestLoggingMasks(t *testing.T) {
	for name, value := range unprintable(t) {
		var out bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			logger := slog.New(handler)
			logger.Info("a line", "value", value, slog.Group("group", "value", value), "list", []any{value})
			logger.With("value", value).Error("a line")
		}
		mustHide(t, name, out.String())
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("a line", "text", sealed.NewText(words))
	if !strings.Contains(out.String(), "[sealed]") {
		t.Errorf("no mask in %q", out.String())
	}
}

func TestEncodingRefuses(t *testing.T) {
	text := sealed.NewText(words)
	for name, value := range map[string]any{"text": text, "pointer": &text, "ring": ringOf(t, 1), "field": holder{Text: text}, "slice": []sealed.Text{text}, "empty": sealed.Text{}} {
		if out, err := json.Marshal(value); err == nil {
			t.Errorf("%s: JSON gives %s", name, out)
		}
		if out, err := xml.Marshal(value); err == nil {
			t.Errorf("%s: XML gives %s", name, out)
		}
	}
	if value, err := text.Value(); err == nil {
		t.Errorf("a database gets %v", value)
	}
}

func TestTextTakesJSON(t *testing.T) {
	var in struct{ Title, Absent, Null sealed.Text }
	if err := json.Unmarshal([]byte(`{"Title":"سلام \"you\" \u0041","Null":null}`), &in); err != nil {
		t.Fatal(err)
	}
	if in.Title.Reveal() != `سلام "you" A` || in.Absent.Reveal() != "" || in.Null.Reveal() != "" {
		t.Errorf("got %q", in.Title.Reveal())
	}
	for _, bad := range []string{`{"Title":1}`, `{"Title":{}}`, `{"Title":["` + words + `"]}`, "{\"Title\":\"" + words + "\xff\"}", `{"Title":true}`} {
		err := json.Unmarshal([]byte(bad), &in)
		if err == nil {
			t.Errorf("%q: accepted", bad)
			continue
		}
		mustHide(t, bad, err.Error())
	}
	if err := in.Title.UnmarshalText([]byte("\xff")); err == nil || errors.Is(err, sealed.ErrOpen) {
		t.Error("invalid UTF-8 accepted")
	}
	if err := in.Title.UnmarshalText([]byte(words)); err != nil || in.Title.Reveal() != words {
		t.Error("plain text refused")
	}
}
