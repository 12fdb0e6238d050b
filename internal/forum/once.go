package forum

import (
	"crypto/hmac"
	"encoding/binary"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
)

// once is a request that may come again. Without a key every request is new.
type once struct {
	by                   writer
	keyMACs, requestMACs [][]byte // of each generation of the persona's key, the newest first; none without an idempotency key
	alone                struct{ Alone bool }
	first                answeredRow
	answered             bool
}

// answeredRow is what the first request under a key made.
type answeredRow struct {
	RequestMAC []byte    `db:"request_mac"`
	Topic      uuid.UUID `db:"topic_id"`
	Post       uuid.UUID `db:"post_id"`
}

// once recognises a request of this persona by its key and by everything that it asks for.
func (w writer) once(key string, asked ...string) *once {
	o := &once{by: w}
	if key == "" || w.ring == nil {
		return o
	}
	parts := make([][]byte, len(asked))
	for i := range asked {
		parts[i] = []byte(asked[i])
	}
	o.keyMACs, o.requestMACs = w.ring.MACs("idempotency key", []byte(key)), w.ring.MACs("idempotent request", parts...)
	return o
}

// look finds out whether the request was answered before, and keeps others under the key away until the transaction ends.
func (o *once) look() []postgres.Query {
	if o.keyMACs == nil {
		return nil
	}
	var found bool
	return []postgres.Query{
		postgres.One(&o.alone, &found, `SELECT pg_try_advisory_xact_lock($1) AS alone`, int64(binary.BigEndian.Uint64(o.keyMACs[0]))),
		postgres.One(&o.first, &o.answered, `SELECT request_mac, topic_id, post_id FROM answered_request WHERE community_id = $1 AND persona_id = $2 AND key_mac = ANY ($3)`,
			o.by.community, o.by.self, o.keyMACs),
	}
}

// before tells whether the request was answered before. Another request under the key is refused, and so is a repeat
// while the first is still at work.
func (o *once) before() (bool, error) {
	switch {
	case o.keyMACs == nil:
		return false, nil
	case !o.alone.Alone:
		return false, fault.New(fault.IdempotencyInFlight)
	case o.answered && !slices.ContainsFunc(o.requestMACs, func(mac []byte) bool { return hmac.Equal(o.first.RequestMAC, mac) }):
		return false, fault.New(fault.IdempotencyReused)
	}
	return o.answered, nil
}

// remember what the request made.
func (o *once) remember(topic, post uuid.UUID, today time.Time) []postgres.Query {
	if o.keyMACs == nil {
		return nil
	}
	return []postgres.Query{postgres.Do(`INSERT INTO answered_request (community_id, persona_id, key_mac, request_mac, topic_id, post_id, answered_on) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		o.by.community, o.by.self, o.keyMACs[0], o.requestMACs[0], topic, post, today)}
}
