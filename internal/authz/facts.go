package authz

// Facts is everything that a judgement may rest on: flat, total, comparable, and free of identifiers and of anybody's
// words. The zero value of each fact is its most careful one; an empty text stands for "none".
//
// The tags are the schema: the fact's name in Rego, and for texts and numbers the values that exist. Anything else is
// an error, and an error denies.
type Facts struct {
	// Action is one of Actions.
	Action string `fact:"action"`

	SignedIn bool `fact:"signed_in"`
	// AAL is the assurance of the session: 0 nobody, 1 one factor, 2 two factors.
	AAL int `fact:"aal" oneof:"0 1 2"`
	// RecentSignIn is a sign-in of the last few minutes.
	RecentSignIn bool `fact:"recent_sign_in"`
	// Operator runs the installation.
	Operator bool `fact:"operator"`
	// ProgrammeLead leads the programme acted on, or the one that owns the community.
	ProgrammeLead bool `fact:"programme_lead"`
	Researcher    bool `fact:"researcher"`
	// Purpose of use is bound to session and route, and never chosen by the client.
	Purpose string `fact:"purpose" oneof:"none support moderation care listening research rights break-glass"`
	// Lifted is the denial that an approved grant of this person lifts, where it is for this community.
	Lifted string `fact:"lifted" oneof:"none members_only"`
	// ByKey is a script that holds up an API key, and InScope is whether the key's scopes name the action.
	ByKey   bool `fact:"by_key"`
	InScope bool `fact:"in_scope"`
	// AlwaysFresh members asked that their own list always needs a fresh sign-in.
	AlwaysFresh bool `fact:"always_fresh"`

	// CommunityVisibility is "none" where there is no such community, or where the action is not about one.
	CommunityVisibility string `fact:"community_visibility" oneof:"none public members invitation hidden"`
	JoinPolicy          string `fact:"join_policy" oneof:"none open invitation closed"`
	Archived            bool   `fact:"archived"`
	// Sensitivity is 0 where the action is not about a community.
	Sensitivity int `fact:"sensitivity" oneof:"0 1 2 3"`
	// CommunitySearch is how the community lets itself be searched; it is there where the action is about searching.
	CommunitySearch string `fact:"community_search" oneof:"none segments tags off"`
	// CommunityAttachments is whether the community takes attachments; it is there where the action is about adding one.
	CommunityAttachments bool   `fact:"community_attachments"`
	MemberState          string `fact:"member_state" oneof:"none active left banned"`
	MemberRole           string `fact:"member_role" oneof:"none member moderator"`
	// RulesAccepted is whether this request accepts the current ground rules.
	RulesAccepted bool `fact:"rules_accepted"`
	// Invited is whether a valid invitation to this community is presented.
	Invited bool `fact:"invited"`

	// IsAuthor and Status are of the topic or post acted on, or of the post that an attachment is in; one that is in none
	// yet is waiting.
	IsAuthor bool   `fact:"is_author"`
	Status   string `fact:"status" oneof:"none published withdrawn deleted removed waiting"`
	// TopicStatus and TopicLocked are of the topic around it.
	TopicStatus string `fact:"topic_status" oneof:"none published withdrawn deleted removed"`
	TopicLocked bool   `fact:"topic_locked"`
	// OthersReplied is whether somebody but the author has posted in the topic.
	OthersReplied bool `fact:"others_replied"`
}
