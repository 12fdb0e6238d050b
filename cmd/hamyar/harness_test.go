package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/journal"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// TestMain gives the package a stack with a real Kratos: the one of `make test`, or one of its own.
func TestMain(m *testing.M) {
	switch os.Getenv(asProgram) {
	case "whole":
		main()
		return
	case "falling":
		fall()
	}
	code, err := withStack(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hamyar:", err)
		code = 1
	}
	os.Exit(code)
}

func withStack(run func() int) (code int, err error) {
	if os.Getenv("HAMYAR_TEST_STACK") != "" {
		return run(), nil
	}
	stack, err := devstack.Start(context.Background(), devstack.Options{Ephemeral: true, Progress: os.Stderr})
	if err != nil {
		return 1, err
	}
	defer func() { _ = stack.Stop() }()
	named := filepath.Join(stack.Dir, "stack.json")
	if err := stack.Save(named); err != nil {
		return 1, err
	}
	if err := os.Setenv("HAMYAR_TEST_STACK", named); err != nil {
		return 1, err
	}
	return run(), nil
}

// house is a whole Hamyar on databases of its own, reached over HTTP as anybody would.
type house struct {
	*server
	t      *testing.T
	origin string
	log    *diary
	clock  *movable
	asked  asked // of policy, once the house is closed
}

// open starts a Hamyar for one test. change may alter its configuration first.
func open(t *testing.T, change ...func(*config.Config)) *house {
	t.Helper()
	stack := pgtest.Stack(t)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	forum, keys := pgtest.ForumURL(t), pgtest.KeysURL(t)
	c := config.Config{
		ForumURL: config.NewSecret(forum), KeysURL: config.NewSecret(keys),
		WorkerURL: config.NewSecret(pgtest.As(t, migrations.Forum, migrations.Forum.Worker, forum)),
		KeeperURL: config.NewSecret(pgtest.As(t, migrations.Keys, migrations.Keys.Keeper, keys)), Tombstones: private(t), Blobs: config.NewSecret("file://" + private(t)),
		KMSURL: config.NewSecret("base64key://" + base64.URLEncoding.EncodeToString(key)), Origin: "http://localhost:8080",
		KratosPublic: stack.KratosPublic, KratosAdmin: stack.KratosAdmin, LoneKeystore: true,
	}
	c.DecisionLog, c.DecisionSample = journal.Stderr, 1
	for _, f := range change {
		f(&c)
	}
	h := &house{t: t, log: &diary{}, clock: &movable{}}
	t.Cleanup(h.askedAsTold)
	if err := firstKeys(t.Context(), c, h.clock.now, func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
	var err error
	if h.server, err = newServer(t.Context(), c, slog.New(slog.NewJSONHandler(h.log, nil)), h.clock.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.server.close)
	web := httptest.NewServer(h.public)
	t.Cleanup(web.Close)
	h.origin = web.URL
	return h
}

// movable is the clock of a test: the real one, moved by what the test likes.
type movable struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (m *movable) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().UTC().Add(m.ahead)
}

func (m *movable) move(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += by
}

// diary keeps what the program logged.
type diary struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *diary) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *diary) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// person is somebody with an account, signed in.
type person struct {
	h                  *house
	username, password string
	identity           uuid.UUID
	token              string
	totp               string
}

const password = "a quiet long evening 7"

// signUp registers somebody new through Hamyar's own proxy, by username alone.
func (h *house) signUp() *person {
	h.t.Helper()
	p := &person{h: h, username: "u" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20], password: password}
	var flow struct{ ID string }
	h.call(http.MethodGet, "/identity/self-service/registration/api", "", nil).into(http.StatusOK, &flow)
	var made struct {
		SessionToken string `json:"session_token"`
		Identity     struct{ ID uuid.UUID }
	}
	h.call(http.MethodPost, "/identity/self-service/registration?flow="+flow.ID, "", map[string]any{
		"method": "password", "password": p.password, "traits": map[string]string{"username": p.username},
	}).into(http.StatusOK, &made)
	p.token, p.identity = made.SessionToken, made.Identity.ID
	return p
}

// staff registers somebody with a role and a second factor.
func (h *house) staff(role keystore.Role) *person {
	h.t.Helper()
	p := h.signUp().withSecondFactor()
	_, err := h.store.UpdateMember(h.t.Context(), p.identity, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, role)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (p *person) withSecondFactor() *person {
	p.h.t.Helper()
	var err error
	if p.totp, err = p.h.kratos.EnrolTOTP(p.h.t.Context(), p.token); err != nil {
		p.h.t.Fatal(err)
	}
	p.h.kratos.Forget(p.identity) // the session changed behind the proxy
	return p
}

// reply is an answer of the program.
type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

// call sends one request; body is JSON unless it is a string, which goes as it is. pairs are headers.
func (h *house) call(method, path, token string, body any, pairs ...string) reply {
	h.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			h.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.origin+path, reader)
	if err != nil {
		h.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for pair := range slices.Chunk(pairs, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := agreed(h.t).judge(method, path, response.StatusCode, response.Header, raw); err != nil {
		h.t.Errorf("%s: %v: %s", method+" "+path, err, raw)
	}
	return reply{h.t, method + " " + path, response.StatusCode, response.Header, raw}
}

func (p *person) call(method, path string, body any, pairs ...string) reply {
	p.h.t.Helper()
	return p.h.call(method, path, p.token, body, pairs...)
}

// is checks the status.
func (r reply) is(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d, want %d: %s", r.what, r.status, status, r.body)
	}
	return r
}

// into checks the status and reads the body.
func (r reply) into(status int, v any) reply {
	r.t.Helper()
	r.is(status)
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%s: %v: %s", r.what, err, r.body)
	}
	return r
}

// refused checks that the answer is a problem document with this code.
func (r reply) refused(code string) reply {
	r.t.Helper()
	var problem struct{ Code, Title, Detail string }
	if err := json.Unmarshal(r.body, &problem); err != nil || problem.Code != code || problem.Title == "" || problem.Detail == "" {
		r.t.Fatalf("%s: %d %s, want a problem with code %s", r.what, r.status, r.body, code)
	}
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Fatalf("%s: a problem as %q", r.what, got)
	}
	return r
}

// without checks that words are not in the answer.
func (r reply) without(words ...string) reply {
	r.t.Helper()
	for _, word := range words {
		if strings.Contains(string(r.body), word) {
			r.t.Fatalf("%s: the answer holds %q: %s", r.what, word, r.body)
		}
	}
	return r
}

func (r reply) etag() string { return r.header.Get("ETag") }

// place is a community with the staff around it.
type place struct {
	ID, Programme  string
	operator, lead *person
}

// found makes a programme and a community, through the API, by those who may. settings change the founding body.
func (h *house) found(settings map[string]any) place {
	h.t.Helper()
	var made struct{ ID string }
	operator := h.staff(keystore.Role{Name: "operator"})
	operator.call(http.MethodPost, "/v1/programmes", programmeBody("Harbour")).into(http.StatusCreated, &made)
	p := place{Programme: made.ID, operator: operator}
	p.lead = h.staff(keystore.Role{Name: "programme_lead", Programme: uuid.MustParse(made.ID)})
	p.ID = p.founds(settings)
	return p
}

// join makes somebody a member under a name.
func (p *person) join(community, name string) *person {
	p.h.t.Helper()
	p.call(http.MethodPut, "/v1/communities/"+community+"/membership", map[string]any{"name": name, "accept_rules": 1}).is(http.StatusOK)
	return p
}
