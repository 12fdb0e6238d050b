package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hamyar/hamyar/internal/fault"
)

// docsView is the documentation, ready to be shown in one language.
type docsView struct {
	Language, Direction, Other string
	Tags                       []tagDocs
	Shapes                     []shapeDocs
	Refusals                   []refusalDocs
}

type tagDocs struct {
	Name, Title, About string
	Operations         []operationDocs
}

type operationDocs struct {
	ID, Method, Path, Summary, About string
	Public                           bool
	Scopes                           []string // that an API key needs; none where no key may
	Parameters, Sent                 []fieldDocs
	Status                           int
	Answer                           string // name of a schema; "" for no body
	Headers                          []fieldDocs
	Refusals                         []refusalDocs
	Curl                             string
}

// fieldDocs is a field, a parameter or a header.
type fieldDocs struct {
	Name, In, Type, Shape, Limits, About, Example string
	Choices                                       []string
	Need                                          string // required, optional, or "" where it isn't said
	List, Nullable                                bool
}

type shapeDocs struct {
	Name   string
	Fields []fieldDocs
}

type refusalDocs struct {
	Code          string
	Status        int
	Title, Detail string
}

func docsOf(specification *huma.OpenAPI, in reader) docsView {
	view := docsView{Language: in.language, Direction: "ltr", Other: "fa"}
	if in.language == "fa" {
		view.Direction, view.Other = "rtl", "en"
	}
	for _, tag := range specification.Tags {
		section := tagDocs{Name: tag.Name, Title: schemaPart(tag.Name), About: tag.Description}
		for _, op := range operations(specification) {
			if op.Tags[0] == tag.Name {
				section.Operations = append(section.Operations, in.operation(specification, op))
			}
		}
		view.Tags = append(view.Tags, section)
	}
	sent := func(name string) bool { return strings.HasSuffix(name, "Request") } // shown with the operation
	for _, name := range slices.Sorted(maps.Keys(specification.Components.Schemas.Map())) {
		if !sent(name) {
			view.Shapes = append(view.Shapes, shapeDocs{name, in.fields(specification, schemaRef+name, "")})
		}
	}
	codes := fault.Codes()
	slices.Sort(codes)
	for _, code := range codes {
		view.Refusals = append(view.Refusals, in.refusal(string(code)))
	}
	return view
}

const schemaRef = "#/components/schemas/"

func (r reader) refusal(code string) refusalDocs {
	p := problemOf(fault.New(fault.Code(code)), r.language, "")
	return refusalDocs{Code: code, Status: p.Status, Title: p.Title, Detail: p.Detail}
}

func (r reader) operation(specification *huma.OpenAPI, op *huma.Operation) operationDocs {
	shown := operationDocs{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, About: op.Description,
		Public: slices.ContainsFunc(op.Security, func(s map[string][]string) bool { return len(s) == 0 }), Curl: curl(op),
	}
	if views, told := op.Extensions[withActions].([]actionView); told {
		for _, view := range views {
			if view.Scope != "" {
				shown.Scopes = append(shown.Scopes, view.Scope)
			}
		}
	}
	for _, p := range ownParameters(op) {
		f := r.field(field{p.Name, p.Schema, p.Required}, "required")
		f.In = p.In
		shown.Parameters = append(shown.Parameters, f)
	}
	if media := sentJSON(op); media != nil {
		shown.Sent = r.fields(specification, media.Schema.Ref, "required")
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		response := op.Responses[status]
		if status >= "400" {
			for code := range strings.SplitSeq(response.Description, ", ") {
				shown.Refusals = append(shown.Refusals, r.refusal(code))
			}
			continue
		}
		shown.Status, _ = strconv.Atoi(status) // huma writes numbers
		if media := response.Content["application/json"]; media != nil {
			shown.Answer = strings.TrimPrefix(media.Schema.Ref, schemaRef)
		}
		for _, name := range slices.Sorted(maps.Keys(response.Headers)) {
			if header := response.Headers[name]; header.Ref == "" {
				shown.Headers = append(shown.Headers, r.field(field{name, header.Schema, true}, ""))
			}
		}
	}
	return shown
}

