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
granted if {
	input.action == "topic.create"
	writer
}

# METADATA
# title: Members post in open topics
granted if {
	input.action == "post.create"
	writer
	input.topic_status == "published"
	input.topic_locked == false
}

# METADATA
# title: Authors change their topic
granted if {
	input.action == "topic.edit"
	writer
	input.is_author
	input.status == "published"
	input.topic_locked == false
}

# METADATA
# title: Authors change their post
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
reasons contains "not_a_member" if {
	input.action in {"topic.create", "post.create"}
	input.member_state in {"none", "left"}
}

# METADATA
# title: Members change their words
reasons contains "not_a_member" if {
	input.action in {"topic.edit", "post.edit"}
	input.is_author
	input.member_state in {"none", "left"}
}

# METADATA
# title: Only the author changes it
reasons contains "not_the_author" if {
	input.action in {"topic.edit", "post.edit", "topic.delete", "post.delete", "topic.remove", "post.remove"}
	input.is_author == false
}

# METADATA
# title: The topic is locked
reasons contains "locked" if {
	input.action in {"post.create", "topic.edit", "post.edit"}
	input.topic_locked
}

# METADATA
# title: The topic was withdrawn or removed
reasons contains "locked" if {
	input.action == "post.create"
	input.topic_status in {"withdrawn", "removed"}
}

# METADATA
# title: A withdrawn topic is left as it is
reasons contains "locked" if {
	input.action == "topic.edit"
	input.status == "withdrawn"
}
