package demo_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/demo"
	"github.com/hamyar/hamyar/internal/persona"
)

func load(t *testing.T) demo.World {
	t.Helper()
	w, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// everyWord calls visit with each text that a reader will see, and where it stands.
func everyWord(w demo.World, visit func(where, language, text string)) {
	language := map[string]string{}
	for _, p := range w.Programmes {
		visit("programme "+p.Key, p.Language, strings.Join([]string{p.Name, p.Operator, p.Funder, p.Hours}, "\n"))
		for _, r := range p.Responsible {
			visit("programme "+p.Key, p.Language, r.Role+"\n"+r.Name)
		}
	}
	for _, c := range w.Communities {
		language[c.Key] = c.Language
		visit("community "+c.Key, c.Language, strings.Join([]string{c.Name, c.Description, c.Rules}, "\n"))
	}
	for _, m := range w.Members {
		for _, p := range m.Personas {
			visit("persona of "+m.Key, language[p.CommunityKey], p.DisplayName)
		}
	}
	for _, topic := range w.Topics {
		where := topic.CommunityKey + " “" + topic.Title + "”"
		visit(where, language[topic.CommunityKey], topic.Title)
		visit(where, language[topic.CommunityKey], topic.Text)
		for _, post := range topic.Posts {
			visit(where+" "+post.Author, language[topic.CommunityKey], post.Text)
		}
	}
}

func TestLoadGivesAWorldWorthLookingAt(t *testing.T) {
	t.Parallel()
	w := load(t)
	posts, topics := 0, map[string]int{}
	for _, topic := range w.Topics {
		topics[topic.CommunityKey]++
		posts += 1 + len(topic.Posts)
	}
	if len(w.Topics) < 40 || posts < 300 {
		t.Errorf("%d topics and %d posts, want at least 40 and 300", len(w.Topics), posts)
	}
	languages, kinds := map[string]int{}, map[string]bool{}
	for _, c := range w.Communities {
		languages[c.Language]++
		kinds[c.Kind] = true
		if topics[c.Key] == 0 {
			t.Errorf("community %s has no topic", c.Key)
		}
		if rules := regexp.MustCompile(`(?m)^[\d۰-۹]+\. `).FindAllString(c.Rules, -1); len(rules) < 5 || len(rules) > 8 {
			t.Errorf("community %s has %d ground rules, want 5–8", c.Key, len(rules))
		}
	}
	if languages["en"] < 2 || languages["fa"] < 2 || len(kinds) < 4 {
		t.Errorf("communities by language %v and kind %v", languages, kinds)
	}
}

func TestEveryRoleIsCast(t *testing.T) {
	t.Parallel()
	w := load(t)
	roles, ordinary, several := map[string]int{}, 0, 0
	moderated, led := map[string]bool{}, map[string]bool{}
	for _, m := range w.Members {
		roles[m.Role]++
		led[m.ProgrammeKey] = true
		moderator := false
		for _, p := range m.Personas {
			if p.Role == "moderator" {
				moderated[p.CommunityKey], moderator = true, true
			}
		}
		if m.Role == "" && !moderator {
			ordinary++
			if len(m.Personas) > 1 {
				several++
			}
		}
	}
	if roles["operator"] == 0 || roles["researcher"] == 0 || ordinary < 24 || several < 4 {
		t.Errorf("roles %v, %d ordinary members, %d of them in several communities", roles, ordinary, several)
	}
	for _, c := range w.Communities {
		if !moderated[c.Key] {
			t.Errorf("community %s has no moderator", c.Key)
		}
	}
	for _, p := range w.Programmes {
		if !led[p.Key] {
			t.Errorf("programme %s has no lead", p.Key)
		}
	}
}

func TestNobodyCarriesOneNameIntoTwoCommunities(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, m := range load(t).Members {
		for _, p := range m.Personas {
			name := strings.ToLower(p.DisplayName)
			if other, taken := seen[name]; taken {
				t.Errorf("%q is a persona of both %s and %s", p.DisplayName, other, m.Key)
			}
			if strings.ReplaceAll(name, " ", "") == m.Username {
				t.Errorf("%q gives away the account %s", p.DisplayName, m.Username)
			}
			seen[name] = m.Key
		}
	}
}

func TestTheProductTakesEveryDisplayName(t *testing.T) {
	t.Parallel()
	taken := map[[2]string]string{}
	for _, m := range load(t).Members {
		for _, p := range m.Personas {
			name, err := persona.ParseName(p.DisplayName)
			if err != nil {
				t.Errorf("%q: %v", p.DisplayName, err)
				continue
			}
			place := [2]string{p.CommunityKey, name.Folded()}
			if other := taken[place]; other != "" {
				t.Errorf("%q can't be told from %q", p.DisplayName, other)
			}
			taken[place] = p.DisplayName
		}
	}
}

func TestEveryPersonaSpeaks(t *testing.T) {
	t.Parallel()
	w := load(t)
	spoke := map[[2]string]bool{}
	for _, topic := range w.Topics {
		spoke[[2]string{topic.CommunityKey, topic.Author}] = true
		for _, post := range topic.Posts {
			spoke[[2]string{topic.CommunityKey, post.Author}] = true
		}
	}
	for _, m := range w.Members {
		for _, p := range m.Personas {
			if !spoke[[2]string{p.CommunityKey, m.Key}] {
				t.Errorf("%s never speaks in %s", m.Key, p.CommunityKey)
			}
		}
	}
}

func TestNoTextIsThereTwice(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	everyWord(load(t), func(where, _, text string) {
		folded := strings.ToLower(strings.Join(strings.Fields(text), " "))
		if other, twice := seen[folded]; twice && len(folded) > 40 {
			t.Errorf("the same text stands in %s and %s", other, where)
		}
		seen[folded] = where
	})
}

func TestMomentsLieInThePast(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	latest := demo.Moment{DaysAgo: 1, Hour: 23, Minute: 59}
	if got, want := latest.Before(midnight), midnight.Add(-time.Minute); !got.Equal(want) {
		t.Errorf("yesterday's last minute is %v, want %v", got, want)
	}
	elsewhere := midnight.In(time.FixedZone("", -5*3600))
	if got := latest.Before(elsewhere); !got.Equal(midnight.Add(-time.Minute)) {
		t.Errorf("the moment moved with the time zone: %v", got)
	}
	for _, topic := range load(t).Topics {
		before := topic.At
		for _, post := range topic.Posts {
			if !post.At.Before(midnight).After(before.Before(midnight)) {
				t.Errorf("%q: a reply at %v is not later than %v", topic.Title, post.At, before)
			}
			before = post.At
		}
	}
}
