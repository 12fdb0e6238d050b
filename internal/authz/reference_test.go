package authz

import (
	"slices"
	"strings"
	"testing"
)

// The same judgement, written a second time and plainly, by action instead of by rule. It is here to disagree with the
// policy if either is wrong.
type reference struct{ Facts }

func (f reference) among(value string, of ...string) bool { return slices.Contains(of, value) }

func (f reference) exists() bool {
	return f.among(f.CommunityVisibility, "public", "members", "invitation", "hidden")
}
func (f reference) active() bool    { return f.SignedIn && f.MemberState == "active" }
func (f reference) moderator() bool { return f.active() && f.MemberRole == "moderator" && f.AAL == 2 }

// opens is a moderator who reads what was removed, for nothing but moderation.
func (f reference) opens() bool { return f.exists() && f.moderator() && f.Purpose == "moderation" }

func (f reference) staff() bool  { return f.SignedIn && f.AAL == 2 && (f.Operator || f.ProgrammeLead) }
func (f reference) banned() bool { return f.MemberState == "banned" }
func (f reference) reads() bool {
	return f.CommunityVisibility == "public" || f.exists() && f.active() || f.lifts()
}

// lifts is staff who hold up a grant, and are no members.
func (f reference) lifts() bool {
	return f.exists() && f.staff() && f.Lifted == "members_only" && f.Purpose == "break-glass" && f.among(f.MemberState, "none", "left")
}

func (f reference) door() bool {
	switch f.JoinPolicy {
	case "open":
		return f.Invited || f.among(f.CommunityVisibility, "public", "members")
	case "invitation":
		return f.Invited
	default:
		return false
	}
}

func (f reference) mayJoin() bool {
	return f.SignedIn && f.exists() && f.among(f.MemberState, "none", "left") && !f.Archived && f.door()
}

func (f reference) sees() bool {
	if f.CommunityVisibility == "hidden" {
		return f.active() || f.staff()
	}
	return f.exists()
}

func (f reference) allow() bool { return f.fits() && f.keyed() && f.may() }

// keyed is whether an API key lets its owner's script do it; a person needs none.
func (f reference) keyed() bool {
	return !f.outOfScope() && (!f.ByKey || f.standsFor())
}

// outOfScope is what no key does, and what this one was not made for.
func (f reference) outOfScope() bool {
	kind, act, _ := strings.Cut(f.Action, ".")
	personal := f.among(kind, "me", "key", "grant", "notice", "persona") || kind == "community" && f.among(act, "appoint", "govern", "join", "leave")
	return f.ByKey && (personal || !f.InScope)
}

// standsFor is whether a purpose is one for which somebody may have a key.
func (f reference) standsFor() bool {
	switch f.Purpose {
	case "support":
		return true
	case "research":
		return f.Researcher
	case "moderation", "care", "listening":
		return f.active() && f.MemberRole == "moderator" || f.SignedIn && (f.Operator || f.ProgrammeLead)
	}
	return false
}

// fits is whether the act may be for what it is for.
func (f reference) fits() bool {
	kind, act, _ := strings.Cut(f.Action, ".")
	switch f.Purpose {
	case "support":
		return kind != "grant" && !strings.HasPrefix(act, "unmask_") && act != "remove" && !f.among(f.Action, MeEdit, MeUnguard, MeRecoverySecrets, NoticeList)
	case "rights":
		if f.among(f.Action, KeyList, KeyRevoke) || kind == "me" || kind == "notice" || f.among(act, "delete", "leave") {
			return true
		}
	case "moderation":
		if act == "remove" || f.among(f.Action, PostCreate, CommunityEdit, CommunityInvite) {
			return true
		}
	case "break-glass":
		if kind == "grant" || strings.HasPrefix(act, "unmask_") {
			return true
		}
	}
	if f.Action == KeyCreate && f.among(f.Purpose, "moderation", "care", "listening", "research") {
		return true
	}
	conversation := f.among(f.Action, TopicList, TopicRead, PostList, PostRead, AttachmentRead, SearchQuery)
	return f.among(f.Action, ProgrammeList, ProgrammeRead, CommunityList, CommunityRead, AuditReadProof, PolicyExplain) ||
		conversation && f.among(f.Purpose, "moderation", "care", "listening", "break-glass")
}

