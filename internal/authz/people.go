package authz

// person is somebody who asks. People, places and circumstances are few and telling: together they are the matrix that is read in
// review, and what every policy is compared on before it is let in.
type person struct {
	name string
	as   Facts
}

var people = []person{
	{"anonymous", Facts{}},
	{"visitor", Facts{SignedIn: true, AAL: 1}},
	{"visitor with two factors", Facts{SignedIn: true, AAL: 2, RecentSignIn: true}},
	{"invited", Facts{SignedIn: true, AAL: 1, Invited: true}},
	{"invited but anonymous", Facts{Invited: true}},
	{"member", Facts{SignedIn: true, AAL: 1, MemberState: "active", MemberRole: "member"}},
	{"author", Facts{SignedIn: true, AAL: 1, MemberState: "active", MemberRole: "member", IsAuthor: true}},
	{"moderator with one factor", Facts{SignedIn: true, AAL: 1, MemberState: "active", MemberRole: "moderator"}},
	{"moderator", Facts{SignedIn: true, AAL: 2, MemberState: "active", MemberRole: "moderator"}},
	{"lead with one factor", Facts{SignedIn: true, AAL: 1, ProgrammeLead: true}},
	{"lead", Facts{SignedIn: true, AAL: 2, ProgrammeLead: true}},
	{"operator with one factor", Facts{SignedIn: true, AAL: 1, Operator: true}},
	{"operator", Facts{SignedIn: true, AAL: 2, Operator: true}},
	{"researcher", Facts{SignedIn: true, AAL: 2, Researcher: true}},
	{"who left", Facts{SignedIn: true, AAL: 1, MemberState: "left", MemberRole: "member"}},
	{"author who left", Facts{SignedIn: true, AAL: 1, MemberState: "left", MemberRole: "member", IsAuthor: true}},
	{"banned", Facts{SignedIn: true, AAL: 1, MemberState: "banned", MemberRole: "member"}},
	{"banned author", Facts{SignedIn: true, AAL: 1, MemberState: "banned", MemberRole: "member", IsAuthor: true}},
	{"banned moderator", Facts{SignedIn: true, AAL: 2, MemberState: "banned", MemberRole: "moderator"}},
	{"a member's script", Facts{SignedIn: true, AAL: 1, MemberState: "active", MemberRole: "member", ByKey: true, InScope: true}},
	{"a moderator's script", Facts{SignedIn: true, AAL: 2, MemberState: "active", MemberRole: "moderator", ByKey: true, InScope: true}},
	{"a moderator's script, out of scope", Facts{SignedIn: true, AAL: 2, MemberState: "active", MemberRole: "moderator", ByKey: true}},
	{"a lead's script", Facts{SignedIn: true, AAL: 2, ProgrammeLead: true, ByKey: true, InScope: true}},
	{"an operator's script", Facts{SignedIn: true, AAL: 2, Operator: true, ByKey: true, InScope: true}},
	{"an operator's script, out of scope", Facts{SignedIn: true, AAL: 2, Operator: true, ByKey: true}},
	{"a researcher's script", Facts{SignedIn: true, AAL: 2, Researcher: true, ByKey: true, InScope: true}},
	{"a banned operator's script", Facts{SignedIn: true, AAL: 2, MemberState: "banned", MemberRole: "member", Operator: true, ByKey: true, InScope: true}},
	{"banned operator", Facts{SignedIn: true, AAL: 2, MemberState: "banned", MemberRole: "member", Operator: true}},
}
