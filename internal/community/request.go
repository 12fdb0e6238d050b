package community

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
)

// request makes a create repeatable without a table of who asked for what: under an idempotency key the id of the new
// thing follows from the actor's secret and the key, so a repeat finds what the first one made.
type request struct {
	id  uuid.UUID
	mac []byte // of what was asked; nil without a key
}

func (d *Directory) request(ctx context.Context, actor member.Actor, what, key string, asked ...any) (request, error) {
	if key == "" {
		id, err := uuid.NewRandom()
		if err != nil {
			return request{}, fmt.Errorf("community: id: %w", err)
		}
		return request{id: id}, nil
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return request{}, fmt.Errorf("community: request: %w", err)
	}
	id, err := d.keys.MemberMAC(ctx, actor.Identity, "create "+what, []byte(key))
	if err != nil {
		return request{}, err
	}
	mac, err := d.keys.MemberMAC(ctx, actor.Identity, "created "+what, []byte(key), body)
	if err != nil {
		return request{}, err
	}
	return request{id: asRandom(id), mac: mac[:]}, nil
}

// same is nil where what is there was made by this very request.
func (r request) same(mac []byte, err error) error {
	if err == nil && (r.mac == nil || !hmac.Equal(mac, r.mac)) {
		return fault.New(fault.IdempotencyReused)
	}
	return err
}

// asRandom gives derived ids the form of the random ones (RFC 9562, version 4), so that they can't be told apart.
func asRandom(mac [32]byte) uuid.UUID {
	id := uuid.UUID(mac[:16])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}
