package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/persona"
)

// Four weeks in six communities, four in English and two in Persian. Each of the people is in three; they sit down on
// some evenings, look into most of their communities one after the other, and now and then write something. Choices are
// drawn from a fixed seed, so that figures can be compared; keys, ids and nonces are random as ever.
const (
	inhabitants = 200
	weeks       = 4
	inEnglish   = 4
	inPersian   = 2
)

// inhabitant is somebody with habits.
type inhabitant struct {
	id       uuid.UUID
	in       []int   // communities
	evenings float64 // chance of a sitting on a day
	hour     float64 // when they like to sit down
	writes   float64 // chance of writing where they look in
	name     string  // one name for all, where they like to be the same
	careful  bool    // their client sends idempotency keys
}

// town is a house full of people.
type town struct {
	*house
	rng         *rand.Rand
	operator    uuid.UUID
	communities []uuid.UUID
	people      []*inhabitant
	topics      [][]uuid.UUID
	began       time.Time
}

// act is one thing that somebody does.
type act struct {
	at time.Time
	do func()
}

func settle(t *testing.T) *town {
	t.Helper()
	began := time.Now()
	defer func() { t.Logf("the town lived for %v", time.Since(began).Round(time.Second/10)) }()
	h := open(t)
	w := &town{house: h, operator: uuid.New(), topics: make([][]uuid.UUID, inEnglish+inPersian), began: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	w.rng = rand.New(rand.NewPCG(7, 11)) //nolint:gosec // lives, the same in every run
	w.found()
	for range inhabitants {
		w.people = append(w.people, w.born())
	}
	var acts []act
	for _, p := range w.people {
		acts = append(acts, w.life(p)...)
	}
	acts = append(acts, w.onDuty()...)
	slices.SortStableFunc(acts, func(a, b act) int { return a.at.Compare(b.at) })
	for _, a := range acts {
		w.setClock(a.at)
		a.do()
	}
	if _, err := h.board.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// onDuty is what moderators do, one in each community and nobody in two: at the end of a week they go through the newest
// topics, remove a little, and look again at what was removed.
func (w *town) onDuty() (acts []act) {
	rng := rand.New(rand.NewPCG(13, 17)) //nolint:gosec // duties, the same in every run
	duty := map[*inhabitant]int{}
	for week := range weeks {
		for in := range w.communities {
			at := w.began.AddDate(0, 0, 7*week+6).Add(23*time.Hour + time.Duration(rng.IntN(3000))*time.Second)
			acts = append(acts, act{at, func() { w.moderating(w.moderator(in, duty), in, rng) }})
		}
	}
	return acts
}

// moderator is the first who is in a community and on duty in no other.
func (w *town) moderator(in int, duty map[*inhabitant]int) *inhabitant {
	for _, p := range w.people {
		elsewhere, taken := duty[p]
		if (!taken || elsewhere == in) && w.actor(p.id, 1).Persona(w.communities[in]) != uuid.Nil {
			duty[p] = in
			return p
		}
	}
	w.t.Fatal("nobody is on duty")
	return nil
}

func (w *town) moderating(who *inhabitant, in int, rng *rand.Rand) {
	ctx, here, self := w.t.Context(), w.communities[in], w.actor(who.id, 2).Persona(w.communities[in])
	w.must(w.directory.Appoint(ctx, w.actor(w.operator, 2), here, self, "moderator"))
	by := w.actor(who.id, 2)
	for _, topic := range w.topics[in][max(0, len(w.topics[in])-12):] {
		for range 2 {
			posts, err := w.board.Posts(ctx, by, here, topic, page.Ask[int]{Limit: 100})
			w.must(err)
			for _, post := range posts.Items {
				if post.Status == "published" && post.Author.ID != self && rng.Float64() < 0.08 {
					w.must(w.board.DeletePost(ctx, by, here, post.ID, forum.AnyVersion))
				}
			}
		}
	}
}

func (w *town) setClock(at time.Time) { w.clock.move(at.Sub(w.clock.now())) }

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) actor(id uuid.UUID, factors int) member.Actor {
	w.t.Helper()
	actor, err := w.members.Actor(w.t.Context(), identity.Actor{Identity: id, AAL: factors, AuthenticatedAt: w.clock.now()})
	w.must(err)
	return actor
}

func (w *town) found() {
	w.t.Helper()
	w.setClock(w.began)
	_, err := w.store.UpdateMember(w.t.Context(), w.operator, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, keystore.Role{Name: member.RoleOperator})
		return nil
	})
	w.must(err)
	by := w.actor(w.operator, 2)
	programme, err := w.directory.CreateProgramme(w.t.Context(), by, "en", community.ProgrammeCard{Name: "Harbour"}, "")
	w.must(err)
	for i := range inEnglish + inPersian {
		language := "en"
		if i >= inEnglish {
			language = "fa"
		}
		made, err := w.directory.Create(w.t.Context(), by, community.Founding{
			Programme: programme.ID, Language: language, Kind: "general", Name: "A quiet place",
			Description: "For trying.", Rules: "Be kind.", Settings: community.Settings{Sensitivity: 1, Visibility: "members", JoinPolicy: "open"},
		}, "")
		w.must(err)
		w.communities = append(w.communities, made.ID)
	}
}

