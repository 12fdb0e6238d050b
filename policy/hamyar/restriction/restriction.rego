# METADATA
# title: Restrictions of the place
# description: >-
#   What those who run an installation deny on top of the policy. They can take away no right of a person.
package hamyar.restriction

# METADATA
# title: Denied
# description: Denied by the operator's own rules, which are read in beside these.
denied if {
	not input.action in _rights
	_restricted
}

default _restricted := false

# METADATA
# title: Reasons
# description: Why it is not allowed, as far as the operator's rules are concerned.
reasons contains "restricted_here" if denied

_rights := {
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
