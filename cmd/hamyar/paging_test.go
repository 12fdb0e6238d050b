package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// neighbours reads a Link header (RFC 8288).
func neighbours(header string) map[string]string {
	links := map[string]string{}
	for link := range strings.SplitSeq(header, ", ") {
		target, rel, _ := strings.Cut(link, ">; rel=")
		links[strings.Trim(rel, `"`)] = strings.TrimPrefix(target, "<")
	}
	return links
}

// walk follows the links of a list to its end and back to its beginning. Both ways show the same, each item once.
func walk[T any](p *person, path string, id func(T) string) []string {
	p.h.t.Helper()
	var forth, back []string
	last := path
	for next := path; next != ""; {
		var page listing[T]
		r := p.call(http.MethodGet, next, nil).into(http.StatusOK, &page)
		for _, item := range page.Items {
			forth = append(forth, id(item))
		}
		links := neighbours(r.header.Get("Link"))
		if (page.Next == nil) != (links["next"] == "") || page.Next != nil && !strings.HasSuffix(links["next"], "cursor="+*page.Next) {
			p.h.t.Fatalf("%s: Link %q, body %+v", next, links["next"], page.Next)
		}
		if (page.Prev == nil) != (next == path) {
			p.h.t.Fatalf("%s: prev is %v", next, page.Prev)
		}
		last, next = next, links["next"]
	}
	for prev := last; prev != ""; {
		var page listing[T]
		r := p.call(http.MethodGet, prev, nil).into(http.StatusOK, &page)
		for _, item := range slices.Backward(page.Items) {
			back = append(back, id(item))
		}
		prev = neighbours(r.header.Get("Link"))["prev"]
	}
	slices.Reverse(back)
	if !slices.Equal(forth, back) {
		p.h.t.Fatalf("forth %v\nback  %v", forth, back)
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(forth))); len(unique) != len(forth) {
		p.h.t.Fatalf("something shows twice: %v", forth)
	}
	return forth
}

func TestListsAreWalkedBothWays(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(map[string]any{"visibility": "public"})
	ada, base := h.signUp().join(p.ID, "Ada"), "/v1/communities/"+p.ID
	visitor := &person{h: h}

	var topics, posts []string
	for n := range 25 {
		topics = append(topics, ada.opens(p.ID, fmt.Sprintf("Topic %d", n), "text").ID)
	}
	long := topics[0]
	for n := range 44 {
		posts = append(posts, ada.replies(p.ID, long, strconv.Itoa(n)).ID)
	}
	slices.Reverse(topics[1:]) // the last active first, and the replies made the first topic that
	got := walk(visitor, base+"/topics?limit=7", func(t topic) string { return t.ID })
	if !slices.Equal(got, topics) {
		t.Errorf("topics in the order %v, want %v", got, topics)
	}
	numbers := walk(ada, base+"/topics/"+long+"/posts?limit=10", func(p post) string { return strconv.Itoa(p.Number) })
	if len(numbers) != 45 || numbers[0] != "1" || numbers[44] != "45" {
		t.Errorf("posts %v", numbers)
	}
	// A gap moves nothing.
	for _, id := range posts[5:20] {
		ada.call(http.MethodDelete, base+"/posts/"+id, nil).is(http.StatusNoContent)
	}
	if left := walk(ada, base+"/topics/"+long+"/posts?limit=10", func(p post) string { return p.ID }); !slices.Equal(left[1:], slices.Concat(posts[:5], posts[20:])) {
		t.Errorf("after deleting: %v", left)
	}
	for _, size := range []string{"1", "100", "25"} {
		if all := walk(visitor, base+"/topics?limit="+size, func(t topic) string { return t.ID }); len(all) != 25 {
			t.Errorf("limit %s: %d topics", size, len(all))
		}
	}
}

func TestAWalkGoesOnWhileOthersWrite(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, base := h.signUp().join(p.ID, "Ada"), "/v1/communities/"+p.ID
	var topics []string
	for range 6 {
		topics = append(topics, ada.opens(p.ID, "Topic", "text").ID)
	}
	slices.Reverse(topics)
	var first, second listing[topic]
	ada.call(http.MethodGet, base+"/topics?limit=3", nil).into(http.StatusOK, &first)
	fresh := ada.opens(p.ID, "Meanwhile", "text")
	ada.replies(p.ID, topics[0], "it goes on")
	ada.call(http.MethodGet, base+"/topics?limit=3&cursor="+*first.Next, nil).into(http.StatusOK, &second)
	var got []string
	for _, item := range slices.Concat(first.Items, second.Items) {
		got = append(got, item.ID)
	}
	if !slices.Equal(got, topics) {
		t.Errorf("got %v, want %v; %s came meanwhile", got, topics, fresh.ID)
	}
}

func TestTheDirectoryIsWalkedBothWays(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	want := []string{p.ID}
	for n := range 4 {
		want = append(want, p.founds(map[string]any{"language": []string{"en", "fa"}[n%2], "visibility": []string{"public", "hidden"}[n/2]}))
	}
	for n := range 4 {
		p.operator.call(http.MethodPost, "/v1/programmes", programmeBody(fmt.Sprintf("Programme %d", n))).is(http.StatusCreated)
	}
	// The busiest comes first.
	ada := h.signUp().join(want[2], "Ada")
	ada.opens(want[2], "Title", "text")
	if _, err := h.server.board.Tidy(t.Context()); err != nil { // the directory learns of it now and then
		t.Fatal(err)
	}
	id := func(c struct{ ID string }) string { return c.ID }
	if all := walk(p.lead, "/v1/communities?limit=2", id); len(all) != 5 || all[0] != want[2] || slices.Compare(slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(want))) != 0 {
		t.Errorf("the lead sees %v", all)
	}
	if seen := walk(ada, "/v1/communities?limit=2", id); len(seen) != 3 || slices.Contains(seen, want[3]) || slices.Contains(seen, want[4]) {
		t.Errorf("a member sees %v", seen)
	}
	if persian := walk(&person{h: h}, "/v1/communities?limit=1&language=fa", id); !slices.Equal(persian, want[2:3]) {
		t.Errorf("in Persian: %v", persian)
	}
	if programmes := walk(ada, "/v1/programmes?limit=2", id); len(programmes) != 5 {
		t.Errorf("programmes: %v", programmes)
	}
}
