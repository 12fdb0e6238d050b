package hamyar.keys_test

import data.hamyar.facts_test as facts
import data.hamyar.keys

owner := object.union(facts.visitor, {"purpose": "support"})

script := object.union(owner, {"by_key": true, "in_scope": true, "action": "post.read"})

test_owner_sees_and_revokes if {
	every action in {"key.list", "key.revoke"} {
		keys.granted with input as object.union(owner, {"action": action})
		not keys.granted with input as object.union(facts.anyone, {"action": action})
	}
}

test_owner_makes_a_key if {
	making := object.union(owner, {"action": "key.create"})
	keys.private with input as making
	not keys.private with input as object.union(making, {"signed_in": false})
	not keys.private with input as object.union(making, {"purpose": "research"})
}

test_person_is_held_by_no_key if {
	not keys.denied with input as object.union(owner, {"action": "me.read", "purpose": "rights"})
	count(keys.reasons) == 0 with input as object.union(owner, {"action": "me.read", "purpose": "rights"})
}

test_script_keeps_to_its_scopes if {
	not keys.denied with input as script
	beyond := object.union(script, {"in_scope": false})
	keys.denied with input as beyond
	keys.reasons == {"out_of_scope"} with input as beyond
}

test_script_does_nothing_personal if {
	every action in keys.personal {
		keys.denied with input as object.union(script, {"action": action})
		"out_of_scope" in keys.reasons with input as object.union(script, {"action": action})
	}
}

_owners := {owner, facts.moderator, facts.lead, facts.operator, researcher}

_stand_for := {
	"support": _owners,
	"research": {researcher},
	"moderation": {facts.moderator, facts.lead, facts.operator},
	"care": {facts.moderator, facts.lead, facts.operator},
	"listening": {facts.moderator, facts.lead, facts.operator},
	"rights": set(),
	"break-glass": set(),
	"none": set(),
}

_acting(person, purpose) := object.union_n([script, person, {"purpose": purpose, "by_key": true, "in_scope": true}])

_making(person, purpose) := object.union(person, {"purpose": purpose, "action": "key.create"})

test_owners_have_keys_for_what_they_stand_for if {
	every purpose, those in _stand_for {
		every person in those {
			not keys.denied with input as _acting(person, purpose)
			keys.private with input as _making(person, purpose)
			not "purpose_mismatch" in keys.reasons with input as _making(person, purpose)
		}
	}
}

test_owners_have_no_keys_for_anything_else if {
	every purpose, those in _stand_for {
		every person in _owners - those {
			keys.denied with input as _acting(person, purpose)
			"purpose_mismatch" in keys.reasons with input as _acting(person, purpose)
			not keys.private with input as _making(person, purpose)
			"purpose_mismatch" in keys.reasons with input as _making(person, purpose)
		}
	}
}

test_ban_ends_a_moderators_purpose if {
	keys.denied with input as object.union(script, {"purpose": "moderation", "member_role": "moderator", "member_state": "banned"})
}

researcher := object.union(facts.visitor, {"researcher": true})
