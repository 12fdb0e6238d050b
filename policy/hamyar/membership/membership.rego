# METADATA
# title: Membership
# description: Joining, leaving, and what a ban takes away.
package hamyar.membership

import data.hamyar.community
import data.hamyar.standing

# METADATA
# title: Granted
# scope: document
# description: What anyone, or any member, may do.
granted if {
	input.action == "community.join"
	_may_join
	input.rules_accepted
}

granted if {
	input.action == "persona.suggest"
	_may_join
}

granted if {
	input.action in {"community.join", "community.leave", "persona.suggest"}
	community.exists
	standing.active
}

# METADATA
# title: Denied
# description: A ban outweighs every standing, a lead's and an operator's too. What is public stays readable.
denied if {
	input.action in community.acts
	input.member_state == "banned"
}

# METADATA
# title: Reasons
# scope: document
# description: Why it is not allowed, as far as one's place in the community is concerned.
reasons contains "banned" if input.member_state == "banned"

reasons contains "join_closed" if {
	input.action in {"community.join", "persona.suggest"}
	input.join_policy in {"closed", "none"}
}

reasons contains "invitation_required" if {
	input.action in {"community.join", "persona.suggest"}
	not _door_open
}

reasons contains "rules_not_accepted" if {
	input.action == "community.join"
	input.rules_accepted == false
}

reasons contains "not_a_member" if {
	input.action == "community.leave"
	input.member_state in {"none", "left"}
}

_may_join if {
	input.signed_in
	input.member_state in {"none", "left"}
	input.archived == false
	_door_open
}

_door_open if {
	input.join_policy == "open"
	input.community_visibility in {"public", "members"}
}

_door_open if {
	input.join_policy in {"open", "invitation"}
	community.exists
	input.invited
}
