package authz

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

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

// reasons that exist, in the order in which they help a person: first what one step of theirs would change.
var reasons = []Reason{
	fault.SecondFactor, fault.FreshSignIn, fault.NotFound, fault.SignInRequired, fault.OutOfScope, fault.PurposeMismatch, fault.Banned, fault.Archived,
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

// decisionOf reads the policy's answer; whatever it does not expect is an error.
func decisionOf(answer ast.Value) (Decision, error) {
	object, ok := answer.(ast.Object)
	if !ok {
		return Decision{}, fmt.Errorf("%w: the decision is no object", errAnswer)
	}
	allow, err := boolean(object, keyAllow)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Allow: allow}
	if d.Reasons, err = names(object, keyReasons, reasons); err != nil {
		return Decision{}, err
	}
	slices.SortFunc(d.Reasons, func(a, b Reason) int { return slices.Index(reasons, a) - slices.Index(reasons, b) })
	if d.Obligations, err = names(object, keyObligations, obligations); err != nil {
		return Decision{}, err
	}
	if d.VisibleFields, err = names[string](object, keyVisibleFields, nil); err != nil {
		return Decision{}, err
	}
	if d.Allow == (len(d.Reasons) > 0) {
		return Decision{}, fmt.Errorf("%w: it contradicts itself", errAnswer)
	}
	d.Conceal = !d.Allow && d.Reasons[0] == fault.NotFound
	return d, nil
}

var (
	keyAllow         = ast.StringTerm("allow")
	keyReasons       = ast.StringTerm("reasons")
	keyVisibleFields = ast.StringTerm("visible_fields")
	keyObligations   = ast.StringTerm("obligations")
)

func boolean(object ast.Object, key *ast.Term) (bool, error) {
	if term := object.Get(key); term != nil {
		if b, ok := term.Value.(ast.Boolean); ok {
			return bool(b), nil
		}
	}
	return false, fmt.Errorf("%w: %s is no boolean", errAnswer, key)
}

// names reads a list or a set of names, or of such lists. Where known is given, every name must be in it.
func names[T ~string](object ast.Object, key *ast.Term, known []T) ([]T, error) {
	var found []T
	if err := collect(object.Get(key), &found, known); err != nil {
		return nil, fmt.Errorf("%w: %s", err, key)
	}
	slices.Sort(found)
	return slices.Clip(slices.Compact(found)), nil
}

func collect[T ~string](term *ast.Term, found *[]T, known []T) error {
	if term == nil {
		return fmt.Errorf("%w: something is missing", errAnswer)
	}
	each := func(element *ast.Term) error { return collect(element, found, known) }
	switch value := term.Value.(type) {
	case *ast.Array:
		return value.Iter(each)
	case ast.Set:
		return value.Iter(each)
	case ast.String:
		if known == nil || slices.Contains(known, T(value)) {
			*found = append(*found, T(value))
			return nil
		}
	}
	return fmt.Errorf("%w: something is unknown", errAnswer)
}
