package authz

import (
	"errors"
	"slices"
	"testing"

	"github.com/hamyar/hamyar/internal/fault"
)

func TestTheBuiltInPolicyLoads(t *testing.T) {
	e, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Decide(t.Context(), Facts{Action: ProgrammeRead, Purpose: "support"})
	if err != nil || !d.Allow || d.Revision == "" || d.Revision != e.Revision() {
		t.Fatalf("%+v, %v", d, err)
	}
}

func TestWithoutPolicyTheAnswerIsNo(t *testing.T) {
	var e Engine
	d, err := e.Decide(t.Context(), Facts{Action: ProgrammeRead, Purpose: "support"})
	if d.Allow || !errors.Is(err, errNoPolicy) || fault.CodeOf(err) != fault.Unavailable || e.Revision() != "" {
		t.Fatalf("%+v, %v", d, err)
	}
	if _, err := e.Require(t.Context(), Facts{Action: ProgrammeRead, Purpose: "support"}); err == nil {
		t.Fatal("it was let through")
	}
}

func TestARefusalIsTheFaultThatHelpsMost(t *testing.T) {
	e := engineOf(load(t))
	for want, f := range map[fault.Code]Facts{
		fault.SignInRequired:     {Action: MeRead, Purpose: "rights"},
		fault.SecondFactor:       {Action: CommunityGovern, Purpose: "support", SignedIn: true, AAL: 1, Operator: true, CommunityVisibility: "hidden"},
		fault.FreshSignIn:        {Action: MeRecoverySecrets, Purpose: "rights", SignedIn: true, AAL: 2},
		fault.NotFound:           {Action: TopicRead, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "hidden", Status: "published"},
		fault.MembersOnly:        {Action: TopicRead, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "members", Status: "published"},
		fault.RulesNotAccepted:   {Action: CommunityJoin, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "members", JoinPolicy: "open"},
		fault.InvitationRequired: {Action: CommunityJoin, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "members", JoinPolicy: "invitation"},
		fault.NotAllowed:         {Action: ProgrammeCreate, Purpose: "support", SignedIn: true, AAL: 2},
	} {
		d, err := e.Require(t.Context(), f)
		if fault.CodeOf(err) != want || d.Allow || d.Conceal != (want == fault.NotFound) {
			t.Errorf("%s: %+v, %v", want, d, err)
		}
	}
}

func TestADecisionKnowsWhatToShowAndDo(t *testing.T) {
	d, err := engineOf(load(t)).Require(t.Context(), Facts{
		Action: TopicRead, Purpose: "moderation", SignedIn: true, AAL: 2,
		CommunityVisibility: "members", MemberState: "active", MemberRole: "moderator", Status: "removed",
	})
	if err != nil || !d.Shows("title") || d.Shows("secret") || !d.Obliges(AuditRead) || d.Obliges(StepUp) {
		t.Fatalf("%+v, %v", d, err)
	}
	if (Decision{VisibleFields: []string{"title"}}).Shows("title") {
		t.Fatal("a denial shows a field")
	}
}

// What is remembered is shared between requests, so appending to it must not reach the next one.
func TestARememberedDecisionCannotBeChangedByAppending(t *testing.T) {
	e := engineOf(load(t))
	facts := Facts{Action: CommunityRead, Purpose: "support", CommunityVisibility: "public"}
	first, err := e.Decide(t.Context(), facts)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(first.VisibleFields)
	_ = append(first.VisibleFields, "secret")
	again, err := e.Decide(t.Context(), facts)
	if err != nil || !slices.Equal(again.VisibleFields, before) || cap(again.VisibleFields) != len(before) {
		t.Fatalf("%+v, %v", again, err)
	}
}

func TestAnotherPolicyHasAnotherRevision(t *testing.T) {
	one, same, other := loadText(t, around("granted if input.signed_in\n\ndenied if false\n")),
		loadText(t, around("# said again\ngranted if input.signed_in\n\ndenied if false\n")),
		loadText(t, around("granted if input.operator\n\ndenied if false\n"))
	if one.revision != same.revision || one.revision == other.revision {
		t.Fatalf("%s, %s, %s", one.revision, same.revision, other.revision)
	}
}
