package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/search"
)

const (
	searchWriters = 6
	perTopic      = 100
	unindexed     = 100              // posts that are read through by every question
	asked         = 200              // questions of one kind of community
	keepEvery     = 10 * time.Second // as in the server
)

// library is one community that grows, with what is asked of it.
type library struct {
	*ground
	index    *search.Index
	in       uuid.UUID
	by       []member.Actor // who write
	board    *forum.Board
	posts    int
	topics   []uuid.UUID
	progress io.Writer
}

// searching tells how long an answer takes in a community of a thousand, ten thousand and a hundred thousand posts, from
// the question to twenty opened posts with their snippets, without HTTP; how much a post takes in the index; and how much
// longer it takes to write posts while they are indexed, until the last one is.
func searching(ctx context.Context, p plan, out, progress io.Writer) error {
	return alone(ctx, "search", 1, devstack.Options{}, progress, func(in *installation) error {
		g, err := in.open(ctx)
		if err != nil {
			return err
		}
		defer g.close()
		return searchingIn(ctx, p, in, g, out, progress)
	})
}

func searchingIn(ctx context.Context, p plan, in *installation, g *ground, out, progress io.Writer) error {
	l, err := openLibrary(ctx, g, progress)
	if err != nil {
		return err
	}
	for i, posts := range p.searched {
		if err := l.grow(ctx, posts); err != nil {
			return err
		}
		if err := in.settle(ctx); err != nil {
			return err
		}
		if err := l.ask(ctx, out); err != nil {
			return err
		}
		if i == 1 { // the index is as it grew, and small enough to be written again
			if err := l.overhead(ctx, p, in, out); err != nil {
				return err
			}
		}
	}
	return l.size(ctx, in, out)
}

func openLibrary(ctx context.Context, g *ground, progress io.Writer) (*library, error) {
	p := &planter{ground: g, world: newWorld(size{communities: 1, members: 40, topics: 1, posts: 1, rotation: 1}), progress: progress}
	p.garden = garden{Communities: make([]uuid.UUID, 1), Topics: make([]uuid.UUID, 1)}
	if err := p.people(ctx); err != nil {
		return nil, err
	}
	if err := p.found(ctx); err != nil {
		return nil, err
	}
	one := p.gardener(0)
	made, err := one.directory.Create(ctx, p.founder, community.Founding{
		Programme: p.programme, Language: "en", Kind: "general", Name: "Library", Description: "For measuring.", Rules: "Be kind.",
		Settings: community.Settings{Sensitivity: 1, Visibility: "members", JoinPolicy: "open"},
	}, "")
	if err != nil {
		return nil, err
	}
	l := &library{ground: g, in: made.ID, board: one.board, progress: progress}
	for _, step := range []func(m int, by member.Actor) error{
		func(m int, by member.Actor) error {
			return one.directory.Join(ctx, by, l.in, community.Joining{Name: p.names[m], AcceptedRules: 1})
		},
		func(_ int, by member.Actor) error { // as they are then
			l.by = append(l.by, by)
			return nil
		},
	} {
		for m := range p.identities {
			by, err := one.actor(ctx, m)
			if err != nil {
				return nil, err
			}
			if err := step(m, by); err != nil {
				return nil, err
			}
		}
	}
	l.index = l.newIndex(g.forum, l.board)
	return l, nil
}

func (l *library) newIndex(db *postgres.DB, board *forum.Board) *search.Index {
	return search.New(db, l.store, board, l.policy, search.DefaultMemory, now)
}

// grow writes posts until there are so many, indexes all but the last, and leaves those to be read through.
func (l *library) grow(ctx context.Context, posts int) error {
	fmt.Fprintf(l.progress, "bench: writing %d posts to be searched\n", posts)
	if err := l.write(ctx, l.board, posts-unindexed-l.posts); err != nil {
		return err
	}
	if err := l.index.Rebuild(ctx, nil); err != nil {
		return err
	}
	return l.write(ctx, l.board, unindexed)
}

