package forum

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
)

// eraseAtOnce is how many rows one transaction of an erasure changes.
const eraseAtOnce = 500

// ErasePersona takes the words of a persona out of every row, whoever had removed them before, with what they were told, and
// says how many it emptied. Others' replies stay, under a topic without a title. It is for a persona that can't write any more
// (community.Directory.Erase), and can be repeated.
func (b *Board) ErasePersona(ctx context.Context, in, persona uuid.UUID) (emptied int, err error) {
	for _, some := range []func(context.Context, pgx.Tx, uuid.UUID, uuid.UUID) (int, error){erasePosts, eraseTopics, forgetRequests, attachment.Erase, notice.Erase} {
		for {
			done, err := postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (int, error) {
				return some(ctx, tx, in, persona)
			})
			emptied += done
			if err != nil {
				return emptied, err
			}
			if done == 0 {
				break
			}
		}
	}
	b.letFilesGo(ctx, in)
	return emptied, nil
}

func erasePosts(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID) (int, error) {
	if err := community.Hold(ctx, tx, in); err != nil {
		return 0, err
	}
	return counted(tx.Query(ctx, `WITH
			found AS (SELECT post_id, status FROM post WHERE community_id = $1 AND persona_id = $2 AND body IS NOT NULL LIMIT $3 FOR UPDATE),
			gone AS (UPDATE post p SET status = 'deleted', body = NULL, version = version + 1 FROM found
				WHERE p.community_id = $1 AND p.post_id = found.post_id RETURNING p.topic_id, found.status),
			uncounted AS (UPDATE topic_tally y SET posts = y.posts - fewer.posts
				FROM (SELECT topic_id, count(*) AS posts FROM gone WHERE status = 'published' GROUP BY topic_id) fewer
				WHERE y.community_id = $1 AND y.topic_id = fewer.topic_id)
		SELECT count(*) FROM gone`, in, persona, eraseAtOnce))
}

// eraseTopics leaves a topic open to read where somebody else's words are in it, unless staff had taken it down.
func eraseTopics(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID) (int, error) {
	if err := community.Take(ctx, tx, in); err != nil {
		return 0, err
	}
	return counted(tx.Query(ctx, `WITH
			found AS (SELECT t.topic_id, t.status, t.status = 'published' AND EXISTS (SELECT FROM post p
					WHERE p.community_id = $1 AND p.topic_id = t.topic_id AND p.persona_id <> $2 AND p.status <> 'deleted') AS stays
				FROM topic t WHERE t.community_id = $1 AND t.persona_id = $2 AND t.title IS NOT NULL LIMIT $3 FOR UPDATE),
			gone AS (UPDATE topic t SET status = CASE WHEN found.stays THEN 'withdrawn' ELSE 'deleted' END, title = NULL, version = version + 1 FROM found
				WHERE t.community_id = $1 AND t.topic_id = found.topic_id RETURNING found.status, found.stays),
			uncounted AS (UPDATE community_tally SET topics = topics - (SELECT count(*) FROM gone WHERE status = 'published' AND NOT stays)
				WHERE community_id = $1)
		SELECT count(*) FROM gone`, in, persona, eraseAtOnce))
}

func forgetRequests(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID) (int, error) {
	done, err := tx.Exec(ctx, `DELETE FROM answered_request WHERE community_id = $1 AND persona_id = $2`, in, persona)
	if err != nil {
		return 0, fmt.Errorf("forum: erase: %w", err)
	}
	return int(done.RowsAffected()), nil
}

func counted(rows pgx.Rows, err error) (int, error) {
	if err != nil {
		return 0, fmt.Errorf("forum: erase: %w", err)
	}
	n, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
	if err != nil {
		return 0, fmt.Errorf("forum: erase: %w", err)
	}
	return n, nil
}

// Piece is something of one persona's: an attachment, by the name under which its File lies; a Post; or else a Topic, with
// its title and what goes with it. Version is of its sealed words: what was written later is another piece.
type Piece struct {
	Community, Topic, Post, File uuid.UUID
	Version                      int32
}

// Author is who wrote a piece, whether its words are there or not.
func (b *Board) Author(ctx context.Context, piece Piece) (author uuid.UUID, found bool, err error) {
	var row struct {
		Persona uuid.UUID `db:"persona_id"`
	}
	query := postgres.One(&row, &found, `SELECT persona_id FROM post WHERE community_id = $1 AND post_id = $2`, piece.Community, piece.Post)
	if piece.Post == uuid.Nil {
		query = postgres.One(&row, &found, `SELECT persona_id FROM topic WHERE community_id = $1 AND topic_id = $2`, piece.Community, piece.Topic)
	}
	err = postgres.Read(ctx, b.db, postgres.Communities(piece.Community), query)
	return row.Persona, found, err
}

