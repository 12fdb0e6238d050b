package authz

import (
	"slices"

	"github.com/hamyar/hamyar/internal/fault"
)

// Reason says why not, in the vocabulary of package fault, which has its words in every language.
type Reason = fault.Code

// Obligation is something that the caller must do for an allowing decision to stand.
type Obligation string

// The obligations that exist. A policy that names another one denies.
const (
	Audit         Obligation = "audit"          // append the act to the audit log, in the same transaction
	AuditRead     Obligation = "audit_read"     // append the opening of sealed text to the audit log
	StepUp        Obligation = "step_up"        // ask for a fresh second factor before going on
	TellMember    Obligation = "tell_member"    // tell the member concerned
	MinimumCohort Obligation = "minimum_cohort" // answer only about groups above the small-cell threshold
)

var obligations = []Obligation{Audit, AuditRead, StepUp, TellMember, MinimumCohort}

// reasons that exist, in the order in which they help a person: first what one step of theirs would change. What
// lies outside a key's scopes comes before whether there is anything: whoever found the key must not learn where its owner is.
var reasons = []Reason{
	fault.SecondFactor, fault.FreshSignIn, fault.OutOfScope, fault.NotFound, fault.SignInRequired, fault.PurposeMismatch, fault.Banned, fault.Archived,
	fault.RestrictedHere, fault.JoinClosed, fault.InvitationRequired, fault.RulesNotAccepted, fault.NotTheAuthor, fault.NotAMember,
	fault.MembersOnly, fault.Locked, fault.SearchOff, fault.AttachmentsOff, fault.NotAllowed,
}

// Decision is the policy's answer. The zero Decision denies. Decisions are shared: read the slices, never write them.
type Decision struct {
	Allow         bool
	Conceal       bool         // answer as if it did not exist
	Reasons       []Reason     // why not, the most helpful first; empty where allowed
	VisibleFields []string     // what may be shown; everything else stays hidden
	Obligations   []Obligation // what must be done
	Revision      string       // of the policy that decided
	Purpose, Role string       // of the facts, for the record: what it was asked for, and what the asker is where they act
}

// Shows reports whether the field may be shown.
func (d Decision) Shows(field string) bool { return d.Allow && slices.Contains(d.VisibleFields, field) }

// Obliges reports whether the obligation comes with the decision.
func (d Decision) Obliges(o Obligation) bool { return slices.Contains(d.Obligations, o) }

// fault is what a denied person is told: the first reason, or that there is nothing.
func (d Decision) fault() error {
	for _, reason := range d.Reasons {
		return fault.New(reason)
	}
	return fault.New(fault.NotAllowed)
}

func (d Decision) equal(o Decision) bool {
	return d.Allow == o.Allow && d.Conceal == o.Conceal && slices.Equal(d.Reasons, o.Reasons) &&
		slices.Equal(d.VisibleFields, o.VisibleFields) && slices.Equal(d.Obligations, o.Obligations)
}
