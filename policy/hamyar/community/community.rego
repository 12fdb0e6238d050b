# METADATA
# title: Communities
# description: >-
#   The directory and the upkeep of a community. A hidden community does not exist for whom it is hidden from.
# custom:
#   fa: انجمن‌ها
package hamyar.community

import data.hamyar.standing

# METADATA
# title: Granted
# scope: document
# description: What anyone, or any member, may do.

# METADATA
# title: What is not hidden is in the directory
# custom:
#   fa: هرچه پنهان نیست در فهرست هست
granted if {
	input.action in {"community.list", "community.read"}
	input.community_visibility in {"public", "members", "invitation"}
}

# METADATA
# title: Members read the card of a hidden community
# description: >-
#   Members find it in their own list, which is guarded. The directory of a shared phone must not give it away.
# custom:
#   fa: اعضا معرفی انجمن پنهان را می‌خوانند
granted if {
	input.action == "community.read"
	input.community_visibility == "hidden"
	standing.active
}

# METADATA
# title: Whoever is invited reads the card
# description: >-
#   Whoever holds an invitation knows already, and must be able to read the rules before accepting them.
# custom:
#   fa: هر که دعوت شده معرفی را می‌خواند
granted if {
	input.action == "community.read"
	input.community_visibility == "hidden"
	input.signed_in
	input.invited
}

# METADATA
# title: Power
# scope: document
# description: What a role gives, once its second factor is there.

# METADATA
# title: Staff keep a community
# custom:
#   fa: کارکنان انجمن را می‌گردانند
power if {
	input.action in {
		"community.appoint",
		"community.edit",
		"community.govern",
		"community.invite",
		"community.list",
		"community.read",
	}
	exists
	standing.staff
}

# METADATA
# title: Staff found a community
# custom:
#   fa: کارکنان انجمن برپا می‌کنند
power if {
	input.action == "community.create"
	standing.staff
}

# METADATA
# title: Moderators edit and invite
# custom:
#   fa: ناظران ویرایش و دعوت می‌کنند
power if {
	input.action in {"community.edit", "community.invite"}
	exists
	standing.moderator
}

# METADATA
# title: Exists
# description: The facts are about a community that exists.
exists if input.community_visibility in {"public", "members", "invitation", "hidden"}

# METADATA
# title: Visible fields
# scope: document
# description: What of a community the reader sees; one's own membership only where there is one.
visible_fields contains {
	"archived",
	"description",
	"join_policy",
	"kind",
	"language",
	"name",
	"programme",
	"rules",
	"search",
	"sensitivity",
	"visibility",
} if {
	input.action in {"community.list", "community.read"}
}

visible_fields contains {"membership"} if {
	input.action in {"community.list", "community.read"}
	input.member_state in {"active", "left", "banned"}
}

# METADATA
# title: Obligations
# scope: document
# description: >-
#   What staff do is written down. What members do for themselves is not: each record would mark when somebody was there.
obligations contains "audit" if {
	input.action in {
		"community.appoint",
		"community.create",
		"community.edit",
		"community.govern",
		"community.invite",
	}
}

# A card that is shown for a role alone is opened by staff.
obligations contains "audit_read" if {
	input.action in {"community.list", "community.read"}
	not granted
}

# METADATA
# title: Reasons
# scope: document
# description: Why it is not allowed, as far as the community is concerned.

# METADATA
# title: Hidden from whom it does not concern
# custom:
#   fa: پنهان از کسی که به او مربوط نیست
reasons contains "not_found" if {
	_inside
	not _known
}

# METADATA
# title: Archived places are read only
# custom:
#   fa: بایگانی‌شده‌ها فقط خواندنی‌اند
reasons contains "archived" if {
	input.action in {
		"attachment.create", "community.join", "persona.suggest", "topic.create", "topic.edit", "post.create", "post.edit",
	}
	input.archived
}

_known if input.community_visibility in {"public", "members", "invitation"}

_known if {
	input.community_visibility == "hidden"
	standing.active
}

_known if {
	input.community_visibility == "hidden"
	input.invited
}

_known if {
	input.community_visibility == "hidden"
	standing.staff
	input.aal == 2
}

# METADATA
# title: Acts
# description: What changes something inside a community.
acts := {
	"attachment.create",
	"attachment.delete",
	"community.appoint",
	"community.edit",
	"community.govern",
	"community.invite",
	"community.join",
	"community.leave",
	"grant.approve",
	"grant.ask",
	"grant.read",
	"persona.suggest",
	"persona.unmask_approve",
	"persona.unmask_ask",
	"post.create",
	"post.delete",
	"post.edit",
	"post.remove",
	"topic.create",
	"topic.delete",
	"topic.edit",
	"topic.remove",
}

_inside if input.action in acts

_inside if {
	input.action in {
		"attachment.read", "community.list", "community.read", "grant.end", "grant.list", "notice.list",
		"post.list", "post.read", "search.query", "topic.list", "topic.read",
	}
}
