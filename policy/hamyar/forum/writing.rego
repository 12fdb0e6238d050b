# Writing, changing one's own words, and taking them back.
package hamyar.forum

import data.hamyar.community
import data.hamyar.standing

# METADATA
# title: Writer
# description: May write in the conversation of this community.
writer if {
	community.exists
	standing.active
	input.archived == false
}

# METADATA
# title: Members open topics
# custom:
#   fa: اعضا موضوع باز می‌کنند
granted if {
	input.action == "topic.create"
	writer
}

# METADATA
# title: Members post in open topics
# custom:
#   fa: اعضا در موضوع‌های باز می‌نویسند
granted if {
	input.action == "post.create"
	writer
	input.topic_status == "published"
	input.topic_locked == false
}

# METADATA
# title: Authors change their topic
# custom:
#   fa: نویسنده موضوعش را ویرایش می‌کند
granted if {
	input.action == "topic.edit"
	writer
	input.is_author
	input.status == "published"
	input.topic_locked == false
}

# METADATA
# title: Authors change their post
# custom:
#   fa: نویسنده نوشته‌اش را ویرایش می‌کند
granted if {
	input.action == "post.edit"
	writer
	input.is_author
	input.status == "published"
	input.topic_status in {"published", "withdrawn"}
	input.topic_locked == false
}

# METADATA
# title: Authors take back their words
# description: >-
#   Taking back one's own words needs no membership that still stands, no open topic and no living community.
# custom:
#   fa: نویسنده حرفش را پس می‌گیرد
granted if {
	input.action in {"topic.delete", "post.delete"}
	community.exists
	input.signed_in
	input.member_state in {"active", "left"}
	input.is_author
	input.status in {"published", "withdrawn"}
}

# METADATA
# title: Members write
# custom:
#   fa: اعضا می‌نویسند
reasons contains "not_a_member" if {
	input.action in {"topic.create", "post.create"}
	input.member_state in {"none", "left"}
}

# METADATA
# title: Members change their words
# custom:
#   fa: اعضا نوشته‌هایشان را ویرایش می‌کنند
reasons contains "not_a_member" if {
	input.action in {"topic.edit", "post.edit"}
	input.is_author
	input.member_state in {"none", "left"}
}

# METADATA
# title: Only the author changes it
# custom:
#   fa: فقط نویسنده آن را تغییر می‌دهد
reasons contains "not_the_author" if {
	input.action in {"topic.edit", "post.edit", "topic.delete", "post.delete", "topic.remove", "post.remove"}
	input.is_author == false
}

# METADATA
# title: The topic is locked
# custom:
#   fa: موضوع قفل است
reasons contains "locked" if {
	input.action in {"post.create", "topic.edit", "post.edit"}
	input.topic_locked
}

# METADATA
# title: The topic was withdrawn or removed
# custom:
#   fa: موضوع پس گرفته یا برداشته شده
reasons contains "locked" if {
	input.action == "post.create"
	input.topic_status in {"withdrawn", "removed"}
}

# METADATA
# title: A withdrawn topic is left as it is
# custom:
#   fa: موضوع پس‌گرفته همان‌گونه می‌ماند
reasons contains "locked" if {
	input.action == "topic.edit"
	input.status == "withdrawn"
}
