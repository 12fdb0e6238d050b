package keystore

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// news says what has changed, to this process and over NOTIFY to the others:
// whose ring or record is to be read again, or that there are other epochs.
type news string

const (
	channel = "hamyar_keys"

	aboutEpochs news = "epoch"
)

func aboutPersona(id uuid.UUID) news             { return news("persona " + id.String()) }
func aboutShared(kind string, id uuid.UUID) news { return news("shared/" + kind + " " + id.String()) }

func aboutMember(at locator) news { return news("member " + hex.EncodeToString(at[:])) }

// changing runs a transaction whose news go out when it commits. What is known
// here goes in any case: who lost the connection can't tell whether it did.
func changing[T any](ctx context.Context, s *Store, fn func(tx pgx.Tx) (T, error), about ...news) (T, error) {
	defer s.hear(about...)
	return inTx(ctx, s, func(tx pgx.Tx) (T, error) {
		result, err := fn(tx)
		if err != nil {
			return result, err
		}
		return result, tell(ctx, tx, about...)
	})
}

// tell goes last in a transaction: to notify takes a lock until it commits.
func tell(ctx context.Context, tx pgx.Tx, about ...news) error {
	texts := make([]string, 0, len(about))
	for _, n := range about {
		texts = append(texts, string(n))
	}
	if _, err := tx.Exec(ctx, `SELECT pg_notify($1, about) FROM unnest($2::text[]) AS about`, channel, texts); err != nil {
		return fmt.Errorf("keystore: notify: %w", err)
	}
	return nil
}

// hear forgets what has changed, also what is being read at this moment.
func (s *Store) hear(about ...news) {
	for _, n := range about {
		what, which, _ := strings.Cut(string(n), " ")
		id, err := uuid.Parse(which)
		switch raw, _ := hex.DecodeString(which); {
		case what == memberPurpose && len(raw) == len(locator{}):
			s.members.Evict(locator(raw))
		case err != nil:
		case what == personaPurpose:
			s.keys.Evict(owner{personaPurpose, id})
			s.onEvict.call(id)
		default:
			s.keys.Evict(owner{what, id})
			s.onEvict.call(id)
		}
	}
}

// listeners are called for each owner, a persona or what several share, whose
// ring was evicted.
type listeners struct {
	mu  sync.Mutex
	all []func(owner uuid.UUID)
}

// OnEvict adds what is to be called for each owner of keys that were renewed or
// erased, here or elsewhere, so that what others keep of it goes as well. After
// news may have been missed it is called with uuid.Nil, for all of them. It must
// not block and not call the Store.
func (s *Store) OnEvict(forget func(owner uuid.UUID)) {
	s.onEvict.mu.Lock()
	defer s.onEvict.mu.Unlock()
	s.onEvict.all = append(s.onEvict.all, forget)
}

func (l *listeners) call(owner uuid.UUID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, forget := range l.all {
		forget(owner)
	}
}
