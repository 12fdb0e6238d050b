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
	breakglass.obligations == set() with input as _asks(who.operator, "topic.read")
}

test_each_step_is_written_down if {
	every action in {"persona.unmask_ask", "persona.unmask_approve"} {
		breakglass.obligations == {"audit"} with input as _asks(who.lead, action)
	}
}
