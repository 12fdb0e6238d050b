package hamyar.operator_test

import data.hamyar.facts_test as who
import data.hamyar.operator

_asks(person, action) := object.union(person, {"action": action})

test_anyone_checks_the_log if {
	every person in {who.anyone, who.visitor, who.member, who.operator} {
		operator.granted with input as _asks(person, "audit.read_proof")
	}
}

test_whoever_is_signed_in_asks_why if {
	operator.granted with input as _asks(who.visitor, "policy.explain")
	not operator.granted with input as _asks(who.anyone, "policy.explain")
}

test_nothing_else_is_granted if {
	not operator.granted with input as _asks(who.operator, "programme.read")
}
