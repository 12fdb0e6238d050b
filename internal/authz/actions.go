package authz

// The actions that policy judges. An operation of the API names one of them; the tests fail where an action has no
// rule or no row in the matrix.
const (
	ProgrammeList   = "programme.list"
	ProgrammeRead   = "programme.read"
	ProgrammeCreate = "programme.create"
	ProgrammeEdit   = "programme.edit"

	CommunityList    = "community.list"
	CommunityRead    = "community.read"
	CommunityCreate  = "community.create"
	CommunityEdit    = "community.edit"   // name, description, ground rules
	CommunityGovern  = "community.govern" // visibility, sensitivity, join policy, archive
	CommunityJoin    = "community.join"
	CommunityLeave   = "community.leave"
	CommunityInvite  = "community.invite"
	CommunityAppoint = "community.appoint"
	PersonaSuggest   = "persona.suggest"

	PersonaUnmaskAsk     = "persona.unmask_ask"
	PersonaUnmaskApprove = "persona.unmask_approve" // and reading why it was asked

	GrantAsk     = "grant.ask" // to be let read here for some hours, at the word of another
	GrantRead    = "grant.read"
	GrantApprove = "grant.approve"
	GrantEnd     = "grant.end"
	GrantList    = "grant.list"

	TopicList   = "topic.list" // may this person list topics here at all; the rows are judged by topic.read
	TopicRead   = "topic.read"
	TopicCreate = "topic.create"
	TopicEdit   = "topic.edit"
	TopicDelete = "topic.delete"
	TopicRemove = "topic.remove"
	PostList    = "post.list" // may this person list the posts of this topic; the rows are judged by post.read
	PostRead    = "post.read"
	PostCreate  = "post.create"
	PostEdit    = "post.edit"
	PostDelete  = "post.delete"
	PostRemove  = "post.remove"

	AttachmentCreate = "attachment.create"
	AttachmentRead   = "attachment.read" // as the post that it is in
	AttachmentDelete = "attachment.delete"

	NoticeList = "notice.list" // what one was told here about what was done with one's own

	SearchQuery = "search.query" // may this person search here at all; what is found is judged by post.read

	PolicyExplain = "policy.explain" // be told which rule refused oneself

	AuditReadProof = "audit.read_proof" // hashes and signatures of the log, never an event

	KeyCreate = "key.create" // for the purpose that the key will state
	KeyList   = "key.list"
	KeyRevoke = "key.revoke"

	MeRead            = "me.read"
	MeEdit            = "me.edit"
	MeCommunities     = "me.communities"
	MeUnguard         = "me.unguard" // lower what guards one's own list
	MeRecoverySecrets = "me.recovery_secrets"
)

// Actions lists every action there is.
var Actions = []string{
	ProgrammeList, ProgrammeRead, ProgrammeCreate, ProgrammeEdit,
	CommunityList, CommunityRead, CommunityCreate, CommunityEdit, CommunityGovern, CommunityJoin, CommunityLeave,
	CommunityInvite, CommunityAppoint, PersonaSuggest, PersonaUnmaskAsk, PersonaUnmaskApprove,
	GrantAsk, GrantRead, GrantApprove, GrantEnd, GrantList,
	TopicList, TopicRead, TopicCreate, TopicEdit, TopicDelete, TopicRemove,
	PostList, PostRead, PostCreate, PostEdit, PostDelete, PostRemove,
	AttachmentCreate, AttachmentRead, AttachmentDelete,
	NoticeList, SearchQuery, PolicyExplain, AuditReadProof,
	KeyCreate, KeyList, KeyRevoke,
	MeRead, MeEdit, MeUnguard, MeCommunities, MeRecoverySecrets,
}
