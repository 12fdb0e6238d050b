package hamyar.programme_test

import data.hamyar.facts_test as who
import data.hamyar.programme

_asks(person, action) := object.union(person, {"action": action})

test_anyone_reads_the_card if {
	card := {"name", "language", "operator", "funder", "responsible", "hours", "contact"}
	every action in {"programme.list", "programme.read"} {
		programme.granted with input as _asks(who.anyone, action)
		programme.visible_fields == {card} with input as _asks(who.anyone, action)
	}
}

test_nothing_else_is_granted_to_anyone if {
	not programme.granted with input as _asks(who.operator, "programme.create")
	programme.visible_fields == set() with input as _asks(who.operator, "programme.create")
}

test_an_operator_creates_and_edits if {
	programme.power with input as _asks(who.operator, "programme.create")
	programme.power with input as _asks(who.operator, "programme.edit")
}

test_a_lead_edits_and_does_not_create if {
	programme.power with input as _asks(who.lead, "programme.edit")
	not programme.power with input as _asks(who.lead, "programme.create")
}

test_nobody_has_power_without_signing_in if {
	every person in {who.operator, who.lead} {
		every action in {"programme.create", "programme.edit"} {
			not programme.power with input as object.union(_asks(person, action), {"signed_in": false})
		}
	}
}

test_a_visitor_has_no_power if {
	every action in {"programme.create", "programme.edit"} {
		not programme.power with input as _asks(who.visitor, action)
	}
}

test_what_staff_do_is_written_down if {
	every action in {"programme.create", "programme.edit"} {
		programme.obligations == {"audit"} with input as _asks(who.operator, action)
	}
	programme.obligations == set() with input as _asks(who.operator, "programme.read")
}