func (l *library) write(ctx context.Context, board *forum.Board, posts int) error {
	for len(l.topics)*perTopic < l.posts+posts {
		r := stream("library topic", len(l.topics))
		topic, _, err := board.CreateTopic(ctx, l.by[r.IntN(len(l.by))], l.in, forum.NewTopic{Title: vocabulary.text(r, 6), Text: vocabulary.text(r, 95)}, "")
		if err != nil {
			return err
		}
		l.topics = append(l.topics, topic.ID)
		l.posts++
		posts--
	}
	work, ctx := errgroup.WithContext(ctx)
	for n := range searchWriters {
		work.Go(func() error {
			for i := n; i < posts; i += searchWriters {
				r := stream("library post", l.posts+i)
				topic := l.topics[len(l.topics)-1-r.IntN(min(len(l.topics), 1+posts/perTopic))]
				if _, _, err := board.CreatePost(ctx, l.by[r.IntN(len(l.by))], l.in, topic, vocabulary.text(r, 60+r.IntN(70)), ""); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	l.posts += posts
	return nil
}

// question is what people ask: common words and rare ones, together, as a phrase, as a beginning, of somebody, in vain.
func (l *library) question(i int) search.Question {
	r := stream("library question", i)
	opening := stream("library topic", r.IntN(len(l.topics))) // drawn as it was written
	_, _ = opening.IntN(len(l.by)), vocabulary.text(opening, 6)
	said := strings.Fields(vocabulary.text(opening, 95))
	common, mid, rare := vocabulary.word(r, 0, 40), vocabulary.word(r, 100, 600), vocabulary.word(r, 2000, 9000)
	switch i % 8 {
	case 0:
		return search.Question{Words: common}
	case 1:
		return search.Question{Words: mid}
	case 2:
		return search.Question{Words: rare}
	case 3:
		return search.Question{Words: common + " " + mid}
	case 4:
		return search.Question{Words: `"` + said[10] + " " + said[11] + `"`}
	case 5:
		return search.Question{Words: mid[:3] + "* " + common}
	case 6:
		return search.Question{Words: mid, Author: l.by[r.IntN(len(l.by))].Persona(l.in)}
	default:
		return search.Question{Words: rare + " -" + common + " " + mid}
	}
}

// ask tells how long answers take: the first, when nothing is opened yet, and the median and the slowest twentieth.
func (l *library) ask(ctx context.Context, out io.Writer) error {
	l.index = l.newIndex(l.forum, l.board)
	var took []float64
	hits := 0
	for i := range asked {
		begun := time.Now()
		answer, err := l.index.Search(ctx, l.by[i%len(l.by)], l.in, l.question(i), page.Ask[search.Position]{Limit: 20})
		if err != nil {
			return err
		}
		took = append(took, float64(time.Since(begun).Microseconds())/1000)
		hits += len(answer.Items)
		if !answer.Complete {
			return errors.New("an answer was not complete")
		}
	}
	if hits < asked {
		return fmt.Errorf("%d questions found %d posts: they measure nothing", asked, hits)
	}
	fmt.Fprintf(out, "search_first_ms_%d %.1f ms\n", l.posts, took[0])
	took = took[1:]
	slices.Sort(took)
	fmt.Fprintf(out, "search_ms_%d %.1f ms\n", l.posts, took[len(took)/2])
	fmt.Fprintf(out, "search_p95_ms_%d %.1f ms\n", l.posts, took[len(took)*95/100])
	return nil
}

// overhead compares writing posts, flushed, with writing them while they are indexed and until they are.
func (l *library) overhead(ctx context.Context, p plan, in *installation, out io.Writer) error {
	db, err := postgres.Open(ctx, in.forumURL)
	if err != nil {
		return err
	}
	defer db.Close()
	log := audit.NewLog(l.store.AuditRing(), now)
	directory := community.NewDirectory(db, l.store, l.policy, log, now)
	board := forum.NewBoard(db, l.store, directory, l.policy, log, now)
	index := l.newIndex(db, board)
	var alone, indexed []float64
	for range p.rounds {
		begun := time.Now()
		if err := l.write(ctx, board, p.written); err != nil {
			return err
		}
		alone = append(alone, time.Since(begun).Seconds())
		if err := index.Settle(ctx); err != nil {
			return err
		}
		begun = time.Now()
		if err := l.writeIndexed(ctx, p, board, index); err != nil {
			return err
		}
		indexed = append(indexed, time.Since(begun).Seconds())
	}
	fmt.Fprintf(out, "search_write_overhead %.2f ratio\n", middle(indexed)/middle(alone))
	return nil
}

func (l *library) writeIndexed(ctx context.Context, p plan, board *forum.Board, index *search.Index) error {
	keeping, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		for keeping.Err() == nil {
			if _, err := index.Keep(ctx); err != nil {
				ended <- err
				return
			}
			select {
			case <-keeping.Done():
			case <-time.After(keepEvery):
			}
		}
		ended <- nil
	}()
	if err := l.write(ctx, board, p.written); err != nil {
		return err
	}
	stop()
	if err := <-ended; err != nil {
		return err
	}
	return index.Settle(ctx)
}

// size tells what the index of a post takes in the database, with the indexes of its tables.
func (l *library) size(ctx context.Context, in *installation, out io.Writer) error {
	admin, err := pgx.Connect(ctx, in.admins[0])
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, `VACUUM FULL search_segment, search_page, search_place`); err != nil {
		return err
	}
	var bytes float64
	err = admin.QueryRow(ctx, `SELECT (pg_total_relation_size('search_segment') + pg_total_relation_size('search_page') + pg_total_relation_size('search_place'))::float8 /
		(SELECT sum(docs) FROM search_segment WHERE community_id = $1)`, l.in).Scan(&bytes)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "search_index_bytes_per_post %.0f bytes\n", bytes)
	return nil
}

// lexicon is words of a made-up language, the n-th of which is said n times more rarely than the first, more or less.
type lexicon struct {
	words []string
	zipf  func(r *rand.Rand) *rand.Zipf
}

var vocabulary = newLexicon(20_000)

func newLexicon(n int) lexicon {
	r, seen := stream("lexicon", 0), map[string]bool{}
	const consonants, vowels = "bcdfghjklmnprstvw", "aeiou"
	l := lexicon{zipf: func(r *rand.Rand) *rand.Zipf { return rand.NewZipf(r, 1.07, 3, uint64(n-1)) }}
	for len(l.words) < n {
		var b strings.Builder
		for range 2 + r.IntN(3) {
			b.WriteByte(consonants[r.IntN(len(consonants))])
			b.WriteByte(vowels[r.IntN(len(vowels))])
		}
		if word := b.String(); !seen[word] {
			seen[word] = true
			l.words = append(l.words, word)
		}
	}
	return l
}

func (l lexicon) text(r *rand.Rand, words int) string {
	var b strings.Builder
	next := l.zipf(r)
	for i := range words {
		switch {
		case i == 0:
		case i%17 == 0:
			b.WriteString(".\n\n")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(l.words[next.Uint64()])
	}
	return b.String()
}

// word is one of those that are said so often.
func (l lexicon) word(r *rand.Rand, from, to int) string { return l.words[from+r.IntN(to-from)] }
