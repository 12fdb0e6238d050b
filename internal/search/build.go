package search

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

// draft is a segment that is being made, in place of others.
type draft struct {
	in    uuid.UUID
	form  string
	bases []uuid.UUID // that it replaces

	id       uuid.UUID
	docs     []segment.Doc
	read     []uuid.UUID           // posts that were read for it, also those that nobody has a key for any more
	advanced map[uuid.UUID]advance // topics of which more will be indexed

	directory []byte // sealed
	pages     [][]byte
	tags      map[int32][]int32
}

// advance is how far a topic is indexed, before and after.
type advance struct{ from, to int }

// errChanged says that something which was read is not so any more: what was made of it is thrown away.
var errChanged = errors.New("search: changed meanwhile")

// build writes a new segment from old ones and from what waits, and destroys the keys of the old. done is false where
// somebody changed something meanwhile; then nothing is.
func (x *Index) build(ctx context.Context, in uuid.UUID, form string, bases []uuid.UUID) (done bool, err error) {
	d := &draft{in: in, form: form, bases: bases, id: uuid.New()}
	if err := x.gather(ctx, d); err != nil {
		return false, err
	}
	if len(d.docs) > 0 {
		ring, err := x.keys.CreateShared(ctx, ofSegment, d.id)
		if err != nil {
			x.lost.Store(true) // it may have been made all the same
			return false, err
		}
		if err := d.seal(ring); err != nil {
			return false, errors.Join(err, x.shred(ctx, d.id))
		}
	}
	if err := x.stop("before the commit"); err != nil {
		return false, err
	}
	_, err = postgres.InTx(ctx, x.db, postgres.Communities(in), func(tx pgx.Tx) (none struct{}, err error) {
		return none, d.write(ctx, tx)
	})
	switch {
	case errors.Is(err, errChanged):
		return false, x.shred(ctx, d.id)
	case err != nil:
		x.lost.Store(true) // it may have been written all the same: Keep will see which keys have no segment
		return false, err
	}
	if err := x.stop("after the commit"); err != nil {
		return true, err
	}
	return true, x.shred(ctx, bases...)
}

// stop is where a test ends a build as a crash would.
func (x *Index) stop(step string) error {
	if x.crash == nil {
		return nil
	}
	return x.crash(step)
}

// shred destroys the keys of segments that nothing is read of any more.
func (x *Index) shred(ctx context.Context, segments ...uuid.UUID) error {
	if len(segments) == 0 {
		return nil
	}
	err := x.keys.EraseShared(ctx, ofSegment, segments...)
	if err != nil {
		x.lost.Store(true) // Keep will find them
	}
	return err
}

// row is a post that may be indexed.
type row struct {
	forum.SayingRow
	Findable bool
	Indexed  int
}

// gather reads and opens what goes into a draft: the posts of its bases as they are now, those that were changed, and those
// that came since, in the order of their topics, so that of each topic no number is passed over.
func (x *Index) gather(ctx context.Context, d *draft) error {
	most := mostOf(d.form)
	columns := forum.SayingColumns + `, (` + shownSQL + `) AS findable`
	const from = ` JOIN post p ON p.community_id = l.community_id AND p.post_id = l.post_id JOIN topic t ON t.community_id = p.community_id AND t.topic_id = p.topic_id`
	var kept, changed, fresh []row
	err := postgres.Read(ctx, x.db, postgres.Communities(d.in),
		postgres.Many(&kept, `SELECT `+columns+`, 0 AS indexed FROM search_place l`+from+` WHERE l.community_id = $1 AND l.segment_id = ANY ($2) AND `+shownSQL, d.in, d.bases),
		postgres.Many(&changed, `SELECT `+columns+`, 0 AS indexed FROM search_changed l`+from+` WHERE l.community_id = $1 AND `+shownSQL+`
			AND (l.segment_id = ANY ($2) OR NOT EXISTS (SELECT FROM search_segment s WHERE s.community_id = $1 AND s.segment_id = l.segment_id))
			AND NOT EXISTS (SELECT FROM topic_tally y WHERE y.community_id = $1 AND y.topic_id = p.topic_id AND y.indexed < p.number)
			ORDER BY l.segment_id = ANY ($2) DESC NULLS LAST LIMIT $3`, d.in, d.bases, most),
		postgres.Many(&fresh, `SELECT `+columns+`, y.indexed FROM topic_tally y JOIN post p ON p.community_id = y.community_id AND p.topic_id = y.topic_id AND p.number > y.indexed
			JOIN topic t ON t.community_id = p.community_id AND t.topic_id = p.topic_id
			WHERE y.community_id = $1 AND y.indexed < y.last_number ORDER BY y.activity, y.topic_id, p.number LIMIT $2`, d.in, most))
	if err != nil {
		return err
	}
	rows := make([]forum.SayingRow, 0, most)
	for _, some := range [][]row{kept, changed} {
		for _, r := range some[:min(len(some), most-len(rows))] {
			rows = append(rows, r.SayingRow)
		}
	}
	d.advanced = map[uuid.UUID]advance{}
	for _, r := range fresh {
		if r.Findable && len(rows) == most {
			break
		}
		d.advanced[r.Topic] = advance{r.Indexed, r.Number}
		if r.Findable {
			rows = append(rows, r.SayingRow)
		}
	}
	for _, r := range rows {
		d.read = append(d.read, r.ID)
	}
	sayings, err := x.board.Sayings(ctx, d.in, rows)
	if err != nil {
		return err
	}
	d.docs = make([]segment.Doc, len(sayings))
	for i, s := range sayings {
		d.docs[i] = docOf(s)
	}
	// Identifiers are random, so this order tells nothing.
	slices.SortFunc(d.docs, func(a, b segment.Doc) int { return bytes.Compare(a.Post[:], b.Post[:]) })
	return nil
}

