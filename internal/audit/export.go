package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Export writes the whole log, as it is at one moment, to a new folder, for tree.VerifyArchive. It judges nothing; lost
// says how many events have no leaf any more, which no archive can show. It takes the role that reads events.
func (s *Scribe) Export(ctx context.Context, folder string, witnesses []Witness, progress func(done, total int64)) (lost int, err error) {
	var unwritten error // what a disk says is not what a database says
	lost, err = postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (int, error) {
		if _, err := tx.Exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`); err != nil {
			return 0, fmt.Errorf("audit: export: %w", err)
		}
		newest, found, err := newestCheckpoint(ctx, tx)
		switch {
		case err != nil:
			return 0, err
		case !found:
			return 0, fault.New(fault.NotFound)
		}
		archive := tree.Archive{Key: s.key, Checkpoints: checkpoints(ctx, tx), Entries: entries(ctx, tx, newest.Size, progress)}
		for _, w := range witnesses {
			archive.Witnesses = append(archive.Witnesses, w.Key)
		}
		signed, err := cosigned(ctx, tx, newest)
		if err != nil {
			return 0, err
		}
		archive.Checkpoint = []byte(signed)
		unwritten = tree.WriteArchive(folder, archive)
		return unaccounted(ctx, tx)
	})
	return lost, errors.Join(unwritten, err)
}

// exported is recorded when the log is: its events name personas.
const exported = "audit.exported"

// RecordExport records that the log is being exported. It comes before Seal and Export, so that an export shows itself.
func (s *Scribe) RecordExport(ctx context.Context) error {
	_, err := postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		id, err := uuid.NewRandom()
		if err != nil {
			return none, fmt.Errorf("audit: id: %w", err)
		}
		return none, record(ctx, tx, tree.Event{ID: id, Day: s.clock(), Action: exported})
	})
	return err
}

// entryRow is a leaf with its event, of which nothing is there once its time is over.
type entryRow struct {
	Number int64
	Leaf   []byte
	eventRow
}

type eventRow struct {
	ID        *uuid.UUID `db:"event_id"`
	Day       *time.Time
	Action    *string
	Revision  *string
	Purpose   *string
	Role      *string
	Community *uuid.UUID `db:"community_id"`
	Persona   *uuid.UUID `db:"persona_id"`
	Actor     []byte
	Subject   *uuid.UUID `db:"subject_id"`
	Subjects  []uuid.UUID
	Version   *int32
	Times     *int64
	Digest    []byte
	Salt      []byte
}

const selectEntries = `SELECT l.number, l.leaf, e.event_id, e.day, e.action, e.revision, e.purpose, e.role, e.community_id, e.persona_id, e.actor,
	e.subject_id, e.subjects, e.version, e.times, e.digest, e.salt
	FROM audit_leaf l LEFT JOIN audit_event e ON e.event_id = l.event_id WHERE l.number >= $1 ORDER BY l.number LIMIT $2`

// entries go through the log page by page.
func entries(ctx context.Context, tx pgx.Tx, total int64, progress func(done, total int64)) iter.Seq2[tree.Entry, error] {
	return func(yield func(tree.Entry, error) bool) {
		erased, err := erasedBelow(ctx, tx)
		if err != nil {
			yield(tree.Entry{}, err)
			return
		}
		for from := int64(0); ; {
			rows, err := postgres.Collect[entryRow](tx.Query(ctx, selectEntries, from, batch))
			if err != nil {
				yield(tree.Entry{}, fmt.Errorf("audit: read entries: %w", err))
				return
			}
			for _, row := range rows {
				if !yield(row.entry(erased), nil) {
					return
				}
				from = row.Number + 1
			}
			if progress != nil {
				progress(from, total)
			}
			if len(rows) < batch {
				return
			}
		}
	}
}

// entry is the row as it goes into an archive. Content that is gone without having been erased is written as an empty
// event: its leaf says that there was another.
func (r entryRow) entry(erasedBelow int64) tree.Entry {
	e := tree.Entry{Index: r.Number, Leaf: [32]byte(r.Leaf)}
	if r.ID == nil {
		e.Erased = r.Number < erasedBelow
		return e
	}
	copy(e.Salt[:], r.Salt)
	e.Event = tree.Event{
		ID: *r.ID, Day: *r.Day, Action: *r.Action, Revision: *r.Revision, Purpose: *r.Purpose, Role: *r.Role,
		Community: orNil(r.Community), Persona: orNil(r.Persona), Actor: r.Actor, Subject: orNil(r.Subject), Subjects: r.Subjects,
		Version: *r.Version, Count: *r.Times, Digest: r.Digest,
	}
	return e
}

func orNil(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// checkpoints are all notes that were ever signed.
func checkpoints(ctx context.Context, tx pgx.Tx) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for from := int64(0); ; {
			rows, err := postgres.Collect[checkpointRow](tx.Query(ctx, `SELECT size, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2`, from, batch))
			if err != nil {
				yield(nil, fmt.Errorf("audit: read checkpoints: %w", err))
				return
			}
			for _, row := range rows {
				from = row.Size
				if !row.ofItsSize() {
					continue // two of one size would have one name
				}
				note, err := cosigned(ctx, tx, row)
				if !yield([]byte(note), err) {
					return
				}
			}
			if len(rows) < batch {
				return
			}
		}
	}
}

func (c checkpointRow) ofItsSize() bool {
	text, _, _ := strings.Cut(c.Note, "\n\n")
	said, err := tree.ParseCheckpoint(text + "\n")
	return err == nil && said.Size == c.Size
}

// unaccounted counts events that are in no tree and wait for none: somebody took their leaf away.
func unaccounted(ctx context.Context, tx pgx.Tx) (lost int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM audit_event e WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.event_id)
		AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.event_id = e.event_id)`).Scan(&lost)
	if err != nil {
		return 0, fmt.Errorf("audit: look for lost leaves: %w", err)
	}
	return lost, nil
}
