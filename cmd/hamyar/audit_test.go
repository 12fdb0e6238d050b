package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// runs the program with the house's settings, in this process, and returns what it said.
func (h *house) runs(args ...string) (string, error) {
	h.t.Helper()
	settings, out := h.settings(), &diary{}
	err := run(h.t.Context(), args, func(name string) string { return settings[name] }, out, out)
	return out.String(), err
}

// An operator exports the log, and somebody who has nothing but the folder and the key verifies it, on a machine without
// settings. Whoever had the database in their hands meanwhile is found.
func TestTheLogIsVerifiedFromItsFilesAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.found(nil)
	folder, key := filepath.Join(t.TempDir(), "log"), filepath.Join(t.TempDir(), "key")
	said, err := h.runs("audit", "key")
	if err != nil || os.WriteFile(key, []byte(said), 0o600) != nil {
		t.Fatal(said, err)
	}
	for _, args := range [][]string{{"audit", "seal"}, {"audit", "status"}, {"audit", "export", folder}} {
		if said, err := h.runs(args...); err != nil {
			t.Fatal(args, said, err)
		}
	}
	verifies := func(folder string, more ...string) (string, error) {
		out := &diary{}
		err := run(t.Context(), append([]string{"audit", "verify", folder, "-key", key}, more...), func(string) string { return "" }, out, out)
		return out.String(), err
	}
	if said, err := verifies(folder); err != nil || !strings.Contains(said, "the log is whole") {
		t.Fatal(said, err)
	}
	if entries, err := os.ReadFile(filepath.Join(folder, "entries.jsonl")); err != nil || !strings.Contains(string(entries), `"audit.exported"`) {
		t.Error("an export doesn't show itself")
	}
	for _, args := range [][]string{{"-key", filepath.Join(folder, "no such key")}, {"-quorum", "1"}} {
		if said, err := verifies(folder, args...); err == nil || !strings.Contains(err.Error(), args[0]) {
			t.Errorf("%v: %s, %v", args, said, err)
		}
	}
	if said, err := verifies(folder + " that is not there"); err == nil || !strings.Contains(err.Error(), "is no folder") {
		t.Errorf("%s, %v", said, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := run(stopped, []string{"audit", "verify", folder}, func(string) string { return "" }, &diary{}, &diary{}); err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("it goes on though it was stopped: %v", err)
	}
	if said, err := verifies(folder, "-key", h.other().scribe.Key()); err == nil {
		t.Error("another's key was taken:", said)
	}
	if _, err := h.runs("audit", "export", folder); err == nil {
		t.Error("a folder was written over")
	}
	db := connectTo(t, pgtest.Admin(t, migrations.Forum, h.config.ForumURL.Reveal()))
	if _, err := db.Exec(t.Context(), `UPDATE audit_event SET action = 'community.read' WHERE action = 'community.create'`); err != nil {
		t.Fatal(err)
	}
	if said, err := h.runs("audit", "export", folder+"2"); err != nil {
		t.Fatal(said, err)
	}
	if said, err := verifies(folder + "2"); err == nil || !strings.Contains(said, "altered") {
		t.Error("nothing was found:", said)
	}
	if _, err := db.Exec(t.Context(), `DELETE FROM audit_leaf WHERE number = (SELECT max(number) FROM audit_leaf)`); err != nil {
		t.Fatal(err)
	}
	if said, err := h.runs("audit", "status"); err == nil {
		t.Error("status sees nothing:", said)
	}
	if said, err := h.runs("audit", "export", folder+"3"); err == nil || !strings.Contains(err.Error(), "have no leaf") {
		t.Error(said, err)
	}
}

func (h *house) other() *house { return open(h.t) }

