package main

import (
	"net/http"
	"testing"
)

func TestTwoPeopleHoldAConversation(t *testing.T) {
	h := open(t)
	p := h.found(nil)
	first, second := h.signUp().join(p.ID, "Morning Walker"), h.signUp().join(p.ID, "Cedar")
	base := "/v1/communities/" + p.ID
	var topic struct{ ID, Title string }
	first.call(http.MethodPost, base+"/topics", map[string]any{"title": "First winter", "text": "How do you keep **warm**?"}).into(http.StatusCreated, &topic)
	var post struct{ ID, HTML, Text string }
	second.call(http.MethodPost, base+"/topics/"+topic.ID+"/posts", map[string]any{"text": "Wool."}).into(http.StatusCreated, &post)
	var page struct {
		Items []struct {
			Number int
			HTML   string
			Author struct{ Name string }
		}
	}
	first.call(http.MethodGet, base+"/topics/"+topic.ID+"/posts", nil).into(http.StatusOK, &page)
	if len(page.Items) != 2 || page.Items[1].Author.Name != "Cedar" || page.Items[0].Number != 1 {
		t.Fatalf("%+v", page)
	}
	first.call(http.MethodPatch, base+"/posts/"+post.ID, map[string]any{"text": "Not mine."}, "If-Match", `"1"`).is(http.StatusForbidden).refused("not_the_author")
}
