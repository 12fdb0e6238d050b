package hamyar.audit_test

import data.hamyar.audit
import data.hamyar.facts_test as who

_asks(person, action) := object.union(person, {"action": action})

test_anyone_checks_the_log if {
	every person in {who.anyone, who.visitor, who.member, who.operator} {
		audit.granted with input as _asks(person, "audit.read_proof")
	}
}

test_checking_is_all_that_it_grants if {
	not audit.granted with input as _asks(who.operator, "programme.read")
}
