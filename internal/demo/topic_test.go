package demo

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var joined = map[string]bool{"cedar": true, "finch": true}

func TestParseTopic(t *testing.T) {
	t.Parallel()
	source := "# A title\n--- cedar · 9 · 23:05\n\nOne line.\n\n- and a list\n\n--- finch · 8 · 00:10\n\nAn answer.\n"
	got, err := parseTopic("t.md", source, joined)
	want := Topic{
		Author: "cedar", Title: "A title", Text: "One line.\n\n- and a list", At: Moment{9, 23, 5},
		Posts: []Post{{Author: "finch", Text: "An answer.", At: Moment{8, 0, 10}}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, difference (-want +got)\n%s", err, diff)
	}
}

func TestParseTopicNamesTheLineOfAFault(t *testing.T) {
	t.Parallel()
	good := "# T\n--- cedar · 9 · 10:00\n\ntext\n\n"
	for name, c := range map[string]struct{ source, want string }{
		"empty":            {"", "t.md:1: the first line"},
		"no title":         {"--- cedar · 9 · 10:00\ntext", "t.md:1: the first line"},
		"blank title":      {"#  \n--- cedar · 9 · 10:00\ntext", "t.md:1: the first line"},
		"long title":       {"# " + strings.Repeat("ش", 201) + "\n", "t.md:1: the title has over 200"},
		"nobody speaks":    {"# T", "t.md:1: the topic has no opening"},
		"no separator":     {"# T\ntext", "t.md:2: expected"},
		"plain dots":       {"# T\n--- cedar . 9 . 10:00\ntext", "t.md:2: expected"},
		"mistyped later":   {good + "---cedar · 8 · 10:00\ntext", "t.md:6: expected"},
		"a rule":           {good + "---\ntext", "t.md:6: expected"},
		"trailing space":   {"# T\n--- cedar · 9 · 10:00 \ntext", "t.md:2: expected"},
		"today":            {"# T\n--- cedar · 0 · 10:00\ntext", "t.md:2: days ago"},
		"too long ago":     {"# T\n--- cedar · 61 · 10:00\ntext", "t.md:2: days ago"},
		"no such hour":     {"# T\n--- cedar · 9 · 24:00\ntext", "t.md:2: days ago"},
		"no such minute":   {"# T\n--- cedar · 9 · 10:60\ntext", "t.md:2: days ago"},
		"a stranger":       {good + "--- slate · 8 · 10:00\ntext", `t.md:6: "slate" has not joined`},
		"earlier day":      {good + "--- finch · 10 · 10:00\ntext", "t.md:6: the post is not later"},
		"earlier clock":    {good + "--- finch · 9 · 09:59\ntext", "t.md:6: the post is not later"},
		"the same minute":  {good + "--- finch · 9 · 10:00\ntext", "t.md:6: the post is not later"},
		"silence":          {good + "--- finch · 8 · 10:00\n\n", "t.md:6: the post has no text"},
		"silence between":  {"# T\n--- cedar · 9 · 10:00\n--- finch · 8 · 10:00\ntext", "t.md:2: the post has no text"},
		"more than a book": {"# T\n--- cedar · 9 · 10:00\n" + strings.Repeat("م", 40_001), "t.md:2: the post has over 40000"},
	} {
		topic, err := parseTopic("t.md", c.source, joined)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if diff := cmp.Diff(Topic{}, topic); diff != "" {
			t.Errorf("%s: a refused file gave a topic %s", name, diff)
		}
	}
}

func TestParseTopicTakesTheLongestTextThereMayBe(t *testing.T) {
	t.Parallel()
	source := "# " + strings.Repeat("ش", 200) + "\n--- cedar · 60 · 00:00\n" + strings.Repeat("م", 40_000)
	if _, err := parseTopic("t.md", source, joined); err != nil {
		t.Error(err)
	}
}

// small is the least world that loads; each case of the next test breaks one thing in it.
func small() fstest.MapFS {
	return fstest.MapFS{
		"programmes.json": {Data: []byte(`[{"key": "p", "language": "en"}]`)},
		"members.json": {Data: []byte(`{"members": [
			{"key": "cedar", "username": "cedar", "language": "en", "personas": [{"community_key": "c", "display_name": "Salt"}]},
			{"key": "finch", "username": "finch", "language": "en", "personas": [{"community_key": "c", "display_name": "Thyme"}]}]}`)},
		"c/community.json": {Data: []byte(`{"key": "c", "programme_key": "p", "kind": "general", "language": "en",
			"sensitivity": 1, "visibility": "public", "join_policy": "open"}`)},
		"c/rules.md": {Data: []byte("1. Be kind.\n")},
		"c/01-b.md":  {Data: []byte("# Later\n--- cedar · 3 · 10:00\nb")},
		"c/02-a.md":  {Data: []byte("# Earlier\n--- finch · 4 · 10:00\na")},
	}
}

func TestLoadOrdersTopicsAndNamesMembers(t *testing.T) {
	t.Parallel()
	w, err := load(small())
	if err != nil {
		t.Fatal(err)
	}
	if w.Topics[0].Title != "Earlier" || w.Topics[1].Title != "Later" || w.Topics[0].CommunityKey != "c" {
		t.Errorf("topics %+v", w.Topics)
	}
	if role := w.Members[0].Personas[0].Role; role != "member" {
		t.Errorf("a persona without a role is %q", role)
	}
	if w.Communities[0].Rules != "1. Be kind." {
		t.Errorf("rules %q", w.Communities[0].Rules)
	}
}

func TestLoadRefusesABrokenWorld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, old, new, want string }{
		{"programmes.json", `"en"`, `"en",`, "programmes.json:1: invalid"},
		{"programmes.json", `"en"}]`, `"en"}] []`, "programmes.json:1: text after the end"},
		{"programmes.json", `"en"`, `"de"`, `programme p: "de" is none of`},
		{"members.json", `"key": "finch"`, `"kee": "finch"`, "members.json:3: json: unknown field"},
		{"members.json", `"key": "finch"`, `"key": 7`, "members.json:3: json: cannot unmarshal number"},
		{"members.json", `"key": "finch"`, `"key": "cedar"`, "c/02-a.md:2: \"finch\" has not joined"},
		{"members.json", `"username": "finch"`, `"username": "cedar"`, `username: "cedar" is taken twice`},
		{"members.json", `"Thyme"`, `"SALT"`, `display name in c: "salt" is taken twice`},
		{"members.json", `"Thyme"`, `"T"`, `member finch: "T" is not 2–40`},
		{"members.json", `"Thyme"`, `"` + strings.Repeat("y", 41) + `"`, "is not 2–40"},
		{"members.json", `"Thyme"`, `"Thyme", "role": "owner"`, `"owner" is none of`},
		{"members.json", `"username": "finch"`, `"username": "finch", "role": "programme_lead"`, `member finch: "" is none of ["p"]`},
		{"members.json", `"username": "finch"`, `"username": "finch", "role": "queen"`, `"queen" is none of`},
		{"members.json", `"Thyme"}`, `"Thyme"}, {"community_key": "d", "display_name": "Rue"}`, `"d" is none of ["c"]`},
		{"members.json", `"Thyme"}`, `"Thyme"}, {"community_key": "c", "display_name": "Rue"}`, `member finch: "c" is taken twice`},
		{"c/community.json", `"key": "c"`, `"key": "d"`, `c/community.json: the key "d"`},
		{"c/community.json", `"programme_key": "p"`, `"programme_key": "q"`, `community c: "q" is none of`},
		{"c/community.json", `"general"`, `"diet"`, `"diet" is none of`},
		{"c/community.json", `1`, `4`, `"4" is none of`},
		{"c/community.json", `"public"`, `"secret"`, `"secret" is none of`},
		{"c/community.json", `"open"`, `"ajar"`, `"ajar" is none of`},
		{"c/01-b.md", "# Later", "Later", "c/01-b.md:1: the first line"},
	} {
		files := small()
		files[c.file].Data = []byte(strings.Replace(string(files[c.file].Data), c.old, c.new, 1))
		if _, err := load(files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %s: error %v, want %q", c.file, c.new, err, c.want)
		}
	}
	for name := range small() {
		if strings.HasPrefix(name, "c/0") || name == "c/community.json" {
			continue
		}
		files := small()
		delete(files, name)
		if _, err := load(files); err == nil {
			t.Errorf("a world without %s loads", name)
		}
	}
}
