package main

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

type notified struct {
	ID, Kind, Purpose, About string
	PurposeCode              string `json:"purpose_code"`
	Roles, IDs               []string
	At                       time.Time
	Count                    int
}

// told is what somebody is told in a community, the newest first.
func (p *person) told(community string) (items []notified) {
	p.h.t.Helper()
	var page struct{ Items []notified }
	p.call(http.MethodGet, "/v1/communities/"+community+"/notices", nil).into(http.StatusOK, &page)
	return page.Items
}

// TestMembersSeeWhoOpenedTheirWords is the whole way of it: removed, opened by a moderator, told to whom it concerns, page by
// page, without the name of anybody; and told to nobody else.
func TestMembersSeeWhoOpenedTheirWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada, bo := h.signUp().join(p.ID, "Ada Hill"), h.signUp().join(p.ID, "Bo Dale")
	mods := h.signUp().join(p.ID, "Kind Hand").withSecondFactor()
	mods.moderates(p)
	base := "/v1/communities/" + p.ID
	topic := ada.opens(p.ID, "One", "to talk about")
	gone := bo.replies(p.ID, topic.ID, "to be removed")
	mods.call(http.MethodDelete, base+"/posts/"+gone.ID, nil).is(http.StatusNoContent)
	if heard := bo.told(p.ID); len(heard) != 0 {
		t.Fatalf("told before anything was opened: %+v", heard)
	}
	began := h.clock.now().Truncate(time.Second)
	for range 3 {
		mods.call(http.MethodGet, base+"/topics/"+topic.ID+"/posts", nil).is(http.StatusOK)
	}
	heard := bo.told(p.ID)
	if len(heard) != 3 {
		t.Fatalf("three openings are told %d times", len(heard))
	}
	for _, n := range heard {
		if n.Kind != "opened" || n.About != "post" || !slices.Equal(n.IDs, []string{gone.ID}) || n.Count != 1 || n.Purpose != "moderation" || n.PurposeCode != "HOPERAT" || !slices.Equal(n.Roles, []string{"moderator"}) {
			t.Errorf("%+v", n)
		}
		if n.At.Before(began) || n.At.After(h.clock.now()) {
			t.Errorf("told of %v, and it began at %v", n.At, began)
		}
	}
	for _, other := range []*person{ada, mods} {
		if heard := other.told(p.ID); len(heard) != 0 {
			t.Errorf("somebody else is told %+v", heard)
		}
	}
	var first, second struct {
		Items      []notified
		Next, Prev *string
	}
	bo.call(http.MethodGet, base+"/notices?limit=2", nil).into(http.StatusOK, &first).without("Kind Hand", mods.persona(p.ID).ID, "to be removed")
	bo.call(http.MethodGet, base+"/notices?limit=2&cursor="+*first.Next, nil).into(http.StatusOK, &second)
	if len(first.Items) != 2 || len(second.Items) != 1 || second.Items[0].ID != heard[2].ID || second.Next != nil {
		t.Errorf("pages of %d and %d", len(first.Items), len(second.Items))
	}
	ada.call(http.MethodGet, base+"/notices?limit=2&cursor="+*first.Next, nil).refused("cursor_invalid")
	h.signUp().call(http.MethodGet, base+"/notices", nil).refused("not_a_member")
	p.lead.call(http.MethodGet, base+"/notices", nil).refused("not_a_member")
	h.call(http.MethodGet, base+"/notices", "", nil).refused("sign_in_required")
	bo.call(http.MethodDelete, base+"/membership", nil).is(http.StatusNoContent)
	if heard := bo.told(p.ID); len(heard) != 3 {
		t.Errorf("who left is told %d times", len(heard))
	}
}
