# METADATA
# title: Standing
# description: Who is asking, as far as the other packages need to know. A power of staff counts only with a second factor.
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
	input.aal == 2
}

# METADATA
# title: Staff
# description: The operator of the installation, or a lead of the programme at hand.
staff if {
	input.signed_in
	input.operator
	input.aal == 2
}

staff if {
	input.signed_in
	input.programme_lead
	input.aal == 2
}
