package hamyar.moderation_test

import data.hamyar.facts_test as who
import data.hamyar.moderation

_in(person, visibility, topic_status, facts) := object.union_n([
	person,
	{"community_visibility": visibility, "topic_status": topic_status},
	facts,
])

_moderates := object.union(who.moderator, {"purpose": "moderation"})

_reads(person, visibility, action, status) := _in(person, visibility, "published", {"action": action, "status": status})

test_a_moderator_sees_what_was_removed_and_that_is_audited if {
	topic := _reads(_moderates, "members", "topic.read", "removed")
	moderation.power with input as topic
	moderation.obligations == {"audit_read", "tell_member"} with input as topic

	post := _in(_moderates, "members", "removed", {"action": "post.read", "status": "published"})
	moderation.power with input as post
	moderation.obligations == {"audit_read", "tell_member"} with input as post

	posts := _in(_moderates, "members", "removed", {"action": "post.list"})
	moderation.power with input as posts
	moderation.obligations == {"audit_read", "tell_member"} with input as posts

	not moderation.power with input as _reads(who.member, "members", "topic.read", "removed")
	not moderation.power with input as _reads(_moderates, "none", "topic.read", "removed")
}

test_what_was_removed_is_opened_for_nothing_but_moderation if {
	requests := [
		_reads(who.moderator, "members", "topic.read", "removed"),
		_in(who.moderator, "members", "removed", {"action": "post.list"}),
		_in(who.moderator, "members", "removed", {"action": "post.read", "status": "published"}),
		_reads(who.moderator, "members", "attachment.read", "removed"),
	]
	every request in requests {
		moderation.reasons == set() with input as object.union(request, {"purpose": "moderation"})
		every purpose in {"none", "support", "care", "listening", "research", "rights", "break-glass"} {
			not moderation.power with input as object.union(request, {"purpose": purpose})
			moderation.reasons == {"purpose_mismatch"} with input as object.union(request, {"purpose": purpose})
			moderation.reasons == set() with input as object.union(request, {"purpose": purpose, "member_role": "member"})
		}
	}
	moderation.reasons == set() with input as _reads(who.moderator, "members", "post.read", "published")
}

test_moderating_opens_what_was_removed_and_nothing_else if {
	every action in {"topic.edit", "topic.delete", "topic.create", "topic.list", "post.edit", "post.delete", "attachment.delete"} {
		every status in {"published", "removed"} {
			not moderation.power with input as _in(_moderates, "members", "removed", {"action": action, "status": status})
			not moderation.power with input as _in(_moderates, "members", "published", {"action": action, "status": status})
		}
	}
	every status in {"none", "published", "withdrawn", "deleted"} {
		not moderation.power with input as _in(_moderates, "members", status, {"action": "topic.read", "status": status})
		not moderation.power with input as _in(_moderates, "members", status, {"action": "post.list", "status": status})
	}
	every action in {"post.read", "attachment.read"} {
		every status in {"none", "withdrawn", "deleted", "waiting"} {
			not moderation.power with input as _in(_moderates, "members", "removed", {"action": action, "status": status})
		}
		every topic_status in {"none", "deleted"} {
			not moderation.power with input as _in(_moderates, "members", topic_status, {"action": action, "status": "removed"})
		}
	}
}

test_reading_obliges_to_nothing if {
	moderation.obligations == set() with input as _reads(who.member, "members", "post.read", "published")
}

test_moderators_remove_and_that_is_audited if {
	every action in {"topic.remove", "post.remove"} {
		request := _reads(who.moderator, "members", action, "published")
		moderation.power with input as request
		moderation.obligations == {"audit"} with input as request
		not moderation.power with input as object.union(request, {"member_role": "member"})
		not moderation.power with input as object.union(request, {"status": "deleted"})
	}
}
