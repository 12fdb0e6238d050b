package api_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"math"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/fault"
)

func docsIn(t *testing.T, language string) (page string, header http.Header) {
	t.Helper()
	w := newEdge(t).ask(t, http.MethodGet, "/docs", "", "Accept-Language: "+language)
	if w.Code != http.StatusOK {
		t.Fatalf("/docs: %d", w.Code)
	}
	return w.Body.String(), w.Header()
}

var (
	anchored = regexp.MustCompile(` id="([^"]*)"`)
	linked   = regexp.MustCompile(` href="([^"]*)"`)
	headed   = regexp.MustCompile(`<h([1-6])`)
	styled   = regexp.MustCompile(`(?s)<style>(.*)</style>`)
)

func TestDocsAreOnePageOfOurs(t *testing.T) {
	t.Parallel()
	for language, begins := range map[string]string{"en": `<html lang="en" dir="ltr">`, "fa": `<html lang="fa" dir="rtl">`} {
		page, header := docsIn(t, language)
		if !strings.Contains(page, begins) || header.Get("Content-Language") != language || header.Get("Vary") != "Accept-Language" {
			t.Errorf("%s: %v", language, header)
		}
		sum := sha256.Sum256([]byte(styled.FindStringSubmatch(page)[1]))
		want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
		if got := header.Get("Content-Security-Policy"); got != want {
			t.Errorf("Content-Security-Policy %q, want %q", got, want)
		}
		for _, forbidden := range []string{"<script", "<img", "<link", "<iframe", " style=", " src=", "url(", "@import", "javascript:", "ZgotmplZ"} {
			if strings.Contains(page, forbidden) {
				t.Errorf("%s: the page has %s", language, forbidden)
			}
		}
	}
	asked := newEdge(t).ask(t, http.MethodGet, "/docs?language=fa", "", "Accept-Language: en")
	if asked.Header().Get("Content-Language") != "fa" {
		t.Error("the language that is asked for is not given")
	}
}

func TestDocsLeadToEverything(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "fa"} {
		page, _ := docsIn(t, language)
		there := map[string]bool{}
		for _, match := range anchored.FindAllStringSubmatch(page, -1) {
			if there[match[1]] {
				t.Errorf("%s: two things are called %s", language, match[1])
			}
			there[match[1]] = true
		}
		for _, match := range linked.FindAllStringSubmatch(page, -1) {
			anchor, inside := strings.CutPrefix(match[1], "#")
			if inside && !there[anchor] || !inside && match[1] != "/openapi.json" && !strings.HasPrefix(match[1], "?language=") {
				t.Errorf("%s: a link to %s", language, match[1])
			}
		}
		for _, code := range fault.Codes() {
			text := code.In(language)
			if !there[string(code)] || !strings.Contains(page, html.EscapeString(text.Title)) || !strings.Contains(page, html.EscapeString(text.Detail)) {
				t.Errorf("%s: %s is not explained", language, code)
			}
		}
		for _, op := range api.Operations(api.Specification()) {
			if !there[op.OperationID] || !strings.Contains(page, "<code>"+html.EscapeString(op.Path)+"</code>") {
				t.Errorf("%s: %s is not told", language, op.OperationID)
			}
		}
	}
}

