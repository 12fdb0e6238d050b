package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestReadmeCommandsDoWhatTheySay(t *testing.T) {
	blocks := readmeBlocks(t)
	if blocks[0] != "make up\nmake test\n" {
		t.Fatalf("README begins with other commands:\n%s", blocks[0])
	}
	make := exec.CommandContext(t.Context(), "make", "--no-print-directory", "-n", "up", "test")
	make.Dir = filepath.Join("..", "..")
	recipes, err := make.CombinedOutput()
	if err != nil {
		t.Fatalf("make -n: %v\n%s", err, recipes)
	}
	for _, wanted := range []string{"-o bin/hamyar ./cmd/hamyar", "bin/hamyar up", "bin/with -- go test"} {
		if !strings.Contains(string(recipes), wanted) {
			t.Errorf("make up and make test don't run %q:\n%s", wanted, recipes)
		}
	}
}

// TestReadmeConversation holds the first conversation of the README, line by line, with a Hamyar that was brought up for
// it. Only two things differ for a reader: the address, and the data folder, which bin/hamyar is told here.
func TestReadmeConversation(t *testing.T) {
	dir := enterable(t)
	up := bringUp(t, dir)
	up.keepsItsGreeting(t)
	script, said := conversation(strings.Join(readmeBlocks(t)[1:], "\n"))
	if address := "H=http://localhost:8080\n"; strings.Count(script, address) != 1 {
		t.Fatalf("the conversation names its address once, as %q", address)
	}
	script = strings.Replace(script, "http://localhost:8080", up.origin, 1)
	shell := exec.CommandContext(t.Context(), "bash")
	shell.Dir, shell.Stdin = dir, strings.NewReader(script)
	shell.Env = append(os.Environ(), "CURL_HOME="+dir) // its .curlrc tells every status
	heard, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, heard)
	}
	parts := strings.Split(string(heard), said.mark)
	if len(parts) != len(said.expected)+1 {
		t.Fatalf("%d answers are expected, and %d were told:\n%s", len(said.expected), len(parts)-1, heard)
	}
	for i, expected := range said.expected {
		if wrong := expected.compare(parts[i]); wrong != "" {
			t.Errorf("README says → %s\n%s:\n%s", expected.line, wrong, parts[i])
		}
	}
	up.stop(t)
}

func TestConversationsAreHeldToTheirWord(t *testing.T) {
	script, said := conversation("curl x\n# → 201 \"id\": … \"a\"\n# said aside\ncurl y\n# → 204\n")
	if len(said.expected) != 2 || strings.Count(script, said.mark) != 2 || strings.Contains(script, "→") {
		t.Fatalf("%+v\n%s", said, script)
	}
	for heard, wrong := range map[string]string{
		"{\"id\":1,\"a\"}\n@status 201\n":                 "",
		"@status 200\n{\"id\":1,\"a\"}\n@status 201\n":    "",
		"{\"id\":1,\"a\"}\n@status 200\n":                 "200",
		"{\"a\",\"id\":1}\n@status 201\n":                 "does not follow",
		"@status 500\n{\"id\":1,\"a\"}\n@status 201\n":    "500",
		"{\"id\":1,\"a\"}\ncurl: (7) Failed to connect\n": "no status",
	} {
		if got := said.expected[0].compare(heard); wrong == "" && got != "" || !strings.Contains(got, wrong) {
			t.Errorf("%q: %q, want %q", heard, got, wrong)
		}
	}
}

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// readmeBlocks are what a reader would paste into a shell.
func readmeBlocks(t *testing.T) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range shellBlock.FindAllSubmatch(text, -1) {
		blocks = append(blocks, string(match[1]))
	}
	if len(blocks) < 2 {
		t.Fatal("README has no commands and conversation")
	}
	return blocks
}

// promise is a line "# → status part … part" after a command: the status of the last request, and what its answer
// holds, in this order. Earlier requests since the last promise went well.
type promise struct {
	line   string
	status string
	parts  []string
}

type promises struct {
	mark     string
	expected []promise
}

var arrow = regexp.MustCompile(`(?m)^# → (\d{3})(.*)$`)

// conversation makes every promise a mark in what the shell says.
func conversation(text string) (script string, said promises) {
	said.mark = "@promise"
	script = arrow.ReplaceAllStringFunc(text, func(line string) string {
		match := arrow.FindStringSubmatch(line)
		p := promise{line: match[1] + match[2], status: match[1]}
		for part := range strings.SplitSeq(match[2], "…") {
			p.parts = append(p.parts, strings.TrimSpace(part))
		}
		said.expected = append(said.expected, p)
		return "echo " + said.mark
	})
	return script, said
}

