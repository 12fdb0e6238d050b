package hamyar.search_test

import data.hamyar.facts_test as who
import data.hamyar.search

_asks(person, visibility, how) := object.union(
	person,
	{"action": "search.query", "community_visibility": visibility, "community_search": how},
)

test_who_reads_may_search if {
	every how in {"segments", "tags"} {
		search.granted with input as _asks(who.member, "members", how)
		search.granted with input as _asks(who.member, "hidden", how)
		search.granted with input as _asks(who.anyone, "public", how)
	}
}

test_who_does_not_read_finds_nothing if {
	every person in {who.anyone, who.visitor, who.lead, who.operator} {
		not search.granted with input as _asks(person, "members", "segments")
		search.reasons == {"members_only"} with input as _asks(person, "members", "segments")
	}
}

test_a_place_that_is_not_searched_says_so_to_its_readers_alone if {
	not search.granted with input as _asks(who.member, "members", "off")
	search.reasons == {"search_off"} with input as _asks(who.member, "members", "off")
	search.reasons == {"members_only"} with input as _asks(who.visitor, "members", "off")
}

test_nothing_is_searched_where_nobody_said_how if {
	not search.granted with input as _asks(who.member, "members", "none")
	search.reasons == set() with input as _asks(who.member, "members", "none")
}

test_searching_is_all_that_it_grants if {
	request := object.union(_asks(who.member, "public", "segments"), {"action": "post.read"})
	not search.granted with input as request
	search.reasons == set() with input as request
	search.reasons == set() with input as object.union(request, {"community_search": "off"})
}
