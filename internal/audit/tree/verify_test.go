package tree_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

// published is a log of twenty entries that published at 0, 5, 10, 15 and 20.
func published(t testing.TB) *book {
	t.Helper()
	b := newBook(t)
	b.publish()
	for range 4 {
		b.add(5).publish()
	}
	return b
}

func TestAnHonestArchive(t *testing.T) {
	t.Parallel()
	b := published(t)
	report := verify(t, b.write(), b.trust())
	if !report.Good() || said(report) != "" {
		t.Errorf("found:\n%s", said(report))
	}
	if report.Origin != origin || report.Size != 20 || report.Root != b.frontier.Root() || report.Entries != 20 || report.Erased != 0 {
		t.Errorf("%+v", report)
	}
	if report.Checkpoints != 6 || report.Witnessed != 1 || len(report.Seen) != 1 || report.Seen[0].Size != 20 || !report.KeyTrusted {
		t.Errorf("%+v", report)
	}
	fromItself := verify(t, b.write(), tree.Trust{Now: today})
	if !fromItself.Good() || fromItself.KeyTrusted || fromItself.Witnessed != 0 {
		t.Errorf("taken at its own word: %+v", fromItself)
	}
	var nothing bytes.Buffer
	must(t, json.NewEncoder(&nothing).Encode(report.Findings))
	if nothing.String() != "[]\n" {
		t.Errorf("no findings are written as %s", nothing.String())
	}
}

func TestAnEmptyLog(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.publish()
	if report := verify(t, b.write(), b.trust()); !report.Good() || report.Size != 0 {
		t.Errorf("found:\n%s", said(report))
	}
}

