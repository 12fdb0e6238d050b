# METADATA
# title: Authorization
# description: >-
#   The one judgement. Nothing is allowed unless a feature grants it, and a denial outweighs every grant. The facts are
#   flat and total; they hold no identifier and nobody's words.
# custom:
#   fa: اجازه
package hamyar.authz

import data.hamyar.breakglass
import data.hamyar.community
import data.hamyar.forum
import data.hamyar.keys
import data.hamyar.moderation
import data.hamyar.operator
import data.hamyar.programme
import data.hamyar.purpose
import data.hamyar.restriction
import data.hamyar.rights

# METADATA
# title: Decision
# description: The whole answer, with what the person may be told and what the caller must do.
# entrypoint: true
decision := {
	"allow": true,
	"reasons": set(),
	"visible_fields": visible_fields,
	"obligations": obligations,
} if {
	allow
}

decision := {
	"allow": false,
	"reasons": reasons,
	"visible_fields": set(),
	"obligations": set(),
} if {
	not allow
}

# METADATA
# title: Allow
# scope: document
# description: The decision's core, which also filters lists.
default allow := false

allow if {
	_granted
	not _denied
}

_granted if programme.granted

_granted if community.granted

_granted if forum.granted

_granted if breakglass.granted

_granted if operator.granted

_granted if keys.granted

_granted if rights.granted

_granted if {
	input.aal == 2
	_power
}

_granted if {
	input.recent_sign_in
	keys.private
}

_granted if {
	input.recent_sign_in
	rights.private
}

_granted if {
	input.aal == 2
	input.recent_sign_in
	breakglass.grave
}

_power if programme.power

_power if community.power

_power if moderation.power

_power if breakglass.power

_denied if community.denied

_denied if keys.denied

_denied if purpose.denied

_denied if restriction.denied

# METADATA
# title: Visible fields
# scope: document
# description: An allow-list, as groups of fields; what no feature names stays hidden.
visible_fields contains group if some group in programme.visible_fields

visible_fields contains group if some group in community.visible_fields

visible_fields contains group if some group in forum.visible_fields

# METADATA
# title: Obligations
# scope: document
# description: What must be done for an allowing decision to stand.
obligations contains duty if some duty in programme.obligations

obligations contains duty if some duty in community.obligations

obligations contains duty if some duty in moderation.obligations

obligations contains duty if some duty in breakglass.obligations

# METADATA
# title: Reasons
# scope: document
# description: >-
#   Why not, for whatever is not allowed. "not_found" means that the thing is to look as if it did not exist.
reasons contains "not_allowed"

reasons contains "sign_in_required" if input.signed_in == false

reasons contains "second_factor_required" if {
	_power
	not _denied
}

reasons contains "second_factor_required" if {
	breakglass.grave
	input.aal in {0, 1}
	not _denied
}

reasons contains "fresh_sign_in_required" if {
	keys.private
	not keys.denied
}

reasons contains "fresh_sign_in_required" if {
	rights.private
	not keys.denied
}

reasons contains "fresh_sign_in_required" if {
	breakglass.grave
	input.recent_sign_in == false
	not _denied
}

reasons contains code if some code in community.reasons

reasons contains code if some code in forum.reasons

reasons contains code if some code in breakglass.reasons

reasons contains code if some code in keys.reasons

reasons contains code if some code in moderation.reasons

reasons contains code if some code in purpose.reasons

reasons contains code if some code in restriction.reasons
