package keystore_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
)

func TestErasedSharedKeysAreGoneOnEveryMachine(t *testing.T) {
	t.Parallel()
	s := setup(t)
	other := s.watching(t)
	one, two := uuid.New(), uuid.New()
	for _, id := range []uuid.UUID{one, two} {
		if _, err := s.CreateShared(t.Context(), "segment", id); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Shared(t.Context(), "segment", id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.CreateShared(t.Context(), "community", one); err != nil { // of another kind
		t.Fatal(err)
	}
	var told atomic.Int32
	other.OnEvict(func(owner uuid.UUID) {
		if owner == one || owner == two {
			told.Add(1)
		}
	})
	for range 2 { // again, where it is gone
		if err := s.EraseShared(t.Context(), "segment", one, two); err != nil {
			t.Fatal(err)
		}
	}
	soon(t, "another machine knows that both are gone", func() bool {
		_, first := other.Shared(t.Context(), "segment", one)
		_, second := other.Shared(t.Context(), "segment", two)
		return errors.Is(first, fault.New(fault.NotFound)) && errors.Is(second, fault.New(fault.NotFound))
	})
	soon(t, "what others keep of them goes as well", func() bool { return told.Load() >= 2 })
	if _, err := other.Shared(t.Context(), "community", one); err != nil {
		t.Errorf("a key of another kind went with them: %v", err)
	}
	if _, err := s.Shared(t.Context(), "segment", one); !errors.Is(err, fault.New(fault.NotFound)) {
		t.Errorf("it is still here: %v", err)
	}
}
