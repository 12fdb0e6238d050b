package authz

// Facts is everything that a judgement may rest on: flat, total, comparable, and free of identifiers and of anybody's
// words. The zero value of each fact is its most careful one; an empty text stands for "none".
//
// The tags are the schema: the fact's name in Rego, and for texts and numbers the values that exist. Anything else is
// an error, and an error denies.
type Facts struct {
	Action string `fact:"action"` // one of Actions

	SignedIn      bool   `fact:"signed_in"`
	AAL           int    `fact:"aal" oneof:"0 1 2"`                                                                  // assurance of the session: 0 nobody, 1 one factor, 2 two factors
	RecentSignIn  bool   `fact:"recent_sign_in"`                                                                     // signed in within the last few minutes
	Operator      bool   `fact:"operator"`                                                                           // runs the installation
	ProgrammeLead bool   `fact:"programme_lead"`                                                                     // leads the programme acted on, or the one that owns the community
	Researcher    bool   `fact:"researcher"`                                                                         //
	Purpose       string `fact:"purpose" oneof:"none support moderation care listening research rights break-glass"` // bound to session and route
	AlwaysFresh   bool   `fact:"always_fresh"`                                                                       // the member's own list always needs a fresh sign-in

	CommunityVisibility string `fact:"community_visibility" oneof:"none public members invitation hidden"` // none: no such community, or not about one
	JoinPolicy          string `fact:"join_policy" oneof:"none open invitation closed"`
	Archived            bool   `fact:"archived"`
	Sensitivity         int    `fact:"sensitivity" oneof:"0 1 2 3"` // 0: not about a community
	MemberState         string `fact:"member_state" oneof:"none active left banned"`
	MemberRole          string `fact:"member_role" oneof:"none member moderator"`
	RulesAccepted       bool   `fact:"rules_accepted"` // the current ground rules are accepted in this request
	Invited             bool   `fact:"invited"`        // a valid invitation to this community is presented

	IsAuthor      bool   `fact:"is_author"`                                                     // of the topic or post acted on
	Status        string `fact:"status" oneof:"none published withdrawn deleted removed"`       // of the topic or post acted on
	TopicStatus   string `fact:"topic_status" oneof:"none published withdrawn deleted removed"` // of the topic around it
	TopicLocked   bool   `fact:"topic_locked"`
	OthersReplied bool   `fact:"others_replied"`
}