var toldStatus = regexp.MustCompile(`@status (\d{3})`)

// compare tells what is wrong with what was heard, or nothing.
func (p promise) compare(heard string) string {
	statuses := toldStatus.FindAllStringSubmatch(heard, -1)
	if len(statuses) == 0 {
		return "no status was told"
	}
	last := len(statuses) - 1
	for i, status := range statuses {
		if i < last && status[1][0] != '2' || i == last && status[1] != p.status {
			return "request " + fmt.Sprint(i+1) + " of these was answered with " + status[1]
		}
	}
	rest := heard
	for _, part := range p.parts {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return fmt.Sprintf("%q does not follow", part)
		}
		rest = after
	}
	return ""
}

// enterable is a folder that the servers' user may enter, which t.TempDir's is not when root runs the tests.
func enterable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hamyar-readme-")
	if err == nil {
		err = os.Chmod(dir, 0o711) //nolint:gosec // passed through, and listed by nobody else
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// upped is a `hamyar up` of its own process.
type upped struct {
	command *exec.Cmd
	output  *bytes.Buffer
	origin  string
	ended   chan error
}

var greeted = regexp.MustCompile(`Hamyar is up: +(http://localhost:\d+)`)

// bringUp builds the program as make does, starts it in dir, and waits for its last word of greeting. dir then has what
// the conversation needs: bin/hamyar, and curl's settings.
func bringUp(t *testing.T, dir string) *upped {
	t.Helper()
	program, data := filepath.Join(dir, "built"), filepath.Join(dir, "data")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	write := func(name, content string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	write("bin/hamyar", fmt.Sprintf("#!/bin/sh\ncommand=$1; shift\nexec '%s' \"$command\" -dir '%s' \"$@\"\n", program, data), 0o755)
	write(".curlrc", `write-out = "%{stderr}\n@status %{http_code}\n"`+"\n", 0o644)

	up := &upped{command: exec.CommandContext(t.Context(), program, "up", "-dir", data), output: &bytes.Buffer{}, ended: make(chan error, 1)}
	up.command.Cancel = func() error { return up.command.Process.Signal(os.Interrupt) }
	stdout, err := up.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	up.command.Stderr = up.command.Stdout
	if err := up.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the end of the test interrupts it
		if err := <-up.ended; err != nil {
			t.Logf("hamyar up: %v", err)
		}
	})
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		lines.Buffer(nil, 1<<20) // progress is one long line
		for lines.Scan() {
			up.output.Write(append(lines.Bytes(), '\n'))
			if strings.HasPrefix(lines.Text(), "Ctrl-C stops") {
				up.origin = greeted.FindStringSubmatch(up.output.String())[1]
				ready <- true
			}
		}
		ready <- false
		up.ended <- up.command.Wait()
		close(up.ended)
	}()
	select {
	case greeting := <-ready:
		if !greeting {
			t.Fatalf("hamyar up ended early:\n%s", up.output)
		}
	case <-time.After(10 * time.Minute): // on a machine that builds Kratos first
		t.Fatal("hamyar up does not greet")
	}
	return up
}

var greetingLines = regexp.MustCompile(`(?s)A first conversation[^\n]*\n(.*?)\n[^ ]`)

// keepsItsGreeting runs the few lines that the program itself proposes.
func (up *upped) keepsItsGreeting(t *testing.T) {
	t.Helper()
	lines := greetingLines.FindStringSubmatch(up.output.String())
	if lines == nil {
		t.Fatalf("the greeting proposes no conversation:\n%s", up.output)
	}
	heard, err := exec.CommandContext(t.Context(), "bash", "-euc", lines[1]).CombinedOutput()
	if err != nil || !strings.Contains(string(heard), `"membership":{"persona":{`) {
		t.Errorf("%v\n%s\n%s", err, lines[1], heard)
	}
}

// stop presses Ctrl-C: everything ends, and ends well.
func (up *upped) stop(t *testing.T) {
	t.Helper()
	if err := up.command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := <-up.ended; err != nil || !strings.Contains(up.output.String(), "stopping") {
		t.Errorf("Ctrl-C: %v\n%s", err, up.output)
	}
}
