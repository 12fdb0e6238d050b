package hamyar.forum_test

import data.hamyar.facts_test as who
import data.hamyar.forum

_searches(person, visibility, how) := object.union(
	person,
	{"action": "search.query", "community_visibility": visibility, "community_search": how},
)

test_who_reads_may_search if {
	every how in {"segments", "tags"} {
		forum.granted with input as _searches(who.member, "members", how)
		forum.granted with input as _searches(who.member, "hidden", how)
		forum.granted with input as _searches(who.anyone, "public", how)
	}
}

test_who_does_not_read_finds_nothing if {
	every person in {who.anyone, who.visitor, who.lead, who.operator} {
		not forum.granted with input as _searches(person, "members", "segments")
		forum.reasons == {"members_only"} with input as _searches(person, "members", "segments")
	}
}

test_a_place_that_is_not_searched_says_so_to_its_readers_alone if {
	not forum.granted with input as _searches(who.member, "members", "off")
	forum.reasons == {"search_off"} with input as _searches(who.member, "members", "off")
	forum.reasons == {"members_only"} with input as _searches(who.visitor, "members", "off")
}

test_nothing_is_searched_where_nobody_said_how if {
	not forum.granted with input as _searches(who.member, "members", "none")
	forum.reasons == set() with input as _searches(who.member, "members", "none")
}

test_searching_is_all_that_it_grants if {
	request := object.union(_searches(who.member, "public", "segments"), {"action": "post.read"})
	not forum.granted with input as request
	not "search_off" in forum.reasons with input as object.union(request, {"community_search": "off"})
	not "members_only" in forum.reasons with input as request
}
