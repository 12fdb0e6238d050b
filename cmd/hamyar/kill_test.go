package main

import (
	"bufio"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// What a process that shall be killed does: a kind of work and, for an erasure, whom it forgets.
const workVariable = "HAMYAR_TEST_WORK_UNTIL_KILLED"

// workUntilKilled does what `hamyar keys` does, over and over, without the wait for others that makes it slow.
func workUntilKilled(t *testing.T, work string) {
	t.Helper()
	c, err := config.Load(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(t.Context(), c, slog.New(slog.DiscardHandler), utc)
	if err != nil {
		t.Fatal(err)
	}
	o := (&house{server: s, t: t, clock: &movable{}}).office(c)
	kind, whom, _ := strings.Cut(work, " ")
	fmt.Println("\nworking")
	for round := 0; kind != "erase" || round == 0; round++ {
		switch kind {
		case "rotate":
			err = o.renewal.Everything(t.Context(), nil)
		case "rollover":
			if _, err = o.keeper.NewEpoch(t.Context(), ""); err == nil {
				o.wrapAnew(t)
			}
		case "erase":
			for persona := range strings.FieldsSeq(whom) {
				err = o.Persona(t.Context(), uuid.MustParse(persona))
			}
		}
		if err != nil {
			fmt.Println("failed:", err)
		}
	}
	fmt.Println("done")
}

// killed starts the work in a process of its own and kills it after a while, unless it is done by then.
func (h *house) killed(work string, after time.Duration) {
	h.t.Helper()
	command := exec.CommandContext(h.t.Context(), os.Args[0], "-test.run=^TestKillNineAmongKeys$")
	command.Env = append(os.Environ(), workVariable+"="+work)
	for name, value := range h.settings() {
		command.Env = append(command.Env, name+"="+value)
	}
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		h.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "working" {
			break
		}
	}
	timer := time.AfterFunc(after, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "failed:") {
			h.t.Error(lines.Text())
		}
	}
	_ = command.Wait() // it was killed
}

// story is a community in which some people say much, and what each post says.
type story struct {
	*house
	t        *testing.T
	in       string
	people   []*person
	personas []string
	mu       sync.Mutex
	said     map[string][]string // by post: what it may say, of which the last edit is one
	by       map[string]*person
	tags     map[string]string
}

func newStory(t *testing.T) *story {
	t.Helper()
	h := open(t)
	address, _ := h.serves()
	h.origin = "http://" + address
	p := h.found(nil)
	s := &story{house: h, t: t, in: p.ID, said: map[string][]string{}, by: map[string]*person{}, tags: map[string]string{}}
	for i := range 4 {
		who := h.signUp().join(p.ID, []string{"Ada", "Bo", "Cedar", "Dune"}[i])
		s.people, s.personas = append(s.people, who), append(s.personas, who.persona(p.ID).ID)
	}
	opened := s.people[0].opens(p.ID, "A long story", "It begins.")
	for i := range 60 {
		who, text := s.people[i%4], fmt.Sprintf("Sentence %d of the story.", i)
		made := who.replies(p.ID, opened.ID, text)
		s.said[made.ID], s.by[made.ID], s.tags[made.ID] = []string{text}, who, made.ETag
	}
	return s
}

// edits changes posts until it is told to stop. What an answer of 200 promised is all that a post may say from then on.
func (s *story) edits(stop <-chan struct{}) {
	ids := make([]string, 0, len(s.said))
	for id := range s.said {
		ids = append(ids, id)
	}
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		id := ids[n%len(ids)]
		text := fmt.Sprintf("Edited %d times.", n)
		r := s.by[id].call(http.MethodPatch, "/v1/communities/"+s.in+"/posts/"+id, map[string]any{"text": text}, "If-Match", s.tags[id])
		s.mu.Lock()
		if r.status == http.StatusOK {
			s.said[id], s.tags[id] = []string{text}, r.etag()
		} else {
			s.said[id] = append(s.said[id], text)
		}
		s.mu.Unlock()
	}
}

// holds reads every post of those who are there.
func (s *story) holds(gone ...*person) {
	s.t.Helper()
	for id, may := range s.said {
		r := s.people[3].call(http.MethodGet, "/v1/communities/"+s.in+"/posts/"+id, nil)
		if slices.Contains(gone, s.by[id]) {
			r.is(http.StatusNotFound)
			continue
		}
		var read post
		if r.into(http.StatusOK, &read); !slices.Contains(may, read.Text) {
			s.t.Errorf("a post says %q and not %q", read.Text, may)
		}
	}
}

func (s *story) keysNumber(sql string) (n int) {
	s.t.Helper()
	if err := connectTo(s.t, pgtest.Admin(s.t, migrations.Keys, s.config.KeysURL.Reveal())).QueryRow(s.t.Context(), sql).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// A process that renews, rolls over or erases is killed at any moment, while people go on writing. No update is lost, all
// can be read, and the next run finishes.
func TestKillNineAmongKeys(t *testing.T) {
	if work := os.Getenv(workVariable); work != "" { // this is the process that shall be killed
		workUntilKilled(t, work)
		return
	}
	t.Parallel()
	const kills = 6
	const half, epochs = `SELECT count(*) FROM (SELECT FROM persona_key GROUP BY persona_id HAVING count(*) > 1) AS unfinished`, `SELECT count(*) - 1 FROM epoch`
	s := newStory(t)
	middle := map[string]int{}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { defer close(stopped); s.edits(stop) }()
	for range kills {
		for work, unfinished := range map[string]string{"rotate": half, "rollover": epochs} {
			s.killed(work, 50*time.Millisecond+rand.N(400*time.Millisecond)) //nolint:gosec // when doesn't matter
			middle[work] += min(1, s.keysNumber(unfinished))
		}
	}
	close(stop)
	<-stopped
	t.Logf("of %d kills each, so many came in the middle: %v", kills, middle)
	if middle["rotate"] == 0 {
		t.Error("no kill came in the middle of a renewal: they prove nothing")
	}
	o := s.office(s.config)
	if err := o.renewal.Everything(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := o.keeper.NewEpoch(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	o.wrapAnew(t)
	if n, m := s.keysNumber(half), s.keysNumber(epochs); n != 0 || m != 0 {
		t.Errorf("%d keys are half renewed, and %d old epochs are left", n, m)
	}
	s.holds()

	for range kills {
		s.killed("erase "+strings.Join(s.personas[:3], " "), rand.N(60*time.Millisecond)) //nolint:gosec // when doesn't matter
	}
	for _, persona := range s.personas[:3] { // whom no process came to, and whom one left in the middle
		if err := o.Persona(t.Context(), uuid.MustParse(persona)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := o.Replay(t.Context()); err != nil || n != 0 {
		t.Errorf("%d erasures were left, %v", n, err)
	}
	emptied(t, pgtest.Admin(t, migrations.Forum, s.config.ForumURL.Reveal()), pgtest.Admin(t, migrations.Keys, s.config.KeysURL.Reveal()), s.personas[:3]...)
	s.holds(s.people[:3]...)
}
