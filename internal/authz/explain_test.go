package authz_test

import (
	"slices"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
)

func engine(t testing.TB) *authz.Engine {
	t.Helper()
	e, err := authz.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// An explanation that disagrees with the decision would be worse than none.
func TestEveryAnswerIsExplained(t *testing.T) {
	e, n := engine(t), 0
	for cell := range authz.Cells() {
		if n++; n%97 != 0 { // some of every kind
			continue
		}
		x, err := e.Explain(t.Context(), cell.Facts)
		if err != nil {
			t.Fatalf("%+v: %v", cell, err)
		}
		var given []authz.Reason
		for _, g := range x.Because {
			if given = append(given, g.Reason); g.Line == 0 || g.File == "" || g.Feature.En == "" || g.Feature.Fa == "" || (g.Title.En == "") != (g.Title.Fa == "") {
				t.Errorf("%+v", g)
			}
		}
		if given = slices.Compact(given); !slices.Equal(given, x.Decision.Reasons) {
			t.Errorf("%+v: because of %v, and the reasons are %v", cell, given, x.Decision.Reasons)
		}
		if granted := len(x.Held) > 0 && len(x.Denials) == 0; granted != x.Decision.Allow {
			t.Errorf("%+v: held %v, denials %v, allowed %v", cell, x.Held, x.Denials, x.Decision.Allow)
		}
	}
}

func explained(t *testing.T, f authz.Facts) authz.Explanation {
	t.Helper()
	x, err := engine(t).Explain(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Whether a topic is locked is for those who may read it; that one is no member, one knows.
func TestOnlyTheReasonThatIsGivenAnywayIsTold(t *testing.T) {
	f := authz.Facts{
		Action: authz.PostCreate, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members",
		JoinPolicy: "open", Sensitivity: 2, TopicStatus: "published", TopicLocked: true,
	}
	if x := explained(t, f); !slices.Contains(x.Decision.Reasons, fault.Locked) {
		t.Fatalf("%+v", x.Decision)
	}
	told, err := engine(t).Told(t.Context(), f)
	if err != nil || len(told) != 1 || told[0].Reason != fault.NotAMember || told[0].Rule != "hamyar.forum.reasons" || told[0].Feature.En == "" {
		t.Fatalf("%+v", told)
	}
	if g := told[0]; g.File != "" || g.Line != 0 || len(g.Lacks) > 0 {
		t.Fatalf("%+v tells more than a person may know", g)
	}
}

func TestWhatIsHiddenIsNotExplained(t *testing.T) {
	for name, f := range map[string]authz.Facts{
		"a hidden community": {Action: authz.CommunityRead, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "hidden"},
		"no community":       {Action: authz.CommunityRead, SignedIn: true, AAL: 1, Purpose: "support"},
		"what is allowed":    {Action: authz.ProgrammeRead},
	} {
		if told, err := engine(t).Told(t.Context(), f); told != nil || err != nil {
			t.Errorf("%s: %+v, %v", name, told, err)
		}
	}
}

func TestTheNearestGrantSaysWhatItLacks(t *testing.T) {
	x := explained(t, authz.Facts{
		Action: authz.PostRemove, SignedIn: true, AAL: 1, Purpose: "moderation", CommunityVisibility: "members",
		MemberState: "active", MemberRole: "moderator", Status: "published", TopicStatus: "published",
	})
	if len(x.Nearest) == 0 || len(x.Held) > 0 {
		t.Fatalf("%+v", x)
	}
	lacks := x.Nearest[0].Lacks
	if len(lacks) != 1 || lacks[0].Condition != "input.aal == 2" || !slices.Equal(lacks[0].Facts, []string{"aal=1"}) {
		t.Fatalf("%+v", x.Nearest[0])
	}
}

func TestADenialThatOutweighsAGrantIsNamed(t *testing.T) {
	x := explained(t, authz.Facts{
		Action: authz.CommunityGovern, SignedIn: true, AAL: 2, Operator: true, Purpose: "support",
		CommunityVisibility: "public", MemberState: "banned",
	})
	if len(x.Held) == 0 || len(x.Denials) != 1 || x.Denials[0].Rule != "hamyar.community.denied" || x.Decision.Allow {
		t.Fatalf("%+v", x)
	}
}

const night = `# METADATA
# title: The night
# description: Nobody opens a topic where it would be answered by nobody.
# custom:
#   en: New topics wait for the morning, when somebody is there.
#   fa: گفت‌وگوی تازه تا صبح که کسی هست می‌ماند.
package operator.night

denied if {
	input.action == "topic.create"
	input.sensitivity == 3
}
`

func TestAnOperatorsRuleSpeaksForItself(t *testing.T) {
	e := engine(t)
	if err := e.Apply(t.Context(), &authz.Overlay{Revision: "1", Modules: map[string]string{"operator/night.rego": night}}); err != nil {
		t.Fatal(err)
	}
	f := authz.Facts{
		Action: authz.TopicCreate, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members",
		Sensitivity: 3, MemberState: "active", MemberRole: "member",
	}
	told, err := e.Told(t.Context(), f)
	if err != nil || len(told) != 1 || told[0].Reason != fault.RestrictedHere || told[0].Rule != "operator.night.denied" {
		t.Fatalf("%+v", told)
	}
	if says := told[0].Says; says.In("fa") != "گفت‌وگوی تازه تا صبح که کسی هست می‌ماند." || says.In("en") != "New topics wait for the morning, when somebody is there." {
		t.Fatalf("%+v", says)
	}
	f.Sensitivity = 2
	if x, err := e.Explain(t.Context(), f); err != nil || !x.Decision.Allow || len(x.Denials) > 0 {
		t.Fatalf("%+v, %v", x, err)
	}
}

func TestNothingIsExplainedWithoutAPolicyOrWhileClosed(t *testing.T) {
	f := authz.Facts{Action: authz.ProgrammeRead}
	if x, err := new(authz.Engine).Explain(t.Context(), f); err == nil || x.Held != nil {
		t.Errorf("%+v", x)
	}
	if told, err := new(authz.Engine).Told(t.Context(), f); err == nil || told != nil {
		t.Errorf("%+v", told)
	}
	e := engine(t)
	e.Close(true)
	if x, err := e.Explain(t.Context(), f); fault.CodeOf(err) != fault.Closed || x.Held != nil {
		t.Errorf("%+v, %v", x, err)
	}
	e.Close(false)
	if _, err := e.Explain(t.Context(), authz.Facts{Action: "topic.burn"}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}
