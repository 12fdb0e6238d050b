package keystore_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/sealed"
)

var wish = keystore.Wish{Lifts: "members_only", Hours: 2, Reason: sealed.NewText(reason)}

var (
	nothing   = fault.New(fault.NotFound)
	opensNone = fault.New(fault.GrantInvalid)
)

// granting is a community, and two of its staff.
type granting struct {
	setting
	community, asking, approving uuid.UUID
}

func openGranting(t *testing.T) granting {
	t.Helper()
	return granting{setup(t), uuid.New(), uuid.New(), uuid.New()}
}

func (g granting) ask(t *testing.T, w keystore.Wish) uuid.UUID {
	t.Helper()
	id := uuid.New()
	if err := g.AskGrant(t.Context(), g.community, id, g.asking, w); err != nil {
		t.Fatal(err)
	}
	return id
}

func (g granting) approve(t *testing.T, id uuid.UUID) keystore.Grant {
	t.Helper()
	granted, err := g.ApproveGrant(t.Context(), g.community, id, g.approving)
	if err != nil {
		t.Fatal(err)
	}
	return granted
}

func (g granting) held(t *testing.T, id uuid.UUID, want error) keystore.Grant {
	t.Helper()
	held, err := g.HeldGrant(t.Context(), g.community, id, g.asking)
	mustBe(t, err, want)
	return held
}

func TestAGrantNeedsTwoPeople(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	id := g.ask(t, wish)
	g.held(t, id, opensNone)
	read, err := g.Grant(t.Context(), g.community, id, g.approving)
	if err != nil || read.ID != id || read.Lifts != "members_only" || read.Hours != 2 || read.Reason.Reveal() != reason ||
		read.Mine || read.Holds || !read.Until.Equal(g.clock.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v, %v", read, err)
	}
	_, err = g.ApproveGrant(t.Context(), g.community, id, g.asking)
	mustBe(t, err, fault.New(fault.NotAllowed))
	g.held(t, id, opensNone)

	g.clock.Add(time.Hour)
	until := g.clock.Now().Add(2 * time.Hour)
	if granted := g.approve(t, id); !granted.Holds || !granted.Until.Equal(until) {
		t.Fatalf("%v", granted)
	}
	held := g.held(t, id, nil)
	if !held.Until.Equal(until) || held.Lifts != "members_only" || held.Reason.Reveal() != "" {
		t.Fatalf("%v", held)
	}
	_, err = g.ApproveGrant(t.Context(), g.community, id, uuid.New())
	mustBe(t, err, nothing)
	if all := g.deeds(t); all["keys.grant_asked"] != 1 || all["keys.grant_approved"] != 1 {
		t.Errorf("%v is noted", all)
	}
}

func TestAGrantIsForOnePersonInOneCommunity(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	id := g.ask(t, wish)
	g.approve(t, id)
	for _, by := range []uuid.UUID{g.approving, uuid.New(), {}} {
		_, err := g.HeldGrant(t.Context(), g.community, id, by)
		mustBe(t, err, opensNone)
	}
	elsewhere := uuid.New()
	for _, held := range []struct{ community, id uuid.UUID }{{elsewhere, id}, {g.community, uuid.New()}, {uuid.Nil, id}} {
		_, err := g.HeldGrant(t.Context(), held.community, held.id, g.asking)
		mustBe(t, err, opensNone)
	}
	_, err := g.Grant(t.Context(), elsewhere, id, g.approving)
	mustBe(t, err, nothing)
	mustBe(t, g.EndGrant(t.Context(), elsewhere, id, g.asking), nothing)
	if all, err := g.Grants(t.Context(), elsewhere, g.asking); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	g.held(t, id, nil)
}

func TestAGrantIsOverInTime(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	late := g.ask(t, wish)
	g.clock.Add(time.Second)
	inTime := g.ask(t, wish)
	g.clock.Add(24*time.Hour - time.Second)
	_, err := g.ApproveGrant(t.Context(), g.community, late, g.approving)
	mustBe(t, err, nothing)
	g.approve(t, inTime)
	g.clock.Add(2*time.Hour - 1)
	g.held(t, inTime, nil)
	g.clock.Add(1)
	g.held(t, inTime, opensNone)
	mustBe(t, g.EndGrant(t.Context(), g.community, inTime, g.asking), nothing)
	if all, err := g.Grants(t.Context(), g.community, g.asking); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	g.clock.Add(-27 * time.Hour) // a clock that was put back gives nothing back
	g.held(t, inTime, opensNone)
}

func TestAGrantThatWasEndedStaysEnded(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	asked, approved := g.ask(t, wish), g.ask(t, wish)
	g.approve(t, approved)
	mustBe(t, g.EndGrant(t.Context(), g.community, approved, g.asking), nil)
	mustBe(t, g.EndGrant(t.Context(), g.community, asked, g.approving), nil)
	g.held(t, approved, opensNone)
	for _, id := range []uuid.UUID{asked, approved} {
		_, err := g.ApproveGrant(t.Context(), g.community, id, g.approving)
		mustBe(t, err, nothing)
		mustBe(t, g.EndGrant(t.Context(), g.community, id, g.asking), nothing)
	}
	if n := g.deeds(t)["keys.grant_ended"]; n != 2 {
		t.Errorf("%d ends are noted", n)
	}
}

