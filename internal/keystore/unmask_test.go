package keystore_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
)

const reason = "She wrote that she will not be here tomorrow."

func TestUnmaskingNeedsTwoPeople(t *testing.T) {
	t.Parallel()
	s, identity, asking, approving := setup(t), uuid.New(), uuid.New(), uuid.New()
	p := s.begin(t, identity, uuid.New()).ID
	id, err := s.AskUnmasking(t.Context(), p, asking, reason)
	if err != nil {
		t.Fatal(err)
	}
	persona, why, err := s.UnmaskingReason(t.Context(), id)
	if err != nil || persona != p || why != reason {
		t.Fatalf("%v", err)
	}
	got, err := s.ApproveUnmasking(t.Context(), id, asking)
	mustBe(t, err, fault.New(fault.NotAllowed))
	if got != uuid.Nil {
		t.Fatal("told to who asked alone")
	}
	var told atomic.Int32
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			switch got, err := s.ApproveUnmasking(t.Context(), id, approving); {
			case err == nil && got == identity:
				told.Add(1)
			case !errors.Is(err, fault.New(fault.NotFound)) || got != uuid.Nil:
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if told.Load() != 1 {
		t.Fatalf("told %d times", told.Load())
	}
	_, _, err = s.UnmaskingReason(t.Context(), id)
	mustBe(t, err, fault.New(fault.NotFound))
}

func TestUnmaskingIsOverAfterADay(t *testing.T) {
	t.Parallel()
	s := setup(t)
	p := s.begin(t, uuid.New(), uuid.New()).ID
	late, err := s.AskUnmasking(t.Context(), p, uuid.New(), reason)
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Add(time.Second)
	inTime, err := s.AskUnmasking(t.Context(), p, uuid.New(), reason)
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Add(24*time.Hour - time.Second)
	_, err = s.ApproveUnmasking(t.Context(), late, uuid.New())
	mustBe(t, err, fault.New(fault.NotFound))
	if _, err := s.ApproveUnmasking(t.Context(), inTime, uuid.New()); err != nil {
		t.Fatal(err)
	}
}

func TestUnmaskingNeedsAReasonAndAPersona(t *testing.T) {
	t.Parallel()
	s := setup(t)
	p := s.begin(t, uuid.New(), uuid.New()).ID
	for _, short := range []string{"", "because", strings.Repeat(" ", 50), "نه " + strings.Repeat("ا", 16), "  " + strings.Repeat("a", 19) + "  "} {
		_, err := s.AskUnmasking(t.Context(), p, uuid.New(), short)
		mustBe(t, err, fault.New(fault.Invalid))
	}
	if _, err := s.AskUnmasking(t.Context(), p, uuid.New(), strings.Repeat("ا", 20)); err != nil {
		t.Fatal(err)
	}
	_, err := s.AskUnmasking(t.Context(), uuid.New(), uuid.New(), reason)
	mustBe(t, err, fault.New(fault.NotFound))
	_, err = s.ApproveUnmasking(t.Context(), uuid.New(), uuid.New())
	mustBe(t, err, fault.New(fault.NotFound))

	id, err := s.AskUnmasking(t.Context(), p, uuid.New(), reason)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ErasePersona(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	_, err = s.ApproveUnmasking(t.Context(), id, uuid.New())
	mustBe(t, err, fault.New(fault.NotFound))
}

func TestAnotherReasonDoesNotUnmask(t *testing.T) {
	t.Parallel()
	s := setup(t)
	a, b := s.begin(t, uuid.New(), uuid.New()).ID, s.begin(t, uuid.New(), uuid.New()).ID
	id, err := s.AskUnmasking(t.Context(), a, uuid.New(), reason)
	if err != nil {
		t.Fatal(err)
	}
	s.asOwner(t, `UPDATE unmasking SET persona_id = $1`, b)
	if got, err := s.ApproveUnmasking(t.Context(), id, uuid.New()); err == nil || got != uuid.Nil {
		t.Fatal("a wish for one persona unmasks another")
	}
}

func TestDeliverReturnsNothing(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	p := s.begin(t, identity, uuid.New()).ID
	got := make(chan uuid.UUID, 1)
	telling := errors.New("mail to " + identity.String() + " failed")
	for what, send := range map[string]func(context.Context, uuid.UUID) error{
		"works":  func(context.Context, uuid.UUID) error { return nil },
		"fails":  func(context.Context, uuid.UUID) error { return telling },
		"panics": func(context.Context, uuid.UUID) error { panic(telling) },
		"waits":  func(ctx context.Context, _ uuid.UUID) error { <-ctx.Done(); return ctx.Err() },
	} {
		err := s.Deliver(t.Context(), p, func(ctx context.Context, identity uuid.UUID) error {
			got <- identity
			return send(ctx, identity)
		})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		select {
		case to := <-got:
			if to != identity {
				t.Fatal("delivered to somebody else")
			}
		case <-time.After(10 * time.Second):
			t.Fatal("not delivered")
		}
	}
	for range 3 {
		err := s.Deliver(t.Context(), uuid.New(), func(context.Context, uuid.UUID) error { t.Error("delivered to nobody"); return nil })
		if err != nil {
			t.Fatalf("a persona that is gone can be told from one that is there: %v", err)
		}
	}
}

func TestDeliveriesAreBounded(t *testing.T) {
	t.Parallel()
	s := setup(t)
	p := s.begin(t, uuid.New(), uuid.New()).ID
	hold := make(chan struct{})
	busy := fault.New(fault.Unavailable)
	var err error
	for n := 0; err == nil && n < 1000; n++ {
		err = s.Deliver(t.Context(), p, func(context.Context, uuid.UUID) error { <-hold; return nil })
	}
	mustBe(t, err, busy)
	mustBe(t, s.Deliver(t.Context(), uuid.New(), nil), busy) // as for one that is gone
	close(hold)
	soon(t, "it delivers again", func() bool {
		return s.Deliver(t.Context(), p, func(context.Context, uuid.UUID) error { return nil }) == nil
	})
}
