# METADATA
# title: Breaking the glass
# description: >-
#   Whose a persona is, told to one of the staff at the word of another. That they are two, and that there is a reason,
#   the keystore sees to.
package hamyar.breakglass

import data.hamyar.community
import data.hamyar.standing

# METADATA
# title: Grave
# description: What a role gives once its second factor is there and the sign-in is fresh, and for no other purpose.
grave if {
	input.action in acts
	input.purpose == "break-glass"
	community.exists
	standing.staff
}

# METADATA
# title: Obligations
# description: Each step is written down before anything is told.
obligations contains "audit" if input.action in acts

# METADATA
# title: Acts
# description: Asking, and reading why and approving.
acts := {"persona.unmask_approve", "persona.unmask_ask"}
