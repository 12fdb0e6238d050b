# METADATA
# title: Authorization
# description: >-
#   The one judgement. Nothing is allowed unless a feature grants it, and a denial outweighs every grant. The facts are
#   flat and total; they hold no identifier and nobody's words.
package hamyar.authz

import data.hamyar.community
import data.hamyar.forum
import data.hamyar.member
import data.hamyar.programme

# METADATA
# title: Decision
# description: The whole answer, with what the person may be told and what the caller must do.
# entrypoint: true
decision := {
	"allow": true,
	"conceal": false,
	"reasons": [],
	"visible_fields": visible_fields,
	"obligations": forum.obligations,
} if allow

decision := {
	"allow": false,
	"conceal": reasons[0] == "not_found",
	"reasons": reasons,
	"visible_fields": set(),
	"obligations": set(),
} if not allow

# METADATA
# title: Allow
# description: The decision's core, which also filters lists.
default allow := false

allow if {
	_granted
	not _denied
}

_granted if programme.granted

_granted if community.granted

_granted if forum.granted

_granted if member.granted

_denied if community.denied

# METADATA
# title: Visible fields
# description: An allow-list; what no feature names stays hidden.
default visible_fields := set()

visible_fields := programme.visible_fields

visible_fields := community.visible_fields

visible_fields := forum.visible_fields

# METADATA
# title: Reasons
# description: Why not, the most helpful first.
reasons := [code | some code in _order; code in _found]

_order := [
	"second_factor_required", "fresh_sign_in_required", "not_found", "sign_in_required", "banned", "archived",
	"join_closed", "invitation_required", "rules_not_accepted", "not_the_author", "not_a_member", "members_only",
	"locked", "not_allowed",
]

# What alone stands in the way can be said to whoever is otherwise allowed.
_found contains "second_factor_required" if {
	input.aal == 1
	allow with input.aal as 2
}

_found contains "fresh_sign_in_required" if {
	input.recent_sign_in == false
	allow with input.recent_sign_in as true
}

_found contains "sign_in_required" if input.signed_in == false

_found contains code if some code in community.reasons

_found contains code if some code in forum.reasons

_found contains "not_allowed"
