package devstack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/devstack"
)

// holdStack makes the test binary a program that starts a stack in the named folder and waits to be killed.
const holdStack = "HAMYAR_TEST_HOLD_STACK"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdStack); dir != "" {
		hold(dir)
	}
	os.Exit(m.Run())
}

func hold(dir string) {
	stack, err := devstack.Start(context.Background(), durable(dir, true))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("holding", stack.Dir)
	select {}
}

// durable options keep data over a restart but don't wait for disks.
func durable(dir string, noKratos bool) devstack.Options {
	return devstack.Options{Dir: dir, NoKratos: noKratos, Settings: map[string]string{"fsync": "off"}}
}

func start(t *testing.T, opts devstack.Options) *devstack.Stack {
	t.Helper()
	stack, err := devstack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, stack) })
	return stack
}

func stop(t *testing.T, stack *devstack.Stack) {
	t.Helper()
	if err := stack.Stop(); err != nil {
		t.Error(err)
	}
}

// dataFolder is one that the servers' user may enter, which t.TempDir's is not when root runs the tests.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hamyar-devstack-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the servers' user must pass through
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func connect(t *testing.T, cluster devstack.Cluster) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), cluster.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close(context.Background()) })
	return connection
}

func run(t *testing.T, cluster devstack.Cluster, statement string) {
	t.Helper()
	connection := connect(t, cluster)
	defer connection.Close(context.Background())
	if _, err := connection.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, cluster devstack.Cluster, query string) (n int) {
	t.Helper()
	connection := connect(t, cluster)
	defer connection.Close(context.Background())
	if err := connection.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func postmaster(t *testing.T, cluster devstack.Cluster) int {
	t.Helper()
	return pidIn(t, filepath.Join(cluster.DataDir, "postmaster.pid"))
}

func pidIn(t *testing.T, path string) (pid int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// alive is false for the dead whom nobody has buried yet.
func alive(pid int) bool {
	if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
		return !strings.Contains(string(status), "State:\tZ")
	}
	return syscall.Kill(pid, 0) == nil
}

func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain for: " + what)
		}
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What a browser or a proxy might tell about a person, and what a person might tell about themselves.
var canaries = []string{"CanaryAgent", "203.0.113.77", "CanaryCity", "canary-person", "canary@forum.test", "canary passphrase"}

// ask calls Kratos as a careless proxy would, with all that it knows about the requester.
func ask(t *testing.T, method, url string, body map[string]any) (status int, answer map[string]any) {
	t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Accept": "application/json",
		"User-Agent": canaries[0], "X-Forwarded-For": canaries[1], "True-Client-Ip": canaries[1], "Cf-Ipcity": canaries[2],
	} {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("%s %s: %v", method, response.Status, err)
	}
	return response.StatusCode, answer
}

// submit begins a flow of a kind and sends its form.
func submit(t *testing.T, stack *devstack.Stack, kind string, form map[string]any) (status int, answer map[string]any) {
	t.Helper()
	_, flow := ask(t, http.MethodGet, stack.KratosPublic+"/self-service/"+kind+"/api", nil)
	return ask(t, http.MethodPost, fmt.Sprintf("%s/self-service/%s?flow=%s", stack.KratosPublic, kind, flow["id"]), form)
}

func mustHoldNone(t *testing.T, path string, forbidden []string) {
	t.Helper()
	text := contents(t, path)
	for _, word := range forbidden {
		if at := strings.Index(text, word); at >= 0 {
			t.Errorf("%s holds %q: …%s…", path, word, text[max(0, at-200):min(len(text), at+200)])
		}
	}
}
