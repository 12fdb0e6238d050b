# Joining, leaving, and what a ban takes away.
package hamyar.community

import data.hamyar.standing

# METADATA
# title: Joining
# description: Whoever comes through an open door and accepts the ground rules joins.
# custom:
#   fa: پیوستن
granted if {
	input.action == "community.join"
	_may_join
	input.rules_accepted
}

# METADATA
# title: Choosing a name
# description: A name is suggested before the rules are accepted.
# custom:
#   fa: انتخاب نام
granted if {
	input.action == "persona.suggest"
	_may_join
}

# METADATA
# title: Staying and leaving
# description: Who is a member already may ask again, and go.
# custom:
#   fa: ماندن و رفتن
granted if {
	input.action in {"community.join", "community.leave", "persona.suggest"}
	exists
	standing.active
}

# METADATA
# title: Banned from here
# description: A ban outweighs every standing, a lead's and an operator's too. What is public stays readable.
# custom:
#   fa: محروم‌شده از اینجا
denied if {
	input.action in acts
	input.member_state == "banned"
}

# METADATA
# title: Banned from here
# custom:
#   fa: محروم‌شده از اینجا
reasons contains "banned" if input.member_state == "banned"

# METADATA
# title: Closed to new members
# custom:
#   fa: بسته به روی اعضای تازه
reasons contains "join_closed" if {
	input.action in {"community.join", "persona.suggest"}
	input.join_policy in {"closed", "none"}
}

# METADATA
# title: Joined by invitation
# custom:
#   fa: پیوستن با دعوت‌نامه
reasons contains "invitation_required" if {
	input.action in {"community.join", "persona.suggest"}
	not _door_open
}

# METADATA
# title: The ground rules come first
# custom:
#   fa: نخست قواعد
reasons contains "rules_not_accepted" if {
	input.action == "community.join"
	input.rules_accepted == false
}

# METADATA
# title: Only members leave
# custom:
#   fa: فقط عضو می‌تواند برود
reasons contains "not_a_member" if {
	input.action == "community.leave"
	input.member_state in {"none", "left"}
}

# METADATA
# title: Notices are for who was here
# custom:
#   fa: آگاهی‌ها از آنِ کسی است که اینجا بوده
reasons contains "not_a_member" if {
	input.action == "notice.list"
	input.member_state == "none"
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
	exists
	input.invited
}
