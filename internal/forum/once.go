package forum

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
)

// once runs create once for a key of this persona. A repeat of the same request gets what the first one made; another
// request under the key is refused; and while the first is still at work, so is the repeat.
func (b *Board) once(ctx context.Context, tx pgx.Tx, w writer, key string, asked []string, create func() (written, error)) (written, error) {
	if key == "" {
		return create()
	}
	keyMAC := w.ring.MAC("idempotency key", []byte(key))
	parts := make([][]byte, len(asked))
	for i := range asked {
		parts[i] = []byte(asked[i])
	}
	requestMAC := w.ring.MAC("idempotent request", parts...)
	var alone bool
	if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, int64(binary.BigEndian.Uint64(keyMAC[:8]))).Scan(&alone); err != nil {
		return written{}, fmt.Errorf("forum: idempotency: %w", err)
	}
	if !alone {
		return written{}, fault.New(fault.IdempotencyInFlight)
	}
	first, found, err := answered(ctx, tx, w, keyMAC[:], requestMAC[:])
	if err != nil || found {
		return first, err
	}
	made, err := create()
	if err != nil {
		return written{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO answered_request (community_id, persona_id, key_mac, request_mac, topic_id, post_id, answered_on) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		w.community, w.self, keyMAC[:], requestMAC[:], made.topic, made.post, day(b.clock()))
	if err != nil {
		return written{}, fmt.Errorf("forum: idempotency: %w", err)
	}
	return made, nil
}

func answered(ctx context.Context, tx pgx.Tx, w writer, keyMAC, requestMAC []byte) (written, bool, error) {
	var before []byte
	var topic, post uuid.UUID
	err := tx.QueryRow(ctx, `SELECT request_mac, topic_id, post_id FROM answered_request WHERE community_id = $1 AND persona_id = $2 AND key_mac = $3`,
		w.community, w.self, keyMAC).Scan(&before, &topic, &post)
	if errors.Is(err, pgx.ErrNoRows) {
		return written{}, false, nil
	}
	if err != nil {
		return written{}, false, fmt.Errorf("forum: idempotency: %w", err)
	}
	if !hmac.Equal(before, requestMAC) {
		return written{}, false, fault.New(fault.IdempotencyReused)
	}
	return written{topic: topic, post: post, replayed: true}, true, nil
}