// tampering is all that somebody with the database, but without a key, can do to an export, and what is found.
var tampering = map[string]struct {
	with func(*book)
	want string
}{
	"an event is another": {func(b *book) { b.entries[7].Event.Action = "post.removed" }, "altered 7 entries.jsonl\n"},
	"a salt is another":   {func(b *book) { b.entries[7].Salt[0]++ }, "altered 7 entries.jsonl\n"},
	"a leaf is another": {
		func(b *book) { b.entries[7].Leaf[0]++ },
		"altered 7 entries.jsonl\nrewritten 5 entries.jsonl\n",
	},
	"an event is another, and its leaf with it": {
		func(b *book) { b.entries[7].Event.Action = "post.removed"; b.releaf() },
		"rewritten 5 entries.jsonl\n",
	},
	"the first event is another, and its leaf": {
		func(b *book) { b.entries[0].Event.Action = "post.removed"; b.releaf() },
		"rewritten 0 entries.jsonl\n",
	},
	"the last event is another, and its leaf": {
		func(b *book) { b.entries[19].Event.Action = "post.removed"; b.releaf() },
		"rewritten 15 entries.jsonl\n",
	},
	"an entry is gone":                       {func(b *book) { b.entries = slices.Delete(b.entries, 7, 8) }, "missing 7 entries.jsonl\n"},
	"entries are gone":                       {func(b *book) { b.entries = slices.Delete(b.entries, 3, 12) }, "missing 3 entries.jsonl\n"},
	"entries are gone in two places":         {func(b *book) { b.entries = slices.Delete(slices.Delete(b.entries, 12, 13), 3, 4) }, "missing 3 entries.jsonl\nmissing 12 entries.jsonl\n"},
	"the first is gone":                      {func(b *book) { b.entries = b.entries[1:] }, "missing 0 entries.jsonl\n"},
	"the last is gone":                       {func(b *book) { b.entries = b.entries[:19] }, "truncated 19 checkpoint\n"},
	"all are gone":                           {func(b *book) { b.entries = nil }, "truncated 0 checkpoint\n"},
	"an entry is gone, and the rest renamed": {func(b *book) { b.entries = slices.Delete(b.entries, 7, 8); b.renumber() }, "rewritten 5 entries.jsonl\ntruncated 19 checkpoint\n"},
	"two change places":                      {func(b *book) { b.entries[7], b.entries[8] = b.entries[8], b.entries[7] }, "reordered 7 entries.jsonl\n"},
	"two change places and indexes": {
		func(b *book) { b.entries[7], b.entries[8] = b.entries[8], b.entries[7]; b.renumber() },
		"rewritten 5 entries.jsonl\n",
	},
	"one comes late": {
		func(b *book) { b.entries = append(slices.Delete(slices.Clone(b.entries), 7, 8), b.entries[7]) },
		"reordered 7 entries.jsonl\n",
	},
	"all stand the other way round": {
		func(b *book) { b.entries = b.entries[:4]; slices.Reverse(b.entries); b.keepOnly(4) },
		"reordered 2 entries.jsonl\nreordered 1 entries.jsonl\nreordered 0 entries.jsonl\n",
	},
	"late ones of two gaps, and one for good": {
		func(b *book) {
			e := b.entries
			b.entries = append(slices.Concat(e[:2], e[4:10], e[11:]), e[3], e[10], e[1])
		},
		"reordered 3 entries.jsonl\nreordered 10 entries.jsonl\nduplicated 1 entries.jsonl\nmissing 2 entries.jsonl\n",
	},
	"one comes late, and twice": {
		func(b *book) {
			b.entries = append(slices.Delete(slices.Clone(b.entries), 7, 8), b.entries[7], b.entries[7])
		},
		"reordered 7 entries.jsonl\nduplicated 7 entries.jsonl\n",
	},
	"one is there twice":              {func(b *book) { b.entries = slices.Insert(b.entries, 8, b.entries[7]) }, "duplicated 7 entries.jsonl\n"},
	"one is there twice, later":       {func(b *book) { b.entries = append(b.entries, b.entries[7]) }, "duplicated 7 entries.jsonl\n"},
	"one is there twice, and counted": {func(b *book) { b.entries = slices.Insert(b.entries, 8, b.entries[7]); b.renumber() }, "duplicated 8 entries.jsonl\nrewritten 5 entries.jsonl\nunsigned 20 entries.jsonl\n"},
	"one is added that was never signed": {
		func(b *book) { b.put(tree.Salt{1}, event(77)) },
		"unsigned 20 entries.jsonl\n",
	},
	"the log is cut, with its newest checkpoints": {
		func(b *book) {
			b.entries, b.newest = b.entries[:10], b.published[10]
			delete(b.published, 15)
		},
		"truncated 10 checkpoints/20\nstale_witness 0 checkpoint\n",
	},
	"the newest checkpoint alone is older": {
		func(b *book) { b.newest = b.published[15] },
		"unsigned 15 entries.jsonl\ntruncated 15 checkpoints/20\nstale_witness 0 checkpoint\n",
	},
	"the newest checkpoint is changed": {
		func(b *book) { b.newest = bytes.Replace(b.newest, []byte("\n20\n"), []byte("\n21\n"), 1) },
		"bad_signature 21 checkpoint\nstale_witness 0 checkpoint\n",
	},
	"the newest checkpoint is nonsense": {func(b *book) { b.newest = []byte("nonsense\n") }, "malformed -1 checkpoint\nstale_witness 0 checkpoint\n"},
	"an old checkpoint is changed": {
		func(b *book) {
			b.published[5] = bytes.Replace(b.published[5], []byte("\n5\n"), []byte("\n6\n"), 1)
		},
		"bad_signature 6 checkpoints/6\n",
	},
	"a cosignature is changed": {
		func(b *book) {
			line := bytes.Index(b.newest, []byte("— witness"))
			b.newest = slices.Clone(b.newest)
			b.newest[line+60] ^= 1
			delete(b.published, 20)
		},
		"bad_cosignature 20 checkpoint\nstale_witness 0 checkpoint\n",
	},
}

// releaf makes every leaf what its entry makes it, as somebody would who knows the format.
func (b *book) releaf() {
	for i, e := range b.entries {
		b.entries[i].Leaf = tree.Leaf(e.Salt, e.Event)
	}
}

// keepOnly makes a checkpoint of so many entries the only one there is.
func (b *book) keepOnly(size int) {
	whole := newBook(b.t).add(size)
	b.newest = whole.publish()
	b.published = whole.published
}

