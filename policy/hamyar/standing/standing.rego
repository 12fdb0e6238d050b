# METADATA
# title: Standing
# description: Who is asking, as far as the other packages need to know.
# custom:
#   fa: جایگاه
package hamyar.standing

# METADATA
# title: Active member
# description: Signed in, and an active member of the community at hand.
active if {
	input.signed_in
	input.member_state == "active"
}

# METADATA
# title: Moderator
# description: An active member who moderates the community at hand.
moderator if {
	active
	input.member_role == "moderator"
}

# METADATA
# title: Staff
# scope: document
# description: The operator of the installation, or a lead of the programme at hand.
staff if {
	input.signed_in
	input.operator
}

staff if {
	input.signed_in
	input.programme_lead
}
