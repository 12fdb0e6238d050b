package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
)

// The decision log is closed: each value in it is one of a few, a number, or random.

var (
	randomly  = regexp.MustCompile(`^[0-9a-f]{16}$`)
	outcomes  = []string{"allowed", "denied", "error", "none", "some", "all"}
	duties    = []authz.Obligation{authz.Audit, authz.AuditRead, authz.StepUp, authz.TellMember, authz.MinimumCohort}
	knownFact = sync.OnceValue(func() (of factSchema) {
		if err := json.Unmarshal(authz.Schema(), &of); err != nil {
			panic(err)
		}
		return of
	})
)

type factSchema struct {
	Properties map[string]struct{ Enum []any }
}

// foreign tells what in a line of the decision log could have come from somebody; it is empty where nothing could.
func foreign(text string) string {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return err.Error()
	}
	for key, raw := range parts {
		var value any
		if err := json.Unmarshal(raw, &value); err != nil || !closed(key, value) {
			return fmt.Sprintf("%s: %s", key, raw)
		}
	}
	return ""
}

func closed(key string, value any) bool {
	said := fmt.Sprint(value)
	switch key {
	case "time":
		_, err := time.Parse(time.RFC3339Nano, said)
		return err == nil
	case "level":
		return said == "INFO" || said == "ERROR"
	case "msg", "component":
		return said == "decision"
	case "request_id", "revision":
		return randomly.MatchString(said)
	case "outcome":
		return slices.Contains(outcomes, said)
	case "us":
		_, number := value.(float64)
		return number
	case "remembered":
		_, truth := value.(bool)
		return truth
	case "codes":
		return eachOf(value, func(code string) bool { return slices.Contains(fault.Codes(), fault.Code(code)) })
	case "obligations":
		return eachOf(value, func(duty string) bool { return slices.Contains(duties, authz.Obligation(duty)) })
	case "facts":
		facts, group := value.(map[string]any)
		for name, is := range facts {
			known, there := knownFact().Properties[name]
			if _, truth := is.(bool); !there || !truth && !slices.Contains(known.Enum, is) {
				return false
			}
		}
		return group
	}
	return false
}

func eachOf(list any, known func(string) bool) bool {
	all, isList := list.([]any)
	return isList && !slices.ContainsFunc(all, func(one any) bool { return !known(fmt.Sprint(one)) })
}

func TestWhatIsForeignToTheDecisionLogIsFound(t *testing.T) {
	t.Parallel()
	const sound = `{"time":"2026-09-10T08:30:00Z","level":"INFO","msg":"decision","component":"decision","facts":{"action":"post.read","aal":2,"archived":true},"outcome":"denied","request_id":"00ff00ff00ff00ff","codes":["banned"],"obligations":["audit"],"revision":"00ff00ff00ff00ff","us":1.5,"remembered":false}`
	if wrong := foreign(sound); wrong != "" {
		t.Fatal(wrong)
	}
	for was, is := range map[string]string{
		`"post.read"`: `"words"`, `"aal":2`: `"aal":7`, `"archived"`: `"who"`, `true`: `"true"`, `"denied"`: `"words"`, `"banned"`: `"words"`,
		`"audit"`: `"words"`, `1.5`: `"words"`, `false`: `"words"`, `"request_id"`: `"member"`, `00ff00ff00ff00ff`: uuid.NewString(), `"INFO"`: `"words"`,
	} {
		if foreign(strings.Replace(sound, was, is, 1)) == "" {
			t.Errorf("%s in place of %s is not found", is, was)
		}
	}
}

// Every operation is sent what is hostile, by several people, and nothing of it is in a decision's line: that each line is
// closed is judged for every test when its house is. Here it is proved that there are lines, of every operation.
func TestDecisionsTellNothingOfRequests(t *testing.T) {
	t.Parallel()
	var h *house
	const word = `hostile@canary.example"},"facts":{"`
	t.Cleanup(func() {
		for _, methods := range agreed(t).Paths {
			for _, op := range methods {
				if len(op.Actions) > 0 && len(h.asked[op.OperationID]) == 0 {
					t.Errorf("%s: no decision of it was logged", op.OperationID)
				}
			}
		}
		if strings.Contains(h.log.String(), "canary.example") {
			t.Error("the log holds what was sent")
		}
	})
	h = open(t)
	p := h.found(map[string]any{"visibility": "public"})
	ada := h.signUp().join(p.ID, "Ada Hill")
	opened := ada.opens(p.ID, word, word)
	ids := map[string]string{
		"community": p.ID, "programme": p.Programme, "topic": opened.ID, "post": ada.replies(p.ID, opened.ID, word).ID,
		"persona": opened.Author.ID, "attachment": ada.uploaded(p.ID, "application/pdf", document(t, 100)).ID,
	}
	for _, r := range hostile(t, ids, word) {
		for _, by := range []string{"", h.signUp().token, ada.token, p.lead.token, p.operator.token} {
			h.call(r.method, r.path, by, r.body, "If-Match", r.ifMatch, "Idempotency-Key", word, "User-Agent", word)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// request is one to be sent.
type request struct {
	method, path, ifMatch string
	body                  any
}

// hostile makes a request of every operation, with its example for a body and the word for all prose in it. What deletes
// comes last.
func hostile(t *testing.T, ids map[string]string, word string) (all []request) {
	t.Helper()
	text, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name, In string
				Required bool
				Schema   struct{ Examples []any }
			}
			RequestBody struct {
				Content map[string]struct{ Example any }
			}
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for _, template := range slices.Sorted(maps.Keys(document.Paths)) {
		path := placeholder.ReplaceAllStringFunc(template, func(name string) string {
			return cmp.Or(ids[strings.Trim(name, "{}")], uuid.NewString())
		})
		for method, op := range document.Paths[template] {
			r := request{method: strings.ToUpper(method), path: path, body: spoiled(op.RequestBody.Content["application/json"].Example, word)}
			asked := url.Values{}
			for _, p := range op.Parameters {
				switch {
				case p.Name == "q":
					asked.Set(p.Name, word)
				case p.In == "query" && p.Required:
					asked.Set(p.Name, fmt.Sprint(p.Schema.Examples[0]))
				case p.Name == "If-Match":
					r.ifMatch = fmt.Sprint(p.Schema.Examples[0])
				}
			}
			r.path += "?" + asked.Encode()
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b request) int { return -strings.Compare(a.method, b.method) }) // DELETE is first in the alphabet
	return all
}

// spoiled puts the word where there is prose, which is what has a space in it.
func spoiled(example any, word string) any {
	switch example := example.(type) {
	case string:
		if strings.Contains(example, " ") {
			return word
		}
	case map[string]any:
		for name := range example {
			example[name] = spoiled(example[name], word)
		}
	case []any:
		for i := range example {
			example[i] = spoiled(example[i], word)
		}
	}
	return example
}
