package attachment

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

const busyFor = 10 * time.Second

// constraints of the table, as faults: whoever repeats a request while the first is at work comes second.
var constraints = postgres.Constraints{"attachment_primary": fault.IdempotencyInFlight}

// Upload takes a file in, of one of the four media types that picture names; what it is, it tells by its content. Under an
// idempotency key a repeat of the same bytes gets what the first request made; replayed tells so. Nothing of body is read
// before policy has decided.
func (s *Shelf) Upload(ctx context.Context, actor member.Actor, in uuid.UUID, mediaType string, body io.Reader, key string) (a Attachment, replayed bool, err error) {
	self := actor.Persona(in)
	var ring *sealed.Ring
	var ids []uuid.UUID
	if self != uuid.Nil {
		if ring, err = s.keys.Persona(ctx, self); err != nil {
			return Attachment{}, false, err
		}
		ids = idsUnder(ring, key)
	}
	row, err := s.place(ctx, actor, in, ids...)
	if err != nil {
		return Attachment{}, false, err
	}
	if _, err := s.policy.Require(ctx, row.facts(actor, authz.AttachmentCreate, s.clock())); err != nil {
		return Attachment{}, false, err
	}
	leave, err := s.slots.take(actor.Identity)
	if err != nil {
		return Attachment{}, false, err
	}
	defer leave()
	if row.ID != nil {
		a, err = s.again(ctx, in, self, row, body)
		return a, err == nil, err
	}
	if err := s.room(ctx, in, self); err != nil {
		return Attachment{}, false, err
	}
	id := uuid.New()
	if len(ids) > 0 {
		id = ids[0]
	}
	made, err := s.keep(ctx, ring, in, self, id, mediaType, body)
	if err != nil {
		return Attachment{}, false, err
	}
	if entered, err := s.insert(ctx, actor, in, self, id, made); err != nil {
		if !entered {
			end, done := afterwards(ctx)
			defer done()
			_ = s.store.Delete(end, made.blob, day(s.clock())) // or Tidy finds it
		}
		return Attachment{}, false, err
	}
	return made.attachment(id), false, nil
}

// idsUnder are what an upload under a key is called, by each generation of the persona's key, the newest first.
func idsUnder(ring *sealed.Ring, key string) []uuid.UUID {
	if key == "" {
		return nil
	}
	var ids []uuid.UUID
	for _, mac := range ring.MACs("attachment", []byte(key)) {
		id := uuid.UUID(mac[:16])
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // it looks like any other
		ids = append(ids, id)
	}
	return ids
}

// again reads a repeated upload to see whether it is the same, and answers with what the first made.
func (s *Shelf) again(ctx context.Context, in, self uuid.UUID, row placeRow, body io.Reader) (Attachment, error) {
	first, _, err := sealedCard{*row.ID, row.Card, *row.Sealed}.open(ctx, s.keys, in, self)
	if err != nil {
		return Attachment{}, err
	}
	digest := sha256.New()
	if _, err := io.Copy(digest, io.LimitReader(body, mostDocument+1)); err != nil {
		return Attachment{}, fmt.Errorf("attachment: read an upload: %w", err)
	}
	if subtle.ConstantTimeCompare(digest.Sum(nil), first.digest[:]) != 1 {
		return Attachment{}, fault.New(fault.IdempotencyReused)
	}
	return first.attachment(*row.ID), nil
}

// room tells early what insert will say again.
func (s *Shelf) room(ctx context.Context, in, self uuid.UUID) error {
	var row struct{ Waiting int }
	var found bool
	err := postgres.Read(ctx, s.db, postgres.Communities(in), postgres.One(&row, &found, waitingSQL, in, self))
	if err == nil && row.Waiting >= mostWaiting {
		return fault.New(fault.AttachmentsWaiting)
	}
	return err
}

const waitingSQL = `SELECT count(*)::integer AS waiting FROM attachment WHERE community_id = $1 AND persona_id = $2 AND post_id IS NULL`

// insert judges once more, with the community held still, and makes the row: the upload may have taken minutes. entered
// says that only the end of the transaction failed: the row may be there then, and must not be without its file.
func (s *Shelf) insert(ctx context.Context, actor member.Actor, in, self, id uuid.UUID, made stored) (entered bool, err error) {
	ring, err := s.keys.Persona(ctx, self)
	if err != nil {
		return false, err
	}
	box, err := ring.Seal(CardPlace(in, id, self, 1), made.encode())
	if err != nil {
		return false, fmt.Errorf("attachment: seal a card: %w", err)
	}
	_, err = postgres.InTx(ctx, s.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		err := s.enter(ctx, tx, actor, in, id, made.blob, box)
		entered = err == nil
		return struct{}{}, err
	})
	return entered, err
}

func (s *Shelf) enter(ctx context.Context, tx pgx.Tx, actor member.Actor, in, id, blob uuid.UUID, box []byte) error {
	self := actor.Persona(in)
	if err := community.Hold(ctx, tx, in); err != nil {
		return err
	}
	row, _, err := postgres.First[placeRow](tx.Query(ctx, placeSQL, in, self, []uuid.UUID{}))
	if err != nil {
		return fmt.Errorf("attachment: place: %w", err)
	}
	decision, err := s.policy.Require(ctx, row.facts(actor, authz.AttachmentCreate, s.clock()))
	if err != nil {
		return err
	}
	// One after the other, so that they can be counted.
	if _, err := tx.Exec(ctx, `SELECT FROM persona WHERE community_id = $1 AND persona_id = $2 FOR NO KEY UPDATE`, in, self); err != nil {
		return fmt.Errorf("attachment: hold a persona: %w", err)
	}
	var many int
	if err := tx.QueryRow(ctx, waitingSQL, in, self).Scan(&many); err != nil {
		return fmt.Errorf("attachment: count: %w", err)
	}
	if many >= mostWaiting {
		return fault.New(fault.AttachmentsWaiting)
	}
	_, err = tx.Exec(ctx, `INSERT INTO attachment (community_id, attachment_id, persona_id, blob_id, card, uploaded_on) VALUES ($1, $2, $3, $4, $5, $6)`,
		in, id, self, blob, box, day(s.clock()))
	if err != nil {
		return constraints.Fault(err)
	}
	return s.log.Append(ctx, tx, decision, audit.Event{Action: authz.AttachmentCreate, Community: in, Persona: self, Subject: id})
}

// stored is a file that lies in the store and has no row yet.
type stored struct {
	card
	blob uuid.UUID
}

// keep seals an upload into a blob of its own.
func (s *Shelf) keep(ctx context.Context, ring *sealed.Ring, in, self, id uuid.UUID, mediaType string, body io.Reader) (made stored, err error) {
	made.blob = uuid.New()
	if made.key, err = sealed.NewFileKey(); err != nil {
		return stored{}, fmt.Errorf("attachment: draw a key: %w", err)
	}
	digest := sha256.New()
	body = io.TeeReader(body, digest)
	into := func(column string) (*sealed.Stream, error) {
		return ring.Stream(made.key, filePlace(in, id, self, column))
	}
	switch mediaType {
	case picture.JPEG, picture.PNG, picture.WebP:
		err = s.storePicture(ctx, &made, into, body)
	case picture.PDF:
		err = s.storeDocument(ctx, &made, into, body)
	default:
		err = fault.New(fault.PictureUnsupported)
	}
	if err != nil {
		return stored{}, err
	}
	copy(made.digest[:], digest.Sum(nil))
	return made, nil
}