// Who reads with a screen reader walks by headings: none may be skipped.
func TestHeadingsOfDocsAreInOrder(t *testing.T) {
	t.Parallel()
	page, _ := docsIn(t, "en")
	before, first := 0, 0
	for _, match := range headed.FindAllStringSubmatch(page, -1) {
		level, _ := strconv.Atoi(match[1])
		if level > before+1 {
			t.Errorf("<h%d> after <h%d>", level, before)
		}
		if before = level; level == 1 {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d headings of the first level", first)
	}
	for _, needed := range []string{`<a class="skip" href="#content">`, `<main id="content">`, `<nav aria-label="Contents">`, `<meta name="viewport"`} {
		if !strings.Contains(page, needed) {
			t.Errorf("the page has no %s", needed)
		}
	}
}

func TestEverySentenceOfDocsIsInPersian(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	if _, err := api.Docs(func(english string) { said[english] = true }); err != nil {
		t.Fatal(err)
	}
	for english := range said {
		if api.InPersian()[english] == "" {
			t.Errorf("docs_persian.go has no %q", english)
		}
	}
	for english, persian := range api.InPersian() {
		if !said[english] && !strings.Contains(english, "%") { // of limits there may be none of a kind
			t.Errorf("docs_persian.go: nobody says %q any more", english)
		}
		if !strings.ContainsFunc(persian, func(r rune) bool { return unicode.Is(unicode.Arabic, r) || strings.ContainsRune("،؛", r) }) && english != "Markdown" {
			t.Errorf("%q is not Persian", persian)
		}
		if strings.ContainsAny(persian, "يك") || strings.Count(english, "`") != strings.Count(persian, "`") || strings.Count(english, "%") != strings.Count(persian, "%") {
			t.Errorf("%q: other letters, code or numbers than in %q", persian, english)
		}
	}
}

var colour = regexp.MustCompile(`--(\w+): #(\w+)`)

// Text stands out from what it stands on, in daylight and in the dark (WCAG 2, AA).
func TestContrastOfDocs(t *testing.T) {
	t.Parallel()
	page, _ := docsIn(t, "en")
	modes := regexp.MustCompile(`:root \{[^}]*\}`).FindAllString(page, -1)
	if len(modes) != 2 {
		t.Fatalf("%d sets of colours", len(modes))
	}
	for _, mode := range modes {
		shades := map[string]float64{}
		for _, match := range colour.FindAllStringSubmatch(mode, -1) {
			shades[match[1]] = luminance(match[2])
		}
		for _, ink := range []string{"ink", "soft", "accent"} {
			for _, ground := range []string{"paper", "card", "mark"} {
				light, dark := max(shades[ink], shades[ground]), min(shades[ink], shades[ground])
				if ratio := (light + 0.05) / (dark + 0.05); ratio < 4.5 {
					t.Errorf("%s on %s: %.2f in %s", ink, ground, ratio, mode)
				}
			}
		}
	}
}

func luminance(hex string) float64 {
	if len(hex) == 3 {
		hex = strings.Repeat(hex[:1], 2) + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:], 2)
	}
	n, _ := strconv.ParseUint(hex, 16, 32)
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// What the page says to type is understood by a shell, and then by the edge.
func TestExamplesOfDocsAreUnderstood(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, op := range api.Operations(api.Specification()) {
		script := "curl() { printf '%s\\0' \"$@\"; }\nHAMYAR=http://hamyar.example TOKEN=t\n" + api.Curl(op)
		typed, err := exec.CommandContext(t.Context(), "bash", "-c", script).Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", op.OperationID, err, api.Curl(op))
		}
		method, path, body, headers := curled(t, strings.Split(strings.TrimSuffix(string(typed), "\x00"), "\x00"))
		signed := slices.Contains(headers, "Authorization: Bearer t")
		if public := slices.ContainsFunc(op.Security, func(s map[string][]string) bool { return len(s) == 0 }); method != op.Method || public == signed {
			t.Errorf("%s: %s, signed in: %v", op.OperationID, method, signed)
		}
		headers = slices.DeleteFunc(headers, func(h string) bool { return strings.HasPrefix(h, "Authorization") })
		w := e.ask(t, method, path, body, headers...)
		if p := problemIn(t, w); p.Code != "internal" && p.Code != "identity_unavailable" { // understood, and there is nobody to do it
			t.Errorf("%s: %d %s %v\n%s", op.OperationID, w.Code, p.Code, p.Errors, api.Curl(op))
		}
	}
}

func curled(t *testing.T, args []string) (method, path, body string, headers []string) {
	t.Helper()
	method = http.MethodGet
	for i := 0; i < len(args); i++ {
		switch {
		case strings.HasPrefix(args[i], "http://hamyar.example/"):
			path = strings.TrimPrefix(args[i], "http://hamyar.example")
		case args[i] == "-X" && i+1 < len(args):
			i++
			method = args[i]
		case args[i] == "-H" && i+1 < len(args):
			i++
			headers = append(headers, args[i])
		case (args[i] == "-d" || args[i] == "--data-binary") && i+1 < len(args):
			i++
			body = args[i]
			if method == http.MethodGet {
				method = http.MethodPost
			}
		default:
			t.Fatal(fmt.Sprint("curl takes no ", args[i]))
		}
	}
	return method, path, body, headers
}
