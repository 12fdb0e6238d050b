package search

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/internal/search/segment"
)

// asked is a segment that is being asked.
type asked struct {
	segmentRow
	ring      *sealed.Ring
	directory *segment.Directory
}

func (a *asked) mac() segment.MAC { return a.ring.MAC }

// find asks every segment, and reads through what is in none. held are the parts that are read meanwhile.
func (q *inquiry) find(ctx context.Context) (found *order, held []*part, err error) {
	if q.at.Search == byTags && !askable(q.query) {
		return nil, nil, fault.New(fault.Invalid).At("q", fault.SearchWholeWords)
	}
	all, err := q.living(ctx)
	if err != nil {
		return nil, nil, err
	}
	damaged := map[uuid.UUID]bool{}
	if held, err = q.directories(ctx, all, damaged); err != nil {
		return nil, held, err
	}
	pages, more, err := q.pages(ctx, all, damaged)
	held = append(held, more...)
	if err != nil {
		return nil, held, err
	}
	finds := make([]*segment.Found, 0, len(all)+1)
	for _, a := range all {
		if damaged[a.ID] || a.Form != bySegments {
			continue
		}
		hits, err := a.directory.Read(a.mac(), q.query, func(number int) []byte { return pages[partOf{a.ID, number}] })
		if err != nil { // a page is missing, or not what Build makes
			damaged[a.ID] = true
			continue
		}
		finds = append(finds, hits)
	}
	if all, err = q.sound(ctx, all, damaged); err != nil {
		return nil, held, err
	}
	loose, err := q.scan(ctx)
	if err != nil {
		return nil, held, err
	}
	finds = append(finds, loose)
	tagged, err := q.tagged(ctx, all)
	switch {
	case q.at.Search == byTags: // of some posts it isn't known how well they answer
		q.scale = segment.Scale{}
	case q.ask.From != nil:
		q.scale = q.ask.From.Scale
	default:
		q.scale = segment.Weigh(finds)
	}
	return &order{ranked: segment.RankBy(q.scale, finds, q.asked.filter(), q.today), tagged: tagged, outdated: q.outdated}, held, err
}

// outdated is what a segment says of a post that was changed since: the post is read through as it is now, if it is there.
func (q *inquiry) outdated(f segment.Facts) bool {
	now, changed := q.changed[f.Post]
	return changed && (f.Version != now.post || f.TopicVersion != now.topic)
}

