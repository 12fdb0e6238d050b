package authz

import "strings"

// circumstance is what is asked, in which situation.
type circumstance struct {
	action, name string
	set          func(*Facts)
}

var circumstances = []circumstance{
	{ProgrammeList, "", nil},
	{ProgrammeRead, "", nil},
	{ProgrammeRead, "for research", purpose("research")},
	{AuditReadProof, "", nil},
	{PolicyExplain, "", nil},
	{ProgrammeCreate, "", nil},
	{ProgrammeEdit, "", nil},
	{CommunityCreate, "", nil},
	{KeyList, "", nil},
	{KeyRevoke, "", nil},
	{KeyCreate, "for support", nil},
	{KeyCreate, "for support, after a fresh sign-in", stating("support")},
	{KeyCreate, "for research, after a fresh sign-in", stating("research")},
	{KeyCreate, "for moderation, after a fresh sign-in", stating("moderation")},
	{KeyCreate, "for care, after a fresh sign-in", stating("care")},
	{KeyCreate, "for listening, after a fresh sign-in", stating("listening")},
	{KeyCreate, "for break-glass, after a fresh sign-in", stating("break-glass")},
	{KeyCreate, "for moderation, as a moderator of some place, after a fresh sign-in", func(f *Facts) {
		f.Purpose, f.RecentSignIn, f.MemberState, f.MemberRole = "moderation", true, "active", "moderator"
	}},
	{MeRead, "", nil},
	{MeEdit, "", nil},
	{MeUnguard, "", nil},
	{MeUnguard, "after a fresh sign-in", func(f *Facts) { f.RecentSignIn = true }},
	{MeRecoverySecrets, "", nil},
	{MeRecoverySecrets, "after a fresh sign-in", func(f *Facts) { f.RecentSignIn = true }},
	{MeCommunities, "of sensitivity 2", func(f *Facts) { f.Sensitivity = 2 }},
	{MeCommunities, "of sensitivity 3", func(f *Facts) { f.Sensitivity = 3 }},
	{MeCommunities, "of sensitivity 3, after a fresh sign-in", func(f *Facts) { f.Sensitivity, f.RecentSignIn = 3, true }},
	{MeCommunities, "of sensitivity 1, always fresh", func(f *Facts) { f.Sensitivity, f.AlwaysFresh = 1, true }},
	{CommunityList, "", nil},
	{CommunityRead, "", nil},
	{CommunityEdit, "", nil},
	{CommunityGovern, "", nil},
	{CommunityGovern, "for moderation", purpose("moderation")},
	{CommunityInvite, "", nil},
	{CommunityAppoint, "", nil},
	{CommunityJoin, "rules accepted", func(f *Facts) { f.RulesAccepted = true }},
	{CommunityJoin, "rules not accepted", nil},
	{CommunityJoin, "by invitation, rules accepted", func(f *Facts) { f.JoinPolicy, f.RulesAccepted = "invitation", true }},
	{CommunityJoin, "closed, rules accepted", func(f *Facts) { f.JoinPolicy, f.RulesAccepted = "closed", true }},
	{CommunityLeave, "", nil},
	{PersonaSuggest, "", nil},
	{PersonaUnmaskAsk, "for break-glass", breakGlass(false)},
	{PersonaUnmaskAsk, "for break-glass, after a fresh sign-in", breakGlass(true)},
	{PersonaUnmaskAsk, "for moderation, after a fresh sign-in", func(f *Facts) { f.Purpose, f.RecentSignIn = "moderation", true }},
	{PersonaUnmaskApprove, "for break-glass", breakGlass(false)},
	{PersonaUnmaskApprove, "for break-glass, after a fresh sign-in", breakGlass(true)},
	{GrantAsk, "for break-glass", breakGlass(false)},
	{GrantAsk, "for break-glass, after a fresh sign-in", breakGlass(true)},
	{GrantAsk, "for support, after a fresh sign-in", func(f *Facts) { f.Purpose, f.RecentSignIn = "support", true }},
	{GrantRead, "for break-glass", breakGlass(false)},
	{GrantRead, "for break-glass, after a fresh sign-in", breakGlass(true)},
	{GrantApprove, "for break-glass", breakGlass(false)},
	{GrantApprove, "for break-glass, after a fresh sign-in", breakGlass(true)},
	{GrantEnd, "for break-glass", breakGlass(false)},
	{GrantList, "for break-glass", breakGlass(false)},
	{TopicList, "", nil},
	{TopicList, "by a grant", granted("none", "none")},
	{TopicRead, "published", status("published")},
	{TopicRead, "published, for moderation", func(f *Facts) { f.Status, f.Purpose = "published", "moderation" }},
	{TopicRead, "published, for research", func(f *Facts) { f.Status, f.Purpose = "published", "research" }},
	{TopicRead, "published, for nothing", func(f *Facts) { f.Status, f.Purpose = "published", "none" }},
	{TopicRead, "withdrawn", status("withdrawn")},
	{TopicRead, "removed", status("removed")},
	{TopicRead, "removed, for support", func(f *Facts) { f.Status = "removed" }},
	{TopicRead, "deleted", status("deleted")},
	{TopicRead, "unknown", status("none")},
	{TopicRead, "published, by a grant", granted("none", "published")},
	{TopicRead, "removed, by a grant", granted("none", "removed")},
	{TopicRead, "deleted, by a grant", granted("none", "deleted")},
	{TopicCreate, "", nil},
	{TopicCreate, "by a grant", granted("none", "none")},
	{TopicEdit, "published", status("published")},
	{TopicEdit, "published, locked", func(f *Facts) { f.Status, f.TopicLocked = "published", true }},
	{TopicEdit, "withdrawn", status("withdrawn")},
	{TopicEdit, "removed", status("removed")},
	{TopicDelete, "published", status("published")},
	{TopicDelete, "published, others replied", func(f *Facts) { f.Status, f.OthersReplied = "published", true }},
	{TopicDelete, "deleted", status("deleted")},
	{TopicDelete, "removed", status("removed")},
	{TopicRemove, "published", status("published")},
	{TopicRemove, "published, for support", func(f *Facts) { f.Status, f.Purpose = "published", "support" }},
	{TopicRemove, "deleted", status("deleted")},
	{PostList, "topic published", in("published", "none")},
	{PostList, "topic withdrawn", in("withdrawn", "none")},
	{PostList, "topic removed", in("removed", "none")},
	{PostList, "topic deleted", in("deleted", "none")},
	{PostList, "topic published, by a grant", granted("published", "none")},
	{PostRead, "published, by a grant", granted("published", "published")},
	{PostRead, "removed, by a grant", granted("published", "removed")},
	{PostRead, "published, by a grant for another purpose", func(f *Facts) {
		f.TopicStatus, f.Status, f.Lifted, f.Purpose = "published", "published", "members_only", "support"
	}},
	{PostRead, "published, for break-glass without a grant", func(f *Facts) { f.TopicStatus, f.Status, f.Purpose = "published", "published", "break-glass" }},
	{PostRead, "published", in("published", "published")},
	{PostRead, "published, topic withdrawn", in("withdrawn", "published")},
	{PostRead, "published, topic removed", in("removed", "published")},
	{PostRead, "published, topic deleted", in("deleted", "published")},
	{PostRead, "removed", in("published", "removed")},
	{PostRead, "removed, for support", func(f *Facts) { f.TopicStatus, f.Status = "published", "removed" }},
	{PostRead, "deleted", in("published", "deleted")},
	{PostRead, "withdrawn", in("published", "withdrawn")},
	{PostCreate, "topic published", in("published", "none")},
	{PostCreate, "topic published, by a grant", granted("published", "none")},
	{PostCreate, "topic locked", func(f *Facts) { f.TopicStatus, f.TopicLocked = "published", true }},
	{PostCreate, "topic withdrawn", in("withdrawn", "none")},
	{PostCreate, "topic removed", in("removed", "none")},
	{PostCreate, "topic unknown", in("none", "none")},
	{PostEdit, "published", in("published", "published")},
	{PostEdit, "published, topic locked", func(f *Facts) { f.Status, f.TopicStatus, f.TopicLocked = "published", "published", true }},
	{PostEdit, "published, topic withdrawn", in("withdrawn", "published")},
	{PostEdit, "published, topic removed", in("removed", "published")},
	{PostEdit, "deleted", in("published", "deleted")},
	{PostDelete, "published", in("published", "published")},
	{PostDelete, "published, topic locked", func(f *Facts) { f.Status, f.TopicStatus, f.TopicLocked = "published", "published", true }},
	{PostDelete, "deleted", in("published", "deleted")},
	{PostRemove, "published", in("published", "published")},
	{PostRemove, "removed", in("published", "removed")},
	{PostRemove, "deleted", in("published", "deleted")},
	{AttachmentCreate, "", attachments(true)},
	{AttachmentCreate, "attachments are off", attachments(false)},
	{AttachmentRead, "published", in("published", "published")},
	{AttachmentRead, "published, by a grant", granted("published", "published")},
	{AttachmentRead, "waiting, by a grant", granted("none", "waiting")},
	{AttachmentRead, "published, topic withdrawn", in("withdrawn", "published")},
	{AttachmentRead, "published, topic removed", in("removed", "published")},
	{AttachmentRead, "removed", in("published", "removed")},
	{AttachmentRead, "waiting", status("waiting")},
	{AttachmentRead, "unknown", status("none")},
	{AttachmentDelete, "published", in("published", "published")},
	{AttachmentDelete, "published, topic locked", func(f *Facts) { f.Status, f.TopicStatus, f.TopicLocked = "published", "published", true }},
	{AttachmentDelete, "removed", in("published", "removed")},
	{AttachmentDelete, "waiting", status("waiting")},
	{AttachmentDelete, "unknown", status("none")},
	{NoticeList, "", nil},
	{SearchQuery, "by segments", searched("segments")},
	{SearchQuery, "by segments, by a grant", func(f *Facts) { f.CommunitySearch, f.Lifted, f.Purpose = "segments", "members_only", "break-glass" }},
	{SearchQuery, "by tags", searched("tags")},
	{SearchQuery, "off", searched("off")},
	{SearchQuery, "nobody said how", nil},
}