// A witness over HTTP, as another party would run it.
func TestAWitnessCosignsOverHTTP(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.found(nil)
	folder := private(t)
	key := filepath.Join(folder, "key")
	line, err := h.runs("audit", "witness", "-key", key, "-new", "example.org/witness")
	if err != nil {
		t.Fatal(line, err)
	}
	seed, name, err := readWitnessKey(key)
	if err != nil {
		t.Fatal(err)
	}
	w, verifierKey, err := openWitness(seed, name, folder, []string{h.scribe.Key()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // the folder goes with the test
	web := httptest.NewServer(witnessHandler(w))
	defer web.Close()
	if !strings.HasPrefix(line, verifierKey+" ") {
		t.Errorf("%q was printed for %q", line, verifierKey)
	}
	list := filepath.Join(folder, "witnesses")
	if err := os.WriteFile(list, []byte(verifierKey+" "+web.URL+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if h.witnesses, err = witnessesOf(config.Config{Witnesses: list}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		h.found(nil)
		if _, err := h.scribe.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.checkLog(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if r := h.call("GET", "/v1/audit/checkpoint", "", nil); !strings.Contains(string(r.body), "— example.org/witness ") {
		t.Errorf("the checkpoint lacks the cosignature: %s", r.body)
	}
	stranger, _, err := tree.NewSigner([32]byte{1}, "hamyar/audit/stranger")
	if err != nil {
		t.Fatal(err)
	}
	note, err := tree.Checkpoint{Origin: "hamyar/audit/stranger", Size: 0, Root: tree.Checkpoint{}.Root}.Sign(stranger)
	if err != nil {
		t.Fatal(err)
	}
	ask := askOver(web.Client())(web.URL)
	if _, err := ask(t.Context(), tree.Submission{Checkpoint: note}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a stranger's log: %v", err)
	}
}

const sealingVariable = "HAMYAR_TEST_SEAL_UNTIL_KILLED"

// sealUntilKilled records and seals, over and over.
func sealUntilKilled(t *testing.T) {
	t.Helper()
	c, err := config.Load(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(t.Context(), c, slog.New(slog.DiscardHandler), utc)
	if err != nil {
		t.Fatal(err)
	}
	go recordFor(context.Background(), s)
	fmt.Println("\nworking")
	for {
		if _, err := s.scribe.Seal(context.Background()); err != nil {
			fmt.Println("failed:", err)
		}
	}
}

func recordFor(ctx context.Context, s *server) {
	log := audit.NewLog(s.store.AuditRing(), utc)
	decision := authz.Decision{Allow: true, Obligations: []authz.Obligation{authz.Audit}}
	for {
		_, _ = postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
			return none, log.Append(ctx, tx, decision, audit.Event{Action: "post.remove", Identity: uuid.New()})
		})
		_ = s.store.Verify(ctx, func(string, int, int) {}) // leaves a note in the keystore
	}
}

// The program is killed at any moment while it records and seals. Nothing that was recorded is missing from the tree or in
// it twice, and every checkpoint that anybody saw is of this one history.
func TestKillNineWhileSealing(t *testing.T) {
	if os.Getenv(sealingVariable) != "" { // this is the process that shall be killed
		sealUntilKilled(t)
	}
	t.Parallel()
	h := open(t)
	db := h.behind()
	trust := tree.Trust{Key: h.scribe.Key(), Now: utc()}
	const kills = 8
	for i := range kills {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillNineWhileSealing$")
		command.Env = append(os.Environ(), sealingVariable+"=1")
		for name, value := range h.settings() {
			command.Env = append(command.Env, name+"="+value)
		}
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if lines.Text() == "working" {
				time.AfterFunc(time.Duration(150+37*i)*time.Millisecond, func() { _ = command.Process.Kill() })
			} else if strings.HasPrefix(lines.Text(), "failed:") {
				t.Error(lines.Text())
			}
		}
		if err := command.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("it ended by itself: %v", err)
		}
		r := h.call("GET", "/v1/audit/checkpoint", "", nil) // what somebody may have seen
		if r.status == 200 {
			trust.Seen = append(trust.Seen, r.body)
		}
	}
	if _, err := h.scribe.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "log")
	if said, err := h.runs("audit", "export", folder); err != nil {
		t.Fatal(said, err)
	}
	report, err := tree.VerifyArchive(os.DirFS(folder), trust)
	if err != nil || !report.Good() {
		t.Fatalf("%+v, %v", report, err)
	}
	events := db.number(`SELECT count(*) FROM audit_event`)
	if int64(events) != report.Entries || events < kills {
		t.Errorf("%d events and %d leaves", events, report.Entries)
	}
	t.Logf("%d kills among %d records, with %d checkpoints seen", kills, events, len(trust.Seen))
}
