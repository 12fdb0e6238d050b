# METADATA
# title: Communities
# description: >-
#   The directory, joining and leaving, and the upkeep of a community. A hidden community does not exist for whom it is
#   hidden from.
package hamyar.community

import data.hamyar.standing

# METADATA
# title: Granted
# description: What this package allows, unless something denies it.
granted if {
	input.action in {"community.list", "community.read"}
	visible
}

granted if {
	input.action == "community.create"
	standing.staff
}

granted if {
	input.action in {"community.edit", "community.govern", "community.invite", "community.appoint"}
	exists
	standing.staff
}

granted if {
	input.action in {"community.edit", "community.invite"}
	exists
	standing.moderator
}

granted if {
	input.action == "community.join"
	may_join
	input.rules_accepted
}

granted if {
	input.action in {"community.join", "community.leave", "persona.suggest"}
	exists
	standing.active
}

granted if {
	input.action == "persona.suggest"
	may_join
}

# METADATA
# title: Visible
# description: The card of the community may be shown to this person.
visible if input.community_visibility in {"public", "members", "invitation"}

visible if {
	input.community_visibility == "hidden"
	standing.active
}

visible if {
	input.community_visibility == "hidden"
	standing.staff
}

# Whoever holds an invitation knows already, and must be able to read the rules before accepting them.
visible if {
	input.community_visibility == "hidden"
	input.signed_in
	input.invited
}

# METADATA
# title: Exists
# description: The facts are about a community that exists.
exists if input.community_visibility in {"public", "members", "invitation", "hidden"}

# METADATA
# title: May join
# description: Signed in, not a member now, and the door is open. Accepting the ground rules is still to come.
may_join if {
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
	exists
	input.invited
}

# METADATA
# title: Visible fields
# description: What of a community the reader sees; one's own membership only where there is one.
visible_fields := _card if {
	input.action in {"community.list", "community.read"}
	input.member_state == "none"
}

visible_fields := _card | {"membership"} if {
	input.action in {"community.list", "community.read"}
	input.member_state in {"active", "left", "banned"}
}

_card := {
	"name", "description", "kind", "language", "sensitivity", "visibility", "join_policy", "archived", "rules",
	"programme",
}

# METADATA
# title: Denied
# description: A ban outweighs every standing, a lead's and an operator's too. What is public stays readable.
denied if {
	input.member_state == "banned"
	input.action in _acts
}

_acts := {
	"community.edit", "community.govern", "community.invite", "community.appoint", "community.join",
	"community.leave", "persona.suggest", "topic.create", "topic.edit", "topic.delete", "topic.remove",
	"post.create", "post.edit", "post.delete", "post.remove",
}

# METADATA
# title: Reasons
# description: Why it is not allowed, as far as the community and one's place in it are concerned.
reasons contains "not_found" if {
	input.action in _within
	not _known
}

reasons contains "banned" if {
	input.action in _within
	input.member_state == "banned"
}

reasons contains "archived" if {
	input.action in {"community.join", "persona.suggest", "topic.create", "topic.edit", "post.create", "post.edit"}
	input.archived
}

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

_known if visible

_known if {
	input.community_visibility == "hidden"
	input.invited
}

_within := _acts | {"community.read", "community.list", "topic.list", "topic.read", "post.list", "post.read"}
