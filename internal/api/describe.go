package api

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hamyar/hamyar/internal/fault"
)

var tags = []*huma.Tag{
	{Name: "me", Description: "One's own account: what it is set to, where one is a member, and the way back in."},
	{Name: "keys", Description: "API keys for one's scripts: each does a few things, for one purpose, until a day."},
	{Name: "programmes", Description: "Who runs communities, who pays, who answers for them, and when someone is there."},
	{Name: "communities", Description: "Places to talk, each with its subject, its language and its ground rules."},
	{Name: "membership", Description: "Joining under a name of one community alone, leaving, inviting, and looking after it."},
	{Name: "conversation", Description: "Topics, and the posts in them."},
	{Name: "audit", Description: "The log of what staff did and of what was done upon keys: signed, and for anybody to check."},
}

// everywhere are the refusals that any route can give.
var everywhere = []fault.Code{fault.Invalid, fault.SessionInvalid, fault.KeyInvalid, fault.OutOfScope, fault.PurposeMismatch, fault.RestrictedHere, fault.IdentityUnavailable, fault.Closed, fault.Unavailable, fault.Throttled, fault.Internal}

// implied are the refusals that follow from what a route takes.
func implied(method string, input reflect.Type) (codes []fault.Code) {
	takes := func(field string) bool { _, there := input.FieldByName(field); return there }
	if method != http.MethodGet {
		codes = append(codes, fault.CrossOrigin)
	}
	if takes("Body") {
		codes = append(codes, fault.Malformed, fault.BadEncoding, fault.MediaType, fault.BodyTooLarge, fault.SlowRequest)
	}
	if takes("Key") {
		codes = append(codes, fault.IdempotencyInFlight, fault.IdempotencyReused)
	}
	if takes("Cursor") {
		codes = append(codes, fault.CursorInvalid)
	}
	if takes("BreakGlass") {
		codes = append(codes, fault.GrantInvalid)
	}
	if takes("IfMatch") {
		codes = append(codes, fault.ETagStale, fault.ETagRequired)
	}
	return codes
}

func (a *api) describe(op operation) huma.Operation {
	o := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary, Description: op.about,
		Tags: []string{op.tag}, DefaultStatus: op.status, MaxBodyBytes: mostBody, Middlewares: huma.Middlewares{a.admit},
		Security: []map[string][]string{{"session": {}}, {"token": {}}}, Responses: map[string]*huma.Response{},
		Metadata:   map[string]any{placed: len(operations(a.huma.OpenAPI())), paced: op.class},
		Extensions: map[string]any{withActions: viewActions(op.actions)},
		Parameters: []*huma.Param{{Ref: "#/components/parameters/" + why}},
	}
	if op.text {
		o.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{plainText: {Schema: &huma.Schema{Type: huma.TypeString}}}}
	}
	if op.sends != nil {
		o.RequestBody = &huma.RequestBody{Required: true, Content: files(op.sends)}
	}
	if op.gives != nil {
		o.Responses["200"] = &huma.Response{Description: "OK", Content: files(op.gives), Headers: fileHeaders()}
		o.Responses["206"] = &huma.Response{Description: "Partial Content", Content: files(op.gives), Headers: fileHeaders()}
		o.Responses["206"].Headers["Content-Range"] = inWords("which part of the file this is")
	}
	if op.forScripts() {
		o.Security = append(o.Security, map[string][]string{"key": {}})
	}
	if op.public {
		o.Security = append(o.Security, map[string][]string{})
	}
	problems := map[int][]string{}
	for _, code := range slices.Concat(everywhere, op.codes) {
		if status := statusOf[code.Kind()]; !slices.Contains(problems[status], string(code)) {
			problems[status] = append(problems[status], string(code))
		}
	}
	for status, codes := range problems {
		o.Responses[strconv.Itoa(status)] = a.problemResponse(status, codes)
	}
	return o
}

