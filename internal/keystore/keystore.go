// Package keystore keeps the keys of an installation, wrapped, in a database of
// its own, and what belongs to a member rather than to one of their personas.
//
// It protects the line between a person and their personas. A member's row is
// found by a keyed hash of their identity, the list of their personas is sealed
// under a secret of theirs, and every persona has an independent random secret,
// so that neither database alone, nor both without the KMS, tell who is who.
// Deleting a row here ends what its key has sealed.
//
//	KMS ─ opens ─▶ KEK of an epoch ─ wraps ─▶ roots: locate, ban, audit, route, rate
//	                                       ├▶ member's secret   ─ seals ─▶ Record
//	                                       ├▶ persona's secret  ─ seals ─▶ what it writes
//	                                       └▶ shared secret     ─ seals ─▶ what a community shares
//
// A wrap is bound to its purpose, its row, its generation and its epoch: a row
// that was swapped or altered doesn't open. Keys stay in memory for at most five
// minutes, members' records for thirty seconds.
//
// The package must never store an identity in plain, join two personas outside
// a sealed record, put an identity into an error or a log, invent a key where
// one is missing, or go on without its KMS.
package keystore

import (
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/recent"
	"github.com/hamyar/hamyar/internal/sealed"
)

const (
	maxMembers = 10_000
	maxKeys    = 50_000 // about 40 MB
	keyAge     = 5 * time.Minute
	recordAge  = 30 * time.Second
)

// Store opens and wraps keys. It is safe for concurrent use and can't be printed.
type Store struct {
	db         *postgres.DB
	clock      func() time.Time
	deployment uuid.UUID
	suite      sealed.Suite
	kms        atomic.Pointer[root]

	epochs                     atomic.Pointer[epochs]
	locate, route, rate, audit *sealed.Ring

	members *recent.Cache[locator, member]
	keys    *recent.Cache[owner, *sealed.Ring]
	watched atomic.Bool // by Watch, at least once
	deaf    atomic.Bool // watching, and at this moment without a connection to hear by
	onEvict listeners
	loading singleflight.Group
	sending chan struct{} // Deliver's, which nobody waits for
	hashing chan struct{} // Argon2id takes much memory; this bounds how much at once
}

func newStore(db *postgres.DB, kmsURL string, clock func() time.Time, d deploymentRow) *Store {
	s := &Store{
		db: db, clock: clock, deployment: d.DeploymentID, suite: sealed.Suite(d.Suite),
		members: recent.NewCache[locator, member](maxMembers, recordAge, clock),
		keys:    recent.NewCache[owner, *sealed.Ring](maxKeys, keyAge, clock),
		sending: make(chan struct{}, maxDeliveries),
		hashing: make(chan struct{}, 2),
	}
	s.kms.Store(&root{kmsURL})
	return s
}

// Deployment is the installation's id, to which every sealed value is bound.
func (s *Store) Deployment() uuid.UUID { return s.deployment }

// RateKey is the key of one UTC day under which addresses and names are hashed
// for throttling. Yesterday's hashes mean nothing today.
func (s *Store) RateKey(day time.Time) [32]byte {
	return s.rate.MAC("day", []byte(day.UTC().Format(time.DateOnly)))
}

// CursorKey authenticates the positions in lists that clients carry.
func (s *Store) CursorKey() [32]byte { return s.rate.MAC("cursor") }

// AuditRing seals who acted, in the audit log of the forum.
func (s *Store) AuditRing() *sealed.Ring { return s.audit }

const masked = "[keystore]"

// Format masks, whatever the verb.
func (*Store) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// LogValue masks.
func (*Store) LogValue() slog.Value { return slog.StringValue(masked) }