func (f reference) may() bool {
	switch f.Action {
	case ProgrammeList, ProgrammeRead, AuditReadProof:
		return true
	case ProgrammeCreate:
		return f.SignedIn && f.AAL == 2 && f.Operator
	case ProgrammeEdit, CommunityCreate:
		return f.staff()
	case CommunityList:
		return f.exists() && f.CommunityVisibility != "hidden" || f.staff() && f.exists()
	case CommunityRead:
		return f.sees() || f.CommunityVisibility == "hidden" && f.SignedIn && f.Invited
	case CommunityEdit, CommunityInvite:
		return f.exists() && !f.banned() && (f.staff() || f.moderator())
	case CommunityGovern, CommunityAppoint:
		return f.exists() && !f.banned() && f.staff()
	case CommunityJoin:
		return f.exists() && f.active() || f.mayJoin() && f.RulesAccepted
	case CommunityLeave:
		return f.exists() && f.active()
	case PersonaSuggest:
		return f.exists() && f.active() || f.mayJoin()
	case PersonaUnmaskAsk, PersonaUnmaskApprove:
		return f.exists() && !f.banned() && f.staff() && f.RecentSignIn && f.Purpose == "break-glass"
	case GrantAsk:
		return f.exists() && f.staff() && f.RecentSignIn && f.Purpose == "break-glass" && f.among(f.MemberState, "none", "left")
	case GrantRead, GrantApprove:
		return f.exists() && !f.banned() && f.staff() && f.RecentSignIn && f.Purpose == "break-glass"
	case GrantList:
		return f.exists() && f.staff()
	case GrantEnd:
		return f.exists() && f.SignedIn && (f.Operator || f.ProgrammeLead)
	case MeRead, MeEdit, KeyList, KeyRevoke, PolicyExplain:
		return f.SignedIn
	case KeyCreate:
		return f.SignedIn && f.RecentSignIn && f.standsFor()
	case MeUnguard, MeRecoverySecrets:
		return f.SignedIn && f.RecentSignIn
	case MeCommunities:
		return f.SignedIn && (f.RecentSignIn || f.Sensitivity < 3 && !f.AlwaysFresh)
	}
	if strings.HasPrefix(f.Action, "attachment.") {
		return f.allowAttachment()
	}
	if f.Action == NoticeList {
		return f.exists() && f.SignedIn && f.among(f.MemberState, "active", "left", "banned")
	}
	if f.Action == SearchQuery {
		f.Lifted = "none" // nobody searches by a grant
		return f.reads() && f.among(f.CommunitySearch, "segments", "tags")
	}
	return f.allowWords()
}

func (f reference) allowWords() bool {
	shown := f.among(f.TopicStatus, "published", "withdrawn")
	writes := f.exists() && f.active() && !f.Archived
	switch f.Action {
	case TopicList:
		return f.reads()
	case TopicRead:
		return f.reads() && f.among(f.Status, "published", "withdrawn") || f.opens() && f.Status == "removed"
	case PostList:
		return f.reads() && shown || f.opens() && f.TopicStatus == "removed"
	case PostRead:
		topic := shown || f.opens() && f.TopicStatus == "removed"
		return f.reads() && topic && (f.Status == "published" || f.opens() && f.Status == "removed")
	case TopicCreate:
		return writes
	case PostCreate:
		return writes && f.TopicStatus == "published" && (!f.TopicLocked || f.moderator())
	case TopicEdit:
		return writes && f.IsAuthor && f.Status == "published" && !f.TopicLocked
	case PostEdit:
		return writes && f.IsAuthor && f.Status == "published" && !f.TopicLocked && shown
	case TopicDelete, PostDelete:
		return f.exists() && f.SignedIn && f.IsAuthor && f.among(f.MemberState, "active", "left") && f.among(f.Status, "published", "withdrawn")
	case TopicRemove, PostRemove:
		return f.exists() && f.moderator() && f.among(f.Status, "published", "withdrawn", "removed")
	}
	return false
}

func (f reference) allowAttachment() bool {
	own := f.exists() && f.SignedIn && f.IsAuthor && f.among(f.MemberState, "active", "left")
	switch f.Action {
	case AttachmentCreate:
		return f.exists() && f.active() && !f.Archived && f.CommunityAttachments
	case AttachmentRead:
		inPost := f
		inPost.Action = PostRead
		return inPost.allowWords() || own && f.Status == "waiting"
	case AttachmentDelete:
		return own && f.among(f.Status, "published", "waiting")
	}
	return false
}

func (f reference) duties() []Obligation {
	if f.Purpose == "break-glass" && f.among(f.Action, TopicList, TopicRead, PostList, PostRead, AttachmentRead) {
		return []Obligation{AuditRead, TellMember}
	}
	switch f.Action {
	case TopicRemove, PostRemove, ProgrammeCreate, ProgrammeEdit, CommunityCreate, CommunityEdit, CommunityGovern, CommunityInvite, CommunityAppoint,
		PersonaUnmaskAsk, GrantAsk, GrantRead, GrantApprove, GrantEnd:
		return []Obligation{Audit}
	case PersonaUnmaskApprove:
		return []Obligation{Audit, TellMember}
	case CommunityList:
		if f.CommunityVisibility == "hidden" {
			return []Obligation{AuditRead}
		}
	case CommunityRead:
		if f.CommunityVisibility == "hidden" && !f.active() && !(f.SignedIn && f.Invited) {
			return []Obligation{AuditRead}
		}
	case TopicRead:
		if f.Status == "removed" {
			return []Obligation{AuditRead, TellMember}
		}
	case PostList:
		if f.TopicStatus == "removed" {
			return []Obligation{AuditRead, TellMember}
		}
	case PostRead, AttachmentRead:
		if f.Status == "removed" || f.TopicStatus == "removed" {
			return []Obligation{AuditRead, TellMember}
		}
	}
	return nil
}

