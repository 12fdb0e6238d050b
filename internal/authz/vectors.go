package authz

// vectors are answers that every policy must give.
var vectors = []struct {
	name  string
	allow bool
	facts Facts
}{
	{"anyone reads a programme's card", true, Facts{Action: ProgrammeRead, Purpose: "support"}},
	{"anyone reads a public topic", true, Facts{Action: TopicRead, Purpose: "support", CommunityVisibility: "public", Status: "published"}},
	{
		"nobody unknown reads a members' topic", false,
		Facts{Action: TopicRead, Purpose: "support", CommunityVisibility: "members", Status: "published"},
	},
	{"a member reads a members' topic", true, Facts{
		Action: TopicRead, Purpose: "support", SignedIn: true, AAL: 1,
		CommunityVisibility: "members", MemberState: "active", MemberRole: "member", Status: "published",
	}},
	{"an operator reads no members' topic", false, Facts{
		Action: TopicRead, Purpose: "support", SignedIn: true, AAL: 2, Operator: true,
		ProgrammeLead: true, CommunityVisibility: "members", Status: "published",
	}},
	{"nobody reads what was deleted", false, Facts{
		Action: PostRead, Purpose: "support", SignedIn: true, AAL: 2, IsAuthor: true,
		CommunityVisibility: "public", MemberState: "active", MemberRole: "moderator", Status: "deleted", TopicStatus: "published",
	}},
	{"a hidden community is hidden", false, Facts{Action: CommunityRead, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "hidden"}},
	{"a member posts", true, Facts{
		Action: PostCreate, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "members",
		MemberState: "active", MemberRole: "member", TopicStatus: "published",
	}},
	{"an operator who is banned there governs nothing there", false, Facts{
		Action: CommunityGovern, Purpose: "support", SignedIn: true, AAL: 2,
		Operator: true, CommunityVisibility: "public", MemberState: "banned",
	}},
	{
		"an operator without a second factor governs nothing", false,
		Facts{Action: CommunityGovern, Purpose: "support", SignedIn: true, AAL: 1, Operator: true, CommunityVisibility: "public"},
	},
	{"a lead who signed in long ago unmasks nobody", false, Facts{
		Action: PersonaUnmaskApprove, SignedIn: true, AAL: 2,
		ProgrammeLead: true, Purpose: "break-glass", CommunityVisibility: "members",
	}},
	{"an operator reads by a grant", true, Facts{
		Action: PostRead, SignedIn: true, AAL: 2, Operator: true, Lifted: "members_only", Purpose: "break-glass",
		CommunityVisibility: "members", Status: "published", TopicStatus: "published",
	}},
	{"nobody but staff reads by a grant", false, Facts{
		Action: PostRead, SignedIn: true, AAL: 2, Lifted: "members_only", Purpose: "break-glass",
		CommunityVisibility: "members", Status: "published", TopicStatus: "published",
	}},
	{"a grant is nothing without a second factor", false, Facts{
		Action: PostRead, SignedIn: true, AAL: 1, Operator: true, Lifted: "members_only", Purpose: "break-glass",
		CommunityVisibility: "members", Status: "published", TopicStatus: "published",
	}},
	{"who is banned there reads nothing by a grant", false, Facts{
		Action: PostRead, SignedIn: true, AAL: 2, Operator: true, Lifted: "members_only", Purpose: "break-glass",
		CommunityVisibility: "members", MemberState: "banned", MemberRole: "member", Status: "published", TopicStatus: "published",
	}},
	{"nobody writes by a grant", false, Facts{
		Action: PostCreate, SignedIn: true, AAL: 2, Operator: true, Lifted: "members_only", Purpose: "break-glass",
		CommunityVisibility: "members", TopicStatus: "published",
	}},
	{"a lead who signed in long ago approves no grant", false, Facts{
		Action: GrantApprove, SignedIn: true, AAL: 2,
		ProgrammeLead: true, Purpose: "break-glass", CommunityVisibility: "members",
	}},
	{"a script keeps to its scopes", false, Facts{
		Action: PostRead, Purpose: "support", SignedIn: true, AAL: 1, ByKey: true,
		CommunityVisibility: "public", MemberState: "active", MemberRole: "member", Status: "published", TopicStatus: "published",
	}},
	{"a script within its scopes does what its owner may", true, Facts{
		Action: PostRead, Purpose: "support", SignedIn: true, AAL: 1, ByKey: true, InScope: true,
		CommunityVisibility: "members", MemberState: "active", MemberRole: "member", Status: "published", TopicStatus: "published",
	}},
	{"a script does no more than its owner may", false, Facts{
		Action: PostRead, Purpose: "support", SignedIn: true, AAL: 2, ByKey: true, InScope: true,
		CommunityVisibility: "members", Status: "published", TopicStatus: "published",
	}},
	{"a script makes no key", false, Facts{Action: KeyCreate, Purpose: "support", SignedIn: true, AAL: 2, RecentSignIn: true, ByKey: true, InScope: true}},
	{"nobody makes a key who signed in long ago", false, Facts{Action: KeyCreate, Purpose: "support", SignedIn: true, AAL: 2}},
	{"nobody unknown reads a members' attachment", false, Facts{
		Action: AttachmentRead, Purpose: "support", CommunityVisibility: "members", Status: "published", TopicStatus: "published",
	}},
	{"nobody unknown searches among members", false, Facts{
		Action: SearchQuery, Purpose: "support", CommunityVisibility: "members", CommunitySearch: "segments",
	}},
	{"who was banned reads what they were told", true, Facts{
		Action: NoticeList, Purpose: "rights", SignedIn: true, AAL: 1, CommunityVisibility: "members", MemberState: "banned", MemberRole: "member",
	}},
	{"anyone checks the log", true, Facts{Action: AuditReadProof}},
	{"nobody unknown asks why", false, Facts{Action: PolicyExplain, Purpose: "support"}},
	{"nobody reads for research", false, Facts{
		Action: PostRead, Purpose: "research", SignedIn: true, AAL: 2, Researcher: true,
		CommunityVisibility: "members", MemberState: "active", MemberRole: "member", Status: "published", TopicStatus: "published",
	}},
	{"what was removed is opened for nothing but moderation", false, Facts{
		Action: PostRead, Purpose: "support", SignedIn: true, AAL: 2,
		CommunityVisibility: "members", MemberState: "active", MemberRole: "moderator", Status: "removed", TopicStatus: "published",
	}},
	{
		"a list that betrays an illness needs a fresh sign-in", false,
		Facts{Action: MeCommunities, Purpose: "rights", SignedIn: true, AAL: 2, Sensitivity: 3},
	},
}
