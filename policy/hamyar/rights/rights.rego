# METADATA
# title: One's own
# description: >-
#   What a member keeps here across communities. A phone may be shared, so that what betrays an illness opens only to a
#   sign-in of the last few minutes. What is a person's right, no operator's rule takes away.
# custom:
#   fa: حقوق هر کس
package hamyar.rights

import data.hamyar.community

# METADATA
# title: Granted
# scope: document
# description: What any signed-in person may do.

# METADATA
# title: One's own record
# custom:
#   fa: پروندهٔ خود
granted if {
	input.action in {"me.read", "me.edit"}
	input.signed_in
}

# METADATA
# title: One's own list of communities
# custom:
#   fa: فهرست انجمن‌های خود
granted if {
	input.action == "me.communities"
	input.signed_in
	input.sensitivity in {0, 1, 2}
	input.always_fresh == false
}

# METADATA
# title: What one was told
# description: What was done with one's own words is told to who left, and to who was banned.
# custom:
#   fa: آنچه به شخص گفته شده
granted if {
	input.action == "notice.list"
	community.exists
	input.signed_in
	input.member_state in {"active", "left", "banned"}
}

# METADATA
# title: One's own, after a fresh sign-in
# description: What opens once a sign-in is fresh.
# custom:
#   fa: از آنِ خود، پس از ورود تازه
private if {
	input.action in {"me.communities", "me.recovery_secrets", "me.unguard"}
	input.signed_in
}

# METADATA
# title: Acts
# description: What is a person's right wherever they stand.
acts := {
	"attachment.delete",
	"audit.read_proof",
	"community.leave",
	"grant.end",
	"key.list",
	"key.revoke",
	"me.communities",
	"me.edit",
	"me.read",
	"me.recovery_secrets",
	"me.unguard",
	"notice.list",
	"policy.explain",
	"post.delete",
	"programme.list",
	"programme.read",
	"topic.delete",
}
