package hamyar.forum_test

import data.hamyar.facts_test as who
import data.hamyar.forum
import data.hamyar.moderation

_closed := {"members", "invitation", "hidden"}

_in(person, visibility, topic_status, facts) := object.union_n([
	person,
	{"community_visibility": visibility, "topic_status": topic_status},
	facts,
])

_reads(person, visibility, action, status) := _in(person, visibility, "published", {"action": action, "status": status})

test_what_is_public_is_read_by_anyone if {
	forum.granted with input as _reads(who.anyone, "public", "topic.list", "none")
	forum.granted with input as _reads(who.anyone, "public", "topic.read", "published")
	forum.granted with input as _reads(who.anyone, "public", "topic.read", "withdrawn")
	forum.granted with input as _reads(who.anyone, "public", "post.list", "none")
	forum.granted with input as _reads(who.anyone, "public", "post.read", "published")
}

test_what_is_for_members_is_read_by_members if {
	every visibility in _closed {
		forum.granted with input as _reads(who.member, visibility, "topic.read", "published")
		forum.granted with input as _reads(who.member, visibility, "post.read", "published")
	}
}

test_running_the_place_opens_nobodys_words if {
	every visibility in _closed {
		every person in {who.lead, who.operator, who.visitor, who.anyone} {
			every action in {"topic.list", "topic.read", "post.list", "post.read"} {
				request := _reads(person, visibility, action, "published")
				not forum.granted with input as request
				not moderation.power with input as request
				"members_only" in forum.reasons with input as request
			}
		}
	}
}

test_what_is_gone_is_not_found if {
	every status in {"none", "deleted", "removed"} {
		every action in {"topic.read", "topic.edit", "topic.delete", "post.read", "post.edit", "post.delete"} {
			request := _reads(who.member, "members", action, status)
			not forum.granted with input as request
			"not_found" in forum.reasons with input as request
		}
	}
	"not_found" in forum.reasons with input as _reads(who.member, "members", "post.read", "withdrawn")
}

test_what_a_gone_topic_held_is_not_found if {
	every status in {"none", "deleted", "removed"} {
		every action in {"post.list", "post.read", "post.create", "post.edit"} {
			request := _in(who.member, "members", status, {"action": action, "status": "published"})
			not forum.granted with input as request
			"not_found" in forum.reasons with input as request
		}
	}
}

test_who_may_not_read_does_not_learn_what_is_gone if {
	not "not_found" in forum.reasons with input as _reads(who.visitor, "members", "topic.read", "deleted")
}

test_the_reasons_are_those_that_apply if {
	author := object.union(who.visitor, {"is_author": true})
	said := [
		[_reads(who.member, "members", "topic.read", "deleted"), {"not_found"}],
		[_reads(who.visitor, "members", "topic.read", "deleted"), {"members_only"}],
		[_reads(who.visitor, "members", "post.create", "none"), {"not_a_member"}],
		[_reads(who.visitor, "members", "post.edit", "published"), {"not_the_author"}],
		[_reads(author, "members", "post.edit", "published"), {"not_a_member"}],
		[_in(who.visitor, "members", "published", {"action": "topic.create", "topic_locked": true}), {"not_a_member"}],
		[_in(who.member, "members", "withdrawn", {"action": "post.create"}), {"locked"}],
		[_in(who.moderator, "members", "removed", {"action": "post.create"}), {"locked"}],
		[_in(who.member, "members", "withdrawn", {"action": "topic.edit", "status": "published"}), {"not_the_author"}],
		[_in(author, "members", "none", {"action": "topic.edit", "status": "published"}), {"not_a_member"}],
		[_in(author, "members", "withdrawn", {"action": "post.edit", "status": "published"}), {"not_a_member"}],
		[_reads(who.member, "members", "topic.remove", "withdrawn"), {"not_the_author"}],
		[_in(who.moderator, "members", "removed", {"action": "post.edit", "status": "published"}), {"not_the_author"}],
		[_in(who.member, "members", "removed", {"action": "post.remove"}), {"not_found", "not_the_author"}],
	]
	every case in said {
		forum.reasons == case[1] with input as case[0]
	}
}

test_only_reading_shows_fields if {
	every status in {"published", "withdrawn", "removed"} {
		forum.visible_fields == set() with input as _reads(who.member, "members", "topic.edit", status)
	}
}

test_a_reader_sees_the_words if {
	topic := {"title", "author", "opening", "opened_on", "last_post_on", "posts", "locked", "status"}
	forum.visible_fields == {topic} with input as _reads(who.anyone, "public", "topic.read", "published")
	post := {"text", "html", "author", "number", "posted_at", "edited", "status"}
	forum.visible_fields == {post} with input as _reads(who.anyone, "public", "post.read", "published")
}

test_of_a_withdrawn_topic_only_its_place_is_left if {
	left := {"opened_on", "last_post_on", "posts", "locked", "status"}
	forum.visible_fields == {left} with input as _reads(who.anyone, "public", "topic.read", "withdrawn")
}

test_an_attachment_is_read_as_the_post_that_it_is_in if {
	posts := [post |
		some status in {"published", "removed", "deleted", "none"}
		some topic_status in {"published", "withdrawn", "removed", "deleted", "none"}
		some person in {who.anyone, who.visitor, who.member, who.moderator, who.lead}
		post := _in(person, "members", topic_status, {"action": "post.read", "status": status})
	]
	every post in posts {
		attached := object.union(post, {"action": "attachment.read"})
		granted := [true | forum.granted with input as post]
		granted == [true | forum.granted with input as attached]
		power := [true | moderation.power with input as post]
		power == [true | moderation.power with input as attached]
		duties := [duty | some duty in moderation.obligations with input as post]
		duties == [duty | some duty in moderation.obligations with input as attached]
		reasons := [reason | some reason in forum.reasons with input as post]
		reasons == [reason | some reason in forum.reasons with input as attached]
	}
}
