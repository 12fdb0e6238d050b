# Adding an attachment, and taking one's own back. Who reads the post that it is in reads it, by the rules of the
# conversation; one that is in none yet is its uploader's alone.
package hamyar.forum

import data.hamyar.community
import data.hamyar.standing

# METADATA
# title: Members add attachments
# custom:
#   fa: اعضا پیوست می‌افزایند
granted if {
	input.action == "attachment.create"
	community.exists
	standing.active
	input.archived == false
	input.community_attachments
}

# METADATA
# title: One's own, while it waits
# custom:
#   fa: پیوست خود، تا در نوشته‌ای نیامده
granted if {
	input.action in {"attachment.delete", "attachment.read"}
	_own
	input.status == "waiting"
}

# METADATA
# title: One's own is taken back
# description: >-
#   Taking back what is one's own needs no membership that still stands, no open topic and no living community.
# custom:
#   fa: پس گرفتن پیوست خود
granted if {
	input.action == "attachment.delete"
	_own
	input.status == "published"
}

_own if {
	community.exists
	input.signed_in
	input.member_state in {"active", "left"}
	input.is_author
}

# METADATA
# title: Attachments are off here
# custom:
#   fa: پیوست‌ها اینجا خاموش است
reasons contains "attachments_off" if {
	input.action == "attachment.create"
	standing.active
	input.community_attachments == false
}

# METADATA
# title: Members add attachments
# custom:
#   fa: اعضا پیوست می‌افزایند
reasons contains "not_a_member" if {
	input.action == "attachment.create"
	input.member_state in {"none", "left"}
}

# METADATA
# title: Only who added it takes it back
# custom:
#   fa: فقط کسی که آن را افزوده پس می‌گیردش
reasons contains "not_the_author" if {
	input.action == "attachment.delete"
	input.is_author == false
}

# METADATA
# title: What waits is its uploader's alone
# description: Of what waits for a post nobody learns but its uploader.
# custom:
#   fa: آنچه هنوز در نوشته‌ای نیامده فقط از آنِ بارگذارنده است
reasons contains "not_found" if {
	input.action in {"attachment.delete", "attachment.read"}
	reader
	input.status == "waiting"
	input.is_author == false
}
