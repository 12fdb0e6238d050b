package hamyar.forum_test

import data.hamyar.facts_test as who
import data.hamyar.forum

_adds(person, facts) := object.union_n([
	person,
	{"action": "attachment.create", "community_visibility": "members", "community_attachments": true},
	facts,
])

_takes(person, action, facts) := object.union_n([
	person,
	{"action": action, "community_visibility": "members", "topic_status": "published", "status": "waiting", "is_author": true},
	facts,
])

_left := object.union(who.member, {"member_state": "left"})

test_members_add if {
	forum.granted with input as _adds(who.member, {})
	forum.granted with input as _adds(who.moderator, {"community_visibility": "hidden"})
}

test_nobody_else_adds if {
	every person in {who.anyone, who.visitor, who.lead, who.operator, _left} {
		not forum.granted with input as _adds(person, {})
		"not_a_member" in forum.reasons with input as _adds(person, {})
	}
	not forum.granted with input as _adds(who.member, {"community_visibility": "none"})
	not forum.granted with input as _adds(who.member, {"archived": true})
}

test_where_attachments_are_off_members_are_told if {
	request := _adds(who.member, {"community_attachments": false})
	not forum.granted with input as request
	forum.reasons == {"attachments_off"} with input as request
	forum.reasons == {"not_a_member"} with input as _adds(who.visitor, {"community_attachments": false})
	forum.reasons == set() with input as _adds(who.member, {})
}

test_what_waits_is_its_uploaders_alone if {
	every action in {"attachment.read", "attachment.delete"} {
		forum.granted with input as _takes(who.member, action, {})
		forum.granted with input as _takes(_left, action, {})
		not "not_found" in forum.reasons with input as _takes(who.member, action, {})
		every person in {who.anyone, who.member, who.moderator, who.lead, who.operator} {
			not forum.granted with input as _takes(person, action, {"is_author": false})
		}
		"not_found" in forum.reasons with input as _takes(who.member, action, {"is_author": false})
		not "not_found" in forum.reasons with input as _takes(who.visitor, action, {"is_author": false})
		not "not_found" in forum.reasons with input as _takes(who.member, action, {"is_author": false, "status": "published"})
		not forum.granted with input as _takes(who.member, action, {"community_visibility": "none"})
		not forum.granted with input as _takes(who.member, action, {"signed_in": false})
		not forum.granted with input as _takes(who.member, action, {"member_state": "banned"})
	}
}

test_ones_own_is_taken_back_out_of_a_post if {
	forum.granted with input as _takes(who.member, "attachment.delete", {"status": "published"})
	forum.granted with input as _takes(_left, "attachment.delete", {"status": "published"})
	not forum.granted with input as _takes(who.member, "attachment.delete", {"status": "removed"})
	read := {"status": "published", "topic_status": "none"}
	not forum.granted with input as _takes(who.member, "attachment.read", read)
	request := _takes(who.moderator, "attachment.delete", {"status": "published", "is_author": false})
	not forum.granted with input as request
	forum.reasons == {"not_the_author"} with input as request
	theirs := {"status": "published", "is_author": false}
	forum.reasons == set() with input as _takes(who.member, "attachment.read", theirs)
}

test_nothing_else_is_granted_or_explained_here if {
	request := object.union(_adds(who.member, {}), {
		"action": "post.read",
		"status": "waiting",
		"topic_status": "published",
		"is_author": false,
	})
	not forum.granted with input as request
	forum.reasons == set() with input as request
	forum.reasons == {"members_only"} with input as object.union(
		request,
		{"community_attachments": false, "member_state": "left"},
	)
}
