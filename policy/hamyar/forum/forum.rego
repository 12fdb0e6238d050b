# METADATA
# title: Conversation
# description: >-
#   Topics and posts, the attachments in them, and searching them. Running the place opens nobody's words: neither an
#   operator nor a lead reads what only members may read, but by a grant (package breakglass).
# custom:
#   fa: گفت‌وگو
package hamyar.forum

import data.hamyar.community
import data.hamyar.standing

# METADATA
# title: Reader
# scope: document
# description: May read the conversation of this community.
reader if input.community_visibility == "public"

reader if {
	community.exists
	standing.active
}

# METADATA
# title: Granted
# scope: document
# description: What anyone, or any member, may do.

# METADATA
# title: Readers read
# custom:
#   fa: خوانندگان می‌خوانند
granted if {
	reader
	readable
}

# METADATA
# title: Readable
# scope: document
# description: What a reader reads of a conversation.
readable if input.action == "topic.list"

readable if {
	input.action == "topic.read"
	input.status in {"published", "withdrawn"}
}

readable if {
	input.action == "post.list"
	input.topic_status in {"published", "withdrawn"}
}

readable if {
	input.action in {"attachment.read", "post.read"}
	input.topic_status in {"published", "withdrawn"}
	input.status == "published"
}

# METADATA
# title: Visible fields
# scope: document
# description: What of a topic or a post the reader sees. Of a withdrawn topic only its place is left.
visible_fields contains {"title", "author", "opening", "opened_on", "last_post_on", "posts", "locked", "status"} if {
	input.action == "topic.read"
	input.status in {"published", "removed"}
}

visible_fields contains {"opened_on", "last_post_on", "posts", "locked", "status"} if {
	input.action == "topic.read"
	input.status == "withdrawn"
}

visible_fields contains {"text", "html", "author", "number", "posted_at", "edited", "status"} if {
	input.action == "post.read"
}

# METADATA
# title: Reasons
# scope: document
# description: >-
#   Why it is not allowed, as far as the conversation is concerned. Only a reader, or who takes back their own words,
#   learns that something is no longer there; to others it was never told that it was.

# METADATA
# title: What is gone is not there
# custom:
#   fa: آنچه رفته دیگر نیست
reasons contains "not_found" if {
	_gone
	_may_know
}

# METADATA
# title: Only members read here
# custom:
#   fa: اینجا فقط اعضا می‌خوانند
reasons contains "members_only" if {
	input.action in {"attachment.read", "topic.list", "topic.read", "post.list", "post.read"}
	not reader
}

_may_know if reader

_may_know if {
	input.action in {"topic.delete", "post.delete"}
	input.is_author
}

_gone if {
	input.action in {
		"topic.read", "topic.edit", "topic.delete", "topic.remove",
		"post.read", "post.edit", "post.delete", "post.remove",
		"attachment.read", "attachment.delete",
	}
	input.status in {"none", "deleted"}
}

_gone if {
	input.action in {"post.read", "post.edit"}
	input.status == "withdrawn"
}

_gone if {
	input.action in {"attachment.read", "post.list", "post.read", "post.create", "post.edit"}
	input.topic_status in {"none", "deleted"}
}

# What was removed is there for the moderators alone.
_gone if {
	input.status == "removed"
	not standing.moderator
}

_gone if {
	input.topic_status == "removed"
	not standing.moderator
}
