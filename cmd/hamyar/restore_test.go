package main

import (
	"net/http"
	"testing"
)

// What a backup of before gives back, and what it doesn't. A restore that failed for any other reason would prove nothing,
// so each begins with one that shows the words.
func TestADeletedPostAndItsBackups(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	p := v.found(nil)
	ada := v.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, "A title", "an opening")
	at := "/v1/communities/" + p.ID + "/posts/"
	var regretted post
	before := v.backUp("before", func() { regretted = ada.replies(p.ID, opened.ID, "Kestrel words to take back") })
	ada.call(http.MethodDelete, at+regretted.ID, nil).is(http.StatusNoContent)
	after := v.backUp("after", func() {})

	t.Run("a copy of before, brought to before", func(t *testing.T) {
		h := wired(t, v.in(t).rewind(before, "before"), v.clock)
		ada.at(h).call(http.MethodGet, at+regretted.ID, nil).into(http.StatusOK, &regretted)
		if regretted.Text != "Kestrel words to take back" {
			t.Errorf("%+v", regretted)
		}
	})
	t.Run("a copy of before, brought to the end", func(t *testing.T) {
		h := wired(t, v.in(t).rewind(before, ""), v.clock)
		ada.at(h).call(http.MethodGet, at+regretted.ID, nil).is(http.StatusNotFound)
	})
	t.Run("dumps", func(t *testing.T) {
		for b, want := range map[*backup]int{&before: http.StatusOK, &after: http.StatusNotFound} {
			c, v := v.config, v.in(t)
			c.ForumURL = v.restore(*b, "forum")(c.ForumURL)
			ada.at(wired(t, c, v.clock)).call(http.MethodGet, at+regretted.ID, nil).is(want)
		}
	})
}

// in is the same vault inside a part of a test.
func (v *vault) in(t *testing.T) *vault {
	t.Helper()
	h := *v.house
	h.t = t
	return &vault{&h, v.stack}
}

// at is somebody at another house, with the session that they have.
func (p *person) at(h *house) *person {
	there := *p
	there.h = h
	return &there
}
