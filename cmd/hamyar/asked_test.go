package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
)

// What policy was asked about stands in the log. Once a test of this package is over, all of it is held against what the
// document says of the operations that were called.

// asked are the actions that policy was asked about, by operation.
type asked map[string][]string

// asks reads the log of a house that is closed, and says where it breaks what the document tells.
func (c *contract) asks(log string) (all asked, wrong []string) {
	type line struct {
		Msg, Method, Route string
		RequestID          string `json:"request_id"`
		Facts              struct{ Action string }
	}
	var requests []line
	decisions := map[string][]string{}
	for text := range strings.Lines(log) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return nil, []string{"the log is not what it was: " + text}
		}
		switch l.Msg {
		case "request":
			requests = append(requests, l)
		case "decision":
			if what := foreign(text); what != "" {
				wrong = append(wrong, "the decision log holds "+what)
			}
			decisions[l.RequestID] = append(decisions[l.RequestID], l.Facts.Action)
		}
	}
	all = asked{}
	for _, r := range requests {
		op, known := c.Paths[r.Route][strings.ToLower(r.Method)]
		if !known {
			continue
		}
		for _, action := range decisions[r.RequestID] {
			all[op.OperationID] = append(all[op.OperationID], action)
			if !op.names(action) && action != "policy.explain" { // which is anybody's who asks why
				wrong = append(wrong, op.OperationID+" asks policy about "+action+", which the document does not tell")
			}
		}
	}
	slices.Sort(wrong)
	return all, slices.Compact(wrong)
}

func (op promised) names(action string) bool {
	return slices.ContainsFunc(op.Actions, func(a struct{ Action string }) bool { return a.Action == action })
}

// askedAsTold reads what policy was asked about, once the house is closed.
func (h *house) askedAsTold() {
	var wrong []string
	if h.asked, wrong = agreed(h.t).asks(h.log.String()); len(wrong) > 0 {
		h.t.Errorf("%s", strings.Join(wrong, "\n"))
	}
}

// whole tells which of the actions that the document names no operation asked about.
func (all asked) whole(t *testing.T, c *contract) {
	t.Helper()
	if t.Failed() {
		return // and so less was called than is wanted
	}
	for _, methods := range c.Paths {
		for _, op := range methods {
			for _, named := range op.Actions {
				if !slices.Contains(all[op.OperationID], named.Action) {
					t.Errorf("%s never asks policy about %s", op.OperationID, named.Action)
				}
			}
		}
	}
}

// seldom does what makes operations ask about what they seldom ask about.
func (p place) seldom(ada *person) {
	h, base := ada.h, "/v1/communities/"+p.ID
	var shown struct{ ETag string }
	p.lead.call(http.MethodGet, base, nil).into(http.StatusOK, &shown)
	p.lead.call(http.MethodPatch, base, map[string]any{"archived": false}, "If-Match", shown.ETag).is(http.StatusOK)
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"always_fresh": false}).is(http.StatusOK)
	wanted := func() []map[string]any {
		return attached("a page", ada.uploaded(p.ID, "application/pdf", document(h.t, 100)))
	}
	var opened topic
	var reply post
	first, next := map[string]any{"title": "With a page", "text": "here", "attachments": wanted()}, map[string]any{"text": "mine", "attachments": wanted()}
	for range 2 { // the second time, what the first made is read
		ada.call(http.MethodPost, base+"/topics", first, "Idempotency-Key", "a topic").into(http.StatusCreated, &opened)
		ada.call(http.MethodPost, base+"/topics/"+opened.ID+"/posts", next, "Idempotency-Key", "a reply").into(http.StatusCreated, &reply)
	}
	ada.call(http.MethodPatch, base+"/posts/"+reply.ID, map[string]any{"text": "mine", "attachments": wanted()}, "If-Match", reply.ETag).is(http.StatusOK)
	mo := h.signUp().withSecondFactor().join(p.ID, "Mo Hill")
	mo.moderates(p)
	mo.call(http.MethodDelete, base+"/posts/"+reply.ID, nil).is(http.StatusNoContent)
	mo.call(http.MethodDelete, base+"/topics/"+opened.ID, nil).is(http.StatusNoContent)
}

func TestAnActionThatIsNotToldIsFound(t *testing.T) {
	t.Parallel()
	c := &contract{Paths: map[string]map[string]promised{"/v1/me": {"get": {OperationID: "read-me", Actions: []struct{ Action string }{{authz.MeRead}}}}}}
	const request = `{"msg":"request","request_id":"0000000000000001","method":"GET","route":"/v1/me"}` + "\n"
	for log, breaks := range map[string]bool{
		request: false,
		request + `{"msg":"decision","request_id":"0000000000000001","facts":{"action":"me.read"}}`: false,
		request + `{"msg":"decision","request_id":"0000000000000001","facts":{"action":"me.edit"}}`: true,
		request + `{"msg":"decision","request_id":"0000000000000002","facts":{"action":"me.edit"}}`: false,
	} {
		if _, wrong := c.asks(log); (len(wrong) > 0) != breaks {
			t.Errorf("%s: %v", log, wrong)
		}
	}
}
