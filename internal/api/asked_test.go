package api_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
)

func TestARefusalIsTracedToTheAnswerOfPolicy(t *testing.T) {
	t.Parallel()
	denied := func(action string, why ...authz.Reason) authz.Entry {
		return authz.Entry{Facts: authz.Facts{Action: action}, Reasons: why}
	}
	allowed := authz.Entry{Facts: authz.Facts{Action: authz.TopicList}, Allow: true}
	broken := authz.Entry{Facts: authz.Facts{Action: authz.TopicList}, Err: true}
	many := make([]authz.Entry, 0, 100)
	for range cap(many) {
		many = append(many, denied(authz.PostRead, fault.MembersOnly))
	}
	for name, c := range map[string]struct {
		err  error
		told []authz.Entry
		want string
	}{
		"nothing was asked":        {fault.New(fault.Banned), nil, ""},
		"no error":                 {nil, []authz.Entry{denied(authz.PostRead, fault.Banned)}, ""},
		"the only one":             {fault.New(fault.Banned), []authz.Entry{allowed, denied(authz.PostRead, fault.Banned)}, authz.PostRead},
		"wrapped":                  {fmt.Errorf("forum: %w", fault.New(fault.Banned)), []authz.Entry{denied(authz.PostRead, fault.Banned)}, authz.PostRead},
		"the last of several":      {fault.New(fault.Banned), []authz.Entry{denied(authz.PostRead, fault.Banned), denied(authz.TopicRead, fault.Banned)}, authz.TopicRead},
		"not one that was no end":  {fault.New(fault.Banned), []authz.Entry{denied(authz.PostRead, fault.Banned), denied(authz.TopicRead, fault.Locked)}, authz.PostRead},
		"by its first reason":      {fault.New(fault.Locked), []authz.Entry{denied(authz.PostRead, fault.Banned, fault.Locked)}, ""},
		"refused for other causes": {fault.New(fault.ETagStale), []authz.Entry{denied(authz.PostRead, fault.Banned)}, ""},
		"what broke is no answer":  {fault.New(fault.Unavailable), []authz.Entry{broken}, ""},
		"an unknown error":         {errors.New("other"), []authz.Entry{denied(authz.PostRead, fault.Banned)}, ""},
		"after very many":          {fault.New(fault.Banned), append(many, denied(authz.TopicRead, fault.Banned)), authz.TopicRead},
	} {
		if got, ours := api.Refused(c.err, c.told...); got.Facts.Action != c.want || ours != (c.want != "") {
			t.Errorf("%s: %q, %v, want %q", name, got.Facts.Action, ours, c.want)
		}
	}
}
