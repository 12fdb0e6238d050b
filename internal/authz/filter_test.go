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
