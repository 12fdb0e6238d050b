package authz

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/fault"
)

const filtersFile = "testdata/filters.txt"

var (
	directory = Columns{
		"community_visibility": "c.visibility", "programme_lead": "(c.programme_id = ANY ($1))", "archived": "c.archived",
		"sensitivity": "c.sensitivity", "member_state": "COALESCE(m.state, 'none')", "member_role": "COALESCE(m.role, 'none')",
	}
	topicRows = Columns{"status": "t.status", "is_author": "(t.persona_id = $2)", "topic_locked": "t.locked"}
	postRows  = Columns{"status": "p.status", "is_author": "(p.persona_id = $2)"}
	ownRows   = Columns{"sensitivity": "c.sensitivity"}
)

// TestFilters keeps what becomes of a few lists readable in review.
func TestFilters(t *testing.T) {
	e := engineOf(load(t))
	var b strings.Builder
	b.WriteString("# Which rows of a list somebody sees. Written by: go test ./internal/authz -run Filters -update\n")
	for _, list := range []struct {
		action, in string
		columns    Columns
	}{
		{ProgrammeList, "", nil},
		{CommunityList, "", directory},
		{TopicRead, "public", topicRows},
		{TopicRead, "members", topicRows},
		{PostRead, "members", postRows},
		{MeCommunities, "", ownRows},
	} {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(list.action+"  "+list.in))
		var rows []string
		seen := map[string][]string{}
		for _, who := range people {
			subject := who.as
			subject.Action, subject.Purpose, subject.CommunityVisibility, subject.TopicStatus = list.action, usual(list.action), list.in, "published"
			f, err := e.Filter(t.Context(), subject, list.columns, 3)
			if err != nil {
				t.Fatalf("%s, %s: %v", list.action, who.name, err)
			}
			row := fmt.Sprintf("    %s  %v\n", f.SQL, f.Args)
			if seen[row] == nil {
				rows = append(rows, row)
			}
			seen[row] = append(seen[row], who.name)
		}
		for _, row := range rows {
			b.WriteString("  " + strings.Join(seen[row], " · ") + "\n" + row)
		}
	}
	if *update {
		if err := os.WriteFile(filtersFile, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filtersFile)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, string(want), b.String())
}

func TestWithoutAnswerAListIsEmpty(t *testing.T) {
	loaded := engineOf(load(t))
	reader := Facts{Action: TopicRead, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "members", MemberState: "active"}
	strange := reader
	strange.MemberState = "root"
	for name, ask := range map[string]func() (Filter, error){
		"no policy": func() (Filter, error) { return new(Engine).Filter(t.Context(), reader, topicRows, 1) },
		"an action that is about no row": func() (Filter, error) {
			return loaded.Filter(t.Context(), Facts{Action: TopicCreate, Purpose: "support"}, nil, 1)
		},
		"an action that does not exist":  func() (Filter, error) { return loaded.Filter(t.Context(), Facts{Action: "topic.burn"}, nil, 1) },
		"a fact without a column":        func() (Filter, error) { return loaded.Filter(t.Context(), reader, nil, 1) },
		"a column of no fact":            func() (Filter, error) { return loaded.Filter(t.Context(), reader, Columns{"state": "t.state"}, 1) },
		"a column for the action":        func() (Filter, error) { return loaded.Filter(t.Context(), reader, Columns{"action": "t.action"}, 1) },
		"placeholders from zero":         func() (Filter, error) { return loaded.Filter(t.Context(), reader, topicRows, 0) },
		"a fact with a value of its own": func() (Filter, error) { return loaded.Filter(t.Context(), strange, topicRows, 1) },
	} {
		f, err := ask()
		if f.Verdict != None || f.SQL != "false" || len(f.Args) > 0 || fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	if (Filter{}).Verdict != None {
		t.Error("the zero filter lets something through")
	}
}

// A shape that the translation does not know is an error: it is never guessed at, dropped, or taken for "every row".
func TestUnknownShapesAreErrors(t *testing.T) {
	for name, rules := range map[string]string{
		"text in order":            `granted if input.status < "published"`,
		"flags in order":           `granted if input.is_author < input.topic_locked`,
		"a truth that is a text":   "granted if input.status",
		"a truth that is a number": "granted if input.sensitivity",
		"a column in a list":       "granted if \"published\" in [input.status, input.topic_status]",
		"a set with a column":      "granted if input.status in {\"published\", input.topic_status}",
		"a member of an object":    `granted if input.status in {"a": "published"}`,
		"a fact by its name":       "granted if input[input.status]",
		"a comprehension":          "granted if {\n\tx := [1 | input.is_author]\n\tx == [1]\n}",
		"every":                    "granted if {\n\tevery x in [input.status, input.topic_status] { x == \"published\" }\n}",
		"a function":               "granted if _f(input.status)\n\n_f(x) if x == \"published\"\n\n_f(x) if x == \"removed\"",
		"a rule with a value":      "granted if _v == 2\n\n_v := 2 if input.is_author",
		"a rule that says false":   "granted if _v == false\n\ndefault _v := false\n\n_v if input.is_author",
		"a partial set":            "granted if \"x\" in _s\n\n_s contains \"x\" if input.is_author",
		"with":                     "granted if _g with input.is_author as input.topic_locked\n\n_g if input.is_author",
		"a rule of two minds":      "granted if _v\n\n_v := false if input.is_author\n\n_v if input.topic_locked",
		"a rule that is yes":       "granted if _d\n\ndefault _d := true\n\n_d := false if input.is_author",
		"with, on a fact":          "granted if input.status == \"published\" with input.status as input.topic_status",
		"else, saying yes":         "granted if _e\n\n_e if input.is_author\n\nelse := true if input.topic_locked",
		"else":                     "granted if _e\n\n_e if input.is_author\n\nelse := false if input.topic_locked",
	} {
		t.Run(name, func(t *testing.T) {
			p := loadText(t, around(rules+"\n\ndenied if input.archived\n"))
			f, err := engineOf(p).Filter(t.Context(), Facts{Action: TopicRead, Purpose: "support"}, everyColumn(), 1)
			if err == nil || f.Verdict != None {
				t.Fatalf("%+v", f)
			}
		})
	}
}
