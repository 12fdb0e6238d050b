package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/config"
)

type found struct {
	ID, Topic string
	Title     *string
	Number    int
	Author    *author
	PostedOn  string `json:"posted_on"`
	Snippet   []struct {
		Text string
		Hit  bool
	}
}

// said is the snippet, with its hits in brackets.
func (f found) said() string {
	var b strings.Builder
	for _, piece := range f.Snippet {
		if piece.Hit {
			b.WriteString("[" + piece.Text + "]")
		} else {
			b.WriteString(piece.Text)
		}
	}
	return b.String()
}

type answer struct {
	listing[found]
	Complete bool
}

// asks searches for words; pairs are more parameters.
func (p *person) asks(community, words string, pairs ...string) reply {
	p.h.t.Helper()
	query := url.Values{"q": {words}}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return p.call(http.MethodGet, "/v1/communities/"+community+"/search?"+query.Encode(), nil)
}

func (p *person) finds(community, words string, pairs ...string) (items []found) {
	p.h.t.Helper()
	var a answer
	p.asks(community, words, pairs...).into(http.StatusOK, &a)
	if !a.Complete {
		p.h.t.Errorf("%q: incomplete", words)
	}
	return a.Items
}

// only holds that words find this post, and returns it.
func (p *person) only(community, words, id string, pairs ...string) found {
	p.h.t.Helper()
	items := p.finds(community, words, pairs...)
	if len(items) != 1 || items[0].ID != id {
		p.h.t.Fatalf("%q finds %+v", words, items)
	}
	return items[0]
}

func (p *person) nothing(community, words string, pairs ...string) {
	p.h.t.Helper()
	if items := p.finds(community, words, pairs...); len(items) > 0 {
		p.h.t.Fatalf("%q finds %+v", words, items)
	}
}

