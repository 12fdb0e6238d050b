package community_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/migrations"
)

var errCrash = errors.New("the lights went out")

// crashed is a joining that came as far as a step and no further.
type crashed struct {
	*forumtest.World
	t        *testing.T
	who, in  uuid.UUID
	joining  community.Joining
	mayEnter bool // the step lies behind the forum's transaction, so the joining may only be completed
}

// steps are the places at which a joining can die, each with a way to die there.
var steps = map[string]func(c *crashed){
	"before anything": func(*crashed) {},
	"key pending":     func(c *crashed) { c.dieAt("pending") },
	"in the forum's transaction": func(c *crashed) {
		c.cancelAt(migrations.Forum, c.ForumURL, `SELECT FROM community_tally WHERE community_id = $1 FOR UPDATE`, c.in)
	},
	"in the forum": func(c *crashed) { c.mayEnter = true; c.dieAt("entered") },
	"in the keystore's transaction": func(c *crashed) {
		c.mayEnter = true
		c.cancelAt(migrations.Keys, c.KeysURL, `SELECT FROM member FOR UPDATE`)
	},
}

func (c *crashed) join(ctx context.Context) error {
	return c.Directory.Join(ctx, c.Member(c.who), c.in, c.joining)
}

func (c *crashed) dieAt(step string) {
	c.t.Helper()
	c.Directory.CrashAt(func(at string) error {
		if at == step {
			return errCrash
		}
		return nil
	})
	defer c.Directory.CrashAt(nil)
	if err := c.join(c.t.Context()); !errors.Is(err, errCrash) {
		c.t.Fatalf("it did not stop: %v", err)
	}
}

// cancelAt holds rows, waits until the joining stands before them in the middle of its transaction, and takes its
// context away.
func (c *crashed) cancelAt(kind migrations.Database, url, hold string, args ...any) {
	c.t.Helper()
	conn := behind(c.t, kind, url)
	tx, err := conn.Begin(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := tx.Exec(c.t.Context(), hold, args...); err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- c.join(ctx) }()
	c.untilSomebodyWaits(tx)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) && fault.CodeOf(err) != fault.Unavailable {
		c.t.Fatalf("it did not stop: %v", err)
	}
	if err := tx.Rollback(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *crashed) untilSomebodyWaits(tx pgx.Tx) {
	c.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		var waits bool
		err := tx.QueryRow(c.t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))`).Scan(&waits)
		if err != nil {
			c.t.Fatal(err)
		}
		if waits {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	c.t.Fatal("the joining never came to the rows that are held")
}

// recoveries are what may happen afterwards.
var recoveries = map[string]func(c *crashed){
	"the member tries again": func(c *crashed) { c.again() },
	"the reconciler comes by": func(c *crashed) {
		c.reconcile()
		if c.mayEnter && c.Member(c.who).Persona(c.in) == uuid.Nil {
			c.t.Error("what the forum knew was not completed")
		}
	},
	"the reconciler comes by, then the member tries again": func(c *crashed) { c.reconcile(); c.again() },
	"both at once": func(c *crashed) {
		c.Clock.Move(2 * community.AbandonedAfter)
		done := make(chan error, 1)
		go func() {
			_, _, err := c.Directory.Reconcile(c.t.Context())
			done <- err
		}()
		err := c.join(c.t.Context())
		if err := <-done; err != nil {
			c.t.Error(err)
		}
		if err != nil { // the reconciler deleted what this joining began with, and a second try must do
			c.again()
		}
	},
}

func (c *crashed) again() {
	c.t.Helper()
	if err := c.join(c.t.Context()); err != nil {
		c.t.Errorf("the member tried again: %v", err)
	}
	if c.Member(c.who).Persona(c.in) == uuid.Nil {
		c.t.Error("the member is nobody here after joining again")
	}
}

func (c *crashed) reconcile() {
	c.t.Helper()
	c.Clock.Move(2 * community.AbandonedAfter)
	if _, _, err := c.Directory.Reconcile(c.t.Context()); err != nil {
		c.t.Errorf("the reconciler: %v", err)
	}
}

func TestACrashWhileJoiningLeavesNothing(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	var people []uuid.UUID
	for step, die := range steps {
		for recovery, recover := range recoveries {
			t.Run(step+", "+recovery, func(t *testing.T) {
				c := &crashed{
					World: forumtest.Enter(t, w.Where), t: t, who: uuid.New(), in: w.Found(),
					joining: community.Joining{Name: w.Name("Morning Walker"), AcceptedRules: 1},
				}
				people = append(people, c.who)
				c.Join(c.who, w.Found(), "Cedar") // so that there is a list to add to
				die(c)
				recover(c)
				for _, wrong := range unsound(t, w.Where, people) {
					t.Error(wrong)
				}
			})
		}
	}
}

// A place that an invitation gives is used up in the forum's transaction; whoever crashed behind it must still get in.
func TestACrashDoesNotUseUpAnInvitation(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	lead := w.Staff("programme_lead")
	var people []uuid.UUID
	for step, die := range steps {
		t.Run(step, func(t *testing.T) {
			in := w.Found(func(f *community.Founding) { f.Visibility, f.JoinPolicy = "hidden", "invitation" })
			invitation, err := w.Directory.Invite(t.Context(), lead, in, 1, 7)
			if err != nil {
				t.Fatal(err)
			}
			c := &crashed{
				World: forumtest.Enter(t, w.Where), t: t, who: uuid.New(), in: in,
				joining: community.Joining{Name: w.Name("Morning Walker"), AcceptedRules: 1, Invitation: invitation.Code},
			}
			people = append(people, c.who)
			c.Join(c.who, w.Found(), "Cedar")
			die(c)
			c.again()
			for _, wrong := range unsound(t, w.Where, people) {
				t.Error(wrong)
			}
			late := forumtest.Enter(t, w.Where)
			err = late.Directory.Join(t.Context(), late.Member(uuid.New()), in, community.Joining{Name: w.Name("Heron"), AcceptedRules: 1, Invitation: invitation.Code})
			if code := fault.CodeOf(err); code != fault.NotFound {
				t.Errorf("the one place was given twice: %v", err)
			}
		})
	}
}

func TestJoiningManyTimesAtOnceIsJoiningOnce(t *testing.T) {
	t.Parallel()
	w := forumtest.New(t)
	lead, in := w.Staff("programme_lead"), w.Found(func(f *community.Founding) { f.JoinPolicy = "invitation" })
	const places = 3
	invitation, err := w.Directory.Invite(t.Context(), lead, in, places, 7)
	if err != nil {
		t.Fatal(err)
	}
	var people []uuid.UUID
	for _, name := range []string{"Morning Walker", "Heron", "Cedar"} {
		who := uuid.New()
		people = append(people, who)
		joining := community.Joining{Name: w.Name(name), AcceptedRules: 1, Invitation: invitation.Code}
		ended := make(chan error, 8)
		for range cap(ended) {
			go func() { ended <- w.Directory.Join(t.Context(), w.Member(who), in, joining) }()
		}
		var errs []error
		for range cap(ended) {
			errs = append(errs, <-ended)
		}
		if slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
			t.Errorf("%v", errs)
		}
	}
	for _, wrong := range unsound(t, w.Where, people) {
		t.Error(wrong)
	}
	forum := behind(t, migrations.Forum, w.ForumURL)
	if n := count(t, forum, `SELECT count(*) FROM persona WHERE community_id = $1`, in); n != places {
		t.Errorf("%d personas of %d people", n, places)
	}
}
