package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/api"
)

func TestLanguages(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"": "en", "en": "en", "fa": "fa", "fa-IR": "fa", "FA-ir": "fa", "fa-AF": "fa", "fa-Arab-IR": "fa",
		"fa-IR,fa;q=0.9,en;q=0.8": "fa", "en-GB,en;q=0.9,fa;q=0.8": "en", "fa;q=0.2, en;q=0.9": "en", "en;q=0.2, fa;q=0.9": "fa",
		"de": "en", "de, fa;q=0.5": "fa", "*": "en", "fa;q=0": "en", ";;;q=": "en", "\x00": "en", strings.Repeat("fa,", 100): "en",
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := api.LanguageOf(r); got != want {
			t.Errorf("%q is %s, want %s", header, got, want)
		}
	}
	if got := api.LanguageOf(nil); got != "en" {
		t.Errorf("nobody reads %s", got)
	}
}