// files are what isn't JSON.
func files(mediaTypes []string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, mediaType := range mediaTypes {
		content[mediaType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return content
}

func fileHeaders() map[string]*huma.Header {
	return map[string]*huma.Header{"ETag": inWords("for If-Range"), "Accept-Ranges": inWords("bytes: parts can be asked for")}
}

func inWords(about string) *huma.Header {
	return &huma.Header{Schema: &huma.Schema{Type: huma.TypeString, Description: about}}
}

// problemResponse tells of the refusals with one status. Its description is their codes.
func (a *api) problemResponse(status int, codes []string) *huma.Response {
	components := a.huma.OpenAPI().Components
	problem := &huma.MediaType{Schema: components.Schemas.Schema(problemType, true, "Problem"), Examples: map[string]*huma.Example{}}
	for _, code := range codes {
		components.Examples[code] = exampleOfProblem(fault.Code(code))
		problem.Examples[code] = &huma.Example{Ref: "#/components/examples/" + code}
	}
	names := []string{"Content-Language"}
	switch status {
	case http.StatusUnauthorized:
		names = append(names, "WWW-Authenticate")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		names = append(names, "Retry-After")
	}
	return &huma.Response{Description: strings.Join(codes, ", "), Headers: refer(names...), Content: map[string]*huma.MediaType{"application/problem+json": problem}}
}

func exampleOfProblem(code fault.Code) *huma.Example {
	f := fault.New(code)
	if code == fault.Invalid {
		f = f.At("/title", fault.TooLong)
	}
	p := problemOf(f, "en", "b1f0c2d4e6a8907a")
	return &huma.Example{Summary: p.Title, Value: p}
}

// headers are those of many answers.
var headers = map[string]*huma.Header{
	"X-Request-Id":        {Description: "quote it when you ask for help; it says nothing about you", Schema: &huma.Schema{Type: "string"}},
	"Content-Language":    {Description: "en or fa", Schema: &huma.Schema{Type: "string"}},
	"WWW-Authenticate":    {Description: "a session token is taken as a bearer", Schema: &huma.Schema{Type: "string"}},
	"Retry-After":         {Description: "seconds after which trying again makes sense, where that is known", Schema: &huma.Schema{Type: "integer"}},
	"RateLimit-Limit":     {Description: "requests of this kind in a minute", Schema: &huma.Schema{Type: "integer"}},
	"RateLimit-Remaining": {Description: "how many of them are left", Schema: &huma.Schema{Type: "integer"}},
	"RateLimit-Reset":     {Description: "seconds until all of them are back", Schema: &huma.Schema{Type: "integer"}},
}

func refer(names ...string) map[string]*huma.Header {
	referred := map[string]*huma.Header{}
	for _, name := range names {
		referred[name] = &huma.Header{Ref: "#/components/headers/" + name}
	}
	return referred
}

// complete adds to the document what is the same everywhere, and the examples that follow from those of the fields.
func (a *api) complete() {
	document := a.huma.OpenAPI()
	for _, op := range operations(document) {
		if media := sentJSON(op); media != nil {
			media.Example = exampleOf(document, media.Schema, true)
		}
		for status, response := range op.Responses {
			if response.Headers == nil {
				response.Headers = map[string]*huma.Header{}
			}
			maps.Copy(response.Headers, refer("X-Request-Id"))
			if status < "400" {
				maps.Copy(response.Headers, refer("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"))
			}
			if media := response.Content["application/json"]; media != nil {
				media.Example = exampleOf(document, media.Schema, false)
			}
		}
	}
}

// sentJSON is the body of a request in JSON; nil where there is none, or a file.
func sentJSON(op *huma.Operation) *huma.MediaType {
	if op.RequestBody == nil {
		return nil
	}
	return op.RequestBody.Content["application/json"]
}

// paced is where an operation notes the class that it is counted in.
const paced = "class"

// placed is where an operation notes its place among the others, which a document forgets.
const placed = "place"

// operations lists the operations of a document in the order in which they were registered.
func operations(document *huma.OpenAPI) (all []*huma.Operation) {
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				all = append(all, op)
			}
		}
	}
	place := func(op *huma.Operation) int { n, _ := op.Metadata[placed].(int); return n }
	slices.SortFunc(all, func(a, b *huma.Operation) int { return cmp.Compare(place(a), place(b)) })
	return all
}

// exampleOf a schema is made of those of its fields, in their order. In what is sent, a field that may be left out is
// there only if it has an example of its own. It is nil where something has none.
func exampleOf(document *huma.OpenAPI, s *huma.Schema, sent bool) json.RawMessage {
	var parts []string
	switch {
	case s.Ref != "":
		for _, f := range fieldsOf(document, s.Ref) {
			if sent && !f.required && len(f.schema.Examples) == 0 {
				continue
			}
			value := exampleOf(document, f.schema, sent)
			if value == nil {
				return nil
			}
			parts = append(parts, strconv.Quote(f.name)+":"+string(value))
		}
		return json.RawMessage("{" + strings.Join(parts, ",") + "}")
	case len(s.Examples) > 0:
		return asJSON(s.Examples[0])
	case s.Nullable:
		return json.RawMessage("null")
	case s.Type == huma.TypeArray:
		if item := exampleOf(document, s.Items, sent); item != nil {
			return json.RawMessage("[" + string(item) + "]")
		}
	case len(s.Enum) > 0:
		return asJSON(s.Enum[0])
	case s.Type == huma.TypeBoolean:
		return json.RawMessage("false")
	}
	return nil
}

func asJSON(v any) json.RawMessage {
	encoded, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return encoded
}
