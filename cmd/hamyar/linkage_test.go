package main

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/migrations"
)

// leaks are ways in which a careless program would tie the personas of a member together. The classifier must see each,
// or it would prove nothing.
var leaks = map[string]func(d *dossier, member int){
	"a tag of the member in the row":          func(d *dossier, member int) { d.name["tag"] = fmt.Sprint("tag ", member) },
	"ids that begin with two bytes of theirs": func(d *dossier, member int) { d.ids[0] = string([]byte{byte(member), byte(member * 7)}) + d.ids[0][2:] },
	"a hash of the name under one key for all": func(d *dossier, member int) {
		d.name["name_mac"] = fmt.Sprintf("%08x of one name", member*2654435761)
	},
	"a generation of the key that counts with the member": func(d *dossier, member int) {
		for i := range d.headers {
			d.headers[i] = string([]byte{1, 1, byte(member >> 8), byte(member)})
		}
	},
	"ids in the order of the members' making": func(d *dossier, member int) { d.ids[0] = string([]byte{0, byte(member)}) + d.ids[0][2:] },
}

func TestNothingInADumpTiesThePersonasOfAMember(t *testing.T) {
	t.Parallel()
	w := settle(t)
	admin := pgtest.Admin(t, migrations.Forum, w.config.ForumURL.Reveal())
	s := spilled(t, dump(t, admin, "--data-only"))
	owners := map[string]int{}
	for id, member := range w.owners() {
		owners[plainValue(t, id)] = member
	}
	all := s.dossiers()
	if len(all) != 3*inhabitants || len(owners) != len(all) || len(s["post"]) < 1000 || len(s["notice"]) < 100 {
		t.Fatalf("%d personas, %d of them known, %d posts, %d notices", len(all), len(owners), len(s["post"]), len(s["notice"]))
	}
	t.Logf("%d members, %d personas, %d posts and %d notices in %d weeks", inhabitants, len(all), len(s["post"]), len(s["notice"]), weeks)

	for _, found := range s.bridges() {
		t.Errorf("two communities share a value: %s", found)
	}
	found, pairs := investigate(all, owners, values)
	ones := 0
	for _, p := range pairs {
		if p.one {
			ones++
		}
	}
	t.Logf("all stored values: AUC %s over %d pairs of one member and %d of two", found, ones, len(pairs)-ones)
	if found.auc > 0.55 || found.margin > 0.045 {
		t.Errorf("AUC %s", found)
	}
	for i, c := range values {
		alone := judge(pairs, func(p *suspicion) float64 { return p.clues[i] })
		t.Logf("  %-48s %s", c.name, alone)
		if math.Abs(alone.auc-0.5) > 0.05+alone.margin {
			t.Errorf("%s: AUC %s", c.name, alone)
		}
	}
	for leak, put := range leaks {
		leaked := s.dossiers()
		for id, d := range leaked {
			if put(d, owners[id]); owners[id] >= 60 { // so many will do
				delete(leaked, id)
			}
		}
		seen, _ := investigate(leaked, owners, values)
		t.Logf("with %s: AUC %s", leak, seen)
		if seen.auc < 0.9 {
			t.Errorf("the classifier does not see %s: AUC %s", leak, seen)
		}
	}
	t.Log("what a dump tells of times and habits:")
	if o := w.published(t, s, owners)["order of the rows of the audit log"]; o.auc > 0.55 {
		t.Errorf("what members do with their own words is recorded, in order: AUC %s", o)
	}
	w.shuffle()
	t.Log("what a dump after a shuffle tells of them:")
	shuffled := spilled(t, dump(t, admin, "--data-only"))
	for table, rows := range s {
		if len(shuffled[table]) != len(rows) {
			t.Errorf("of %d rows of %s, a shuffle left %d", len(rows), table, len(shuffled[table]))
		}
	}
	for name, o := range w.published(t, shuffled, owners) {
		if strings.HasPrefix(name, "order") && o.auc-0.5 > 0.05+o.margin {
			t.Errorf("after a shuffle, the %s still tells: AUC %s", name, o)
		}
	}
	bridged(t, shuffled)
}

