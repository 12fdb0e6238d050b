package main

import (
	_ "embed"
	"slices"

	"github.com/cedar-policy/cedar-go"

	"github.com/hamyar/hamyar/internal/authz"
)

// The same rules twice more, for three acts: as a plain function, which is as fast as rules can be judged and can be
// neither read by an auditor nor turned into SQL, and in Cedar.
var compared = []string{authz.TopicRead, authz.PostRead, authz.PostCreate}

//go:embed policy.cedar
var cedarRules []byte

// plain is the facts of one question.
type plain struct{ *authz.Facts }

func (f plain) exists() bool { return f.CommunityVisibility != "none" && f.CommunityVisibility != "" }
func (f plain) active() bool { return f.SignedIn && f.MemberState == "active" }

func (f plain) moderates() bool { return f.exists() && f.active() && f.MemberRole == "moderator" }

func (f plain) staff() bool { return f.SignedIn && (f.Operator || f.ProgrammeLead) }

func (f plain) outside() bool {
	return f.MemberState == "left" || f.MemberState == "none" || f.MemberState == ""
}

func (f plain) reads() bool {
	return f.CommunityVisibility == "public" || f.exists() && f.active() ||
		f.exists() && f.AAL == 2 && f.staff() && f.Lifted == "members_only" && f.Purpose == "break-glass" && f.outside()
}

func (f plain) allow() bool { return f.fits() && (!f.ByKey || f.InScope && f.standsFor()) && f.may() }

func (f plain) fits() bool {
	switch f.Purpose {
	case "support", "moderation":
		return true
	case "care", "listening", "break-glass":
		return f.Action != authz.PostCreate
	default:
		return false
	}
}

func (f plain) standsFor() bool {
	switch f.Purpose {
	case "support":
		return true
	case "research":
		return f.Researcher
	case "moderation", "care", "listening":
		return f.active() && f.MemberRole == "moderator" || f.staff()
	default:
		return false
	}
}

func (f plain) may() bool {
	shown := f.TopicStatus == "published" || f.TopicStatus == "withdrawn"
	opens := f.moderates() && f.AAL == 2 && f.Purpose == "moderation"
	switch f.Action {
	case authz.TopicRead:
		return f.reads() && (f.Status == "published" || f.Status == "withdrawn" || f.Status == "removed" && opens)
	case authz.PostRead:
		return f.reads() && (shown || opens && f.TopicStatus == "removed") && (f.Status == "published" || opens && f.Status == "removed")
	case authz.PostCreate:
		return f.exists() && f.active() && !f.Archived && f.TopicStatus == "published" && (!f.TopicLocked || f.moderates() && f.AAL == 2)
	default:
		return false
	}
}

// askedCedar is the same question in Cedar's terms, as somebody would build it for each request.
func askedCedar(f *authz.Facts) cedar.Request {
	word := func(text string) cedar.String {
		if text == "" {
			text = "none"
		}
		return cedar.String(text)
	}
	return cedar.Request{
		Principal: cedar.NewEntityUID("Person", "asker"), Resource: cedar.NewEntityUID("Thing", "asked"),
		Action: cedar.NewEntityUID("Action", cedar.String(f.Action)),
		Context: cedar.NewRecord(cedar.RecordMap{
			"signed_in": cedar.Boolean(f.SignedIn), "aal": cedar.Long(f.AAL), "operator": cedar.Boolean(f.Operator),
			"programme_lead": cedar.Boolean(f.ProgrammeLead), "researcher": cedar.Boolean(f.Researcher), "purpose": word(f.Purpose),
			"lifted": word(f.Lifted), "by_key": cedar.Boolean(f.ByKey), "in_scope": cedar.Boolean(f.InScope),
			"community_visibility": word(f.CommunityVisibility), "archived": cedar.Boolean(f.Archived),
			"member_state": word(f.MemberState), "member_role": word(f.MemberRole), "status": word(f.Status),
			"topic_status": word(f.TopicStatus), "topic_locked": cedar.Boolean(f.TopicLocked),
		}),
	}
}

// rival is another way to judge the same.
type rival func(*authz.Facts) bool

func rivals() (map[string]rival, error) {
	rules, err := cedar.NewPolicySetFromBytes("policy.cedar", cedarRules)
	if err != nil {
		return nil, err
	}
	return map[string]rival{
		"plain_go": func(f *authz.Facts) bool { return plain{f}.allow() },
		"cedar": func(f *authz.Facts) bool {
			decision, _ := cedar.Authorize(rules, cedar.EntityMap{}, askedCedar(f))
			return bool(decision)
		},
	}, nil
}

func isCompared(f *authz.Facts) bool { return slices.Contains(compared, f.Action) }
