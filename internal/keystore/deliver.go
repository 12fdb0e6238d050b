package keystore

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
)

const (
	maxDeliveries = 64
	deliveryTime  = time.Minute
)

// Deliver hands the identity of a persona to send, and to nobody else. It doesn't
// wait for send and never says what became of it: a persona that is gone looks
// delivered, in the answer and in the time that it takes. So send sees to its own
// failures, and repeats nothing of the identity where others read it. It has a
// minute. The answer is fault.Unavailable where nothing can be delivered to
// anybody just now.
func (s *Store) Deliver(ctx context.Context, persona uuid.UUID, send func(ctx context.Context, identity uuid.UUID) error) error {
	select {
	case s.sending <- struct{}{}:
	default:
		return fault.New(fault.Unavailable).After(time.Second)
	}
	var row struct{ Account []byte }
	var found bool
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.One(&row, &found, `SELECT account FROM persona WHERE persona_id = $1`, persona))
	if err != nil {
		<-s.sending
		return fmt.Errorf("keystore: find a persona's account: %w", err)
	}
	go func() {
		defer func() {
			_ = recover() // what it would print may name the identity
			<-s.sending
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliveryTime)
		defer cancel()
		if identity, _, err := s.account(persona, row.Account); err == nil {
			_ = send(ctx, identity)
		}
	}()
	return nil
}