// A value that two communities share is found wherever it stands, in whole or in part.
func bridged(t *testing.T, s spill) {
	t.Helper()
	a, b := s["persona"][0], s["post"][0]
	for _, r := range s["post"] {
		if r["community_id"] != a["community_id"] {
			b = r
		}
	}
	b["body"] = b["body"][:40] + a["name_mac"][8:16] + b["body"][48:]
	if found := s.bridges(); !slices.Equal(found, []string{"persona.name_mac and post.body"}) && !slices.Equal(found, []string{"post.body and persona.name_mac"}) {
		t.Errorf("a value that was put in two communities is found as %q", found)
	}
}

// shuffle is `hamyar migrate -shuffle`, as the owner of both databases.
func (w *town) shuffle() {
	w.t.Helper()
	environment := map[string]string{}
	for name, url := range map[string]string{
		"HAMYAR_FORUM_OWNER_URL_FILE": pgtest.Owner(w.t, migrations.Forum, w.config.ForumURL.Reveal()),
		"HAMYAR_KEYS_OWNER_URL_FILE":  pgtest.Owner(w.t, migrations.Keys, w.config.KeysURL.Reveal()),
	} {
		environment[name] = filepath.Join(w.t.TempDir(), "url")
		w.must(os.WriteFile(environment[name], []byte(url), 0o600))
	}
	var out strings.Builder
	w.must(run(w.t.Context(), []string{"migrate", "-shuffle"}, func(name string) string { return environment[name] }, &out, &out))
	if !strings.Contains(out.String(), "forum database: shuffled") || !strings.Contains(out.String(), "keys database: shuffled") {
		w.t.Errorf("it says %s", &out)
	}
}

// ownLengths is the clue that padded lengths give where everybody writes texts of about a length of their own, as many
// as they wrote here.
func (w *town) ownLengths(all map[string]*dossier, owners map[string]int) clue {
	w.t.Helper()
	ring, err := sealed.NewRing(uuid.New(), sealed.XChaCha20Poly1305, map[uint16][32]byte{1: {1}})
	w.must(err)
	rng := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // habits, the same in every run
	habit := make([]float64, inhabitants)
	for i := range habit {
		habit[i] = 5.3 + 0.5*rng.NormFloat64()
	}
	typical := map[*dossier]float64{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		d := all[id]
		for range d.posts {
			letters := int(min(math.Exp(habit[owners[id]]+0.8*rng.NormFloat64()), 40_000))
			length := 0
			for _, part := range []int{11 + letters + len("<p></p>"), letters} { // what is shown, and its source
				box, err := ring.Seal(sealed.Place{Table: "post", Column: "body", Row: uuid.New()}, make([]byte, part))
				w.must(err)
				length += len(box)
			}
			typical[d] += math.Log(float64(length)) / float64(len(d.posts))
		}
	}
	return clue{"length of texts, where each has a habit", func(a, b *dossier) float64 {
		if typical[a] == 0 || typical[b] == 0 {
			return math.NaN()
		}
		return -math.Abs(typical[a] - typical[b])
	}}
}

// published are figures for SECURITY.md: what days, habits and the order of rows give away, which no sealing hides.
func (w *town) published(t *testing.T, s spill, owners map[string]int) map[string]outcome {
	t.Helper()
	figures := map[string]outcome{}
	all := s.dossiers()
	clues := append(s.habits(all), w.ownLengths(all, owners))
	together, pairs := investigate(all, owners, clues)
	for i, c := range clues {
		figures[c.name] = judge(pairs, func(p *suspicion) float64 { return p.clues[i] })
		t.Logf("  %-48s AUC %s", c.name, figures[c.name])
	}
	t.Logf("  %-48s AUC %s; the best guess is right for %.0f %% of the personas", "all of it together", together, 100*bestGuess(pairs))
	plain := []clue{clues[0], clues[1], clues[2]}
	days, pairs := investigate(all, owners, plain)
	t.Logf("  %-48s AUC %s; the best guess is right for %.0f %% of the personas", "days and number of posts alone", days, 100*bestGuess(pairs))
	if days.auc < 0.5 {
		t.Error("people who sit down on the same evenings can't be worse than a guess: the measure is wrong")
	}
	return figures
}
