# METADATA
# title: Moderation
# description: >-
#   What members give a moderator over their conversation: removing from it, and reading what was removed.
# custom:
#   fa: نظارت
package hamyar.moderation

import data.hamyar.community
import data.hamyar.forum
import data.hamyar.standing

# METADATA
# title: Power
# scope: document
# description: What moderating gives, once its second factor is there.

# METADATA
# title: Moderators open removed topics
# custom:
#   fa: ناظران موضوع‌های برداشته‌شده را باز می‌کنند
power if {
	input.action == "topic.read"
	_opens
	input.status == "removed"
}

# METADATA
# title: Moderators see the posts of removed topics
# custom:
#   fa: ناظران نوشته‌های موضوع‌های برداشته‌شده را می‌بینند
power if {
	input.action == "post.list"
	_opens
	input.topic_status == "removed"
}

# METADATA
# title: Moderators open removed posts
# custom:
#   fa: ناظران نوشته‌های برداشته‌شده را باز می‌کنند
power if {
	input.action in {"attachment.read", "post.read"}
	_opens
	input.topic_status in {"published", "withdrawn", "removed"}
	input.status in {"published", "removed"}
}

# METADATA
# title: Moderators post where a topic is locked
# custom:
#   fa: ناظران در موضوع قفل‌شده می‌نویسند
power if {
	input.action == "post.create"
	_moderator
	forum.writer
	input.topic_status == "published"
}

# METADATA
# title: Moderators remove
# custom:
#   fa: ناظران برمی‌دارند
power if {
	input.action in {"topic.remove", "post.remove"}
	_moderator
	input.status in {"published", "withdrawn", "removed"}
}

# What was removed is opened for moderation and for nothing else.
_opens if {
	_moderator
	input.purpose == "moderation"
}

_moderator if {
	community.exists
	standing.moderator
}

# METADATA
# title: Obligations
# scope: document
# description: >-
#   What must be done, or the decision does not stand. Opening what was removed leaves a trace, and whose it is is told.
obligations contains "audit" if input.action in {"topic.remove", "post.remove"}

obligations contains "audit_read" if _opens_removed

obligations contains "tell_member" if _opens_removed

_opens_removed if {
	input.action in {"attachment.read", "topic.read", "post.read"}
	input.status == "removed"
}

_opens_removed if {
	input.action in {"attachment.read", "post.list", "post.read"}
	input.topic_status == "removed"
}

# METADATA
# title: Removed things are opened for moderation
# description: A moderator who reads for something else is told so; to others what was removed is not there.
# custom:
#   fa: آنچه برداشته شده تنها برای نظارت باز می‌شود
reasons contains "purpose_mismatch" if {
	_moderator
	_opens_removed
	input.purpose != "moderation"
}
