package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

var (
	//go:embed docs.html
	docsHTML string
	//go:embed docs.css
	docsCSS string

	docsPolicy = "default-src 'none'; style-src 'sha256-" + digestOf(docsCSS) + "'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// published is what is told of the API.
type published struct {
	machines []byte            // the OpenAPI document
	people   map[string][]byte // a page for each language
}

// publication is written once: it depends on this program alone.
var publication = sync.OnceValues(func() (p published, err error) {
	specification := specification()
	if p.machines, err = document(specification); err != nil {
		return published{}, err
	}
	p.people = map[string][]byte{}
	for _, language := range []string{"en", "fa"} {
		if p.people[language], err = writeDocs(specification, readerOf(language)); err != nil {
			return published{}, err
		}
	}
	return p, nil
})

func writeDocs(specification *huma.OpenAPI, in reader) ([]byte, error) {
	page, err := template.New("docs").Funcs(template.FuncMap{
		"say":   in.say,
		"prose": in.prose,
		"style": func() template.CSS { return template.CSS(docsCSS) }, //nolint:gosec // our own file
	}).Parse(docsHTML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, docsOf(specification, in)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// reader is who reads: the language, and how one of our English sentences is said in it.
type reader struct {
	language string
	say      func(english string) string
}

func readerOf(language string) reader {
	return reader{language, func(english string) string {
		if persian := inPersian[english]; language == "fa" && persian != "" {
			return persian
		}
		return english
	}}
}

// prose is what say gives, with what stands between backticks as code.
func (r reader) prose(english string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(r.say(english), "`") {
		text := template.HTMLEscapeString(part)
		if i%2 == 1 {
			text = `<code dir="ltr">` + text + `</code>`
		}
		b.WriteString(text)
	}
	return template.HTML(b.String()) //nolint:gosec // our own sentences, escaped
}

// digits writes the numbers of a sentence as its readers do.
func (r reader) digits(s string) string {
	if r.language != "fa" {
		return s
	}
	return strings.Map(func(d rune) rune {
		if d >= '0' && d <= '9' {
			return d - '0' + '۰'
		}
		return d
	}, s)
}

// docs shows the documentation in the reader's language, or in the one that the query names.
func (a *api) docs(w http.ResponseWriter, r *http.Request) {
	language := languageOf(r)
	if asked := r.URL.Query().Get("language"); asked == "en" || asked == "fa" {
		language = asked
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", language)
	h.Set("Content-Security-Policy", docsPolicy)
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Vary", "Accept-Language")
	_, _ = w.Write(a.people[language]) // a client that has gone misses nothing
}

func (a *api) openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(a.machines) // a client that has gone misses nothing
}