// seal makes the boxes of a draft.
func (d *draft) seal(ring *sealed.Ring) (err error) {
	made, err := segment.Build(ring.MAC, d.docs)
	if err != nil {
		return fmt.Errorf("search: build a segment: %w", err)
	}
	if d.directory, err = ring.Seal(directoryPlace(d.in, d.id), made.Directory); err != nil {
		return fmt.Errorf("search: seal a segment: %w", err)
	}
	clear(made.Directory)
	if d.form == byTags {
		d.tags = map[int32][]int32{}
		for i, doc := range d.docs {
			for _, tag := range segment.Tags(ring.MAC, doc) {
				d.tags[tag] = append(d.tags[tag], int32(i))
			}
		}
		return nil
	}
	d.pages = make([][]byte, len(made.Pages))
	for i, page := range made.Pages {
		if d.pages[i], err = ring.Seal(pagePlace(d.in, d.id, i), page); err != nil {
			return fmt.Errorf("search: seal a segment: %w", err)
		}
		clear(page)
	}
	return nil
}

// write puts a draft in the place of its bases, if all that it was made of still is as it was. It takes the community alone:
// whoever writes there comes before it or after it.
func (d *draft) write(ctx context.Context, tx pgx.Tx) error {
	if err := community.Take(ctx, tx, d.in); err != nil {
		return err
	}
	for _, step := range []func(context.Context, pgx.Tx) error{d.unchanged, d.replace, d.advance, d.insert} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// unchanged holds that the community is still searched so, and that every post still says what was read.
func (d *draft) unchanged(ctx context.Context, tx pgx.Tx) error {
	posts, versions, topics := d.facts()
	var same bool
	err := tx.QueryRow(ctx, `SELECT (SELECT `+community.SearchSQL+` = $2 FROM community c WHERE c.community_id = $1) AND
		(SELECT count(*) = cardinality($3::uuid[]) FROM unnest($3::uuid[], $4::integer[], $5::integer[]) AS d (post_id, version, topic_version)
			JOIN post p ON p.community_id = $1 AND p.post_id = d.post_id AND p.version = d.version
			JOIN topic t ON t.community_id = $1 AND t.topic_id = p.topic_id AND (t.version = d.topic_version OR p.number > 1) WHERE `+shownSQL+`) AND
		NOT EXISTS (SELECT FROM search_changed x JOIN post p ON p.community_id = $1 AND p.post_id = x.post_id JOIN topic t ON t.community_id = $1 AND t.topic_id = p.topic_id
			WHERE x.community_id = $1 AND x.segment_id = ANY ($6) AND x.post_id <> ALL ($7) AND `+shownSQL+`)`,
		d.in, d.form, posts, versions, topics, d.bases, d.read).Scan(&same)
	if err != nil {
		return fmt.Errorf("search: compare: %w", err)
	}
	if !same {
		return errChanged
	}
	return nil
}

func (d *draft) facts() (posts []uuid.UUID, versions, topics []int32) {
	posts, versions, topics = make([]uuid.UUID, len(d.docs)), make([]int32, len(d.docs)), make([]int32, len(d.docs))
	for i, doc := range d.docs {
		posts[i], versions[i], topics[i] = doc.Post, doc.Version, doc.TopicVersion
	}
	return posts, versions, topics
}

// replace takes the bases away, with what was noted of them and what nobody is shown any more.
func (d *draft) replace(ctx context.Context, tx pgx.Tx) error {
	gone, err := tx.Exec(ctx, `DELETE FROM search_segment WHERE community_id = $1 AND segment_id = ANY ($2)`, d.in, d.bases)
	if err != nil {
		return fmt.Errorf("search: replace: %w", err)
	}
	if int(gone.RowsAffected()) != len(d.bases) {
		return errChanged
	}
	_, err = tx.Exec(ctx, `DELETE FROM search_changed x USING post p, topic t
		WHERE x.community_id = $1 AND p.community_id = $1 AND p.post_id = x.post_id AND t.community_id = $1 AND t.topic_id = p.topic_id
		AND (x.segment_id = ANY ($2) OR x.post_id = ANY ($3)
			OR NOT (`+shownSQL+`) AND NOT EXISTS (SELECT FROM search_segment s WHERE s.community_id = $1 AND s.segment_id = x.segment_id))`, d.in, d.bases, d.read)
	if err != nil {
		return fmt.Errorf("search: replace: %w", err)
	}
	return nil
}

// advance writes down how far each topic is indexed.
func (d *draft) advance(ctx context.Context, tx pgx.Tx) error {
	var topics []uuid.UUID
	var from, to []int
	for topic, a := range d.advanced {
		topics, from, to = append(topics, topic), append(from, a.from), append(to, a.to)
	}
	done, err := tx.Exec(ctx, `UPDATE topic_tally y SET indexed = a.upto FROM unnest($2::uuid[], $3::integer[], $4::integer[]) AS a (topic_id, since, upto)
		WHERE y.community_id = $1 AND y.topic_id = a.topic_id AND y.indexed = a.since`, d.in, topics, from, to)
	if err != nil {
		return fmt.Errorf("search: advance: %w", err)
	}
	if int(done.RowsAffected()) != len(topics) {
		return errChanged
	}
	return nil
}

func (d *draft) insert(ctx context.Context, tx pgx.Tx) error {
	if len(d.docs) == 0 {
		return nil
	}
	posts, _, _ := d.facts()
	var batch pgx.Batch
	batch.Queue(`INSERT INTO search_segment (community_id, segment_id, form, analysis, docs, directory) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.in, d.id, d.form, words.Version, len(d.docs), d.directory)
	batch.Queue(`INSERT INTO search_page (community_id, segment_id, page, box) SELECT $1, $2, page - 1, box FROM unnest($3::bytea[]) WITH ORDINALITY AS made (box, page)`, d.in, d.id, d.pages)
	batch.Queue(`INSERT INTO search_place (community_id, segment_id, post_id) SELECT $1, $2, post_id FROM unnest($3::uuid[]) AS post_id`, d.in, d.id, posts)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("search: insert a segment: %w", err)
	}
	if len(d.tags) == 0 {
		return nil
	}
	return d.insertTags(ctx, tx)
}

// insertTags sends all posts of all tags as one list, of which each tag has a part: row-level security takes no COPY.
func (d *draft) insertTags(ctx context.Context, tx pgx.Tx) error {
	var tags, since, upto, posts []int32
	for tag, docs := range d.tags {
		tags, since, upto = append(tags, tag), append(since, int32(len(posts)+1)), append(upto, int32(len(posts)+len(docs)))
		posts = append(posts, docs...)
	}
	_, err := tx.Exec(ctx, `INSERT INTO search_tag (community_id, segment_id, tag, docs)
		SELECT $1, $2, made.tag, ($6::integer[])[made.since:made.upto] FROM unnest($3::integer[], $4::integer[], $5::integer[]) AS made (tag, since, upto) ORDER BY made.tag`,
		d.in, d.id, tags, since, upto, posts)
	if err != nil {
		return fmt.Errorf("search: insert tags: %w", err)
	}
	return nil
}
