# METADATA
# title: Purpose of use
# description: >-
#   What each act may be for. A purpose is bound to the session and to what is being done; it gives nothing by itself,
#   and where it does not fit, nothing else helps.
# custom:
#   fa: منظور از کار
package hamyar.purpose

# METADATA
# title: The purpose fits no such act
# description: An act for which no purpose is named here fits none.
# custom:
#   fa: این منظور با این کار جور نیست
denied if not _fits

# METADATA
# title: The purpose fits no such act
# description: Said whatever else stands in the way, since it tells of nobody.
# custom:
#   fa: این منظور با این کار جور نیست
reasons contains "purpose_mismatch" if denied

# METADATA
# title: Fitting purposes
# description: For each act, what it may be for.
# custom:
#   fa: منظورهای جور با هر کار
fit := {
	"attachment.create": {"support"},
	"attachment.delete": _own,
	"attachment.read": _reading,
	"audit.read_proof": _any,
	"community.appoint": {"support"},
	"community.create": {"support"},
	"community.edit": {"support", "moderation"},
	"community.govern": {"support"},
	"community.invite": {"support", "moderation"},
	"community.join": {"support"},
	"community.leave": _own,
	"community.list": _any,
	"community.read": _any,
	"grant.approve": {"break-glass"},
	"grant.ask": {"break-glass"},
	"grant.end": {"break-glass"},
	"grant.list": {"break-glass"},
	"grant.read": {"break-glass"},
	"key.create": {"support", "moderation", "care", "listening", "research"},
	"key.list": _own,
	"key.revoke": _own,
	"me.communities": _own,
	"me.edit": {"rights"},
	"me.read": _own,
	"me.recovery_secrets": {"rights"},
	"me.unguard": {"rights"},
	"notice.list": {"rights"},
	"persona.suggest": {"support"},
	"persona.unmask_approve": {"break-glass"},
	"persona.unmask_ask": {"break-glass"},
	"policy.explain": _any,
	"post.create": {"support", "moderation"},
	"post.delete": _own,
	"post.edit": {"support"},
	"post.list": _reading,
	"post.read": _reading,
	"post.remove": {"moderation"},
	"programme.create": {"support"},
	"programme.edit": {"support"},
	"programme.list": _any,
	"programme.read": _any,
	"search.query": _reading,
	"topic.create": {"support"},
	"topic.delete": _own,
	"topic.edit": {"support"},
	"topic.list": _reading,
	"topic.read": _reading,
	"topic.remove": {"moderation"},
}

_fits if input.purpose in fit[input.action]

_any := {"none", "support", "moderation", "care", "listening", "research", "rights", "break-glass"}

_own := {"support", "rights"}

_reading := {"support", "moderation", "care", "listening", "break-glass"}
