package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const guide = "../../docs/policy.md"

var (
	shownFileForm = regexp.MustCompile("(?s)`(rules/[a-z_/.]+)`:\n\n```rego\n(.*?)```")
	sessionForm   = regexp.MustCompile("(?s)```console\n(.*?)```")
)

// TestThePolicyGuideDoesWhatItSays lays out the files that the guide shows, runs its commands in their order, and
// compares. "…" stands for anything, and alone on a line for any lines.
func TestThePolicyGuideDoesWhatItSays(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	files := shownFileForm.FindAllStringSubmatch(string(text), -1)
	for _, file := range files {
		if err := os.MkdirAll(filepath.Dir(file[1]), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file[1], []byte(file[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ran := 0
	for _, session := range sessionForm.FindAllStringSubmatch(string(text), -1) {
		for _, part := range strings.Split("\n"+session[1], "\n$ hamyar ")[1:] {
			command, want, _ := strings.Cut(part, "\n")
			got, err := does(t, strings.Fields(command)...)
			if err != nil || !matches(want, got) {
				t.Errorf("hamyar %s: %v\n%s", command, err, got)
			}
			ran++
		}
	}
	if len(files) != 2 || ran != 8 {
		t.Fatalf("%d files and %d commands", len(files), ran)
	}
}

func matches(want, got string) bool {
	form := regexp.QuoteMeta(strings.TrimSpace(want))
	form = regexp.MustCompile(`(?m)^…$`).ReplaceAllString(form, `(?s:.*)`)
	form = strings.ReplaceAll(form, "…", `[^\n]*`)
	return regexp.MustCompile(`^` + form + `$`).MatchString(strings.TrimSpace(got))
}

func TestTheGuideIsHeldToItsWord(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{"a\n…\nd … f": "a\nb\nc\nd e f", "…": "a\nb", "a.b": "a.b"} {
		if !matches(want, got) {
			t.Errorf("%q is not %q", want, got)
		}
	}
	for want, got := range map[string]string{"a\n…\nd": "a\nb\nc", "a … b": "a\nb", "a.b": "axb", "a": "a\nb"} {
		if matches(want, got) {
			t.Errorf("%q is %q", want, got)
		}
	}
}

func TestThePolicyIsAskedOffline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args, says string
		fails      bool
	}{
		{"policy explain action=programme.read purpose=none", "granted by\n  hamyar.programme.granted", false},
		{"policy explain -language fa action=me.read purpose=rights", "لطفاً وارد شوید", false},
		{"policy explain action=community.read purpose=support signed_in=true aal=1 community_visibility=hidden", "as if there were nothing", false},
		{"policy explain", "action=", true},
		{"policy explain action=topic.burn", "topic.burn", true},
		{"policy explain action", "fact=value", true},
		{"policy explain -language de action=me.read", "en or fa", true},
		{"policy explain -facts nowhere.json", "nowhere.json", true},
		{"policy schema", `"additionalProperties": false`, false},
		{"policy matrix", "not_found", false},
		{"policy bench", "µs each", false},
		{"policy test nowhere", "", true},
		{"policy diff", "DIR|FILE", true},
	} {
		said, err := does(t, strings.Fields(c.args)...)
		if err != nil {
			said += err.Error()
		}
		if !strings.Contains(said, c.says) || (err != nil) != c.fails {
			t.Errorf("hamyar %s: %v\n%s", c.args, err, said)
		}
	}
}

func TestFactsAreReadAsTheDecisionLogHasThem(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "facts.json")
	line := `{"action":"post.read","signed_in":true,"aal":2,"purpose":"support","community_visibility":"members","status":"published","topic_status":"published"}`
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := does(t, "policy", "explain", "-facts", file); err != nil || !strings.Contains(said, "no: members_only") {
		t.Errorf("%s, %v", said, err)
	}
	if said, err := does(t, "policy", "explain", "-facts", file, "member_state=active", "member_role=member"); err != nil || !strings.HasPrefix(said, "yes") {
		t.Errorf("%s, %v", said, err)
	}
}

func TestATestOfRulesThatFailsIsTold(t *testing.T) {
	t.Parallel()
	o := newRulemaker(t)
	if said, err := does(t, "policy", "test", o.rules); err == nil || !strings.Contains(said, "MISS  operator/quiet.rego") {
		t.Errorf("a rule without a test: %s, %v", said, err)
	}
	o.write("operator/quiet_test.rego", "package operator.quiet_test\n\nimport data.operator.quiet\n\ntest_it if quiet.denied with input as {\"action\": \"topic.create\", \"sensitivity\": 1}\n")
	if said, err := does(t, "policy", "test", o.rules); err == nil || !strings.Contains(said, "FAIL  operator.quiet_test.test_it  operator/quiet_test.rego:5") {
		t.Errorf("a test that fails: %s, %v", said, err)
	}
	o.write("operator/quiet_test.rego", "package operator.quiet_test\n\nimport data.operator.quiet\n\ntest_it if quiet.denied with input as {\"action\": \"topic.create\", \"sensitivity\": 3}\n")
	if said, err := does(t, "policy", "test", "-all", o.rules); err != nil || !strings.Contains(said, "ok    operator/quiet.rego") {
		t.Errorf("a test that holds: %s, %v", said, err)
	}
	if said, err := does(t, "policy", "diff", "-json", o.rules); err != nil || !strings.Contains(said, `"taken": true`) || strings.Contains(said, `"given": true`) {
		t.Errorf("%s, %v", said, err)
	}
}
