package authz

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shapes is Rego in which rules can be put. What each says is found out from the policy as it is written.
var shapes = map[string]string{
	"a flag":                     "granted if input.is_author",
	"no flag":                    "granted if not input.is_author",
	"a text":                     `granted if input.status == "published"`,
	"another text":               `granted if input.status != "published"`,
	"text in order":              `granted if input.status < "published"`,
	"flags in order":             "granted if input.is_author < input.topic_locked",
	"numbers in order":           "granted if input.aal >= input.sensitivity",
	"one of a set":               `granted if input.status in {"published", "removed"}`,
	"none of a list":             `granted if not input.status in ["published", "removed"]`,
	"one of nothing":             "granted if input.status in set()",
	"a constant set":             "granted if input.status in _s\n\n_s := {\"published\", \"removed\"}",
	"a value of an object":       `granted if input.status in {"a": "published"}`,
	"by another fact":            "granted if input.status in _fit[input.topic_status]\n\n_fit := {\"removed\": _s, \"published\": {\"published\"}}\n\n_s := {\"removed\"}",
	"what is found by a fact":    "granted if {\n\tx := _fit[input.topic_status]\n\tx == input.status\n}\n\n_fit := {\"removed\": \"removed\", \"deleted\": \"none\"}",
	"each of a list":             "granted if {\n\tsome x in [\"published\", \"removed\"]\n\tx == input.status\n}",
	"each of a set":              "granted if {\n\tsome x in _s\n\tinput.status != x\n}\n\n_s := {\"published\", \"removed\"}",
	"a set that grows":           "granted if \"x\" in _s\n\n_s contains \"x\" if input.is_author\n\n_s contains \"y\" if input.topic_locked",
	"out of a set that grows":    "granted if {\n\tsome x in _s\n\tx == input.status\n}\n\n_s contains \"published\" if input.is_author\n\n_s contains \"removed\"",
	"in by its name":             "granted if _s.removed\n\n_s contains \"removed\" if input.is_author",
	"a rule with a value":        "granted if _v == 2\n\n_v := 2 if input.is_author",
	"a rule with two":            "granted if _v != 2\n\n_v := 2 if input.is_author\n\n_v := 3 if not input.is_author",
	"a rule that says false":     "granted if _v == false\n\ndefault _v := false\n\n_v if input.is_author",
	"a rule of two minds":        "granted if _v\n\n_v := false if input.is_author\n\n_v if not input.is_author",
	"not a rule of two minds":    "granted if not _v\n\n_v := false if input.is_author\n\n_v if {\n\tnot input.is_author\n\tinput.topic_locked\n}",
	"a rule that is yes":         "granted if _d\n\ndefault _d := true\n\n_d := false if input.is_author",
	"a rule that is a fact":      "granted if _v == \"published\"\n\n_v := input.status if input.is_author",
	"a name for a fact":          "granted if {\n\tx := input.status\n\ty := x\n\tnot y in {\"published\"}\n}",
	"a name for a rule":          "granted if {\n\tx := _v\n\tx == false\n}\n\n_v := input.topic_locked if input.is_author",
	"a negation of a negation":   "granted if not _n\n\n_n if not input.is_author",
	"what is its own key":        "granted if {\n\tsome x\n\t_m[x] = x\n\tinput.status == x\n}\n\n_m := {\"published\": \"published\", \"removed\": \"none\", \"none\": \"removed\"}",
	"an element that is false":   "granted if _s[input.is_author]\n\n_s contains false if input.topic_locked\n\n_s contains true if input.signed_in",
	"elements, false among them": "granted if {\n\tsome x\n\t_s[x]\n\tx == input.is_author\n}\n\n_s contains input.topic_locked\n\n_s contains input.signed_in",
	"many ways, many conditions": "granted if {\n\tsome x in {1, 2}\n\tsome y in {0, 1}\n\tinput.aal == x\n\tinput.sensitivity == y\n}",
}

func TestWhatIsUnderstoodIsWhatIsWritten(t *testing.T) {
	c := newChance(t)
	for name, rules := range shapes {
		t.Run(name, func(t *testing.T) {
			p := loadText(t, around(rules+"\n\ndenied if input.archived\n"))
			for range 400 {
				f := c.facts()
				if got, want := decide(t, p, f), written(t, p, f); !got.equal(want) {
					t.Fatalf("%+v instead of %+v for %+v", got, want, f)
				}
			}
		})
	}
}

