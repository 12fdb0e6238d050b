package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/api"
)

// The contract is the OpenAPI document. Every answer that any test of this package gets under /v1 is held against it:
// status, code and form.

type contract struct {
	Paths      map[string]map[string]promised
	Components struct{ Schemas map[string]schema }

	mu   sync.Mutex
	seen map[string]bool // "get /v1/me 200"
}

type promised struct {
	OperationID string                    `json:"operationId"`
	Actions     []struct{ Action string } `json:"x-hamyar-actions"`
	Responses   map[string]struct {
		Description string
		Headers     map[string]json.RawMessage
		Content     map[string]struct{ Schema schema }
	}
}

type schema map[string]any

var theContract = sync.OnceValues(func() (*contract, error) {
	document, err := api.Document()
	if err != nil {
		return nil, err
	}
	c := &contract{seen: map[string]bool{}}
	return c, json.Unmarshal(document, c)
})

// agreed is the contract.
func agreed(t *testing.T) *contract {
	t.Helper()
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// operation finds what a request means: the path with the fewest parameters that fits.
func (c *contract) operation(method, path string) (promised, string, bool) {
	path, _, _ = strings.Cut(path, "?")
	steps := strings.Split(path, "/")
	var found promised
	best, fewest := "", math.MaxInt
	for template, methods := range c.Paths {
		parts := strings.Split(template, "/")
		op, known := methods[strings.ToLower(method)]
		if !known || len(parts) != len(steps) || strings.Count(template, "{") >= fewest {
			continue
		}
		if slices.EqualFunc(parts, steps, func(part, step string) bool { return part == step || strings.HasPrefix(part, "{") && step != "" }) {
			found, best, fewest = op, template, strings.Count(template, "{")
		}
	}
	return found, best, best != ""
}

// judge says how an answer breaks what the document promises. What is no operation of it is not judged.
func (c *contract) judge(method, path string, status int, header http.Header, body []byte) error {
	op, template, known := c.operation(method, path)
	if !known {
		return nil
	}
	c.mu.Lock()
	c.seen[fmt.Sprintf("%s %s %d", strings.ToLower(method), template, status)] = true
	c.mu.Unlock()
	answer, documented := op.Responses[fmt.Sprint(status)]
	if !documented {
		return fmt.Errorf("%s answers %d, which the document does not tell", op.OperationID, status)
	}
	if len(answer.Content) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("%s: %d has a body", op.OperationID, status)
		}
		return nil
	}
	content, typed := answer.Content[header.Get("Content-Type")]
	if !typed {
		return fmt.Errorf("%s: %d comes as %q", op.OperationID, status, header.Get("Content-Type"))
	}
	if content.Schema["format"] == "binary" || strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		return nil // a file or a text: what is in it is judged elsewhere
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return fmt.Errorf("%s: %d is no JSON: %w", op.OperationID, status, err)
	}
	if err := c.fits(value, content.Schema, "$"); err != nil {
		return fmt.Errorf("%s: %d: %w", op.OperationID, status, err)
	}
	if problem, isProblem := value.(map[string]any); isProblem && status >= http.StatusBadRequest {
		if code, _ := problem["code"].(string); !slices.Contains(strings.Split(answer.Description, ", "), code) {
			return fmt.Errorf("%s: %d with the code %q, and the document tells only of %q", op.OperationID, status, code, answer.Description)
		}
	}
	return nil
}

// unbinding are words of a schema that bind nothing.
var unbinding = []string{"description", "examples", "default", "title"}

// fits holds a value against a schema. A word of JSON Schema that it doesn't know is an error, so that nothing passes
// unjudged.
func (c *contract) fits(value any, s schema, at string) error {
	for word, rule := range s {
		var err error
		switch {
		case slices.Contains(unbinding, word):
		case word == "$ref":
			name := strings.TrimPrefix(rule.(string), "#/components/schemas/")
			target, there := c.Components.Schemas[name]
			if !there {
				return fmt.Errorf("%s: no schema %s", at, name)
			}
			err = c.fits(value, target, at)
		case word == "type":
			err = ofType(value, rule, at)
		case word == "enum":
			if value != nil && !slices.Contains(rule.([]any), value) {
				err = fmt.Errorf("%s: %v is not in the list", at, value)
			}
		case word == "format":
			err = inFormat(value, rule.(string), at)
		case word == "minimum" || word == "maximum" || word == "minLength" || word == "maxLength" || word == "minItems" || word == "maxItems":
			err = within(value, word, rule.(float64), at)
		case word == "properties" || word == "required" || word == "additionalProperties" || word == "items":
			// together, below
		default:
			err = fmt.Errorf("%s: the schema says %q, which is not judged here", at, word)
		}
		if err != nil {
			return err
		}
	}
	return c.inside(value, s, at)
}

