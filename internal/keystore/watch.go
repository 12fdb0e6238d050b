package keystore

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
)

const (
	pulse = 5 * time.Second        // how often a silent connection is asked whether it lives, and how long it may take to answer
	pause = 500 * time.Millisecond // before a lost one is made anew
)

// Watch hears from other processes what has changed, over a connection of its
// own, until ctx ends, whose error it returns. As long as it hears nothing, from
// its first moment to its last, nothing is kept in memory: every ring and record
// is read anew.
func (s *Store) Watch(ctx context.Context) error {
	for {
		s.goDeaf()
		_ = s.listen(ctx) // lost, or never had: the next try tells
		s.goDeaf()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// Listening tells whether Watch hears what others change.
func (s *Store) Listening() bool { return s.watched.Load() && !s.deaf.Load() }

func (s *Store) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, s.db.Config().ConnConfig)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		return fmt.Errorf("keystore: listen: %w", err)
	}
	stale := s.learnEpochs(ctx) != nil
	s.purge() // what was read before is as old as nobody knows
	s.deaf.Store(false)
	for {
		about, err := next(ctx, conn)
		if err != nil {
			return err
		}
		s.hear(about)
		if stale || about == aboutEpochs {
			stale = s.learnEpochs(ctx) != nil
		}
	}
}

// next waits for news; none means that the connection lives.
func next(ctx context.Context, conn *pgx.Conn) (news, error) {
	wait, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	heard, err := conn.WaitForNotification(wait)
	if err == nil {
		return news(heard.Payload), nil
	}
	if wait.Err() == nil || ctx.Err() != nil {
		return "", fmt.Errorf("keystore: listen: %w", err)
	}
	answer, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	if err := conn.Ping(answer); err != nil {
		return "", fmt.Errorf("keystore: listen: %w", err)
	}
	return "", nil
}

func (s *Store) goDeaf() {
	s.watched.Store(true)
	s.deaf.Store(true)
	s.purge()
}

func (s *Store) purge() {
	s.keys.Purge()
	s.members.Purge()
	s.onEvict.call(uuid.Nil)
}
