package hamyar.breakglass_test

import data.hamyar.breakglass
import data.hamyar.facts_test as who

_asks(person, action) := object.union(person, {
	"action": action,
	"community_visibility": "members",
	"purpose": "break-glass",
})

test_staff_unmask if {
	every action in {"persona.unmask_ask", "persona.unmask_approve"} {
		breakglass.grave with input as _asks(who.lead, action)
		breakglass.grave with input as _asks(who.operator, action)
	}
}

test_nobody_else_unmasks if {
	every action in {"persona.unmask_ask", "persona.unmask_approve"} {
		every person in {who.anyone, who.visitor, who.member, who.moderator} {
			not breakglass.grave with input as _asks(person, action)
		}
	}
}

test_nobody_unmasks_for_another_purpose if {
	every purpose in {"none", "support", "moderation", "care", "listening", "research", "rights"} {
		request := object.union(_asks(who.operator, "persona.unmask_ask"), {"purpose": purpose})
		not breakglass.grave with input as request
	}
}

test_nobody_unmasks_where_nothing_is if {
	request := object.union(_asks(who.operator, "persona.unmask_ask"), {"community_visibility": "none"})
	not breakglass.grave with input as request
}

test_the_purpose_gives_nothing_else if {
	not breakglass.grave with input as _asks(who.operator, "topic.read")
	breakglass.obligations == set() with input as _asks(who.operator, "topic.create")
}

test_each_step_is_written_down if {
	breakglass.obligations == {"audit"} with input as _asks(who.lead, "persona.unmask_ask")
}

test_who_is_unmasked_is_told if {
	breakglass.obligations == {"audit", "tell_member"} with input as _asks(who.lead, "persona.unmask_approve")
}

_grants := {"grant.approve", "grant.ask", "grant.read"}

test_staff_ask_for_grants_and_approve_them if {
	every action in _grants {
		breakglass.grave with input as _asks(who.lead, action)
		breakglass.grave with input as _asks(who.operator, action)
		breakglass.obligations == {"audit"} with input as _asks(who.lead, action)
	}
}

test_nobody_else_asks_for_grants if {
	every action in _grants {
		every person in {who.anyone, who.visitor, who.member, who.moderator} {
			not breakglass.grave with input as _asks(person, action)
		}
	}
}

test_a_member_needs_no_grant if {
	lead := object.union(who.lead, {"member_state": "active", "member_role": "member"})
	not breakglass.grave with input as _asks(lead, "grant.ask")
	breakglass.grave with input as _asks(lead, "grant.approve")
	not breakglass.power with input as _holds(lead, "topic.list", {})
}

test_grants_are_listed_and_ended_by_staff if {
	breakglass.power with input as _asks(who.lead, "grant.list")
	breakglass.granted with input as _asks(who.lead, "grant.end")
	every person in {who.anyone, who.visitor, who.member, who.moderator} {
		not breakglass.power with input as _asks(person, "grant.list")
		not breakglass.granted with input as _asks(person, "grant.end")
	}
	not breakglass.power with input as object.union(_asks(who.lead, "grant.list"), {"community_visibility": "none"})
	not breakglass.granted with input as object.union(_asks(who.lead, "grant.end"), {"community_visibility": "none"})
	breakglass.obligations == set() with input as _asks(who.lead, "grant.list")
	breakglass.obligations == {"audit"} with input as _asks(who.lead, "grant.end")
}

_holds(person, action, facts) := object.union_n([
	_asks(person, action),
	{"lifted": "members_only", "topic_status": "published", "status": "published"},
	facts,
])

_reading := {"attachment.read", "post.list", "post.read", "topic.list", "topic.read"}

test_staff_read_by_a_grant_and_that_is_written_down_and_told if {
	every action in _reading {
		breakglass.power with input as _holds(who.operator, action, {})
		breakglass.obligations == {"audit_read", "tell_member"} with input as _holds(who.operator, action, {})
		breakglass.power with input as _holds(who.lead, action, {"member_state": "left", "member_role": "member"})
	}
}

test_a_grant_is_for_its_purpose_its_place_and_its_people if {
	every action in _reading {
		not breakglass.power with input as _holds(who.operator, action, {"lifted": "none"})
		not breakglass.power with input as _holds(who.operator, action, {"purpose": "support"})
		not breakglass.power with input as _holds(who.operator, action, {"community_visibility": "none"})
		not breakglass.power with input as _holds(who.operator, action, {"member_state": "banned", "member_role": "member"})
		every person in {who.anyone, who.visitor, who.moderator} {
			not breakglass.power with input as _holds(person, action, {})
		}
	}
}

test_a_grant_opens_nothing_else if {
	every action in {"topic.create", "post.create", "post.edit", "post.remove", "search.query", "attachment.create"} {
		not breakglass.power with input as _holds(who.operator, action, {"community_search": "segments", "community_attachments": true})
	}
	every status in {"removed", "deleted", "none"} {
		post := _holds(who.operator, "post.read", {"status": status})
		not breakglass.power with input as post
		breakglass.reasons == {"not_found"} with input as post
	}
	breakglass.reasons == set() with input as _holds(who.operator, "post.read", {})
	breakglass.reasons == set() with input as _holds(who.operator, "post.create", {})
	breakglass.reasons == set() with input as _holds(who.operator, "post.read", {"lifted": "none", "status": "deleted"})
}
