package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const twoTexts = `{"id": 7, "lang": "en", "text": "Mail <b>sara@example.com</b> or call +98 912 345 6789; take 20 mg."}

{"id": "b", "lang": "fa", "text": "کد ملی من ۰۴۹۹۳۷۰۸۹۹ است 😀"}
`

// scrubbed runs hamyar scrub over a file, and returns what it wrote to another.
func scrubbed(t *testing.T, content string, more ...string) (written, told string, err error) {
	t.Helper()
	folder := t.TempDir()
	input, output := filepath.Join(folder, "texts.jsonl"), filepath.Join(folder, "out.jsonl")
	if err := os.WriteFile(input, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	told, err = does(t, append([]string{"scrub", "-input", input, "-output", output}, more...)...)
	got, failed := os.ReadFile(output)
	if entries, _ := os.ReadDir(folder); err != nil && (failed == nil || len(entries) != 1) {
		t.Errorf("something was left behind: %v", entries)
	}
	return string(got), told, err
}

func TestScrub(t *testing.T) {
	t.Parallel()
	got, _, err := scrubbed(t, "\ufeff"+twoTexts)
	want := `{"id":7,"text":"Mail <b>[EMAIL_1]</b> or call [PHONE_1]; take 20 mg.","spans":[{"start":8,"end":24,"type":"EMAIL","rule":"email"},{"start":37,"end":53,"type":"PHONE","rule":"phone"}]}
{"id":"b","text":"کد ملی من [ID_1] است 😀","spans":[{"start":10,"end":20,"type":"ID","rule":"id.iran"}]}
`
	if err != nil || got != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}

func TestATextThatCantBeReadLeavesNothing(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"":      "there is no text",
		"\n \n": "there is no text",
		twoTexts + `{"id":1,"text":"Secr` + "\xff" + `et"}`: "line 4, column 21: it is not valid UTF-8",
		twoTexts + `{"id":1,"text":"Secret}`:                "line 4, column 23",
		`{"id":1,"text":["Secret"]}`:                        "line 1, column",
		`{"id":1,"lang":"en"}`:                              `no "text"`,
		`{"text":"Secret"}`:                                 `"id" must be`,
		`{"id":{"Secret":1},"text":"Secret"}`:               `"id" must be`,
		`["Secret"]`:                                        "no JSON object",
		`{"id":1,"text":"Secret"} Secret`:                   "no JSON object",
	} {
		_, told, err := scrubbed(t, content)
		if status(err) != 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
		if strings.Contains(told+err.Error(), "Secret") {
			t.Errorf("%q was quoted: %s %v", content, told, err)
		}
	}
}

func TestScrubRefusesWrongCalls(t *testing.T) {
	t.Parallel()
	input := filepath.Join(t.TempDir(), "texts.jsonl")
	if err := os.WriteFile(input, []byte(twoTexts), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-nothing"}, {"more"}, {"-input", input + "x"}, {"-input", input, "-output", input}, {"-input", input, "-model", input + "x"}} {
		if _, err := does(t, append([]string{"scrub"}, args...)...); status(err) != 2 {
			t.Errorf("%v: %v", args, err)
		}
	}
	if got, err := os.ReadFile(input); err != nil || string(got) != twoTexts {
		t.Error("the texts were replaced")
	}
}

// A model is asked about every text, in order, and its answers count; one that fails leaves nothing.
func TestScrubAsksAModel(t *testing.T) {
	t.Parallel()
	model := func(script string) string {
		path := filepath.Join(t.TempDir(), "model")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil { //nolint:gosec // it is to be run
			t.Fatal(err)
		}
		return path
	}
	got, _, err := scrubbed(t, twoTexts, "-model", model(`while read -r line; do
case $line in *'"lang":"en"'*) echo '{"spans":[{"start":0,"end":4,"type":"PLACE","rule":"model.mine"}]}' ;; *) echo '{"spans":[]}' ;; esac
done`))
	if err != nil || strings.Count(got, "[PLACE_1]") != 1 || !strings.HasPrefix(got, `{"id":7,"text":"[PLACE_1] <b>[EMAIL_1]`) {
		t.Errorf("%v: %s", err, got)
	}
	for name, script := range map[string]string{
		"ends":        "exit 0",
		"ends late":   "read -r line; echo '{\"spans\":[]}'",
		"fails":       "while read -r line; do echo '{\"spans\":[]}'; done; exit 3",
		"answers not": "while read -r line; do echo '{}'; done",
		"babbles":     "while read -r line; do echo hello; done",
		"reaches out": "while read -r line; do echo '{\"spans\":[{\"start\":0,\"end\":9999,\"type\":\"PLACE\"}]}'; done",
	} {
		if got, _, err := scrubbed(t, twoTexts, "-model", model(script)); err == nil || got != "" {
			t.Errorf("%s: %v, %s", name, err, got)
		}
	}
}

func TestScrubTakesALineOfManyMegabytes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("the night is long and nobody answers. ", 60_000)
	line, err := json.Marshal(map[string]any{"id": 1, "text": long + "sara@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := scrubbed(t, string(line))
	want := fmt.Sprintf(`"spans":[{"start":%d,"end":%d,"type":"EMAIL","rule":"email"}]`, len(long), len(long)+len("sara@example.com"))
	if err != nil || !strings.Contains(got, want) {
		t.Errorf("%v, and not %s in %d bytes", err, want, len(got))
	}
}
