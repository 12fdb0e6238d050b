package hamyar.community_test

import data.hamyar.community
import data.hamyar.facts_test as who

_door(person, action, visibility, joining) := object.union(person, {
	"action": action,
	"community_visibility": visibility,
	"join_policy": joining,
	"rules_accepted": true,
})

_joins(person, visibility, joining) := _door(person, "community.join", visibility, joining)

test_a_visitor_joins_an_open_community if {
	community.granted with input as _joins(who.visitor, "public", "open")
	community.granted with input as _joins(who.visitor, "members", "open")
	community.granted with input as _joins(object.union(who.visitor, {"member_state": "left"}), "members", "open")
}

test_nobody_joins_without_signing_in if not community.granted with input as _joins(who.anyone, "public", "open")

test_nobody_joins_without_the_rules if {
	request := object.union(_joins(who.visitor, "public", "open"), {"rules_accepted": false})
	not community.granted with input as request
	community.reasons == {"rules_not_accepted"} with input as request
}

test_a_name_is_suggested_before_the_rules_are_accepted if {
	request := _door(who.visitor, "persona.suggest", "public", "open")
	community.granted with input as object.union(request, {"rules_accepted": false})
}

test_nobody_joins_an_archived_community if {
	not community.granted with input as object.union(_joins(who.visitor, "public", "open"), {"archived": true})
}

test_an_invitation_opens_every_door_that_is_not_closed if {
	invited := object.union(who.visitor, {"invited": true})
	every visibility in {"public", "members", "invitation", "hidden"} {
		every joining in {"open", "invitation"} {
			community.granted with input as _joins(invited, visibility, joining)
		}
		not community.granted with input as _joins(invited, visibility, "closed")
	}
	not community.granted with input as _joins(invited, "none", "open")
}

test_who_may_only_be_invited_does_not_walk_in if {
	every visibility in {"invitation", "hidden"} {
		not community.granted with input as _joins(who.visitor, visibility, "open")
	}
	not community.granted with input as _joins(who.visitor, "public", "invitation")
	"invitation_required" in community.reasons with input as _joins(who.visitor, "public", "invitation")
}

test_a_closed_door_is_said if {
	community.reasons == {"invitation_required", "join_closed"} with input as _joins(who.visitor, "public", "closed")
	not "join_closed" in community.reasons with input as _joins(who.visitor, "public", "open")
}

test_a_member_joins_again_leaves_and_is_suggested_names if {
	every action in {"community.join", "community.leave", "persona.suggest"} {
		community.granted with input as _door(who.member, action, "hidden", "closed")
		not community.granted with input as _door(who.member, action, "none", "closed")
	}
}

test_who_is_no_member_does_not_leave if {
	every state in {"none", "left"} {
		request := object.union(_door(who.visitor, "community.leave", "public", "open"), {"member_state": state})
		not community.granted with input as request
		community.reasons == {"not_a_member"} with input as request
	}
}

test_who_was_never_here_was_told_nothing if {
	request := _door(who.visitor, "notice.list", "public", "open")
	community.reasons == {"not_a_member"} with input as request
	every state in {"active", "left"} {
		community.reasons == set() with input as object.union(request, {"member_state": state})
	}
}

test_a_ban_outweighs_every_standing if {
	banned := object.union(who.operator, {"member_state": "banned"})
	every action in {"community.join", "community.govern", "post.create", "post.delete"} {
		request := _door(banned, action, "public", "open")
		community.denied with input as request
		"banned" in community.reasons with input as request
	}
}

test_a_ban_is_the_only_thing_said_of_a_place_that_one_lost if {
	banned := object.union(who.visitor, {"member_state": "banned"})
	every action in {"community.join", "community.leave"} {
		request := _door(banned, action, "public", "open")
		not community.granted with input as request
		community.reasons == {"banned"} with input as request
	}
}

test_a_ban_leaves_what_is_public if {
	banned := object.union(who.visitor, {"member_state": "banned"})
	request := _door(banned, "topic.read", "public", "open")
	not community.denied with input as request
	"banned" in community.reasons with input as request
}

test_a_member_is_not_denied if {
	not community.denied with input as _door(who.member, "post.create", "public", "open")
}
