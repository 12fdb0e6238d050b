package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/search"
)

// garden is a world as it stands in Hamyar: planted through the product itself, so that every word was judged, rendered,
// sealed and recorded like anything that a member writes.
type garden struct {
	Communities, Topics []uuid.UUID
	Tokens              []string // sessions of the readers, who are the first members
}

// planter plants one world.
type planter struct {
	*ground
	*world
	identities []uuid.UUID // of the members
	founder    member.Actor
	programme  uuid.UUID
	garden     garden
	progress   io.Writer
}

// gardener is one of several who plant at once, each with the clock of what they tell.
type gardener struct {
	*planter
	first     bool
	at        time.Time
	directory *community.Directory
	board     *forum.Board
}

const gardeners = 6

func plant(ctx context.Context, g *ground, w *world, progress io.Writer) (*garden, error) {
	p := &planter{ground: g, world: w, progress: progress, garden: garden{Communities: make([]uuid.UUID, w.communities), Topics: make([]uuid.UUID, w.topics)}}
	if err := p.people(ctx); err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	if err := p.found(ctx); err != nil {
		return nil, fmt.Errorf("programme: %w", err)
	}
	for _, step := range []func(*gardener, context.Context, int) error{(*gardener).settle, (*gardener).talk} {
		work, ctx := errgroup.WithContext(ctx)
		for n := range gardeners {
			work.Go(func() error { return step(p.gardener(n), ctx, n) })
		}
		if err := work.Wait(); err != nil {
			return nil, err
		}
	}
	return &p.garden, p.index(ctx)
}

// index takes in what was written, which a server would do in the first seconds of its measurement.
func (p *planter) index(ctx context.Context) error {
	_, err := search.New(p.forum, p.store, p.gardener(0).board, p.policy, search.DefaultMemory, now).Keep(ctx)
	return err
}

// people signs the readers up and in. Of the other members nothing is needed but that the keystore knows them.
func (p *planter) people(ctx context.Context) error {
	const password = "a quiet long evening 7"
	for i := range p.members {
		if i >= p.readers {
			p.identities = append(p.identities, uuid.New())
			continue
		}
		username := fmt.Sprintf("reader%dof%d", i, p.communities)
		who, err := p.kratos.CreateIdentity(ctx, identity.NewIdentity{Username: username, Password: password})
		if err != nil {
			return err
		}
		token, err := p.kratos.SignIn(ctx, username, password, "")
		if err != nil {
			return err
		}
		p.identities, p.garden.Tokens = append(p.identities, who), append(p.garden.Tokens, token)
	}
	return nil
}

// found makes the programme that owns every community, and who founds them.
func (p *planter) found(ctx context.Context) error {
	founder := uuid.New()
	_, err := p.store.UpdateMember(ctx, founder, func(r *keystore.Record) error {
		r.Roles = []keystore.Role{{Name: member.RoleOperator}, {Name: member.RoleLead}}
		return nil
	})
	if err != nil {
		return err
	}
	if p.founder, err = p.desk.Actor(ctx, identity.Actor{Identity: founder, AAL: 2, AuthenticatedAt: now()}); err != nil {
		return err
	}
	made, err := p.gardener(0).directory.CreateProgramme(ctx, p.founder, "en", community.ProgrammeCard{
		Name: "Measure", Operator: "Bench", Funder: "Bench",
		Responsible: []community.Person{{Name: "Bench", Role: "answers"}}, Hours: "always", Contact: "bench@example.org",
	}, "")
	p.programme = made.ID
	return err
}

func (p *planter) gardener(n int) *gardener {
	g := &gardener{planter: p, first: n == 0, at: now()}
	clock := func() time.Time { return g.at }
	log := audit.NewLog(p.store.AuditRing(), clock)
	g.directory = community.NewDirectory(p.forum, p.store, p.policy, log, clock)
	g.board = forum.NewBoard(p.forum, p.store, g.directory, p.policy, log, clock)
	return g
}

// settle founds every gardeners-th community from n on, and lets everybody join who writes or reads there.
func (g *gardener) settle(ctx context.Context, n int) error {
	for c := n; c < min(g.communities, g.topics); c += gardeners {
		if err := g.community(ctx, c); err != nil {
			return fmt.Errorf("community %d: %w", c, err)
		}
		g.tell("communities", c)
	}
	return nil
}

func (g *gardener) community(ctx context.Context, c int) error {
	made, err := g.directory.Create(ctx, g.founder, community.Founding{
		Programme: g.programme, Language: "en", Kind: "general", Name: fmt.Sprintf("Place %d", c),
		Description: "For measuring.", Rules: "Be kind.", Settings: community.Settings{Sensitivity: 1, Visibility: "members", JoinPolicy: "open"},
	}, "")
	if err != nil {
		return err
	}
	g.garden.Communities[c] = made.ID
	for m := range g.those(c) {
		by, err := g.actor(ctx, m)
		if err != nil {
			return err
		}
		if err := g.directory.Join(ctx, by, made.ID, community.Joining{Name: g.names[m], AcceptedRules: 1}); err != nil {
			return fmt.Errorf("member %d joins: %w", m, err)
		}
	}
	return nil
}

// talk writes every post of the communities that settle(n) founded, in the order and at the time of its writing.
func (g *gardener) talk(ctx context.Context, n int) error {
	for told, u := range g.utterances(func(topic int) bool { return g.home(topic)%gardeners == n }) {
		if err := g.say(ctx, u); err != nil {
			return fmt.Errorf("post %d of topic %d: %w", u.number, u.topic, err)
		}
		g.tell("hundred posts", told*gardeners/100)
	}
	return nil
}

func (g *gardener) say(ctx context.Context, u utterance) error {
	g.at = u.at
	by, err := g.actor(ctx, u.author)
	if err != nil {
		return err
	}
	in := g.garden.Communities[g.home(u.topic)]
	if u.number > 1 {
		_, _, err = g.board.CreatePost(ctx, by, in, g.garden.Topics[u.topic], u.text, "")
		return err
	}
	topic, _, err := g.board.CreateTopic(ctx, by, in, forum.NewTopic{Title: u.thread.title, Text: u.text}, "")
	g.garden.Topics[u.topic] = topic.ID
	return err
}

// tell says how far it has come, a few times in all: the first gardener speaks for the others.
func (g *gardener) tell(what string, done int) {
	if g.first && done > 0 && done%600 == 0 {
		fmt.Fprintf(g.progress, "bench: planted some %d %s\n", done, what)
	}
}

func (g *gardener) actor(ctx context.Context, m int) (member.Actor, error) {
	return g.desk.Actor(ctx, identity.Actor{Identity: g.identities[m], AAL: 1, AuthenticatedAt: g.at})
}