func (c *contract) inside(value any, s schema, at string) error {
	switch value := value.(type) {
	case []any:
		items, _ := s["items"].(map[string]any)
		for i, item := range value {
			if err := c.fits(item, items, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, there := value[name.(string)]; !there {
				return fmt.Errorf("%s: %s is missing", at, name)
			}
		}
		for name, inner := range value {
			property, known := properties[name].(map[string]any)
			if !known && s["$ref"] == nil {
				return fmt.Errorf("%s: the document knows no %s", at, name)
			}
			if known {
				if err := c.fits(inner, property, at+"."+name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func ofType(value, rule any, at string) error {
	is := "null"
	switch value := value.(type) {
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case []any:
		is = "array"
	case map[string]any:
		is = "object"
	case json.Number:
		is = "number"
		if _, err := value.Int64(); err == nil {
			is = "integer"
		}
	}
	allowed, several := rule.([]any)
	if !several {
		allowed = []any{rule}
	}
	if !slices.Contains(allowed, any(is)) {
		return fmt.Errorf("%s: %s where the document says %v", at, is, rule)
	}
	return nil
}

func inFormat(value any, format, at string) error {
	text, isText := value.(string)
	var err error
	switch format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, text)
	case "date":
		_, err = time.Parse(time.DateOnly, text)
	case "int32", "int64":
		return nil // the type says so
	default:
		err = fmt.Errorf("the format %s is not judged here", format)
	}
	if isText && err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return nil
}

func within(value any, word string, bound float64, at string) error {
	var size float64
	switch value := value.(type) {
	case json.Number:
		size, _ = value.Float64()
	case string:
		size = float64(len([]rune(value)))
	case []any:
		size = float64(len(value))
	default:
		return nil
	}
	if strings.HasPrefix(word, "min") && size < bound || strings.HasPrefix(word, "max") && size > bound {
		return fmt.Errorf("%s: %s is %v", at, word, bound)
	}
	return nil
}

// TestEveryOperationIsCalled calls each operation of the document and sees each success that it promises. That the answers
// keep to the document is judged where every answer is read.
func TestEveryOperationIsCalled(t *testing.T) {
	t.Parallel()
	c := agreed(t)
	var h *house
	t.Cleanup(func() { h.asked.whole(t, c) }) // once the log is
	h = open(t)
	p := h.found(map[string]any{"visibility": "public"})
	ada, base := h.signUp().join(p.ID, "Ada Hill"), "/v1/communities/"+p.ID
	p.seldom(ada)
	kept, gone := ada.opens(p.ID, "One", "to keep"), ada.opens(p.ID, "Two", "to lose")
	reply, lost := ada.replies(p.ID, kept.ID, "a reply"), ada.replies(p.ID, kept.ID, "another")
	var community, programme struct{ ETag string }
	p.lead.call(http.MethodGet, base, nil).into(http.StatusOK, &community)
	p.lead.call(http.MethodGet, "/v1/programmes/"+p.Programme, nil).into(http.StatusOK, &programme)
	secrets := ada.printed()
	words, text := map[string]any{"title": "New"}, map[string]any{"text": "New"}
	persona := map[string]any{"persona": kept.Author.ID, "reason": "to call every operation of the document"}
	wish := map[string]any{"lifts": "members_only", "hours": 1, "reason": "to call every operation of the document"}
	var asked, grant struct{ ID string }
	p.operator.call(http.MethodPost, base+"/unmaskings", persona).into(http.StatusCreated, &asked)
	p.operator.call(http.MethodPost, base+"/grants", wish).into(http.StatusCreated, &grant)
	var key struct{ Key struct{ ID string } }
	wanted := map[string]any{"name": "counting", "scopes": []string{"topic:read"}, "purpose": "support", "days": 1}
	ada.call(http.MethodPost, "/v1/me/keys", wanted).into(http.StatusCreated, &key)
	file := ada.uploaded(p.ID, "application/pdf", document(t, 100))
	attachments := base + "/attachments"
	ada.call(http.MethodGet, attachments+"/"+file.ID, nil, "Range", "bytes=0-9").is(http.StatusPartialContent)
	calls := []struct {
		by           *person
		method, path string
		body         any
		ifMatch      string
	}{
		{ada, "GET", "/v1/me", nil, ""},
		{ada, "PATCH", "/v1/me", map[string]any{"language": "fa"}, ""},
		{ada, "GET", "/v1/me/communities", nil, ""},
		{ada, "POST", "/v1/me/recovery-secrets", nil, ""},
		{ada, "POST", "/v1/me/keys", wanted, ""},
		{ada, "GET", "/v1/me/keys", nil, ""},
		{ada, "DELETE", "/v1/me/keys/" + key.Key.ID, nil, ""},
		{ada, "GET", "/v1/programmes", nil, ""},
		{ada, "GET", "/v1/programmes/" + p.Programme, nil, ""},
		{p.lead, "PATCH", "/v1/programmes/" + p.Programme, map[string]any{"hours": "always"}, programme.ETag},
		{p.operator, "POST", "/v1/programmes", programmeBody("Second"), ""},
		{ada, "GET", "/v1/communities", nil, ""},
		{ada, "GET", base, nil, ""},
		{p.lead, "POST", "/v1/communities", communityBody(p.Programme, nil), ""},
		{p.lead, "PATCH", base, map[string]any{"name": "A quieter place"}, community.ETag},
		{ada, "GET", base + "/persona-suggestions", nil, ""},
		{ada, "PUT", base + "/membership", map[string]any{"name": "Ada Dale", "accept_rules": 1}, ""},
		{p.lead, "POST", base + "/invitations", map[string]any{}, ""},
		{p.lead, "PUT", base + "/personas/" + kept.Author.ID + "/role", map[string]any{"role": "moderator"}, ""},
		{p.lead, "POST", base + "/unmaskings", persona, ""},
		{p.lead, "GET", base + "/unmaskings/" + asked.ID, nil, ""},
		{p.lead, "POST", base + "/unmaskings/" + asked.ID + "/approval", nil, ""},
		{ada, "GET", base + "/notices", nil, ""},
		{p.lead, "POST", base + "/grants", wish, ""},
		{p.lead, "GET", base + "/grants", nil, ""},
		{p.lead, "GET", base + "/grants/" + grant.ID, nil, ""},
		{p.lead, "POST", base + "/grants/" + grant.ID + "/approval", nil, ""},
		{p.lead, "DELETE", base + "/grants/" + grant.ID, nil, ""},
		{ada, "GET", base + "/topics", nil, ""},
		{ada, "POST", base + "/topics", map[string]any{"title": "Three", "text": "text"}, ""},
		{ada, "GET", base + "/topics/" + kept.ID, nil, ""},
		{ada, "PATCH", base + "/topics/" + kept.ID, words, kept.ETag},
		{ada, "DELETE", base + "/topics/" + gone.ID, nil, ""},
		{ada, "GET", base + "/topics/" + kept.ID + "/posts", nil, ""},
		{ada, "POST", base + "/topics/" + kept.ID + "/posts", text, ""},
		{ada, "GET", base + "/posts/" + reply.ID, nil, ""},
		{ada, "GET", base + "/search?q=reply", nil, ""},
		{ada, "PATCH", base + "/posts/" + reply.ID, text, reply.ETag},
		{ada, "DELETE", base + "/posts/" + lost.ID, nil, ""},
		{ada, "GET", "/v1/audit/checkpoint", nil, ""},
		{ada, "GET", "/v1/audit/key", nil, ""},
		{ada, "GET", "/v1/audit/proofs/inclusion?leaf=0&size=1", nil, ""},
		{ada, "GET", "/v1/audit/proofs/consistency?from=1&to=1", nil, ""},
		{ada, "GET", "/v1/audit/leaves", nil, ""},
		{ada, "POST", attachments, document(t, 100), ""},
		{ada, "GET", attachments + "/" + file.ID, nil, ""},
		{ada, "DELETE", attachments + "/" + file.ID, nil, ""},
		{ada, "DELETE", base + "/membership", nil, ""},
	}
	if _, err := h.scribe.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Recovery first: it needs the secrets that a call below ends.
	h.call("POST", "/v1/recovery", "", map[string]any{"username": ada.username, "secret": secrets[0]}).is(http.StatusCreated)
	called := map[string]bool{"post /v1/recovery": true}
	for _, call := range calls {
		_, template, known := c.operation(call.method, call.path)
		if !known {
			t.Fatalf("%s %s is no operation of the document", call.method, call.path)
		}
		called[strings.ToLower(call.method)+" "+template] = true
		pairs := []string{}
		if call.ifMatch != "" {
			pairs = []string{"If-Match", call.ifMatch}
		}
		if _, isFile := call.body.(string); isFile {
			pairs = []string{"Content-Type", "application/pdf"}
		}
		if got := call.by.call(call.method, call.path, call.body, pairs...); got.status >= http.StatusBadRequest {
			t.Errorf("%s: %d %s", got.what, got.status, got.body)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, methods := range c.Paths {
		for method, op := range methods {
			if !called[method+" "+path] {
				t.Errorf("%s is called by no line here", op.OperationID)
			}
			for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
				if status < "400" && !c.seen[method+" "+path+" "+status] {
					t.Errorf("%s: %s was not seen", op.OperationID, status)
				}
			}
		}
	}
}
