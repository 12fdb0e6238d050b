package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// check finds keys that lead nowhere, words outside the product's vocabulary, and names taken twice.
func (w *World) check() error {
	c := checker{taken: map[string]bool{}}
	for _, p := range w.Programmes {
		c.claim("programme", p.Key)
		c.expect("programme "+p.Key, p.Language, "en", "fa")
	}
	for _, community := range w.Communities {
		c.community(community, w.programmeKeys())
	}
	for _, m := range w.Members {
		c.member(m, w)
	}
	return errors.Join(c.faults...)
}

type checker struct {
	faults []error
	taken  map[string]bool
}

func (c *checker) community(of Community, programmes []string) {
	what := "community " + of.Key
	c.expect(what, of.ProgrammeKey, programmes...)
	c.expect(what, of.Language, "en", "fa")
	c.expect(what, of.Kind, "chronic_illness", "vaccination", "smoking_cessation", "weight", "general")
	c.expect(what, of.Visibility, "public", "members", "invitation", "hidden")
	c.expect(what, of.JoinPolicy, "open", "invitation", "closed")
	c.expect(what, fmt.Sprint(of.Sensitivity), "1", "2", "3")
}

func (c *checker) member(m Member, w *World) {
	what := "member " + m.Key
	c.claim("key", m.Key)
	c.claim("username", m.Username)
	c.expect(what, m.Language, "en", "fa")
	c.expect(what, m.Role, "", "operator", "programme_lead", "researcher")
	if m.Role == "programme_lead" {
		c.expect(what, m.ProgrammeKey, w.programmeKeys()...)
	}
	for _, p := range m.Personas {
		c.expect(what, p.CommunityKey, w.communityKeys()...)
		c.expect(what, p.Role, "member", "moderator")
		c.claim(what, p.CommunityKey)
		c.claim("display name in "+p.CommunityKey, strings.ToLower(p.DisplayName))
		if n := utf8.RuneCountInString(p.DisplayName); n < 2 || n > 40 {
			c.faults = append(c.faults, fmt.Errorf("%s: %q is not 2–40 characters long", what, p.DisplayName))
		}
	}
}

func (c *checker) expect(what, got string, allowed ...string) {
	if !slices.Contains(allowed, got) {
		c.faults = append(c.faults, fmt.Errorf("%s: %q is none of %q", what, got, allowed))
	}
}

func (c *checker) claim(what, name string) {
	if c.taken[what+"\x00"+name] {
		c.faults = append(c.faults, fmt.Errorf("%s: %q is taken twice", what, name))
	}
	c.taken[what+"\x00"+name] = true
}

func (w *World) programmeKeys() (keys []string) {
	for _, p := range w.Programmes {
		keys = append(keys, p.Key)
	}
	return keys
}

func (w *World) communityKeys() (keys []string) {
	for _, c := range w.Communities {
		keys = append(keys, c.Key)
	}
	return keys
}
