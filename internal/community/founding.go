package community

import (
	"cmp"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
)

// Founding is what a new community begins with.
type Founding struct {
	Programme                         uuid.UUID
	Language, Kind, Name, Description string
	Rules                             string // Markdown
	Settings
}

// settled is the founding with what is usual where it says nothing.
func (in Founding) settled(usual authz.Settings) Founding {
	in.Visibility = cmp.Or(in.Visibility, usual.Visibility)
	in.JoinPolicy = cmp.Or(in.JoinPolicy, usual.JoinPolicy)
	search, attachments := following(in.Sensitivity)
	if usual.Search != search {
		in.Search = cmp.Or(in.Search, usual.Search)
	}
	if *usual.Attachments != attachments {
		in.Attachments = cmp.Or(in.Attachments, usual.Attachments)
	}
	return in
}

// following is what SearchSQL and AttachmentsSQL make of a community that says nothing. Where that is what is usual, nothing
// is what is kept: then both go on following the sensitivity if that is raised.
func following(sensitivity int) (search string, attachments bool) {
	if sensitivity == 3 {
		return "off", false
	}
	return "segments", true
}