// disagreement says what the decision and the reference see differently, or nothing.
func disagreement(d Decision, facts Facts) string {
	want := reference{facts}
	switch {
	case d.Allow != want.allow():
		return "allow"
	case d.Allow && !slices.Equal(d.Obligations, want.duties()):
		return "obligations"
	case d.Allow && len(d.Reasons) > 0, !d.Allow && len(d.Reasons) == 0:
		return "reasons"
	case !d.Allow && (len(d.VisibleFields) > 0 || len(d.Obligations) > 0):
		return "a denial that shows or obliges"
	case d.Conceal && d.Reasons[0] != "not_found":
		return "conceal"
	case want.outOfScope() && d.Reasons[0] != "out_of_scope":
		return "what a key is not for tells where its owner is"
	case want.mustHide() && !want.outOfScope() && (d.Allow || !d.Conceal):
		return "what must look as if it did not exist"
	}
	return ""
}

// mustHide is when an outsider asks for a hidden community, whatever it is that they ask.
func (f reference) mustHide() bool {
	about := strings.HasPrefix(f.Action, "topic.") || strings.HasPrefix(f.Action, "post.") || strings.HasPrefix(f.Action, "attachment.") || strings.HasPrefix(f.Action, "persona.") || strings.HasPrefix(f.Action, "grant.") || f.Action == SearchQuery || f.Action == NoticeList && f.MemberState == "none" ||
		strings.HasPrefix(f.Action, "community.") && f.Action != CommunityCreate
	outside := !f.active() && !f.Operator && !f.ProgrammeLead && !f.Invited && !(f.IsAuthor && f.MemberState == "left")
	return about && outside && f.among(f.CommunityVisibility, "hidden", "none")
}

func TestPolicyAgreesWithReference(t *testing.T) {
	t.Parallel()
	draws := 120_000
	if testing.Short() {
		draws = 5_000
	}
	p, c := load(t), newChance(t)
	allowed := 0
	for range draws {
		f := c.facts()
		d := decide(t, p, f)
		if what := disagreement(d, f.plain()); what != "" {
			t.Fatalf("%s: the policy says %+v of %+v", what, d, f)
		}
		if d.Allow {
			allowed++
		}
	}
	if share := float64(allowed) / float64(draws); share < 0.1 || share > 0.9 {
		t.Errorf("%.0f %% were allowed: the draw says little", 100*share)
	}
}

// The circumstances of the matrix are few and telling; the reference must see each as the policy does.
func TestMatrixAgreesWithReference(t *testing.T) {
	p := load(t)
	for _, c := range circumstances {
		for _, who := range people {
			for _, where := range c.places() {
				f := c.facts(who, where)
				if what := disagreement(decide(t, p, f), f.plain()); what != "" {
					t.Errorf("%s %s, %s, %s: %s", c.action, c.name, who.name, where.name, what)
				}
			}
		}
	}
}

// plain has "none" for every empty text, as the policy sees it.
func (f Facts) plain() Facts {
	for _, text := range []*string{&f.Purpose, &f.Lifted, &f.CommunityVisibility, &f.JoinPolicy, &f.CommunitySearch, &f.MemberState, &f.MemberRole, &f.Status, &f.TopicStatus} {
		if *text == "" {
			*text = "none"
		}
	}
	return f
}

// The policy as it was understood gives the same answers as the policy as it is written.
func TestWhatIsDecidedIsWhatIsWritten(t *testing.T) {
	t.Parallel()
	draws := 20_000
	if testing.Short() {
		draws = 2_000
	}
	p, c := load(t), newChance(t)
	for range draws {
		f := c.facts()
		if got, want := decide(t, p, f), written(t, p, f); !got.equal(want) {
			t.Fatalf("%+v instead of %+v for %+v", got, want, f)
		}
	}
}

// The gate looks at some cells; here are all of them.
func TestTheMatrixIsWhatIsWritten(t *testing.T) {
	t.Parallel()
	p, seen := load(t), map[Facts]bool{}
	for cell := range Cells() {
		if f := cell.Facts; !seen[f] {
			seen[f] = true
			if got, want := decide(t, p, f), written(t, p, f); !got.equal(want) {
				t.Fatalf("%s %s, %s, %s: %+v instead of %+v", cell.Action, cell.Circumstance, cell.Person, cell.Place, got, want)
			}
		}
	}
}
