package keystore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// locator finds a member's row without naming them.
type locator [32]byte

func (s *Store) locator(identity uuid.UUID) locator { return s.locate.MAC("member", identity[:]) }

// member is an opened row.
type member struct {
	ring       *sealed.Ring // under the member's own secret
	record     Record
	version    int32
	generation int32
}

type memberRow struct {
	Generation, Epoch int32
	Secret, Record    []byte
	Version           int32
}

const memberPurpose = "member"

const selectMember = `SELECT generation, epoch, secret, record, version FROM member WHERE locator = $1`

// Member returns the record of an identity, and makes an empty one the first
// time. It may be thirty seconds behind a change on another machine.
func (s *Store) Member(ctx context.Context, identity uuid.UUID) (Record, error) {
	m, err := s.member(ctx, s.locator(identity))
	return m.record.clone(), err
}

// MemberMAC is an HMAC under a key that belongs to the member and dies with it.
func (s *Store) MemberMAC(ctx context.Context, identity uuid.UUID, label string, parts ...[]byte) ([32]byte, error) {
	m, err := s.member(ctx, s.locator(identity))
	if err != nil {
		return [32]byte{}, err
	}
	return m.ring.MAC(label, parts...), nil
}

// member reads through the cache; of many who miss at once, one asks.
func (s *Store) member(ctx context.Context, at locator) (member, error) {
	if !s.deaf.Load() {
		if m, ok := s.members.Get(at); ok {
			return m, nil
		}
	}
	before := s.members.Ticket() // in the key, so that nobody joins a reading that began before a change
	answer := s.loading.DoChan(fmt.Sprintf("%d %s", before, at[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		m, err := s.loadMember(ctx, at)
		if err == nil && !s.deaf.Load() {
			s.members.Keep(before, at, m)
		}
		return m, err
	})
	select {
	case a := <-answer:
		return a.Val.(member), a.Err
	case <-ctx.Done():
		return member{}, fault.Wrap(fault.Unavailable, ctx.Err())
	}
}

func (s *Store) loadMember(ctx context.Context, at locator) (member, error) {
	var row memberRow
	var found bool
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.One(&row, &found, selectMember, at[:]))
	if err != nil {
		return member{}, fmt.Errorf("keystore: read a member: %w", err)
	}
	if found {
		return s.openMember(ctx, at, row)
	}
	return inTx(ctx, s, func(tx pgx.Tx) (member, error) {
		if err := s.insertMember(ctx, tx, at); err != nil {
			return member{}, err
		}
		return s.lockMember(ctx, tx, at)
	})
}

// insertMember makes an empty row unless somebody else just did.
func (s *Store) insertMember(ctx context.Context, tx pgx.Tx, at locator) error {
	key, err := s.newKey(memberPurpose, at[:], 1)
	if err != nil {
		return err
	}
	ring, err := s.ring(ctx, memberPurpose, at[:], key)
	if err != nil {
		return err
	}
	box, err := sealRecord(ring, at, Record{}, 1)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO member (locator, generation, epoch, secret, record, version) VALUES ($1, $2, $3, $4, $5, 1)
		ON CONFLICT ON CONSTRAINT member_primary DO NOTHING`, at[:], key.Generation, key.Epoch, key.Secret, box); err != nil {
		return fmt.Errorf("keystore: insert a member: %w", err)
	}
	return nil
}

// lockMember holds the row until the transaction ends. A row that is gone
// stays gone: fault.NotFound.
func (s *Store) lockMember(ctx context.Context, tx pgx.Tx, at locator) (member, error) {
	row, found, err := postgres.First[memberRow](tx.Query(ctx, selectMember+` FOR UPDATE`, at[:]))
	switch {
	case err != nil:
		return member{}, fmt.Errorf("keystore: lock a member: %w", err)
	case !found:
		return member{}, fault.New(fault.NotFound)
	}
	return s.openMember(ctx, at, row)
}

func (s *Store) openMember(ctx context.Context, at locator, row memberRow) (member, error) {
	ring, err := s.ring(ctx, memberPurpose, at[:], keyRow{row.Generation, row.Epoch, row.Secret})
	if err != nil {
		return member{}, err
	}
	text, err := ring.Open(recordPlace(at, row.Version), row.Record)
	if err != nil {
		return member{}, fmt.Errorf("keystore: open a member's record: %w", err)
	}
	record, err := decodeRecord(text)
	return member{ring, record, row.Version, row.Generation}, err
}

// UpdateMember changes the record of an identity. The change sees the newest
// record and runs in the transaction that writes it, so no change is lost;
// where it fails, its error comes back and nothing is written.
func (s *Store) UpdateMember(ctx context.Context, identity uuid.UUID, change func(*Record) error) (Record, error) {
	at := s.locator(identity)
	return changing(ctx, s, func(tx pgx.Tx) (Record, error) {
		if err := s.insertMember(ctx, tx, at); err != nil {
			return Record{}, err
		}
		return s.changeMember(ctx, tx, at, change)
	}, aboutMember(at))
}

func (s *Store) changeMember(ctx context.Context, tx pgx.Tx, at locator, change func(*Record) error) (Record, error) {
	m, err := s.lockMember(ctx, tx, at)
	if err != nil {
		return Record{}, err
	}
	record := m.record.clone()
	if err := change(&record); err != nil {
		return Record{}, err
	}
	box, err := sealRecord(m.ring, at, record, m.version+1)
	if err != nil {
		return Record{}, err
	}
	done, err := tx.Exec(ctx, `UPDATE member SET record = $3, version = version + 1 WHERE locator = $1 AND version = $2`, at[:], m.version, box)
	if err != nil {
		return Record{}, fmt.Errorf("keystore: update a member: %w", err)
	}
	if done.RowsAffected() != 1 {
		return Record{}, fault.New(fault.Unavailable)
	}
	if !slices.Equal(m.record.Roles, record.Roles) {
		return record, countDeed(ctx, tx, deedStaffChanged)
	}
	return record, nil
}

func sealRecord(ring *sealed.Ring, at locator, record Record, version int32) ([]byte, error) {
	text, err := record.encode()
	if err != nil {
		return nil, err
	}
	box, err := ring.Seal(recordPlace(at, version), text)
	if err != nil {
		return nil, fmt.Errorf("keystore: seal a member's record: %w", err)
	}
	return box, nil
}

func recordPlace(at locator, version int32) sealed.Place {
	return sealed.Place{Table: "member", Column: "record", Row: uuid.UUID(at[:16]), Version: version}
}
