package hamyar.rights_test

import data.hamyar.facts_test as who
import data.hamyar.rights

_asks(person, action) := object.union(person, {"action": action})

test_ones_own_things_need_a_sign_in if {
	every action in {"me.read", "me.edit", "me.communities"} {
		rights.granted with input as _asks(who.visitor, action)
		not rights.granted with input as _asks(who.anyone, action)
	}
}

test_what_betrays_an_illness_is_private if {
	request := object.union(_asks(who.visitor, "me.communities"), {"sensitivity": 3})
	not rights.granted with input as request
	rights.private with input as request
}

test_the_whole_list_is_private_where_asked_for if {
	request := object.union(_asks(who.visitor, "me.communities"), {"sensitivity": 1, "always_fresh": true})
	not rights.granted with input as request
	rights.private with input as request
}

test_recovery_secrets_and_lowering_ones_guard_are_private if {
	every action in {"me.recovery_secrets", "me.unguard"} {
		not rights.granted with input as _asks(who.visitor, action)
		rights.private with input as _asks(who.visitor, action)
		not rights.private with input as _asks(who.anyone, action)
	}
}

_is_told(person, state) := object.union(person, {
	"action": "notice.list",
	"community_visibility": "hidden",
	"member_state": state,
})

test_notices_are_read_by_whom_they_tell if {
	every state in {"active", "left", "banned"} {
		rights.granted with input as _is_told(who.visitor, state)
		not rights.granted with input as _is_told(who.anyone, state)
	}
	not rights.granted with input as _is_told(who.operator, "none")
	nowhere := object.union(_is_told(who.visitor, "active"), {"community_visibility": "none"})
	not rights.granted with input as nowhere
}

test_leaving_and_taking_back_are_rights if {
	every action in {
		"attachment.delete", "community.leave", "me.read", "notice.list", "post.delete", "programme.read", "topic.delete",
	} {
		action in rights.acts
	}
	every action in {"community.join", "topic.create", "post.remove", "persona.unmask_ask"} {
		not action in rights.acts
	}
}