func TestGrantsAreApprovedOnceAndEndWhoeverIsFirst(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	for range 8 {
		id := g.ask(t, wish)
		var approved, ended atomic.Int32
		count := func(n *atomic.Int32, err error) {
			if err == nil {
				n.Add(1)
			} else if !errors.Is(err, nothing) {
				t.Errorf("%v", err)
			}
		}
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_, err := g.ApproveGrant(t.Context(), g.community, id, g.approving)
				count(&approved, err)
			})
			all.Go(func() { count(&ended, g.EndGrant(t.Context(), g.community, id, g.asking)) })
		}
		all.Wait()
		if approved.Load() > 1 || ended.Load() != 1 {
			t.Fatalf("approved %d times, ended %d times", approved.Load(), ended.Load())
		}
		g.held(t, id, opensNone)
	}
}

func TestAWishSaysWhyAndForHowLong(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	for _, bad := range []keystore.Wish{
		{Hours: 1},
		{Hours: 1, Reason: sealed.NewText("because")},
		{Hours: 1, Reason: sealed.NewText(strings.Repeat(" ", 50))},
		{Hours: 1, Reason: sealed.NewText(strings.Repeat("a", 4001))},
		{Hours: 0, Reason: sealed.NewText(reason)},
		{Hours: 25, Reason: sealed.NewText(reason)},
		{Hours: -1, Reason: sealed.NewText(reason)},
	} {
		mustBe(t, g.AskGrant(t.Context(), g.community, uuid.New(), g.asking, bad), fault.New(fault.Invalid))
	}
	for _, good := range []keystore.Wish{{Hours: 1, Reason: sealed.NewText(strings.Repeat("ا", 20))}, {Hours: 24, Reason: sealed.NewText(strings.Repeat("ا", 4000))}} {
		g.ask(t, good)
	}
}

func TestGrantsAreListedWithoutTheirReasons(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	first, second := g.ask(t, wish), g.ask(t, wish)
	g.approve(t, second)
	for by, mine := range map[uuid.UUID]bool{g.asking: true, g.approving: false} {
		all, err := g.Grants(t.Context(), g.community, by)
		if err != nil || len(all) != 2 {
			t.Fatalf("%v, %v", all, err)
		}
		for _, one := range all {
			if one.Reason.Reveal() != "" || one.Mine != mine || one.Holds != (one.ID == second) || !slices.Contains([]uuid.UUID{first, second}, one.ID) {
				t.Errorf("%v", one)
			}
		}
	}
}

// Who writes to the database and has no keys makes no grant of another.
func TestGrantsAreNotMadeInTheDatabase(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"approved without a word of the approver": `UPDATE break_glass SET approval = wish, approved_by = decode(repeat('07', 32), 'hex')`,
		"approved by another's approval": `UPDATE break_glass b SET approval = a.approval, approved_by = a.approved_by FROM break_glass a
			WHERE a.approval IS NOT NULL AND b.approval IS NULL`,
		"handed to somebody else": `UPDATE break_glass SET asked_by = decode(repeat('07', 32), 'hex')`,
		"with another's wish":     `UPDATE break_glass b SET wish = a.wish FROM break_glass a WHERE a.grant_id <> b.grant_id AND a.approval IS NULL`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openGranting(t)
			asked, approved := g.ask(t, wish), g.ask(t, wish)
			g.approve(t, approved)
			g.asOwner(t, sql)
			broken := 0
			for _, id := range []uuid.UUID{asked, approved} {
				held, err := g.HeldGrant(t.Context(), g.community, id, g.asking)
				if err == nil && (name != "approved by another's approval" || id != approved) {
					t.Errorf("%v holds", held)
				}
				if err != nil && !errors.Is(err, opensNone) {
					broken++
				}
			}
			if broken == 0 {
				t.Error("nothing is broken")
			}
		})
	}
}

func TestAGrantOfAnotherCommunityDoesNotOpen(t *testing.T) {
	t.Parallel()
	g, elsewhere := openGranting(t), uuid.New()
	id := g.ask(t, wish)
	g.approve(t, id)
	if err := g.AskGrant(t.Context(), elsewhere, uuid.New(), g.asking, wish); err != nil {
		t.Fatal(err)
	}
	g.asOwner(t, `UPDATE break_glass SET place = (SELECT place FROM break_glass WHERE approval IS NULL)`)
	if held, err := g.HeldGrant(t.Context(), elsewhere, id, g.asking); err == nil {
		t.Errorf("%v holds elsewhere", held)
	}
}

func TestGrantsGoWithWhoAskedForThem(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	id := g.ask(t, wish)
	g.approve(t, id)
	if _, err := g.EraseMember(t.Context(), g.asking); err != nil {
		t.Fatal(err)
	}
	g.held(t, id, opensNone)
	if n := g.count(t, "break_glass"); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func TestADumpTellsNothingOfAGrant(t *testing.T) {
	t.Parallel()
	g := openGranting(t)
	g.approve(t, g.ask(t, wish))
	rows := strings.ToLower(strings.Join(g.dump(t), "\n"))
	if !strings.Contains(rows, "break_glass") {
		t.Fatal("the dump has no grant")
	}
	canaries := []string{"members_only", hex.EncodeToString([]byte("members_only")), "tomorrow", hex.EncodeToString([]byte("tomorrow"))}
	for _, id := range []uuid.UUID{g.asking, g.approving, g.community} {
		canaries = append(canaries, id.String(), hex.EncodeToString(id[:]))
	}
	for _, canary := range canaries {
		if strings.Contains(rows, canary) {
			t.Errorf("%s shows", canary)
		}
	}
}
