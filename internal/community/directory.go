// Package community is the places of conversation: programmes that own communities, ground rules, the directory, and
// how people join and leave.
//
// It protects who is where. Outside the keystore nothing tells that two personas are one member, a hidden community
// answers as one that does not exist, and everybody sees who runs a place and by which rules before they join. It must
// never decide for itself what somebody may do: it gathers facts, and policy judges.
package community

import (
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Purposes of use, bound to what is being done and never chosen by a client.
const (
	purposeSupport    = "support"
	purposeModeration = "moderation"
	purposeBreakGlass = "break-glass"
	purposeRights     = "rights"
)

// Directory is every programme and community, and the door to each.
type Directory struct {
	db      *postgres.DB
	keys    *keystore.Store
	policy  *authz.Engine
	log     *audit.Log
	notices *notice.Desk
	clock   func() time.Time
	names   *names

	crash func(step string) error // tests stop joining at a step, as a crash would; nil in the program
}

// NewDirectory works on the forum database db; keys seal what it stores.
func NewDirectory(db *postgres.DB, keys *keystore.Store, policy *authz.Engine, log *audit.Log, clock func() time.Time) *Directory {
	d := &Directory{db: db, keys: keys, policy: policy, log: log, notices: notice.NewDesk(db, keys, clock), clock: clock, names: newNames(clock)}
	keys.OnEvict(func(persona uuid.UUID) {
		if persona == uuid.Nil {
			d.names.Purge()
		} else {
			d.names.Evict(persona)
		}
	})
	return d
}

// constraints are what people are told when the database refuses.
var constraints = postgres.Constraints{
	"persona_name_once": "name_taken",
	"community_primary": "idempotency_in_flight",
	"programme_primary": "idempotency_in_flight",
}