func (b *book) renumber() {
	for i := range b.entries {
		b.entries[i].Index = int64(i)
	}
}

func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range tampering {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := published(t)
			b.entries = slices.Clone(b.entries)
			c.with(b)
			report := verify(t, b.write(), b.trust())
			if said(report) != c.want || report.Good() {
				t.Errorf("found:\n%swant:\n%s", said(report), c.want)
			}
		})
	}
}

// Each field of each event counts in the file too, wherever it stands.
func TestEveryFieldOfAnArchiveCounts(t *testing.T) {
	t.Parallel()
	for name, change := range changes {
		b := published(t)
		change(&b.entries[11].Event)
		if report := verify(t, b.write(), b.trust()); said(report) != "altered 11 entries.jsonl\n" {
			t.Errorf("%s: found:\n%s", name, said(report))
		}
	}
}

// The log's owner can sign whatever he likes. What others kept, or cosigned, gives him away.
func TestAForkIsFound(t *testing.T) {
	t.Parallel()
	shown, kept := published(t), newBook(t)
	for i := range 20 {
		e := event(i)
		if i == 12 {
			e.Action = "somebody.unmasked"
		}
		kept.put(tree.Salt(numbered("salt", i)), e)
		if i == 9 || i == 14 || i == 19 {
			kept.publish()
		}
	}
	trust := shown.trust()
	trust.Seen = [][]byte{kept.published[10], kept.published[15]}
	if report := verify(t, shown.write(), trust); said(report) != "forked 15 seen 1\n" {
		t.Errorf("found:\n%s", said(report))
	}
	trust.Seen = [][]byte{kept.published[20]}
	if report := verify(t, shown.write(), trust); said(report) != "forked 20 seen 0\nstale_witness 0 checkpoint\n" {
		t.Errorf("of one size, found:\n%s", said(report))
	}
	shown.published[15] = kept.published[15]
	if report := verify(t, shown.write(), shown.trust()); said(report) != "forked 15 checkpoints/15\n" {
		t.Errorf("in the archive itself, found:\n%s", said(report))
	}

	// Neither of two notes of a size is these entries': they still contradict each other.
	shown.published[20], shown.newest = kept.published[20], published(t).newest
	shown.entries[2].Event.Action = "nothing"
	shown.releaf()
	if report := verify(t, shown.write(), shown.trust()); !strings.Contains(said(report), "forked 20 ") {
		t.Errorf("found:\n%s", said(report))
	}
}

func TestALogThatBecameShorterIsFound(t *testing.T) {
	t.Parallel()
	b := published(t)
	trust := b.trust()
	trust.Seen = [][]byte{b.newest}
	b.entries, b.newest = b.entries[:10], b.published[10]
	delete(b.published, 15)
	delete(b.published, 20)
	if report := verify(t, b.write(), trust); said(report) != "truncated 10 seen 0\nstale_witness 0 checkpoint\n" {
		t.Errorf("found:\n%s", said(report))
	}
	if report := verify(t, b.write(), b.trust()); !report.Good() {
		t.Errorf("without what the auditor kept, found:\n%s", said(report))
	}
}

