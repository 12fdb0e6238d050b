package main

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/persona"
)

// size of the forum under load.
type size struct {
	communities int
	members     int
	topics      int // in all communities
	posts       int // in each topic
	rotation    int // topics that are read and written in turn
	readers     int // members who read them, each with a session
}

// world is the forum under load. It says the same at every run, so that two servers hold the same text and two runs can
// be compared.
type world struct {
	size
	names []persona.Name // of a member, in whichever community
}

type thread struct {
	id, community uuid.UUID
	title         string
	messages      []message
}

type message struct {
	id     uuid.UUID
	author int // member
	text   string
	at     time.Time
}

var epoch = time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)

func newWorld(s size) *world {
	return &world{size: s, names: persona.Suggest(draws{stream("names", 0)}, "en", s.members)}
}

func (w *world) community(i int) uuid.UUID { return id(stream("community", i)) }

// persona is the id of a member in a community.
func (w *world) persona(community, member int) uuid.UUID {
	return id(stream("persona", community*w.members+member))
}

// home is the community that topic i stands in.
func (w *world) home(i int) int { return i % w.communities }

// thread is topic i with all its posts.
func (w *world) thread(i int) thread {
	r := stream("thread", i)
	t := thread{id: id(r), community: w.community(w.home(i)), title: title(r)}
	at := epoch.Add(time.Duration(i) * 7 * time.Minute)
	for range w.posts {
		at = at.Add(time.Duration(1+r.IntN(600)) * time.Minute)
		t.messages = append(t.messages, message{id: id(r), author: r.IntN(w.members), text: paragraphs(r, 623), at: at})
	}
	return t
}

// utterance is a post in its place.
type utterance struct {
	topic, number int
	thread        *thread
	message
}

// utterances are the posts of some topics in the order of their writing, which is how they come to lie in a table: those
// of one topic far apart.
func (w *world) utterances(some func(topic int) bool) []utterance {
	var all []utterance
	for i := range w.topics {
		if !some(i) {
			continue
		}
		t := w.thread(i)
		for n, m := range t.messages {
			all = append(all, utterance{i, n + 1, &t, m})
		}
	}
	slices.SortStableFunc(all, func(a, b utterance) int { return a.at.Compare(b.at) })
	return all
}

// rotating lists the topics that the load goes through, spread over all of them and over all communities.
func (w *world) rotating() []int {
	picked, step := make([]int, w.rotation), w.topics/w.rotation
	for i := range picked {
		picked[i] = i*step + i*step/w.rotation
	}
	return picked
}

// reader is the member who reads and answers the j-th topic in rotation.
func (w *world) reader(j int) int { return j % w.readers }

// those lists the members who write or read in a community.
func (w *world) those(community int) map[int]bool {
	here := map[int]bool{}
	for i := community; i < w.topics; i += w.communities {
		for _, m := range w.thread(i).messages {
			here[m.author] = true
		}
	}
	for j, i := range w.rotating() {
		if w.home(i) == community {
			here[w.reader(j)] = true
		}
	}
	return here
}

func stream(of string, i int) *rand.Rand {
	var seed [32]byte
	copy(seed[8:], of)
	binary.BigEndian.PutUint64(seed[:8], uint64(i))
	return rand.New(rand.NewChaCha8(seed)) //nolint:gosec // the same world in every run, and nothing in it is secret
}

// draws gives the bytes of a stream.
type draws struct{ *rand.Rand }

func (d draws) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(d.Uint32())
	}
	return len(p), nil
}

func id(r *rand.Rand) uuid.UUID {
	var u uuid.UUID
	_, _ = draws{r}.Read(u[:]) // it never fails
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return u
}

func title(r *rand.Rand) string {
	return strings.TrimRight(sentences[r.IntN(len(sentences))], ".")
}

// paragraphs is a post of about so many characters: sentences in an order of its own, in paragraphs, some with a list.
func paragraphs(r *rand.Rand, about int) string {
	about += r.IntN(161) - 80
	var b strings.Builder
	for i := 0; b.Len() < about; i++ {
		switch {
		case i == 0:
		case i%3 == 0:
			b.WriteString("\n\n")
		case i%7 == 4:
			b.WriteString("\n\n- ")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(sentences[r.IntN(len(sentences))])
	}
	return b.String()
}

var sentences = []string{
	"I put off writing this for a week, and now that I am here it is easier than I thought.",
	"Mornings are the hardest part of the day for me.",
	"My sister noticed before I did.",
	"Has anybody here tried to keep a notebook and stayed with it for more than a month?",
	"I used to count the hours, and then I stopped counting.",
	"The first two weeks were **much** worse than the third.",
	"It helped to tell one person at work, and only one.",
	"Thank you for the long answer yesterday, I read it twice.",
	"We went for a walk by the river instead, and that was that.",
	"I am not sure that this is the right place to ask.",
	"What did you do about the evenings?",
	"The leaflet says one thing and the people here say another.",
	"I wrote the question down so that I would not forget it in the room.",
	"Nobody had told me that it would come and go like this.",
	"On good days I forget about it until dinner.",
	"My father went through the same thing and never said a word about it.",
	"There is a bench outside the library where I sit when it gets too loud.",
	"I would do it again, but I would start in *spring*.",
	"Please don't stop posting, even when nobody answers at once.",
	"They moved the appointment twice and then it was over in ten minutes.",
	"I keep a bottle of water on the desk and that is half of the trick.",
	"Some of it is habit and some of it is weather.",
	"My daughter made a chart with stickers, and I have to say that it works.",
	"Last night I slept six hours in one piece for the first time since March.",
	"If you are new here, read the thread about the first month, it is all in there.",
	"The bus was late, so I had time to think about what you wrote.",
	"I laughed out loud at the part about the alarm clock.",
	"It is a small thing, but it is my small thing.",
	"Ask them to write it down for you, they are used to it.",
	"I don't have an answer, I only wanted to say that I have been there.",
	"Two steps forward and one back is still one step.",
	"We have a quiet rule at home now: no questions before coffee.",
	"The hardest people to tell were the ones who meant well.",
	"I changed one thing at a time, otherwise I would never have known what did it.",
	"Next week it will be a year.",
	"Bring somebody with you, two people hear more than one.",
}
