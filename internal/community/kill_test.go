package community_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/migrations"
)

// task is what a process that shall be killed gets to do.
type task struct {
	forumtest.Where
	Communities []uuid.UUID
	From        int // the first of its people
}

const taskVariable = "HAMYAR_TEST_JOIN_UNTIL_KILLED"

// run joins people until the process is killed.
func (do task) run(t *testing.T) {
	t.Helper()
	w := forumtest.Enter(t, do.Where)
	var next atomic.Int64
	next.Store(int64(do.From))
	for range 2 {
		go func() {
			for {
				i := int(next.Add(1))
				for _, in := range do.Communities {
					err := w.Directory.Join(context.Background(), w.Member(someone(i)), in, community.Joining{Name: w.Name(called(i)), AcceptedRules: 1})
					if err != nil {
						fmt.Println("failed:", err)
					}
				}
				fmt.Println("joined", i)
			}
		}()
	}
	select {}
}

// someone is the same person in every process.
func someone(i int) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "someone %d", i))
}

// called is a name of letters that nobody takes for each other, different for each.
func called(i int) string {
	const letters = "abdeghkpstyz"
	name := []byte("Heron ")
	for range 4 {
		name = append(name, letters[i%len(letters)])
		i /= len(letters)
	}
	return string(name)
}

func TestKillNineWhileJoining(t *testing.T) {
	if raw := os.Getenv(taskVariable); raw != "" { // this is the process that shall be killed
		var do task
		if err := json.Unmarshal([]byte(raw), &do); err != nil {
			t.Fatal(err)
		}
		do.run(t)
	}
	t.Parallel()
	w := forumtest.New(t)
	do := task{Where: w.Where, Communities: []uuid.UUID{w.Found(), w.Found()}}
	const kills = 12
	people, left := 0, 0
	for range kills {
		last := killed(t, do)
		if last == 0 {
			t.Fatal("the process joined nobody")
		}
		people = max(people, last+10) // a few more may be on their way
		do.From = max(0, last-2)      // the next process tries the last ones again, as their people would
		left += count(t, behind(t, migrations.Keys, w.KeysURL), `SELECT count(*) FROM persona WHERE pending_since IS NOT NULL`)
	}
	w.Clock.Move(2 * community.AbandonedAfter)
	completed, deleted, err := w.Directory.Reconcile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d kills among the joinings of about %d people left %d in the middle of one; at the end %d were completed and %d undone", kills, people-10, left, completed, deleted)
	if left == 0 {
		t.Error("no kill came in the middle of a joining: they prove nothing")
	}
	var all []uuid.UUID
	for i := range people + 1 {
		all = append(all, someone(i))
	}
	for _, wrong := range unsound(t, w.Where, all) {
		t.Error(wrong)
	}
}

// killed runs a process until it has joined somebody and a random moment more, kills it as kill -9 does, and returns
// the last person that it told of.
func killed(t *testing.T, do task) (last int) {
	t.Helper()
	raw, err := json.Marshal(do)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillNineWhileJoining$")
	command.Env = append(os.Environ(), taskVariable+"="+string(raw))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var doom *time.Timer
	for lines.Scan() {
		var i int
		if _, err := fmt.Sscanf(lines.Text(), "joined %d", &i); err != nil {
			if strings.HasPrefix(lines.Text(), "failed") {
				t.Error(lines.Text())
			}
			continue
		}
		last = max(last, i)
		if doom == nil {
			doom = time.AfterFunc(moment(t), func() { _ = command.Process.Kill() })
		}
	}
	if err := command.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("it ended by itself: %v", err)
	}
	return last
}

func moment(t *testing.T) time.Duration {
	t.Helper()
	n, err := rand.Int(rand.Reader, big.NewInt(int64(150*time.Millisecond)))
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n.Int64())
}