// indexed waits until every post is in a segment.
func (h *house) indexed(t *testing.T) {
	t.Helper()
	if err := h.index.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func TestPeopleFindWhatWasWritten(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, bo := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo")
	opened := ada.opens(p.ID, "First winter with a pump", "How do you keep the *tubing* warm outside? I tried **wool** on 12 mornings.")
	english := bo.replies(p.ID, opened.ID, "Wool works. Walking helps more, and a follow-up after breakfast.")
	persian := bo.replies(p.ID, opened.ID, "من هر روز ۱۲ دقیقه پیاده می‌روم و چای داغ می‌نوشم.")
	for range 2 { // read through, and from a segment
		if hit := ada.only(p.ID, "tubes winter", opened.Opening.ID); *hit.Title != "First winter with a pump" || hit.Author.Name != "Ada" || hit.Number != 1 || hit.PostedOn == "" {
			t.Errorf("%+v", hit)
		}
		if hit := ada.only(p.ID, "walk breakfasts", english.ID); !strings.Contains(hit.said(), "[Walking] helps more") || !strings.Contains(hit.said(), "[breakfast]") || hit.Author.Name != "Bo" {
			t.Error(hit.said())
		}
		for _, words := range []string{"میروم", "مي‌روم", "می روم چاي", "١٢ چای"} {
			if hit := ada.only(p.ID, words, persian.ID); !strings.Contains(hit.said(), "[") {
				t.Errorf("%q: %s", words, hit.said())
			}
		}
		if items := bo.finds(p.ID, "12"); len(items) != 2 {
			t.Errorf("12 finds %+v", items)
		}
		ada.only(p.ID, "followup", english.ID)
		ada.only(p.ID, `"helps more"`, english.ID)
		ada.nothing(p.ID, `"more helps"`)
		ada.only(p.ID, "break*", english.ID)
		ada.only(p.ID, "wool -tubing", english.ID)
		ada.only(p.ID, "wool", english.ID, "kind", "reply")
		ada.only(p.ID, "wool", opened.Opening.ID, "author", ada.persona(p.ID).ID)
		ada.only(p.ID, "wool", opened.Opening.ID, "kind", "topic", "after", "2020-01-01", "before", "2100-01-01")
		ada.nothing(p.ID, "wool", "before", "2020-01-01")
		ada.nothing(p.ID, "em strong")
		h.indexed(t)
	}
	var first, second, back answer
	ada.asks(p.ID, "wool", "limit", "1").into(http.StatusOK, &first)
	ada.asks(p.ID, "wool", "limit", "1", "cursor", *first.Next).into(http.StatusOK, &second)
	ada.asks(p.ID, "wool", "limit", "1", "cursor", *second.Prev).into(http.StatusOK, &back)
	if first.Prev != nil || second.Next != nil || len(second.Items) != 1 || second.Items[0].ID == first.Items[0].ID || back.Items[0].ID != first.Items[0].ID {
		t.Errorf("%+v\n%+v\n%+v", first, second, back)
	}
	ada.asks(p.ID, "silk", "limit", "1", "cursor", *first.Next).is(http.StatusBadRequest).refused("cursor_invalid")

	// The longest question there is has cursors too.
	bo.replies(p.ID, opened.ID, "Wool works. Walking helps more, and a follow-up after breakfast.")
	longest := "works wool walking helps more follow breakfast work walks helping follows breakfasts"
	ada.asks(p.ID, longest, "limit", "1").into(http.StatusOK, &first)
	ada.asks(p.ID, longest, "limit", "1", "cursor", *first.Next).into(http.StatusOK, &second)
	if first.Items[0].ID == second.Items[0].ID {
		t.Errorf("%+v\n%+v", first, second)
	}
}

func TestWhatWasTakenBackIsFoundByNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, bo := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo")
	opened := ada.opens(p.ID, "Harbourlight", "An opening about kestrels.")
	edited := bo.replies(p.ID, opened.ID, "Marmalade at noon.")
	lost := bo.replies(p.ID, opened.ID, "Quicksilver at night.")
	removed := bo.replies(p.ID, opened.ID, "Thunderstorm at dawn.")
	base := "/v1/communities/" + p.ID
	for i := range 2 {
		if i == 1 {
			h.indexed(t)
		}
		ada.only(p.ID, "kestrel harbourlight", opened.Opening.ID)
	}
	bo.call(http.MethodPatch, base+"/posts/"+edited.ID, map[string]any{"text": "Honey at noon."}, "If-Match", edited.ETag).is(http.StatusOK)
	bo.call(http.MethodDelete, base+"/posts/"+lost.ID, nil).is(http.StatusNoContent)
	bo.moderates(p)
	carl := h.signUp().join(p.ID, "Carl").withSecondFactor()
	carl.moderates(p)
	carl.call(http.MethodDelete, base+"/posts/"+removed.ID, nil).is(http.StatusNoContent)
	ada.call(http.MethodPatch, base+"/topics/"+opened.ID, map[string]any{"title": "Lanterns"}, "If-Match", opened.ETag).is(http.StatusOK)
	for range 2 {
		for _, words := range []string{"marmalade", "quicksilver", "thunderstorm", "harbourlight"} {
			ada.nothing(p.ID, words)
			carl.nothing(p.ID, words)
		}
		ada.only(p.ID, "honey", edited.ID)
		ada.only(p.ID, "lantern kestrel", opened.Opening.ID)
		h.indexed(t)
	}
}

func TestNobodyFindsWhatTheyMayNotRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	hidden := p.founds(map[string]any{"visibility": "hidden", "sensitivity": 3, "search": "segments"})
	ada, eve := h.signUp().join(p.ID, "Ada"), h.signUp()
	ada.opens(p.ID, "Kestrels", "Over the harbour.")
	for _, who := range []*person{eve, p.lead, p.operator} {
		who.asks(p.ID, "kestrels").is(http.StatusForbidden).refused("members_only").without("kestrel", "Kestrel")
		who.asks(p.ID, "nobodysaysthis").is(http.StatusForbidden).refused("members_only")
		who.asks(p.ID, `"`).is(http.StatusForbidden).refused("members_only") // nor which words are words
	}
	h.call(http.MethodGet, "/v1/communities/"+p.ID+"/search?q=kestrels", "", nil).is(http.StatusUnauthorized).refused("sign_in_required")
	eve.asks(hidden, "kestrels").is(http.StatusNotFound).refused("not_found")
	eve.asks("6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11", "kestrels").is(http.StatusNotFound).refused("not_found")

	bo := h.signUp().join(p.ID, "Bo")
	bo.finds(p.ID, "kestrels")
	bo.call(http.MethodDelete, "/v1/communities/"+p.ID+"/membership", nil).is(http.StatusNoContent)
	bo.asks(p.ID, "kestrels").is(http.StatusForbidden).refused("members_only")

	for words, code := range map[string]string{"-only": "required", "ab*": "too_short", strings.Repeat("word ", 20): "too_many_words"} {
		ada.asks(p.ID, words).is(http.StatusUnprocessableEntity).refused("invalid_request").without("only", "ab*", "word ").fields(code)
	}
	for name, nobody := range map[string]string{"author": "00000000-0000-0000-0000-000000000000", "before": "0001-01-01"} {
		ada.asks(p.ID, "kestrels", name, nobody).is(http.StatusUnprocessableEntity).refused("invalid_request").fields("bad_format")
	}
	ada.asks(p.ID, "kestrels", "author", "somebody").is(http.StatusUnprocessableEntity).refused("invalid_request").without("somebody")
}

// fields checks that the problem points at q with a code.
func (r reply) fields(code string) {
	r.t.Helper()
	if !strings.Contains(string(r.body), `"`+code+`"`) {
		r.t.Fatalf("%s: %s, want %s", r.what, r.body, code)
	}
}

func TestACommunitySaysHowItIsSearched(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"sensitivity": 3})
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, "Kestrels", "Over the harbour.")
	ada.asks(p.ID, "kestrels").is(http.StatusForbidden).refused("search_off")
	var card struct{ Search, ETag string }
	base := "/v1/communities/" + p.ID
	if ada.call(http.MethodGet, base, nil).into(http.StatusOK, &card); card.Search != "off" {
		t.Error(card.Search)
	}
	ada.call(http.MethodPatch, base, map[string]any{"search": "segments"}, "If-Match", card.ETag).is(http.StatusForbidden)
	for _, how := range []string{"segments", "tags"} {
		p.lead.call(http.MethodPatch, base, map[string]any{"search": how}, "If-Match", card.ETag).into(http.StatusOK, &card)
		ada.only(p.ID, "kestrel", opened.Opening.ID)
	}
	ada.asks(p.ID, "kest*").is(http.StatusUnprocessableEntity).refused("invalid_request").fields("search_whole_words")
	p.lead.call(http.MethodPatch, base, map[string]any{"search": "off"}, "If-Match", card.ETag).is(http.StatusOK)
	ada.asks(p.ID, "kestrels").is(http.StatusForbidden).refused("search_off")
	p.lead.call(http.MethodPatch, base, map[string]any{"search": "nonsense"}, "If-Match", card.ETag).is(http.StatusUnprocessableEntity)
}

func TestSearchesAreCountedApart(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *config.Config) { c.ReadsPerMinute, c.SearchesPerMinute = 50, 3 })
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada")
	for range 3 {
		ada.nothing(p.ID, "kestrels")
	}
	if r := ada.asks(p.ID, "kestrels").is(http.StatusTooManyRequests).refused("throttled").without("kestrels"); r.header.Get("RateLimit-Limit") != "3" || r.header.Get("Retry-After") == "" {
		t.Errorf("%v", r.header)
	}
	ada.call(http.MethodGet, "/v1/communities/"+p.ID+"/topics", nil).is(http.StatusOK)
}

func TestAnOperatorLooksAfterTheIndex(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	h.signUp().join(p.ID, "Ada").opens(p.ID, "Kestrels", "Over the harbour.")
	h.indexed(t)
	said, err := h.runs("search", "status")
	if err != nil || !strings.Contains(said, "with 1 posts of 1 communities") {
		t.Fatal(said, err)
	}
	if said, err = h.runs("search", "rebuild"); err != nil || !strings.Contains(said, "1 segments written anew") {
		t.Fatal(said, err)
	}
	if said, err = h.runs("keys", "verify"); err != nil || !strings.Contains(said, "forum search_page") {
		t.Fatal(said, err)
	}
}
