package hamyar.restriction_test

import data.hamyar.facts_test as who
import data.hamyar.restriction
import data.hamyar.rights

_request := object.union(who.member, {"action": "topic.create", "community_visibility": "public"})

test_nothing_is_restricted_unless_the_operator_says_so if {
	not restriction.denied with input as _request
	restriction.reasons == set() with input as _request
}

test_what_the_operator_denies_is_denied_and_said if {
	restriction.denied with input as _request with restriction._restricted as true
	restriction.reasons == {"restricted_here"} with input as _request with restriction._restricted as true
}

test_no_right_of_a_person_is_taken_away if {
	every action in rights.acts {
		request := object.union(_request, {"action": action})
		not restriction.denied with input as request with restriction._restricted as true
	}
}
