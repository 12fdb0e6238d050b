package structure_test

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The two commands that a newcomer needs. They stand in README, and .ci/run starts with the second.
var commands = []string{"make up", "make test"}

func TestDocumentsAreTrue(t *testing.T) {
	t.Parallel()
	targets := makeTargets(read(t, "Makefile"))
	for _, name := range documents(t) {
		text := read(t, name)
		wrong := slices.Concat(deadLinks(name, text), deadPaths(name, text), deadTargets(name, text, targets), brokenShell(t, name, text))
		for _, found := range wrong {
			t.Error(found)
		}
	}
}

func TestReadmeHasTheTwoCommands(t *testing.T) {
	t.Parallel()
	shell := strings.Join(shellBlocks(read(t, "README.md")), "\n")
	for _, command := range commands {
		if !slices.Contains(strings.Split(shell, "\n"), command) {
			t.Errorf("README.md: no shell block has the line %q", command)
		}
	}
}

func TestEveryTargetIsExplained(t *testing.T) {
	t.Parallel()
	targets := makeTargets(read(t, "Makefile"))
	for _, wanted := range []string{"help", "up", "test", "lint", "verify", "bench", "policy", "fuzz"} {
		if targets[wanted] == "" {
			t.Errorf("Makefile: %s is missing, or no ## says what it is for", wanted)
		}
	}
	for target, comment := range targets {
		if comment == "" {
			t.Errorf("Makefile: %s has no ## that says what it is for", target)
		}
	}
}

func TestEveryRoomIsInTheGuide(t *testing.T) {
	t.Parallel()
	guide := read(t, "CONTRIBUTING.md")
	told := map[string]bool{}
	for _, s := range goFiles(t) {
		if room := s.dir(); !told[room] && !strings.Contains(guide, "`"+room+"/`") {
			told[room] = true
			t.Errorf("CONTRIBUTING.md: the rooms of the house lack `%s/`", room)
		}
	}
}

func TestDocumentRulesBite(t *testing.T) {
	t.Parallel()
	targets := map[string]string{"up": "x"}
	for _, sample := range []struct{ text, want string }{
		{"[a](Makefile)", ""},
		{"[a](https://example.org/x)", ""},
		{"[a](NOWHERE.md)", "NOWHERE.md"},
		{"[a](#no-such-heading)", "#no-such-heading"},
		{"# Such a Heading\n[a](#such-a-heading)", ""},
		{"`internal/structure/doc.go`", ""},
		{"`internal/<feature>/*.go` and `internal/nowhere-at/…`", ""},
		{"`internal/nowhere/doc.go`", "internal/nowhere/doc.go"},
		{"run `make up`", ""},
		{"run `make coffee`", "make coffee"},
		{"```sh\nmake coffee\n```", "make coffee"},
		{"```sh\nfor x in\n```", "shell"},
		{"```sh\nmake up && echo \"$HOME\"\n```", ""},
		{"```go\nfor x in\n```", ""},
	} {
		wrong := slices.Concat(deadLinks("a.md", sample.text), deadPaths("a.md", sample.text), deadTargets("a.md", sample.text, targets), brokenShell(t, "a.md", sample.text))
		found := strings.Join(wrong, "\n")
		if sample.want == "" && found != "" || !strings.Contains(found, sample.want) {
			t.Errorf("%q: found %q, want %q", sample.text, found, sample.want)
		}
	}
}

func documents(t *testing.T) []string {
	t.Helper()
	return repository(t, func(name string) bool {
		return path.Ext(name) == ".md" && !strings.Contains(name, "testdata/") && !strings.HasPrefix(name, "internal/demo/")
	})
}

var (
	link    = regexp.MustCompile(`\]\(<?([^)\s>]+)>?\)`)
	inCode  = regexp.MustCompile("`([^`\n]+)`")
	ourPath = regexp.MustCompile(`^(cmd|internal|policy|migrations|deploy|docs|bench|tools|\.ci|\.regal)/[\w./-]+$`)
	makes   = regexp.MustCompile(`\bmake ([a-z][a-z-]*)`)
	target  = regexp.MustCompile(`(?m)^([a-z][a-z-]*):[^=\n]*?(?:## (.+))?$`)
	heading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	fence   = regexp.MustCompile("(?ms)^ *```(\\w*)[^\n]*\n(.*?\n) *```")
)

// deadLinks finds links to files and headings that don't exist.
func deadLinks(name, text string) (wrong []string) {
	for _, match := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		to, anchor, _ := strings.Cut(match[1], "#")
		if strings.Contains(to, ":") {
			continue // elsewhere in the world
		}
		at := path.Join(path.Dir(name), to)
		if to == "" {
			at = name
		} else if !exists(at) {
			wrong = append(wrong, fmt.Sprintf("%s: links to %s, which does not exist", name, match[1]))
			continue
		}
		if anchor == "" || path.Ext(at) != ".md" {
			continue
		}
		within := text
		if at != name {
			other, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(at)))
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%s: %v", name, err))
				continue
			}
			within = string(other)
		}
		if !slices.Contains(anchors(within), anchor) {
			wrong = append(wrong, fmt.Sprintf("%s: links to %s, and no heading is called that", name, match[1]))
		}
	}
	return wrong
}

// anchors are the names that headings get on the forges that show them.
func anchors(text string) (all []string) {
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
				return unicode.ToLower(r)
			}
			return -1
		}, match[1]))
	}
	return all
}

// deadPaths finds paths of ours, in code style, that don't exist.
func deadPaths(name, text string) (wrong []string) {
	for _, match := range inCode.FindAllStringSubmatch(text, -1) {
		if named := match[1]; ourPath.MatchString(named) && !strings.Contains(named, "NNN") && !exists(strings.TrimSuffix(named, "/")) {
			wrong = append(wrong, fmt.Sprintf("%s: names %s, which does not exist", name, named))
		}
	}
	return wrong
}

func deadTargets(name, text string, targets map[string]string) (wrong []string) {
	code := shellBlocks(text)
	for _, match := range inCode.FindAllStringSubmatch(text, -1) {
		code = append(code, match[1])
	}
	for _, match := range makes.FindAllStringSubmatch(strings.Join(code, "\n"), -1) {
		if _, known := targets[match[1]]; !known {
			wrong = append(wrong, fmt.Sprintf("%s: names make %s, and the Makefile has no such target", name, match[1]))
		}
	}
	return wrong
}

// brokenShell finds shell blocks that a shell can't read.
func brokenShell(t *testing.T, name, text string) (wrong []string) {
	t.Helper()
	for _, block := range shellBlocks(text) {
		command := exec.CommandContext(t.Context(), "bash", "-n")
		command.Stdin = strings.NewReader(block)
		if out, err := command.CombinedOutput(); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: a shell can't read this block: %s\n%s", name, out, block))
		}
	}
	return wrong
}

// shellBlocks are the fenced blocks that a reader would paste into a shell.
func shellBlocks(text string) (all []string) {
	for _, match := range fence.FindAllStringSubmatch(text, -1) {
		if slices.Contains([]string{"sh", "bash", "shell"}, match[1]) {
			all = append(all, match[2])
		}
	}
	return all
}

// makeTargets are the targets of the Makefile, each with what its ## says.
func makeTargets(makefile string) map[string]string {
	targets := map[string]string{}
	for _, match := range target.FindAllStringSubmatch(makefile, -1) {
		targets[match[1]] = match[2]
	}
	return targets
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}