func attachments(on bool) func(*Facts) { return func(f *Facts) { f.CommunityAttachments = on } }

func searched(how string) func(*Facts) { return func(f *Facts) { f.CommunitySearch = how } }

// stating is a person who makes a key for a purpose; a script can't have signed in just now.
func stating(why string) func(*Facts) {
	return func(f *Facts) { f.Purpose, f.RecentSignIn = why, !f.ByKey }
}

func purpose(why string) func(*Facts) { return func(f *Facts) { f.Purpose = why } }

func status(s string) func(*Facts) { return in("", s) }

func breakGlass(fresh bool) func(*Facts) {
	return func(f *Facts) { f.Purpose, f.RecentSignIn = "break-glass", fresh }
}

// granted holds up a grant of one's own.
func granted(topic, post string) func(*Facts) {
	return func(f *Facts) {
		f.TopicStatus, f.Status, f.Lifted, f.Purpose = topic, post, "members_only", "break-glass"
	}
}

func in(topic, post string) func(*Facts) {
	return func(f *Facts) {
		f.TopicStatus, f.Status = topic, post
		reads := strings.HasSuffix(f.Action, ".read") || f.Action == PostList
		if reads && (topic == "removed" || post == "removed") {
			f.Purpose = "moderation"
		}
	}
}

