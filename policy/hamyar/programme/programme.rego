# METADATA
# title: Programmes
# description: A programme's card says who runs and pays for it; anyone may read that before joining anything.
package hamyar.programme

import data.hamyar.standing

# METADATA
# title: Granted
# description: What this package allows, unless something denies it.
granted if input.action in {"programme.list", "programme.read"}

granted if {
	input.action in {"programme.create", "programme.edit"}
	_may_write
}

# METADATA
# title: Visible fields
# description: What of a programme the reader sees.
visible_fields := {"name", "description", "language", "operator", "funder", "responsible", "hours"} if {
	input.action in {"programme.list", "programme.read"}
}

# A lead exists only of a programme that exists, so creating one is the operator's alone.
_may_write if {
	standing.staff
	input.operator
}

_may_write if {
	standing.staff
	input.action == "programme.edit"
}