func (r reader) fields(specification *huma.OpenAPI, ref, required string) (shown []fieldDocs) {
	for _, f := range fieldsOf(specification, ref) {
		resolved := r.field(f, required)
		if target := specification.Components.Schemas.SchemaFromRef(f.schema.Ref); target != nil {
			resolved.Nullable = target.Nullable
		}
		shown = append(shown, resolved)
	}
	return shown
}

// field says of one that is required what the caller would say of it.
func (r reader) field(f field, required string) fieldDocs {
	s := f.schema
	shown := fieldDocs{Name: f.name, About: s.Description, Nullable: s.Nullable, Need: required, Limits: r.limits(s)}
	if !f.required {
		shown.Need = "optional"
	}
	if len(s.Examples) > 0 {
		shown.Example = plain(s.Examples[0])
	}
	if s.Type == huma.TypeArray {
		shown.List, s = true, s.Items
	}
	shown.Shape = strings.TrimPrefix(s.Ref, schemaRef)
	shown.Type = map[string]string{huma.TypeString: "text", huma.TypeInteger: "whole number", huma.TypeNumber: "number", huma.TypeBoolean: "true or false"}[s.Type]
	switch s.Format {
	case "date":
		shown.Type = "date"
	case "date-time":
		shown.Type = "time"
	}
	for _, choice := range s.Enum {
		shown.Choices = append(shown.Choices, plain(choice))
	}
	return shown
}

// plain is a value as one would say it: text without quotes, a list with commas.
func plain(v any) string {
	if list, isList := v.([]string); isList {
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(v)
}

// limits tells how long, how large and how many.
func (r reader) limits(s *huma.Schema) string {
	var said []string
	say := func(english string, numbers ...any) {
		said = append(said, r.digits(fmt.Sprintf(r.say(english), numbers...)))
	}
	switch {
	case s.MinLength != nil && s.MaxLength != nil:
		say("%d to %d characters", *s.MinLength, *s.MaxLength)
	case s.MaxLength != nil:
		say("at most %d characters", *s.MaxLength)
	}
	switch {
	case s.MinItems != nil && s.MaxItems != nil:
		say("%d to %d of them", *s.MinItems, *s.MaxItems)
	case s.MaxItems != nil:
		say("at most %d of them", *s.MaxItems)
	}
	if s.Minimum != nil && s.Maximum != nil {
		say("%v to %v", *s.Minimum, *s.Maximum)
	}
	if s.Default != nil {
		say("%v by default", s.Default)
	}
	return strings.Join(said, r.say("; "))
}

// curl is the request as one would type it. $HAMYAR is the address, $TOKEN a session token.
func curl(op *huma.Operation) string {
	path, asked, lines := op.Path, []string{}, []string{}
	if !slices.ContainsFunc(op.Security, func(s map[string][]string) bool { return len(s) == 0 }) {
		lines = append(lines, `-H "Authorization: Bearer $TOKEN"`)
	}
	for _, p := range ownParameters(op) {
		switch {
		case len(p.Schema.Examples) == 0:
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", plain(p.Schema.Examples[0]))
		case p.In == "query":
			asked = append(asked, p.Name+"="+url.QueryEscape(plain(p.Schema.Examples[0])))
		case p.In == "header":
			lines = append(lines, "-H "+quoted(p.Name+": "+plain(p.Schema.Examples[0])))
		}
	}
	if media := sentJSON(op); media != nil {
		lines = append(lines, "-H 'Content-Type: application/json'", "-d "+quoted(indented(media.Example)))
	} else if op.RequestBody != nil {
		lines = append(lines, "-H 'Content-Type: image/jpeg'", "--data-binary @picture.jpg")
	}
	if len(asked) > 0 {
		path += "?" + strings.Join(asked, "&")
	}
	method := ""
	if op.Method != http.MethodGet && (op.Method != http.MethodPost || op.RequestBody == nil) {
		method = "-X " + op.Method + " "
	}
	return strings.Join(append([]string{"curl " + method + `"$HAMYAR` + path + `"`}, lines...), " \\\n  ")
}

func indented(example any) string {
	text, err := json.MarshalIndent(example, "  ", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

// quoted is an argument as a shell takes it.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