// A shape that is not known is an error that says where it stands: it is never guessed at, dropped, or taken for "yes".
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for name, rules := range map[string]string{
		"a truth that is a text":   "granted if input.status",
		"a truth that is a number": "granted if input.sensitivity",
		"a fact in a list":         "granted if \"published\" in [input.status, input.topic_status]",
		"a fact in a set":          "granted if input.status in {\"published\", input.topic_status}",
		"a fact by its name":       "granted if input[input.status]",
		"a comprehension":          "granted if {\n\tx := [1 | input.is_author]\n\tx == [1]\n}",
		"every":                    "granted if {\n\tevery x in [input.status, input.topic_status] { x == \"published\" }\n}",
		"a function":               "granted if _f(input.status)\n\n_f(x) if x == \"published\"\n\n_f(x) if x == \"removed\"",
		"with":                     "granted if _g with input.is_author as input.topic_locked\n\n_g if input.is_author",
		"with, on a fact":          "granted if input.status == \"published\" with input.status as input.topic_status",
		"else, saying yes":         "granted if _e\n\n_e if input.is_author\n\nelse := true if input.topic_locked",
		"else":                     "granted if _e\n\n_e if input.is_author\n\nelse := false if input.topic_locked",
		"a rule by a fact":         "granted if _v[input.status]\n\n_v[x] := true if some x in {\"published\"}",
		"two answers at once":      "granted if _v\n\n_v := false if input.is_author\n\n_v if input.topic_locked",
		"a whole set, compared":    "granted if _s == {\"x\"}\n\n_s contains \"x\" if input.is_author",
		"data that is not there":   "granted if data.somewhere.else_",
		"an intersection of facts": "granted if {\n\tx := {input.status}\n\t\"published\" in x\n}",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := tryText(t, around(rules+"\n\ndenied if input.archived\n"))
			if err == nil || p != nil {
				t.Fatal("it was let in")
			}
			if !strings.Contains(err.Error(), "authz.rego:") {
				t.Fatalf("it does not say where: %v", err)
			}
		})
	}
}

// What a policy might answer, for any facts at all, is known before it is asked.
func TestAPolicyWithAnImpossibleAnswerIsRefused(t *testing.T) {
	const rest = "\n\nvisible_fields := set()\n\nobligations := set()\n"
	for name, rules := range map[string]string{
		"an allow that is no boolean":  "allow := \"yes\"\n\nreasons contains \"banned\"" + rest,
		"an allow of two minds":        "allow := true if input.is_author\n\nallow := false if input.aal == 1\n\nreasons contains \"banned\"" + rest,
		"an allow that may be missing": "allow if input.is_author\n\nreasons contains \"banned\"" + rest,
		"no allow":                     "reasons contains \"banned\"" + rest,
		"no reasons":                   "default allow := false" + rest,
		"a denial without a reason":    "default allow := false\n\nreasons contains \"banned\" if input.aal in {0, 1}" + rest,
		"an unknown reason":            "default allow := false\n\nreasons contains \"banned\"\n\nreasons contains \"because\" if input.aal == 2" + rest,
		"a reason that is no text":     "default allow := false\n\nreasons contains \"banned\"\n\nreasons contains 7 if input.aal == 2" + rest,
		"an unknown obligation":        "allow := true\n\nreasons := set()\n\nvisible_fields := set()\n\nobligations contains \"telepathy\" if input.aal == 2\n",
		"no obligations":               "allow := true\n\nreasons := set()\n\nvisible_fields := set()\n",
		"fields that are no list":      "allow := true\n\nreasons := set()\n\nobligations := set()\n\nvisible_fields contains {\"a\": \"b\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tryText(t, source{"authz.rego": "package hamyar.authz\n\n" + rules + "\ndecision := {} if allow\n"}); err == nil {
				t.Fatal("it was let in")
			}
		})
	}
}

// A policy that is too intricate to be kept whole is refused, not half understood.
func TestAnIntricatePolicyIsRefused(t *testing.T) {
	p := load(t)
	small := newForest()
	small.most = 1_000
	if a, err := understand(small, p.compiler.Modules, ""); a != nil || !errors.Is(err, errIntricate) {
		t.Fatal(err)
	}
}

// Nobody waits for a policy that would take for ever, or all memory there is, to be understood.
func TestAPolicyThatTakesTooLongIsRefused(t *testing.T) {
	t.Parallel()
	numbers := make([]string, 20_000)
	for i := range numbers {
		numbers[i] = strconv.Itoa(i)
	}
	few, many := "{"+strings.Join(numbers[:200], ", ")+"}", "{"+strings.Join(numbers, ", ")+"}"
	var chain strings.Builder
	chain.WriteString("_r0 := [input.aal]\n\n")
	for i := range 60 {
		fmt.Fprintf(&chain, "_r%d := x if {\n\tx := _r%d\n\tx != [3]\n}\n\n", i+1, i)
	}
	for name, rules := range map[string]string{
		"many ways":       "_s := " + few + "\n\ndenied if {\n\tsome a in _s\n\tsome b in _s\n\tsome c in _s\n\tsome d in _s\n\ta == b\n\tc == d\n\tinput.aal == a\n}\n",
		"many values":     "_t contains x if {\n\tsome x in " + many + "\n\tinput.is_author\n}\n\ndenied if 5 in _t\n",
		"a long way down": chain.String() + "denied if _r60 == [1]\n",
		"a long text":     strings.Repeat("denied if {\n\tinput.aal == 1\n\tinput.is_author\n}\n\n", 3_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, began := &Engine{}, time.Now()
			if err := e.Apply(t.Context(), only("package operator.x\n\n"+rules)); err == nil || e.Revision() != "" {
				t.Fatalf("it was let in: %v", err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Fatalf("it took %v", took)
			}
		})
	}
}
