package authz

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// around is a whole policy whose rules are given: "granted" and "denied" decide, as in the real one.
func around(rules string) source {
	return source{"authz.rego": `package hamyar.authz

default allow := false

allow if {
	granted
	not denied
}

reasons contains "not_allowed"

visible_fields := set()

obligations := set()

decision := {"allow": true, "reasons": set(), "visible_fields": set(), "obligations": set()} if allow

decision := {"allow": false, "reasons": {"not_allowed"}, "visible_fields": set(), "obligations": set()} if not allow

` + rules}
}

// answer is a policy that gives one decision.
func answer(decision string) source {
	return source{"authz.rego": "package hamyar.authz\n\nallow := true\n\n" + decision}
}

// Each of these let somebody through, or hid that something was wrong, when it was tried with the evaluator's defaults.
func TestWhatGoesWrongDenies(t *testing.T) {
	for name, text := range map[string]source{
		"two answers at once": answer(`decision := {"allow": true, "reasons": set(), "visible_fields": set(), "obligations": set()} if input.signed_in
decision := {"allow": false, "reasons": {"banned"}, "visible_fields": set(), "obligations": set()} if input.aal == 1`),
		"no answer":                      answer("decision := {} if input.aal == 2"),
		"a decision that is no object":   answer("decision := true if input.signed_in"),
		"an allow that is no boolean":    answer(`decision := {"allow": "yes", "reasons": set(), "visible_fields": set(), "obligations": set()}`),
		"a decision without obligations": answer(`decision := {"allow": true, "reasons": set(), "visible_fields": set()}`),
		"obligations that are no list":   answer(`decision := {"allow": true, "reasons": set(), "visible_fields": set(), "obligations": {"audit": true}}`),
		"an unknown obligation":          answer(`decision := {"allow": true, "reasons": set(), "visible_fields": set(), "obligations": {"telepathy"}}`),
		"an unknown reason":              answer(`decision := {"allow": false, "reasons": {"because"}, "visible_fields": set(), "obligations": set()}`),
		"a reason that is no text":       answer(`decision := {"allow": false, "reasons": {7}, "visible_fields": set(), "obligations": set()}`),
		"a denial without a reason":      answer(`decision := {"allow": false, "reasons": set(), "visible_fields": set(), "obligations": set()}`),
		"a grant with a reason":          answer(`decision := {"allow": true, "reasons": {"banned"}, "visible_fields": set(), "obligations": set()}`),
	} {
		t.Run(name, func(t *testing.T) {
			modules, err := text.parse()
			if err != nil {
				t.Fatal(err)
			}
			p, err := check(t.Context(), modules)
			if err != nil {
				t.Fatal(err)
			}
			asked := Facts{Action: MeRead, SignedIn: true, AAL: 1, Purpose: "support"}
			if d, err := p.judgeWritten(t.Context(), asked.input()); err == nil || d.Allow {
				t.Fatalf("as it is written: %+v", d)
			}
			if p, err := compile(t.Context(), modules); err == nil && p.gate(t.Context(), false) == nil {
				t.Fatal("it was let in")
			}
		})
	}
}

func TestWhatAPolicyMayNotDoDoesNotCompile(t *testing.T) {
	for name, rules := range map[string]string{
		"ask the network":        `granted if http.send({"method": "GET", "url": "http://localhost"}).status_code == 200`,
		"read the clock":         "granted if time.now_ns() > 0",
		"toss a coin":            `granted if rand.intn("x", 2) == 1`,
		"look at the process":    "granted if opa.runtime().env.PATH",
		"name an unknown fact":   "granted if input.superuser",
		"misspell a fact":        `granted if input.stauts == "published"`,
		"compare number to text": `granted if input.aal < "2"`,
		"misspell a value":       `granted if input.status == "publised"`,
		"misspell one of a set":  `granted if not input.member_state in {"baned", "left"}`,
		"do sums that can fail":  "granted if true\n\ndenied if {\n\tsome x in [1, input.purpose]\n\tx - 1 == 7\n}",
		"count":                  "granted if count(input.purpose) == 0",
		"leave a variable":       "granted if {\n\tx := input.aal\n}",
		"shadow the input":       "granted if {\n\tinput := {}\n\tinput.aal\n}",
		"break off":              "granted if {",
		"need a later language":  "import rego.v2\n\ngranted if true",
	} {
		t.Run(name, func(t *testing.T) {
			modules, err := around(rules + "\n\ndenied if false\n").parse()
			if err == nil {
				_, err = compile(t.Context(), modules)
			}
			if err == nil {
				t.Fatal("it compiled")
			}
		})
	}
}

