# METADATA
# title: People for the tests
# description: Complete facts about a few kinds of person; a test changes what it is about.
package hamyar.facts_test

anyone := {
	"aal": 0,
	"action": "",
	"always_fresh": false,
	"archived": false,
	"by_key": false,
	"community_attachments": false,
	"community_search": "none",
	"community_visibility": "none",
	"in_scope": false,
	"invited": false,
	"is_author": false,
	"join_policy": "none",
	"lifted": "none",
	"member_role": "none",
	"member_state": "none",
	"operator": false,
	"others_replied": false,
	"programme_lead": false,
	"purpose": "none",
	"recent_sign_in": false,
	"researcher": false,
	"rules_accepted": false,
	"sensitivity": 0,
	"signed_in": false,
	"status": "none",
	"topic_locked": false,
	"topic_status": "none",
}

visitor := object.union(anyone, {"signed_in": true, "aal": 1})

member := object.union(visitor, {"member_state": "active", "member_role": "member"})

moderator := object.union(member, {"aal": 2, "member_role": "moderator"})

lead := object.union(visitor, {"aal": 2, "programme_lead": true})

operator := object.union(visitor, {"aal": 2, "operator": true})