// Left tells whether a row still holds words of a persona.
func (b *Board) Left(ctx context.Context, in, persona uuid.UUID) (bool, error) {
	var row struct{ Left bool }
	var found bool
	err := postgres.Read(ctx, b.db, postgres.Communities(in), postgres.One(&row, &found, `SELECT
		EXISTS (SELECT FROM post WHERE community_id = $1 AND persona_id = $2 AND body IS NOT NULL) OR
		EXISTS (SELECT FROM topic WHERE community_id = $1 AND persona_id = $2 AND title IS NOT NULL) OR
		EXISTS (SELECT FROM attachment WHERE community_id = $1 AND persona_id = $2) OR
		EXISTS (SELECT FROM notice WHERE community_id = $1 AND persona_id = $2) OR
		EXISTS (SELECT FROM answered_request WHERE community_id = $1 AND persona_id = $2) AS left`, in, persona))
	return row.Left, err
}

// ErasePiece takes the words of a piece out of its rows, whoever had removed them before, unless they were written anew
// since then. erased is false where there is nothing left to erase. before learns whose words they are, and nothing
// happens if it fails.
func (b *Board) ErasePiece(ctx context.Context, piece Piece, before func(ctx context.Context, author uuid.UUID) error) (erased bool, err error) {
	defer b.letFilesGo(ctx, piece.Community)
	return postgres.InTx(ctx, b.db, postgres.Communities(piece.Community), func(tx pgx.Tx) (bool, error) {
		if err := community.Take(ctx, tx, piece.Community); err != nil {
			return false, err
		}
		if piece.File != uuid.Nil {
			return b.eraseFile(ctx, tx, piece, before)
		}
		if piece.Post == uuid.Nil {
			return b.eraseTopic(ctx, tx, piece, before)
		}
		held, err := lockPost(ctx, tx, `p.community_id = $1 AND p.post_id = $2 AND p.body IS NOT NULL`, piece.Community, piece.Post)
		if err != nil || held.Post == nil || held.Sealed > piece.Version {
			return false, err
		}
		if err := before(ctx, *held.Author); err != nil {
			return false, err
		}
		return true, endPost(ctx, tx, piece.Community, held, authz.PostDelete)
	})
}

func (b *Board) eraseTopic(ctx context.Context, tx pgx.Tx, piece Piece, before func(ctx context.Context, author uuid.UUID) error) (bool, error) {
	held, err := holdTopic(ctx, tx, piece.Community, uuid.Nil, piece.Topic)
	if err != nil || held.Topic == nil || *held.Sealed > piece.Version {
		return false, err
	}
	if status := *held.situation.Status; status == "withdrawn" || status == "deleted" {
		return false, nil
	}
	if err := before(ctx, *held.situation.Author); err != nil {
		return false, err
	}
	if *held.situation.Status == "published" {
		if err := b.endTopic(ctx, tx, piece.Community, held, authz.TopicDelete); err != nil {
			return false, err
		}
	} else if _, err := tx.Exec(ctx, `UPDATE topic SET status = 'deleted', title = NULL, version = version + 1 WHERE community_id = $1 AND topic_id = $2`, piece.Community, piece.Topic); err != nil {
		return false, fmt.Errorf("forum: erase a topic: %w", err)
	}
	// What staff had removed was kept, and not counted any more.
	_, err = tx.Exec(ctx, `UPDATE post SET status = 'deleted', body = NULL, version = version + 1
		WHERE community_id = $1 AND topic_id = $2 AND number = 1 AND persona_id = $3 AND body IS NOT NULL`, piece.Community, piece.Topic, *held.situation.Author)
	if err != nil {
		return false, fmt.Errorf("forum: erase a topic: %w", err)
	}
	return true, nil
}

// Remember has somebody told of each piece whose author takes it back, before it goes: a backup still holds it, and whoever
// restores that must know. Where they can't be told, the piece stays. It is for the start of the program.
func (b *Board) Remember(tell func(ctx context.Context, gone Piece) error) { b.tell = tell }

// letGo does what comes before the words of a piece go.
func (b *Board) letGo(ctx context.Context, author uuid.UUID, gone Piece) error {
	if b.tell != nil {
		if err := b.tell(ctx, gone); err != nil {
			return err
		}
	}
	return b.keys.MarkDirty(ctx, author)
}
