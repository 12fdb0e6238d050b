# METADATA
# title: Restrictions of the place
# description: >-
#   What those who run an installation deny on top of the policy. They can take away no right of a person.
# custom:
#   fa: محدودیت‌های اینجا
package hamyar.restriction

import data.hamyar.rights

# METADATA
# title: Restricted by those who run this place
# description: Denied by the operator's own rules, which are read in beside these.
# custom:
#   fa: محدود شده به دست گردانندگان اینجا
denied if {
	not input.action in rights.acts
	_restricted
}

default _restricted := false

# METADATA
# title: Restricted by those who run this place
# description: Why it is not allowed, as far as the operator's rules are concerned.
# custom:
#   fa: محدود شده به دست گردانندگان اینجا
reasons contains "restricted_here" if denied