func (w *town) born() *inhabitant {
	p := &inhabitant{id: uuid.New(), evenings: 0.35 * math.Exp(0.5*w.rng.NormFloat64()), hour: 19 + 1.5*w.rng.NormFloat64(), writes: 0.25 + 0.4*w.rng.Float64(), careful: w.rng.IntN(2) == 0}
	p.in = w.rng.Perm(inEnglish)[:3]
	if w.rng.Float64() < 0.3 {
		p.in = []int{inEnglish, inEnglish + 1, w.rng.IntN(inEnglish)}
	}
	if w.rng.Float64() < 0.15 {
		p.name = w.invented()
	}
	return p
}

// invented is a name of somebody's own, of any length that is allowed.
func (w *town) invented() string {
	letters := []rune("abdeghkpstyz")
	name := make([]rune, 4+w.rng.IntN(32))
	for i := range name {
		name[i] = letters[w.rng.IntN(len(letters))]
	}
	return string(name)
}

// life is all that somebody does: they join one community at first, and the others in the same sitting or a later one.
func (w *town) life(p *inhabitant) (acts []act) {
	joined := map[int]bool{}
	for day := range weeks * 7 {
		if w.rng.Float64() > p.evenings && !(day == weeks*7-1 && len(joined) < len(p.in)) {
			continue
		}
		at := w.began.AddDate(0, 0, day).Add(time.Duration((p.hour + 0.7*w.rng.NormFloat64()) * float64(time.Hour)))
		for _, i := range w.rng.Perm(len(p.in)) {
			in := p.in[i]
			at = at.Add(time.Duration(1+w.rng.ExpFloat64()*6) * time.Minute)
			switch last := day == weeks*7-1; {
			case joined[in]:
				if w.rng.Float64() < 0.03 {
					acts = append(acts, act{at.Add(30 * time.Second), w.changing(p, in, w.rng.IntN(3))})
				}
				if w.rng.Float64() < 0.75*p.writes {
					acts = append(acts, act{at, w.saying(p, in)})
				}
			case len(joined) == 0 || w.rng.Float64() < 0.4 || last:
				joined[in] = true
				acts = append(acts, act{at, w.joining(p, in)})
			}
		}
	}
	return acts
}

func (w *town) joining(p *inhabitant, in int) func() {
	return func() {
		for range 10 {
			text := p.name
			if text == "" && w.rng.Float64() < 0.4 {
				text = w.invented()
			}
			name, err := persona.ParseName(text)
			if err != nil {
				language := "en"
				if in >= inEnglish {
					language = "fa"
				}
				suggested, err := w.directory.Suggest(w.t.Context(), w.actor(p.id, 1), w.communities[in], "", language, 1)
				w.must(err)
				name = suggested[0]
			}
			err = w.directory.Join(w.t.Context(), w.actor(p.id, 1), w.communities[in], community.Joining{Name: name, AcceptedRules: 1})
			if fault.CodeOf(err) == fault.NameTaken {
				continue
			}
			w.must(err)
			return
		}
		w.t.Fatal("every name is taken")
	}
}

// changing is what now and then happens to a persona: another name, a duty, or leaving and coming back.
func (w *town) changing(p *inhabitant, in, what int) func() {
	return func() {
		by, ctx := w.actor(p.id, 1), w.t.Context()
		name, err := persona.ParseName(w.invented())
		if err != nil {
			return // it is no name; they keep the old one
		}
		switch what {
		case 0:
			w.must(w.directory.Appoint(ctx, w.actor(w.operator, 2), w.communities[in], by.Persona(w.communities[in]), "moderator"))
			return
		case 1:
			w.must(w.directory.Leave(ctx, by, w.communities[in]))
		}
		w.must(w.directory.Join(ctx, by, w.communities[in], community.Joining{Name: name, AcceptedRules: 1}))
	}
}

func (w *town) saying(p *inhabitant, in int) func() {
	key, text := "", w.text(5.3, 0.8)
	if p.careful {
		key = uuid.NewString()
	}
	opens, which, title := w.rng.Float64() < 0.1, w.rng.Float64(), w.text(3, 0.4)
	return func() {
		by, ctx := w.actor(p.id, 1), w.t.Context()
		if opens || len(w.topics[in]) == 0 {
			topic, _, err := w.board.CreateTopic(ctx, by, w.communities[in], forum.NewTopic{Title: title, Text: text}, key)
			w.must(err)
			w.topics[in] = append(w.topics[in], topic.ID)
			return
		}
		recent := w.topics[in][max(0, len(w.topics[in])-8):]
		_, _, err := w.board.CreatePost(ctx, by, w.communities[in], recent[int(which*float64(len(recent)))], text, key)
		w.must(err)
	}
}

// text is of a length that is drawn around exp(centre) letters, at most what is allowed of a title.
func (w *town) text(centre, spread float64) string {
	n := min(int(math.Exp(centre+spread*w.rng.NormFloat64())), 3000)
	if centre < 4 {
		n = min(n, 150)
	}
	return "a" + strings.Repeat(" b", max(n, 4)/2)
}

// owners tells of every persona whose it is, as only the keystore can.
func (w *town) owners() map[string]int {
	w.t.Helper()
	owners := map[string]int{}
	for i, p := range w.people {
		record, err := w.store.Member(w.t.Context(), p.id)
		w.must(err)
		if len(record.Personas) != len(p.in) {
			w.t.Fatalf("somebody has %d personas in %d communities", len(record.Personas), len(p.in))
		}
		for _, r := range record.Personas {
			owners[r.Persona.String()] = i
		}
	}
	return owners
}
