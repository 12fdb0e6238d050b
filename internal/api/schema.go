package api

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// schemaName is what the document calls a type: ours without View, a page by its items, and a body by its operation.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, item, isPage := strings.Cut(t.Name(), "[")
	switch {
	case isPage: // pageView[…/api.PostView]
		return schemaPart(strings.TrimSuffix(item[strings.LastIndexByte(item, '.')+1:], "]")) + schemaPart(name)
	case name != "":
		return schemaPart(name)
	}
	var words strings.Builder
	for word := range strings.SplitSeq(hint, "-") { // create-postRequest
		words.WriteString(schemaPart(word))
	}
	return words.String()
}

func schemaPart(name string) string {
	name = strings.TrimSuffix(name, "View")
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + name[size:]
}

// field is one field of a schema.
type field struct {
	name     string
	schema   *huma.Schema
	required bool
}

// fieldsOf lists the fields of a schema in the order in which the type has them, which a document forgets.
func fieldsOf(document *huma.OpenAPI, ref string) (fields []field) {
	schemas := document.Components.Schemas
	s, t := schemas.SchemaFromRef(ref), schemas.TypeFromRef(ref)
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if property := s.Properties[name]; property != nil {
			fields = append(fields, field{name, property, slices.Contains(s.Required, name)})
		}
	}
	return fields
}
