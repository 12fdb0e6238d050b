package hamyar.community_test

import data.hamyar.community
import data.hamyar.facts_test as who

_asks(person, action, visibility) := object.union(person, {"action": action, "community_visibility": visibility})

test_the_directory_is_for_everyone if {
	every visibility in {"public", "members", "invitation"} {
		community.granted with input as _asks(who.anyone, "community.list", visibility)
		community.granted with input as _asks(who.anyone, "community.read", visibility)
	}
}

test_a_hidden_community_is_read_by_its_members_and_listed_for_nobody if {
	community.granted with input as _asks(who.member, "community.read", "hidden")
	not community.granted with input as _asks(who.visitor, "community.read", "hidden")
	not community.granted with input as _asks(who.member, "community.list", "hidden")
}

test_an_invitation_shows_the_card_and_lists_nothing if {
	invited := object.union(who.visitor, {"invited": true})
	community.granted with input as _asks(invited, "community.read", "hidden")
	not community.granted with input as _asks(invited, "community.list", "hidden")
	not community.granted with input as _asks(object.union(who.anyone, {"invited": true}), "community.read", "hidden")
}

test_what_does_not_exist_is_not_shown if {
	not community.granted with input as _asks(who.member, "community.read", "none")
	not community.power with input as _asks(who.operator, "community.read", "none")
}

test_staff_keep_a_community if {
	every action in {"community.edit", "community.govern", "community.invite", "community.appoint", "community.read"} {
		community.power with input as _asks(who.lead, action, "hidden")
		community.power with input as _asks(who.operator, action, "hidden")
		not community.power with input as _asks(who.member, action, "hidden")
	}
}

test_staff_create_a_community if {
	community.power with input as _asks(who.lead, "community.create", "none")
	not community.power with input as _asks(who.moderator, "community.create", "none")
}

test_a_moderator_edits_and_invites if {
	community.power with input as _asks(who.moderator, "community.edit", "members")
	community.power with input as _asks(who.moderator, "community.invite", "members")
	not community.power with input as _asks(who.moderator, "community.govern", "members")
	not community.power with input as _asks(who.moderator, "community.appoint", "members")
}

test_ones_membership_shows_where_there_is_one if {
	not {"membership"} in community.visible_fields with input as _asks(who.visitor, "community.read", "public")
	{"membership"} in community.visible_fields with input as _asks(who.member, "community.read", "public")
}

test_anyone_sees_the_card if {
	some fields in community.visible_fields with input as _asks(who.anyone, "community.read", "public")
	{"name", "programme", "rules"} & fields == {"name", "programme", "rules"}
}

test_only_reading_shows_fields if {
	every person in {who.visitor, who.member} {
		community.visible_fields == set() with input as _asks(person, "community.leave", "public")
	}
}

test_a_hidden_community_is_not_found if {
	"not_found" in community.reasons with input as _asks(who.member, "topic.list", "none")
	"not_found" in community.reasons with input as _asks(who.visitor, "topic.list", "hidden")
	not "not_found" in community.reasons with input as _asks(who.member, "topic.list", "hidden")
	not "not_found" in community.reasons with input as _asks(who.visitor, "topic.list", "members")
}

test_a_hidden_community_is_known_to_the_invited_and_to_staff if {
	not "not_found" in community.reasons with input as _asks(
		object.union(who.visitor, {"invited": true}),
		"community.join", "hidden",
	)
	not "not_found" in community.reasons with input as _asks(who.lead, "topic.list", "hidden")
	"not_found" in community.reasons with input as _asks(object.union(who.lead, {"aal": 1}), "topic.list", "hidden")
}

test_archived_is_said if {
	archived := object.union(who.visitor, {"archived": true})
	"archived" in community.reasons with input as _asks(archived, "community.join", "public")
	not "archived" in community.reasons with input as _asks(archived, "community.leave", "public")
	not "archived" in community.reasons with input as _asks(who.visitor, "community.join", "public")
}

test_a_card_that_is_shown_for_a_role_alone_is_written_down if {
	every person in {who.lead, who.operator} {
		every action in {"community.list", "community.read"} {
			community.obligations == {"audit_read"} with input as _asks(person, action, "hidden")
			community.obligations == set() with input as _asks(person, action, "members")
		}
	}
	community.obligations == set() with input as _asks(who.member, "community.read", "hidden")
	invited := object.union(who.visitor, {"invited": true})
	community.obligations == set() with input as _asks(invited, "community.read", "hidden")
}

test_what_staff_do_is_written_down_and_what_members_do_is_not if {
	every action in {"community.create", "community.edit", "community.govern", "community.invite", "community.appoint"} {
		community.obligations == {"audit"} with input as _asks(who.lead, action, "members")
	}
	every action in {"community.join", "community.leave", "community.read"} {
		community.obligations == set() with input as _asks(who.member, action, "members")
	}
}

test_nobody_has_power_over_what_does_not_exist if {
	not community.power with input as _asks(who.lead, "community.govern", "none")
	not community.power with input as _asks(who.moderator, "community.edit", "none")
}
