package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/fault"
)

func TestDocumentIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := api.Document()
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("it differs, or %v", err)
		}
	}
	if w := newEdge(t).ask(t, http.MethodGet, "/openapi.json", ""); w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), first) || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("/openapi.json is another: %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
}

// The document as anybody reads it.
func read(t *testing.T) map[string]any {
	t.Helper()
	text, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestReferencesLeadSomewhere(t *testing.T) {
	t.Parallel()
	document := read(t)
	if version := document["openapi"]; version != "3.1.0" {
		t.Errorf("OpenAPI %v", version)
	}
	used := map[string]bool{}
	each(document, func(name string, value any) {
		ref, isText := value.(string)
		if name != "$ref" || !isText {
			return
		}
		used[ref] = true
		var at any = document
		for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			inside, _ := at.(map[string]any)
			at = inside[step]
		}
		if at == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	})
	for kind, components := range document["components"].(map[string]any) {
		for name := range components.(map[string]any) {
			if ref := "#/components/" + kind + "/" + name; kind != "securitySchemes" && !used[ref] {
				t.Errorf("nothing leads to %s", ref)
			}
		}
	}
}

// each walks everything that has a name.
func each(value any, see func(name string, value any)) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			see(name, inner)
			each(inner, see)
		}
	case []any:
		for _, inner := range value {
			each(inner, see)
		}
	}
}

var (
	operationName = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	schemaNamed   = regexp.MustCompile(`^[A-Z][a-z]+([A-Z][a-z]+)*$`)
	fieldNamed    = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	pathParameter = regexp.MustCompile(`\{([a-z]+)\}`)
	inward        = regexp.MustCompile(`View|Out|Body|Struct|Item|Response|Internal|Api`)
)

func TestEveryOperationIsExplained(t *testing.T) {
	t.Parallel()
	document := api.Specification()
	var named []string
	for _, tag := range document.Tags {
		if tag.Description == "" {
			t.Errorf("tag %s: no description", tag.Name)
		}
		named = append(named, tag.Name)
	}
	seen := map[string]bool{}
	for _, op := range api.Operations(document) {
		if !operationName.MatchString(op.OperationID) || seen[op.OperationID] {
			t.Errorf("%s %s: its id %q is not one, or another's", op.Method, op.Path, op.OperationID)
		}
		seen[op.OperationID] = true
		if op.Summary == "" || strings.HasSuffix(op.Summary, ".") {
			t.Errorf("%s: the summary %q", op.OperationID, op.Summary)
		}
		if op.Description != "" && !strings.HasSuffix(op.Description, ".") {
			t.Errorf("%s: the description %q is no sentence", op.OperationID, op.Description)
		}
		if len(op.Tags) != 1 || !slices.Contains(named, op.Tags[0]) {
			t.Errorf("%s: the tags %v", op.OperationID, op.Tags)
		}
		for _, scheme := range op.Security {
			for name := range scheme {
				if document.Components.SecuritySchemes[name] == nil {
					t.Errorf("%s: the security %s is none of ours", op.OperationID, name)
				}
			}
		}
		checkParameters(t, op)
		checkResponses(t, op)
	}
	if len(seen) < 28 {
		t.Errorf("only %d operations", len(seen))
	}
}

// What a path names is read: huma passes over what it can't see, without a word.
func checkParameters(t *testing.T, op *huma.Operation) {
	t.Helper()
	var inPath []string
	for _, p := range api.OwnParameters(op) {
		if p.Description == "" {
			t.Errorf("%s: the parameter %s has no description", op.OperationID, p.Name)
		}
		if p.In == "path" {
			inPath = append(inPath, p.Name)
			if len(p.Schema.Examples) == 0 {
				t.Errorf("%s: the parameter %s has no example", op.OperationID, p.Name)
			}
		}
	}
	var named []string
	for _, match := range pathParameter.FindAllStringSubmatch(op.Path, -1) {
		named = append(named, match[1])
	}
	if !slices.Equal(inPath, named) {
		t.Errorf("%s reads %v of %s", op.OperationID, inPath, op.Path)
	}
}

func checkResponses(t *testing.T, op *huma.Operation) {
	t.Helper()
	var good int
	for status, response := range op.Responses {
		if status < "400" {
			if status != "206" { // a part of what 200 gives
				good++
			}
			continue
		}
		problem := response.Content["application/problem+json"]
		if problem == nil || problem.Schema.Ref != "#/components/schemas/Problem" || len(problem.Examples) == 0 {
			t.Errorf("%s: %s is no problem document with examples", op.OperationID, status)
		}
		for code := range strings.SplitSeq(response.Description, ", ") {
			if !slices.Contains(fault.Codes(), fault.Code(code)) {
				t.Errorf("%s: %s tells of %q", op.OperationID, status, code)
			}
		}
	}
	if good != 1 {
		t.Errorf("%s: %d good answers", op.OperationID, good)
	}
	for _, status := range []string{"401", "422", "429", "500", "503"} {
		if op.Responses[status] == nil {
			t.Errorf("%s: %s is not told", op.OperationID, status)
		}
	}
}

func TestSchemasAreNamedAndExplained(t *testing.T) {
	t.Parallel()
	document := api.Specification()
	for name, schema := range document.Components.Schemas.Map() {
		if !schemaNamed.MatchString(name) || inward.MatchString(name) {
			t.Errorf("schema %s: a name of the inside", name)
		}
		for field, s := range schema.Properties {
			if !fieldNamed.MatchString(field) {
				t.Errorf("%s.%s: a name of the inside", name, field)
			}
			if s.Description == "" && s.Ref == "" {
				t.Errorf("%s.%s: no description", name, field)
			}
		}
	}
}

// What the document shows as an example would be taken.
func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	document := api.Specification()
	check := func(what string, media *huma.MediaType, mode huma.ValidateMode) {
		example, isJSON := media.Example.(json.RawMessage)
		var value any
		if err := json.Unmarshal(example, &value); err != nil || !isJSON {
			t.Errorf("%s: the example %s: %v", what, example, err)
			return
		}
		result := &huma.ValidateResult{}
		huma.Validate(document.Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), mode, value, result)
		for _, err := range result.Errors {
			t.Errorf("%s: the example %s: %v", what, example, err)
		}
		if s := document.Components.Schemas.SchemaFromRef(media.Schema.Ref); s == nil || mode == huma.ModeReadFromServer && len(value.(map[string]any)) != len(s.Properties) {
			t.Errorf("%s: the example %s leaves something out", what, example)
		}
	}
	for _, op := range api.Operations(document) {
		if op.RequestBody != nil && op.RequestBody.Content["image/jpeg"] == nil { // a file has no example
			check(op.OperationID, op.RequestBody.Content["application/json"], huma.ModeWriteToServer)
		}
		for status, response := range op.Responses {
			if media := response.Content["application/json"]; media != nil {
				check(op.OperationID+" "+status, media, huma.ModeReadFromServer)
			}
		}
		for _, p := range api.OwnParameters(op) {
			for _, example := range p.Schema.Examples {
				result := &huma.ValidateResult{}
				huma.Validate(document.Components.Schemas, p.Schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, example, result)
				for _, err := range result.Errors {
					t.Errorf("%s %s: the example %v: %v", op.OperationID, p.Name, example, err)
				}
			}
		}
	}
}
