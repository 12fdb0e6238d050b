package api

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
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
