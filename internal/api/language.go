package api

import (
	"net/http"

	"golang.org/x/text/language"
)

var languages = language.NewMatcher([]language.Tag{language.English, language.Persian})

// languageOf is the language of a reader, "en" or "fa", by Accept-Language.
func languageOf(r *http.Request) string {
	if r == nil {
		return "en"
	}
	header := r.Header.Get("Accept-Language")
	if header == "" || len(header) > 256 {
		return "en"
	}
	if _, index := language.MatchStrings(languages, header); index == 1 {
		return "fa"
	}
	return "en"
}
