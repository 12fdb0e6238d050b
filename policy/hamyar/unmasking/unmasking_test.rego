package hamyar.unmasking_test

import data.hamyar.facts_test as who
import data.hamyar.unmasking

_asks(person, action) := object.union(person, {
	"action": action,
	"community_visibility": "members",
	"purpose": "break-glass",
})

test_staff_unmask if {
	every action in {"persona.unmask_ask", "persona.unmask_approve"} {
		unmasking.grave with input as _asks(who.lead, action)
		unmasking.grave with input as _asks(who.operator, action)
	}
}

test_nobody_else_unmasks if {
	every action in {"persona.unmask_ask", "persona.unmask_approve"} {
		every person in {who.anyone, who.visitor, who.member, who.moderator} {
			not unmasking.grave with input as _asks(person, action)
		}
	}
}

test_nobody_unmasks_for_another_purpose if {
	every purpose in {"none", "support", "moderation", "care", "listening", "research", "rights"} {
		request := object.union(_asks(who.operator, "persona.unmask_ask"), {"purpose": purpose})
		not unmasking.grave with input as request
	}
}

test_nobody_unmasks_where_nothing_is if {
	request := object.union(_asks(who.operator, "persona.unmask_ask"), {"community_visibility": "none"})
	not unmasking.grave with input as request
}

test_the_purpose_gives_nothing_else if {
	not unmasking.grave with input as _asks(who.operator, "topic.read")
	unmasking.obligations == set() with input as _asks(who.operator, "topic.read")
}

test_each_step_is_written_down if {
	every action in {"persona.unmask_ask", "persona.unmask_approve"} {
		unmasking.obligations == {"audit"} with input as _asks(who.lead, action)
	}
}
