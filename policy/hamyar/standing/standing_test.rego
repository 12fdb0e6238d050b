package hamyar.standing_test

import data.hamyar.facts_test as who
import data.hamyar.standing

test_a_member_is_active if standing.active with input as who.member

test_who_left_is_not_active if {
	not standing.active with input as object.union(who.member, {"member_state": "left"})
}

test_nobody_is_active_without_signing_in if {
	not standing.active with input as object.union(who.member, {"signed_in": false})
}

test_a_moderator_moderates if standing.moderator with input as who.moderator

test_a_member_does_not_moderate if not standing.moderator with input as who.member

test_a_moderator_who_left_does_not_moderate if {
	not standing.moderator with input as object.union(who.moderator, {"member_state": "left"})
}

test_operators_and_leads_are_staff if {
	standing.staff with input as who.operator
	standing.staff with input as who.lead
}

test_a_visitor_is_not_staff if not standing.staff with input as who.visitor

test_nobody_is_staff_without_signing_in if {
	not standing.staff with input as object.union(who.operator, {"signed_in": false})
	not standing.staff with input as object.union(who.lead, {"signed_in": false})
}