// living are the segments whose key is there. One whose key is gone, though the segment isn't, is left out: an older
// database was put back, and Keep will index its posts anew.
func (q *inquiry) living(ctx context.Context) ([]*asked, error) {
	ids := make([]uuid.UUID, len(q.segments))
	for i, row := range q.segments {
		ids[i] = row.ID
	}
	rings, err := q.rings(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make([]*asked, 0, len(ids))
	var keyless []uuid.UUID
	for i, row := range q.segments {
		if rings[i] == nil {
			keyless = append(keyless, row.ID)
			continue
		}
		all = append(all, &asked{segmentRow: row, ring: rings[i]})
	}
	if len(keyless) == 0 {
		return all, nil
	}
	q.lost.Store(true)
	return all, q.without(ctx, keyless)
}

// without goes on without segments that can't be read, if they weren't just replaced. The answer says that it is not
// complete.
func (q *inquiry) without(ctx context.Context, unread []uuid.UUID) error {
	var still []segmentRow
	err := postgres.Read(ctx, q.db, postgres.Communities(q.in), postgres.Many(&still, segmentsSQL, q.in))
	if err != nil {
		return err
	}
	for _, id := range unread {
		if !slices.ContainsFunc(still, func(s segmentRow) bool { return s.ID == id }) {
			return errMoved
		}
	}
	q.complete = false
	return nil
}

// sound leaves out those segments that are damaged: something of them is missing, or doesn't open. Keep makes them anew.
func (q *inquiry) sound(ctx context.Context, all []*asked, damaged map[uuid.UUID]bool) ([]*asked, error) {
	if len(damaged) == 0 {
		return all, nil
	}
	if err := q.without(ctx, slices.Collect(maps.Keys(damaged))); err != nil {
		return nil, err
	}
	q.damaged.add(q.in, damaged)
	return slices.DeleteFunc(all, func(a *asked) bool { return damaged[a.ID] }), nil
}

// directories opens those that aren't at hand, and notes which are damaged.
func (q *inquiry) directories(ctx context.Context, all []*asked, damaged map[uuid.UUID]bool) (held []*part, err error) {
	ticket := q.opened.ticket()
	missing := map[uuid.UUID]*asked{}
	var ids []uuid.UUID
	for _, a := range all {
		if p := q.opened.take(a.ID, directoryPart); p != nil {
			held = append(held, p)
			a.directory = p.directory
			continue
		}
		missing[a.ID], ids, damaged[a.ID] = a, append(ids, a.ID), true
	}
	if len(ids) == 0 {
		return held, nil
	}
	var rows []struct {
		ID        uuid.UUID `db:"segment_id"`
		Directory []byte
	}
	err = postgres.Read(ctx, q.db, postgres.Communities(q.in), postgres.Many(&rows,
		`SELECT segment_id, directory FROM search_segment WHERE community_id = $1 AND segment_id = ANY ($2)`, q.in, ids))
	if err != nil {
		return held, err
	}
	for _, row := range rows {
		a := missing[row.ID]
		plain, err := a.ring.OpenInPlace(directoryPlace(q.in, a.ID), row.Directory)
		if err != nil {
			continue
		}
		a.directory, err = segment.Open(plain)
		clear(plain)
		if err != nil {
			continue
		}
		delete(damaged, a.ID)
		held = append(held, q.keep(ticket, &part{segment: a.ID, number: directoryPart, directory: a.directory}))
	}
	return held, nil
}

// keep a part for the next question, where it would be heard if it had to go.
func (q *inquiry) keep(ticket uint64, p *part) *part {
	if !q.keys.Remembers() {
		p.users, p.gone = 1, true
		return p
	}
	return q.opened.keep(ticket, p)
}

type partOf struct {
	segment uuid.UUID
	number  int
}

// pages opens those that the question needs and that aren't at hand. One that doesn't open stays missing.
func (q *inquiry) pages(ctx context.Context, all []*asked, damaged map[uuid.UUID]bool) (pages map[partOf][]byte, held []*part, err error) {
	ticket := q.opened.ticket()
	pages = map[partOf][]byte{}
	rings := map[uuid.UUID]*sealed.Ring{}
	var segments []uuid.UUID
	var numbers []int
	for _, a := range all {
		if damaged[a.ID] || a.Form != bySegments {
			continue
		}
		for _, number := range a.directory.Needs(a.mac(), q.query) {
			if p := q.opened.take(a.ID, number); p != nil {
				held = append(held, p)
				pages[partOf{a.ID, number}] = p.page
				continue
			}
			segments, numbers, rings[a.ID] = append(segments, a.ID), append(numbers, number), a.ring
		}
	}
	if len(segments) == 0 {
		return pages, held, nil
	}
	var rows []struct {
		Segment uuid.UUID `db:"segment_id"`
		Page    int
		Box     []byte
	}
	err = postgres.Read(ctx, q.db, postgres.Communities(q.in), postgres.Many(&rows, `SELECT s.segment_id, s.page, s.box
		FROM unnest($2::uuid[], $3::integer[]) AS want (segment_id, page)
		JOIN search_page s ON s.community_id = $1 AND s.segment_id = want.segment_id AND s.page = want.page`, q.in, segments, numbers))
	if err != nil {
		return nil, held, err
	}
	for _, row := range rows {
		plain, err := rings[row.Segment].OpenInPlace(pagePlace(q.in, row.Segment, row.Page), row.Box)
		if err != nil {
			continue
		}
		held = append(held, q.keep(ticket, &part{segment: row.Segment, number: row.Page, page: plain}))
		pages[partOf{row.Segment, row.Page}] = plain
	}
	return pages, held, nil
}

// scan reads through the posts that no segment holds as they are.
func (q *inquiry) scan(ctx context.Context) (*segment.Found, error) {
	sayings, err := q.board.Sayings(ctx, q.in, q.loose)
	if err != nil {
		return nil, err
	}
	docs := make([]segment.Analysed, len(sayings))
	for i, s := range sayings {
		docs[i] = segment.Analyse(docOf(s))
	}
	return segment.Scan(q.query, docs), nil
}

// docOf is a saying as it is indexed: a title belongs to the post that opens the topic.
func docOf(s forum.Saying) segment.Doc {
	doc := segment.Doc{Facts: segment.Facts{
		Post: s.ID, Topic: s.Topic, Author: s.Author.ID, Number: s.Number, Day: s.Day, Version: s.Version, TopicVersion: s.TopicVersion,
	}, Text: s.Text.Reveal()}
	if s.Number == 1 {
		doc.Title = s.Title.Reveal()
	}
	return doc
}
