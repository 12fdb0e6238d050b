# METADATA
# title: API keys
# description: >-
#   A script acts under a key of its owner's. It may do what its owner may at that moment, as far as the key's scopes
#   name it and for the one purpose that the key was made for; what a person should do themselves, no key does.
# custom:
#   fa: کلیدهای API
package hamyar.keys

import data.hamyar.standing

# METADATA
# title: Granted
# description: Seeing one's own keys and revoking them.
# custom:
#   fa: دیدن و لغو کلیدهای خود
granted if {
	input.action in {"key.list", "key.revoke"}
	input.signed_in
}

# METADATA
# title: Making a key
# description: What opens once a sign-in is fresh, for a purpose that the owner may act for.
# custom:
#   fa: ساختن کلید
private if {
	input.action == "key.create"
	input.signed_in
	_stands_for
}

# METADATA
# title: Beyond the key
# description: What a script does must be within its key, and for a purpose that its owner may act for.
# custom:
#   fa: بیرون از توان این کلید
denied if not _within

# METADATA
# title: Beyond the key
# scope: document
# description: Why it is not allowed, as far as the key is concerned.
# custom:
#   fa: بیرون از توان این کلید

# METADATA
# title: Outside the scopes of this key
# custom:
#   fa: بیرون از دامنه‌های این کلید
reasons contains "out_of_scope" if {
	input.by_key
	input.in_scope == false
}

# METADATA
# title: No key does this
# custom:
#   fa: این کار با هیچ کلیدی شدنی نیست
reasons contains "out_of_scope" if {
	input.by_key
	input.action in personal
}

# METADATA
# title: The owner acts for no such purpose
# custom:
#   fa: صاحب کلید با چنین منظوری کار نمی‌کند
reasons contains "purpose_mismatch" if {
	input.by_key
	not _stands_for
}

# METADATA
# title: Nobody gets a key for what they do not act for
# custom:
#   fa: هیچ‌کس برای منظوری که ندارد کلید نمی‌گیرد
reasons contains "purpose_mismatch" if {
	input.action == "key.create"
	not _stands_for
}

# METADATA
# title: Personal
# description: >-
#   What a person does themselves, whatever the scopes of a key say: what is about their account and their keys, what
#   they are told of it,
#   under which name they are somebody, who may do what, and what breaks the glass.
# custom:
#   fa: کارهایی که هر کس خودش می‌کند
personal := {
	"community.appoint",
	"community.govern",
	"community.join",
	"community.leave",
	"grant.approve",
	"grant.ask",
	"grant.end",
	"grant.list",
	"grant.read",
	"key.create",
	"key.list",
	"key.revoke",
	"me.communities",
	"me.edit",
	"me.read",
	"me.recovery_secrets",
	"me.unguard",
	"notice.list",
	"persona.suggest",
	"persona.unmask_approve",
	"persona.unmask_ask",
}

_within if input.by_key == false

_within if {
	input.in_scope
	not input.action in personal
	_stands_for
}

# Whose purpose it may be. Roles are those of this moment, and of the community at hand.
_stands_for if input.purpose == "support"

_stands_for if {
	input.purpose == "research"
	input.researcher
}

_stands_for if {
	input.purpose in {"care", "listening", "moderation"}
	standing.moderator
}

_stands_for if {
	input.purpose in {"care", "listening", "moderation"}
	standing.staff
}