func TestStaleWitnesses(t *testing.T) {
	t.Parallel()
	b := published(t)
	two, key, err := tree.NewCosigner(numbered("witness", 1), "witness.example/two", func() time.Time { return today })
	must(t, err)
	_ = two // it never cosigns
	for name, c := range map[string]struct {
		change func(*tree.Trust)
		want   string
	}{
		"in time":          {func(*tree.Trust) {}, ""},
		"a day later":      {func(trust *tree.Trust) { trust.Now = today.Add(24*time.Hour + time.Second) }, "stale_witness 0 checkpoint\n"},
		"whenever":         {func(trust *tree.Trust) { trust.Now, trust.MaxAge = today.AddDate(9, 0, 0), 0 }, ""},
		"from the future":  {func(trust *tree.Trust) { trust.Now = today.Add(-time.Hour) }, "stale_witness 0 checkpoint\n"},
		"clocks differ":    {func(trust *tree.Trust) { trust.Now = today.Add(-time.Minute) }, ""},
		"one of two":       {func(trust *tree.Trust) { trust.Witnesses = append(trust.Witnesses, key) }, ""},
		"two of two":       {func(trust *tree.Trust) { trust.Witnesses, trust.Quorum = append(trust.Witnesses, key), 2 }, "stale_witness 1 checkpoint\n"},
		"one, named twice": {func(trust *tree.Trust) { trust.Witnesses, trust.Quorum = append(trust.Witnesses, b.seerKey), 2 }, "stale_witness 1 checkpoint\n"},
		"only the archive knows it": {
			func(trust *tree.Trust) { trust.Witnesses = nil }, "stale_witness 0 checkpoint\n",
		},
	} {
		trust := b.trust()
		c.change(&trust)
		if report := verify(t, b.write(), trust); said(report) != c.want {
			t.Errorf("%s: found:\n%s", name, said(report))
		}
	}
}

// Of what was added after a witness looked, the log may show somebody else another version.
func TestAWitnessThatIsACheckpointBehind(t *testing.T) {
	t.Parallel()
	b := published(t)
	var err error
	b.add(1)
	b.newest, err = b.now().Sign(b.signer)
	must(t, err)
	b.published[21] = b.newest
	report := verify(t, b.write(), b.trust())
	if said(report) != "stale_witness 0 checkpoint\n" || len(report.Seen) != 1 || report.Seen[0].Size != 20 {
		t.Errorf("seen %v, found:\n%s", report.Seen, said(report))
	}
	// A fresh cosignature under another history is no word about this one.
	kept := newBook(t)
	for i := range 21 {
		kept.put(tree.Salt{}, event(i))
	}
	trust := b.trust()
	trust.Seen = [][]byte{kept.publish()}
	if report := verify(t, b.write(), trust); said(report) != "forked 21 seen 0\nstale_witness 0 checkpoint\n" {
		t.Errorf("seen %v, found:\n%s", report.Seen, said(report))
	}
}

func TestKeysThatAreNotTheAuditors(t *testing.T) {
	t.Parallel()
	b := published(t)
	_, other, err := tree.NewSigner(numbered("log", 1), origin)
	must(t, err)
	_, elsewhere, err := tree.NewSigner(numbered("log", 0), "hamyar/audit/elsewhere")
	must(t, err)
	trust := b.trust()
	trust.Key = other
	trust.Quorum = 0
	report := verify(t, b.write(), trust)
	if want := "unknown_key -1 key\nbad_signature 20 checkpoint\n"; !strings.HasPrefix(said(report), want) || strings.Count(said(report), "bad_signature") != 6 {
		t.Errorf("another key: found:\n%s", said(report))
	}
	trust.Key = elsewhere
	if report := verify(t, b.write(), trust); strings.Count(said(report), "unknown_origin") != 6 {
		t.Errorf("another log: found:\n%s", said(report))
	}
	trust = b.trust()
	trust.Origin = "hamyar/audit/elsewhere"
	if report := verify(t, b.write(), trust); strings.Count(said(report), "unknown_origin") != 6 {
		t.Errorf("another origin: found:\n%s", said(report))
	}
	b.key = other
	if report := verify(t, b.write(), tree.Trust{}); strings.Count(said(report), "bad_signature") != 6 {
		t.Errorf("a key that the archive made up: found:\n%s", said(report))
	}
	for _, trust := range []tree.Trust{{Key: "nonsense"}, {Key: b.seerKey}, {Witnesses: []string{"nonsense"}}} {
		if _, err := tree.VerifyArchive(os.DirFS(b.write()), trust); err == nil {
			t.Errorf("%+v was taken for trust", trust)
		}
	}
}

func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(1500)
	b.publish()
	for i := range b.entries {
		b.entries[i].Event.ID = uuid.UUID{1}
	}
	report := verify(t, b.write(), b.trust())
	if len(report.Findings) != 1000 || report.More != 500 || report.Good() {
		t.Errorf("%d findings and %d more", len(report.Findings), report.More)
	}
}