// place is a community; the zero place is none.
type place struct {
	name string
	at   Facts
}

var (
	nowhere = []place{{"", Facts{}}}
	places  = []place{
		{"public", Facts{CommunityVisibility: "public", JoinPolicy: "open", Sensitivity: 1}},
		{"members", Facts{CommunityVisibility: "members", JoinPolicy: "open", Sensitivity: 2}},
		{"invitation", Facts{CommunityVisibility: "invitation", JoinPolicy: "invitation", Sensitivity: 2}},
		{"hidden", Facts{CommunityVisibility: "hidden", JoinPolicy: "invitation", Sensitivity: 3}},
		{"members, archived", Facts{CommunityVisibility: "members", JoinPolicy: "open", Sensitivity: 2, Archived: true}},
		{"no such community", Facts{}},
	}
)

func (c circumstance) places() []place {
	if strings.HasPrefix(c.action, "programme.") || c.action == AuditReadProof || c.action == PolicyExplain || strings.HasPrefix(c.action, "me.") || strings.HasPrefix(c.action, "key.") || c.action == CommunityCreate {
		return nowhere
	}
	return places
}

func (c circumstance) facts(who person, where place) Facts {
	f := who.as
	f.Action = c.action
	f.CommunityVisibility, f.JoinPolicy, f.Archived, f.Sensitivity = where.at.CommunityVisibility, where.at.JoinPolicy, where.at.Archived, where.at.Sensitivity
	if where.at.CommunityVisibility == "" {
		f.MemberState, f.MemberRole, f.IsAuthor = "", "", false // nobody is a member of nothing
	}
	f.Purpose = usual(c.action)
	if c.set != nil {
		c.set(&f)
	}
	return f
}

// usual is what an action is for where nobody says otherwise.
func usual(action string) string {
	switch {
	case action == AuditReadProof:
		return "none"
	case action == TopicRemove || action == PostRemove:
		return "moderation"
	case action == PersonaUnmaskAsk || action == PersonaUnmaskApprove || strings.HasPrefix(action, "grant."):
		return "break-glass"
	case strings.HasPrefix(action, "me.") || action == NoticeList || action == KeyList || action == KeyRevoke:
		return "rights"
	default:
		return "support"
	}
}