// The policy as it is written is evaluated where a policy is let in or explained; what is let in runs nothing.
func TestAPolicyThatRunsOnIsStopped(t *testing.T) {
	modules, err := around(`n := {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}

granted if {
	input.signed_in
	[1 | some a in n; some b in n; some c in n; some d in n; some e in n; some f in n; a == input.aal; b == c; d == e; f == 21] == []
}

denied if false
`).parse()
	if err != nil {
		t.Fatal(err)
	}
	p, err := check(t.Context(), modules)
	if err != nil {
		t.Fatal(err)
	}
	p.patience = 20 * time.Millisecond
	start := time.Now()
	d, err := p.judgeWritten(t.Context(), Facts{Action: MeRead, SignedIn: true, AAL: 1}.input())
	if d.Allow || err == nil || !topdown.IsCancel(errors.Unwrap(err)) {
		t.Fatalf("%+v, %v", d, err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Fatalf("it took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := load(t).judgeWritten(ctx, postsHere.input()); d.Allow || !errors.Is(err, context.Canceled) {
		t.Fatalf("with a cancelled context: %+v, %v", d, err)
	}
}

// Even if a policy could call what can fail, a failure is an error and not a condition that does not hold.
func TestAnErrorOfABuiltInIsSeen(t *testing.T) {
	rules := ast.NewCompiler()
	rules.Compile(map[string]*ast.Module{"x.rego": ast.MustParseModule("package x\n\nallow if not denied\n\ndenied if to_number(input.word) > 3")})
	q, err := prepare(rules, "data.x.allow = true")
	if err != nil {
		t.Fatal(err)
	}
	word := ast.NewTerm(ast.NewObject([2]*ast.Term{ast.StringTerm("word"), ast.StringTerm("seventeen")}))
	if _, err := load(t).ask(t.Context(), q).WithInput(word).Run(t.Context()); err == nil {
		t.Fatal("the denial was lost")
	}
}

// Modules that carry no file name overwrite each other without a word.
func TestEveryModuleIsCompiled(t *testing.T) {
	modules := parseAll(t)
	got := load(t).compiler.Modules
	for path := range modules {
		if strings.HasSuffix(path, "_test.rego") {
			continue
		}
		if got[path] == nil {
			t.Errorf("%s was not compiled", path)
		}
	}
	if _, err := compile(t.Context(), nil); err == nil {
		t.Error("no policy at all was accepted")
	}
}

func TestTheGateKeepsABrokenPolicyOut(t *testing.T) {
	for name, edit := range map[string][2]string{
		"denials are ignored":   {"not _denied\n}\n\n_granted if programme", "true\n}\n\n_granted if programme"},
		"everything is granted": {"_granted if programme.granted", "_granted if true"},
		"nothing is granted":    {"allow if {\n\t_granted", "allow if {\n\tinput.aal == 1\n\tinput.aal == 2"},
	} {
		t.Run(name, func(t *testing.T) {
			text := source{}
			for path, module := range regoFiles(t) {
				if !strings.HasSuffix(path, "_test.rego") {
					text[path] = string(module)
				}
			}
			const file = "hamyar/authz/authz.rego"
			edited := strings.Replace(text[file], edit[0], edit[1], 1)
			if edited == text[file] {
				t.Fatal("the edit found nothing")
			}
			text[file] = edited
			if err := loadText(t, text).gate(t.Context(), false); err == nil {
				t.Fatal("it passed the gate")
			}
		})
	}
}
