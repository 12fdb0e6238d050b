package hamyar.forum_test

import data.hamyar.facts_test as who
import data.hamyar.forum
import data.hamyar.moderation

_where(person, visibility, topic_status, facts) := object.union_n([
	person,
	{"community_visibility": visibility, "topic_status": topic_status},
	facts,
])

_of(person, visibility, action, status) := _where(person, visibility, "published", {"action": action, "status": status})

test_members_write if {
	forum.granted with input as _where(who.member, "members", "none", {"action": "topic.create"})
	forum.granted with input as _where(who.member, "members", "published", {"action": "post.create"})
}

test_who_is_no_member_does_not_write if {
	left := object.union(who.visitor, {"member_state": "left"})
	every action in {"topic.create", "post.create"} {
		every person in {who.anyone, who.visitor, left, who.operator} {
			request := _where(person, "public", "published", {"action": action})
			not forum.granted with input as request
			"not_a_member" in forum.reasons with input as request
		}
	}
}

test_nobody_writes_in_an_archived_community if {
	every action in {"topic.create", "post.create"} {
		not forum.granted with input as _where(who.member, "public", "published", {"action": action, "archived": true})
		not moderation.power with input as _where(who.moderator, "public", "published", {"action": action, "archived": true})
	}
}

test_nobody_writes_where_nothing_is if {
	every action in {"topic.create", "post.create"} {
		not forum.granted with input as _where(who.member, "none", "published", {"action": action})
	}
}

test_a_locked_topic_is_closed_to_members_and_open_to_moderators if {
	reply := {"action": "post.create", "topic_locked": true}
	not forum.granted with input as _where(who.member, "members", "published", reply)
	not moderation.power with input as _where(who.member, "members", "published", reply)
	"locked" in forum.reasons with input as _where(who.member, "members", "published", reply)
	moderation.power with input as _where(who.moderator, "members", "published", reply)
	not moderation.power with input as _where(who.moderator, "members", "withdrawn", reply)
}

test_a_withdrawn_topic_takes_no_reply_and_no_change if {
	reply := _where(who.member, "members", "withdrawn", {"action": "post.create"})
	not forum.granted with input as reply
	"locked" in forum.reasons with input as reply

	change := _of(object.union(who.member, {"is_author": true}), "members", "topic.edit", "withdrawn")
	not forum.granted with input as change
	"locked" in forum.reasons with input as change
}

test_authors_edit_what_is_theirs if {
	every action in {"topic.edit", "post.edit"} {
		request := _of(object.union(who.member, {"is_author": true}), "members", action, "published")
		forum.granted with input as request
		not forum.granted with input as object.union(request, {"is_author": false})
		"not_the_author" in forum.reasons with input as object.union(request, {"is_author": false})
		not forum.granted with input as object.union(request, {"topic_locked": true})
		not forum.granted with input as object.union(request, {"archived": true})
		not forum.granted with input as object.union(request, {"member_state": "left"})
		"not_a_member" in forum.reasons with input as object.union(request, {"member_state": "left"})
	}
}

test_words_are_taken_back_by_who_is_signed_in if {
	every action in {"topic.delete", "post.delete"} {
		own := object.union(_of(who.member, "members", action, "published"), {"is_author": true})
		forum.granted with input as own
		not forum.granted with input as object.union(own, {"signed_in": false})
	}
}

test_authors_take_back_their_words_even_after_leaving if {
	every action in {"topic.delete", "post.delete"} {
		request := _of(object.union(who.member, {"is_author": true}), "members", action, "published")
		forum.granted with input as request
		left := object.union(request, {"member_state": "left", "archived": true, "topic_locked": true})
		forum.granted with input as left
		not forum.granted with input as object.union(left, {"is_author": false})
		"not_found" in forum.reasons with input as object.union(left, {"status": "deleted"})
	}
}

test_words_are_taken_back_only_by_who_wrote_them_as_a_member if {
	every state in {"none", "banned"} {
		stranger := object.union(who.visitor, {"is_author": true, "member_state": state})
		not forum.granted with input as _of(stranger, "members", "post.delete", "published")
	}
}

test_nothing_is_taken_back_where_there_is_no_community if {
	gone := _where(who.member, "none", "none", {"action": "post.delete", "status": "published", "is_author": true})
	not forum.granted with input as gone
	forum.granted with input as object.union(gone, {"community_visibility": "members"})
}
