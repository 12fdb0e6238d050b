package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// bad is a request that is refused, and how.
type bad struct {
	what         string
	method, path string
	body         any
	pairs        []string
	status       int
	code         string
	pointer, why string // of the refused part, where one is told
}

// spy stands in everything that is sent; no log line may hold it, in either script.
const (
	spy        = "zqxjvk"
	persianSpy = "قناریِ‌خاموش"
)

// badInputs are sent by a member of the community at base, where topics has more than one page.
func badInputs(base, topicID, postID string, cursors map[string]string) []bad {
	topics, posts := base+"/topics", base+"/topics/"+topicID+"/posts"
	one := base + "/posts/" + postID
	words := func(title, text any) map[string]any { return map[string]any{"title": title, "text": text} }
	tampered := []byte(cursors["topics"])
	tampered[len(tampered)-3] ^= 1
	const invalid, missing = http.StatusUnprocessableEntity, http.StatusNotFound
	refused := func(what, method, path string, body any, pointer, why string) bad {
		return bad{what: what, method: method, path: path, body: body, status: invalid, code: "invalid_request", pointer: pointer, why: why}
	}
	simple := func(what, method, path string, body any, status int, code string, pairs ...string) bad {
		return bad{what: what, method: method, path: path, body: body, status: status, code: code, pairs: pairs}
	}
	return []bad{
		refused("an unknown field", "POST", topics, map[string]any{"title": spy, "text": spy, "colour": spy}, "/colour", "unknown_field"),
		refused("a field that no field could be", "POST", topics, `{"title":"t","text":"t","`+spy+` `+persianSpy+`":1}`, "", "unknown_field"),
		refused("another case", "POST", topics, `{"title":"t","Title":"`+spy+`","text":"t"}`, "/Title", "unknown_field"),
		refused("a number for a title", "POST", topics, words(7, spy), "/title", "wrong_type"),
		refused("null for a text", "POST", topics, words(spy, nil), "/text", "wrong_type"),
		refused("a list for a text", "POST", posts, map[string]any{"text": []string{spy}}, "/text", "wrong_type"),
		refused("no title", "POST", topics, map[string]any{"text": spy}, "/title", "required"),
		refused("an empty title", "POST", topics, words("", spy), "/title", "too_short"),
		refused("a blank title", "POST", topics, words("\u200b \u2060\ufe0f", spy), "/title", "required"),
		refused("a title of 201 characters", "POST", topics, words(long(spy, 201), "t"), "/title", "too_long"),
		refused("a Persian title of 201 characters", "POST", topics, words(long(persianSpy, 201), "t"), "/title", "too_long"),
		refused("a text of 40,001 characters", "POST", topics, words("t", long(spy, 40_001)), "/text", "too_long"),
		refused("a Persian text of 40,001 characters", "POST", posts, map[string]any{"text": long(persianSpy, 40_001)}, "/text", "too_long"),
		refused("a control character", "POST", posts, map[string]any{"text": spy + "\u0007"}, "/text", "bad_characters"),
		refused("a NUL in a title", "POST", topics, words(spy+"\u0000", "t"), "/title", "bad_characters"),
		refused("a field twice", "POST", topics, `{"title":"`+spy+`","title":"b","text":"t"}`, "/title", "repeated_field"),
		refused("no body", "POST", topics, nil, "", "required"),
		refused("a string for a body", "POST", topics, `"`+spy+`"`, "", "wrong_type"),
		refused("a list for a body", "POST", topics, `["`+spy+`"]`, "", "wrong_type"),
		refused("null for a body", "POST", topics, `null`, "", "wrong_type"),
		simple("no JSON", "POST", topics, `{"title": `+spy, 400, "malformed_request"),
		simple("two values", "POST", topics, `{"title":"`+spy+`","text":"t"} {}`, 400, "malformed_request"),
		simple("deep nesting", "POST", topics, strings.Repeat(`{"a":`, 20_000)+"1"+strings.Repeat("}", 20_000), 400, "malformed_request"),
		simple("invalid UTF-8", "POST", topics, "{\"title\":\""+spy+"\xff\",\"text\":\"t\"}", 400, "bad_encoding"),
		simple("half a surrogate pair", "POST", topics, `{"title":"`+spy+`\ud800","text":"t"}`, 400, "bad_encoding"),
		simple("a body over the limit", "POST", topics, words(spy, long(spy, 600_000)), 413, "body_too_large"),
		simple("another media type", "POST", topics, `title=`+spy, 415, "media_type_unsupported", "Content-Type", "application/x-www-form-urlencoded"),
		simple("JSON under another name", "POST", topics, `{"title":"`+spy+`","text":"t"}`, 415, "media_type_unsupported", "Content-Type", "text/plain; a="+spy),
		simple("a tampered cursor", "GET", topics+"?cursor="+string(tampered), nil, 400, "cursor_invalid"),
		simple("no cursor at all", "GET", topics+"?cursor="+spy, nil, 400, "cursor_invalid"),
		simple("a cursor of another list", "GET", posts+"?cursor="+cursors["topics"], nil, 400, "cursor_invalid"),
		simple("a cursor of another community", "GET", topics+"?cursor="+cursors["elsewhere"], nil, 400, "cursor_invalid"),
		simple("a cursor under another filter", "GET", "/v1/communities?language=en&cursor="+cursors["communities"], nil, 400, "cursor_invalid"),
		refused("a limit of none", "GET", topics+"?limit=0", nil, "limit", "out_of_range"),
		refused("a limit of 101", "GET", topics+"?limit=101", nil, "limit", "out_of_range"),
		refused("a limit in words", "GET", topics+"?limit="+spy, nil, "limit", "wrong_type"),
		refused("an unknown parameter", "GET", topics+"?colour="+spy, nil, "colour", "unknown_field"),
		refused("a cursor too long", "GET", topics+"?cursor="+long(spy, 401), nil, "cursor", "too_long"),
		refused("an unknown language", "GET", "/v1/communities?language="+spy, nil, "language", "not_in_list"),
		simple("an id that is none", "GET", "/v1/communities/"+spy+"/topics", nil, missing, "not_found"),
		simple("an id of another form", "GET", "/v1/communities/urn:uuid:"+strings.TrimPrefix(base, "/v1/communities/"), nil, missing, "not_found"),
		simple("an id in braces", "GET", base+"/topics/%7B"+topicID+"%7D", nil, missing, "not_found"),
		simple("an id with more behind it", "GET", one+"0", nil, missing, "not_found"),
		simple("an unknown topic", "GET", topics+"/0ddba11a-0000-4000-8000-000000000000", nil, missing, "not_found"),
		simple("an unknown post", "GET", base+"/posts/0ddba11a-0000-4000-8000-000000000000", nil, missing, "not_found"),
		simple("a reply to an unknown topic", "POST", topics+"/0ddba11a-0000-4000-8000-000000000000/posts", map[string]any{"text": spy}, missing, "not_found"),
		simple("an unknown route", "GET", "/v1/"+spy+"/"+persianSpy, nil, missing, "not_found"),
		simple("another method", "PUT", topics, words(spy, spy), 405, "method_not_allowed"),
		simple("a method of one's own", "ZQXJVK", topics, nil, 405, "method_not_allowed"),
		simple("a forged token", "GET", topics, nil, 401, "session_invalid", "Authorization", "Bearer ory_st_"+spy),
		simple("no token of ours", "GET", topics, nil, 401, "session_invalid", "Authorization", "Bearer "+spy),
		simple("a forged token of another header", "GET", topics, nil, 401, "session_invalid", "X-Session-Token", "ory_st_"+spy),
		simple("a forged cookie", "GET", topics, nil, 401, "session_invalid", "Authorization", "", "Cookie", "ory_kratos_session="+spy),
		simple("a forged token where nobody need sign in", "GET", "/v1/communities", nil, 401, "session_invalid", "Authorization", "Bearer ory_st_"+spy),
		simple("no If-Match", "PATCH", one, map[string]any{"text": spy}, 428, "etag_required"),
		simple("a stale ETag", "PATCH", one, map[string]any{"text": spy}, 412, "etag_stale", "If-Match", `"77"`),
		simple("no ETag", "PATCH", one, map[string]any{"text": spy}, 412, "etag_stale", "If-Match", spy),
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	other := p.founds(nil)
	ada := h.signUp().join(p.ID, "Ada").join(other, "Bea")
	base := "/v1/communities/" + p.ID
	opened := ada.opens(p.ID, "A title", "text")
	for range 2 {
		ada.opens(p.ID, "More", "text")
		ada.opens(other, "More", "text")
	}
	cursors := map[string]string{}
	for name, path := range map[string]string{"topics": base + "/topics?limit=1", "elsewhere": "/v1/communities/" + other + "/topics?limit=1", "communities": "/v1/communities?limit=1"} {
		var page listing[struct{}]
		ada.call(http.MethodGet, path, nil).into(http.StatusOK, &page)
		cursors[name] = *page.Next
	}
	db := h.behind()
	before := db.rows()
	for _, b := range badInputs(base, opened.ID, opened.Opening.ID, cursors) {
		for _, language := range []string{"en", "fa"} {
			r := ada.call(b.method, b.path, b.body, append([]string{"Accept-Language", language}, b.pairs...)...)
			checkRefusal(t, b, language, r)
		}
	}
	if after := db.rows(); !maps.Equal(before, after) {
		t.Errorf("something was written: %v, then %v", before, after)
	}
	h.silent(t, ada, p.ID, opened.ID, spy, persianSpy, strings.ToUpper(spy), "colour")
}

func checkRefusal(t *testing.T, b bad, language string, r reply) {
	t.Helper()
	var problem struct {
		Code, Title, Detail string
		RequestID           string `json:"request_id"`
		Errors              []struct{ Pointer, Code, Detail string }
	}
	if err := json.Unmarshal(r.body, &problem); err != nil || r.status != b.status || problem.Code != b.code {
		t.Errorf("%s: %d %s, want %d %s", b.what, r.status, r.body, b.status, b.code)
		return
	}
	if r.header.Get("Content-Type") != "application/problem+json" || r.header.Get("Content-Language") != language || problem.RequestID != r.header.Get("X-Request-Id") {
		t.Errorf("%s: %v", b.what, r.header)
	}
	texts := []string{problem.Title, problem.Detail}
	for _, part := range problem.Errors {
		texts = append(texts, part.Detail)
	}
	if slices.ContainsFunc(texts, func(text string) bool { return text == "" || persian(text) != (language == "fa") }) {
		t.Errorf("%s: in %s: %q", b.what, language, texts)
	}
	if b.why != "" && (len(problem.Errors) != 1 || problem.Errors[0].Pointer != b.pointer || problem.Errors[0].Code != b.why) {
		t.Errorf("%s: %+v, want %s at %q", b.what, problem.Errors, b.why, b.pointer)
	}
	if strings.Contains(string(r.body), spy) || strings.Contains(string(r.body), persianSpy) {
		t.Errorf("%s: the answer repeats what was sent: %s", b.what, r.body)
	}
	if b.status == http.StatusUnauthorized && r.header.Get("WWW-Authenticate") == "" {
		t.Errorf("%s: 401 without WWW-Authenticate", b.what)
	}
	if b.status == http.StatusMethodNotAllowed && r.header.Get("Allow") != "GET, POST" {
		t.Errorf("%s: Allow is %q", b.what, r.header.Get("Allow"))
	}
}

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`)

// silent checks that the log holds lines, and none of the words, no id, no token, no name of an account, no address.
func (h *house) silent(t *testing.T, p *person, words ...string) {
	t.Helper()
	log := h.log.String()
	if strings.Count(log, `"request_id"`) < 10 {
		t.Fatalf("nothing is logged: %s", log)
	}
	for _, word := range append(words, p.username, p.password, p.token, p.identity.String(), "ory_st_", "127.0.0.1", "Go-http-client", "@") {
		if i := strings.Index(log, word); i >= 0 {
			t.Errorf("the log holds %q: …%s…", word, log[max(0, i-200):min(len(log), i+100)])
		}
	}
	if id := anyID.FindString(log); id != "" {
		t.Errorf("the log holds an id: %s…", id)
	}
}

func TestAtTheLimitsWordsAreTaken(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada")
	for _, word := range []string{"snow ", "برف "} {
		title, text := long(word, 199)+"e", long(word, 39_999)+"e"
		opened := ada.opens(p.ID, title, text)
		if *opened.Title != title || opened.Opening.Text != text {
			t.Errorf("%s: came back changed", word)
		}
	}
	// What would make a reader see another order than the one written is taken out of a title, and kept from ruling in a text.
	opened := ada.opens(p.ID, "Cold \u202edloc\u202c hands", "A \u202eyad\u202c and a \u2066night\u2069.")
	if *opened.Title != "Cold dloc hands" {
		t.Errorf("title %+q", *opened.Title)
	}
	if strings.ContainsAny(opened.Opening.HTML, "\u202e\u2066") {
		t.Errorf("text %+q", opened.Opening.HTML)
	}
	html := ada.opens(p.ID, "<b>bold</b>", "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>").Opening.HTML
	for _, word := range []string{"<script", "javascript:", "onerror=\"", "<img"} {
		if strings.Contains(html, word) {
			t.Errorf("%s in %s", word, html)
		}
	}
}

func TestWhatStaffWriteIsCheckedAsWell(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	before := h.behind().rows()
	with := func(body map[string]any, name string, value any) map[string]any {
		body = maps.Clone(body)
		body[name] = value
		return body
	}
	somebody := func(name string) []any { return []any{map[string]any{"name": name, "role": "answers"}} }
	for _, c := range []struct {
		by           *person
		path         string
		body         map[string]any
		pointer, why string
	}{
		{p.operator, "/v1/programmes", with(programmeBody("x"), "name", "\u200b\u2060"), "/name", "required"},
		{p.operator, "/v1/programmes", with(programmeBody("x"), "hours", "a\u0000b"), "/hours", "bad_characters"},
		{p.operator, "/v1/programmes", with(programmeBody("x"), "funder", long("صندوق ", 201)), "/funder", "too_long"},
		{p.operator, "/v1/programmes", with(programmeBody("x"), "responsible", somebody(" \u200b")), "/responsible/0/name", "required"},
		{p.operator, "/v1/programmes", with(programmeBody("x"), "responsible", somebody("")), "/responsible/0/name", "too_short"},
		{p.operator, "/v1/programmes", with(programmeBody("x"), "responsible", []any{}), "/responsible", "too_short"},
		{p.operator, "/v1/programmes", with(programmeBody("x"), "responsible", nil), "/responsible", "wrong_type"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"name": "\u200b"}), "/name", "required"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"name": long("نام ", 121)}), "/name", "too_long"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"rules": " \n "}), "/rules", "required"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"description": "a\u0001"}), "/description", "bad_characters"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"sensitivity": 4}), "/sensitivity", "out_of_range"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"sensitivity": "3"}), "/sensitivity", "wrong_type"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"visibility": "secret"}), "/visibility", "not_in_list"},
		{p.lead, "/v1/communities", communityBody(p.Programme, map[string]any{"programme": "x"}), "/programme", "bad_format"},
	} {
		r := c.by.call(http.MethodPost, c.path, c.body, "Accept-Language", "fa")
		checkRefusal(t, bad{what: c.path + " " + c.pointer, method: http.MethodPost, status: http.StatusUnprocessableEntity, code: "invalid_request", pointer: c.pointer, why: c.why}, "fa", r)
	}
	if after := h.behind().rows(); !maps.Equal(before, after) {
		t.Errorf("something was written: %v, then %v", before, after)
	}
	var made struct {
		Name        string
		Responsible []struct{ Name string }
	}
	p.operator.call(http.MethodPost, "/v1/programmes", with(programmeBody("Har\u202ebour  house"), "responsible", somebody("Nurse\u2066 "))).into(http.StatusCreated, &made)
	if made.Name != "Harbour house" || made.Responsible[0].Name != "Nurse" {
		t.Errorf("%+q", made)
	}
}
