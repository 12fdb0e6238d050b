package structure_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// written are the kinds of file that people write and read here.
var written = []string{".go", ".md", ".sql", ".rego", ".yaml", ".yml", ".json", ".txt", ".txtar", ".html", ".css", ".mod", ".sh", ""}

// hostPath finds places that exist on one machine alone, and registries that only some networks reach.
var hostPath = regexp.MustCompile(`(^|[\s"'=:(])/(` + strings.Join([]string{
	"work", "farm", `home/\w+`, `Users/\w+`, `root/\w+`, `tmp/\w+`, "workspace", `mnt/\w+`,
}, "|") + `)\b|\bproxy\.golang\.` + `org|\bregistry\.npm` + `js`)

// everywhere are such paths that are the same on every machine that has them.
var everywhere = strings.NewReplacer("/home/linuxbrew/.linuxbrew", "")

func TestTextsAreOfNoMachine(t *testing.T) {
	t.Parallel()
	for _, name := range repository(t, func(name string) bool { return slices.Contains(written, path.Ext(name)) }) {
		for _, wrong := range textual(name, read(t, name)) {
			t.Error(wrong)
		}
	}

	for _, sample := range []struct{ text, want string }{
		{"cd /" + "work/main\n", "machine"},
		{"path=/" + "home/sara/go\n", "machine"},
		{"see /v1/workshops and https://example.org/home/\n", ""},
		{"a\tb \n", "trailing"},
		{"a\r\n", "line ends"},
		{"a", "last line"},
		{"\xff\n", "UTF-8"},
		{"if a {\u202e}\n", "direction"},
	} {
		found := strings.Join(textual("a.go", sample.text), "\n")
		if sample.want == "" && found != "" || !strings.Contains(found, sample.want) {
			t.Errorf("%q: found %q, want %q", sample.text, found, sample.want)
		}
	}
}

func textual(name, text string) (wrong []string) {
	say := func(what string) { wrong = append(wrong, name+": "+what) }
	if text == "" {
		return nil
	}
	if !utf8.ValidString(text) {
		say("it is not UTF-8")
	}
	if strings.Contains(text, "\r") {
		say("its line ends are of another system")
	}
	if strings.ContainsAny(text, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") && path.Ext(name) != ".html" {
		say("it holds an invisible change of direction: write it as an escape")
	}
	if strings.Contains(name, "testdata/") {
		return wrong // golden files are what they are
	}
	if !strings.HasSuffix(text, "\n") {
		say("its last line does not end")
	}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimRight(line, " \t") != line {
			wrong = append(wrong, found(name, i, "trailing blanks"))
		}
		if at := hostPath.FindString(everywhere.Replace(line)); at != "" {
			wrong = append(wrong, found(name, i, strings.TrimSpace(at)+" is of one machine"))
		}
	}
	return wrong
}
