package hamyar.authz_test

import data.hamyar.authz
import data.hamyar.facts_test as who

_asks(person, facts) := object.union_n([person, {"purpose": _usual(facts.action)}, facts])

_usual(action) := "moderation" if {
	endswith(action, ".remove")
} else := "rights" if {
	startswith(action, "me.")
} else := "support"

test_nothing_is_allowed_by_default if {
	authz.allow == false with input as {}
	authz.decision.reasons == {"not_allowed", "purpose_mismatch"} with input as {}
}

test_each_feature_is_heard if {
	authz.allow with input as _asks(who.anyone, {"action": "programme.read"})
	authz.allow with input as _asks(who.anyone, {"action": "community.read", "community_visibility": "public"})
	authz.allow with input as _asks(who.member, {"action": "community.leave", "community_visibility": "public"})
	authz.allow with input as _asks(who.anyone, {"action": "topic.list", "community_visibility": "public"})
	authz.allow with input as _asks(who.visitor, {"action": "me.read"})
	authz.allow with input as _asks(who.anyone, {"action": "audit.read_proof"})
	add := {"action": "attachment.create", "community_visibility": "public", "community_attachments": true}
	authz.allow with input as _asks(who.member, add)
	"attachments_off" in authz.reasons with input as _asks(who.member, object.union(add, {"community_attachments": false}))
	search := {"action": "search.query", "community_visibility": "public", "community_search": "segments"}
	authz.allow with input as _asks(who.anyone, search)
	"search_off" in authz.reasons with input as _asks(who.anyone, object.union(search, {"community_search": "off"}))
}

test_a_grant_is_heard if {
	authz.allow with input as _asks(who.lead, {"action": "grant.end", "community_visibility": "members", "purpose": "break-glass"})
	by_grant := _asks(who.lead, {
		"action": "post.read",
		"community_visibility": "members",
		"lifted": "members_only",
		"purpose": "break-glass",
		"status": "published",
		"topic_status": "published",
	})
	authz.allow with input as by_grant
	authz.decision.obligations == {"audit_read", "tell_member"} with input as by_grant
	"second_factor_required" in authz.reasons with input as object.union(by_grant, {"aal": 1})
	"members_only" in authz.reasons with input as object.union(by_grant, {"lifted": "none"})
	"not_found" in authz.reasons with input as object.union(by_grant, {"status": "deleted"})
}

test_a_power_needs_a_second_factor if {
	requests := [
		_asks(who.operator, {"action": "programme.create"}),
		_asks(who.lead, {"action": "community.create"}),
		_asks(who.moderator, {"action": "topic.remove", "community_visibility": "public", "status": "published"}),
	]
	every request in requests {
		authz.allow with input as request
		not authz.allow with input as object.union(request, {"aal": 1})
		"second_factor_required" in authz.reasons with input as object.union(request, {"aal": 1})
	}
}

test_a_second_factor_is_asked_only_of_whom_it_helps if {
	not "second_factor_required" in authz.reasons with input as _asks(who.visitor, {"action": "programme.create"})
	banned := {"aal": 1, "action": "community.govern", "community_visibility": "public", "member_state": "banned"}
	not "second_factor_required" in authz.reasons with input as _asks(who.operator, banned)
}

test_what_is_private_needs_a_fresh_sign_in if {
	request := _asks(who.visitor, {"action": "me.recovery_secrets"})
	not authz.allow with input as request
	"fresh_sign_in_required" in authz.reasons with input as request
	authz.allow with input as object.union(request, {"recent_sign_in": true})
}

_unmasks(person, facts) := _asks(person, object.union(
	{"action": "persona.unmask_ask", "community_visibility": "members", "purpose": "break-glass"},
	facts,
))

test_unmasking_needs_a_second_factor_and_a_fresh_sign_in if {
	authz.allow with input as _unmasks(who.lead, {"recent_sign_in": true})
	not authz.allow with input as _unmasks(who.lead, {})
	not authz.allow with input as _unmasks(who.lead, {"aal": 1, "recent_sign_in": true})
	authz.decision.obligations == {"audit"} with input as _unmasks(who.lead, {"recent_sign_in": true})
}

test_unmasking_asks_for_what_is_missing_and_no_more if {
	stale := {"fresh_sign_in_required", "not_allowed"}
	authz.reasons == stale with input as _unmasks(who.lead, {})
	half := {"second_factor_required", "not_allowed"}
	authz.reasons == half with input as _unmasks(who.lead, {"aal": 1, "recent_sign_in": true})
	authz.reasons == {"not_allowed"} with input as _unmasks(who.moderator, {})
}

test_unmasking_asks_nothing_of_whom_it_does_not_help if {
	banned := {"member_state": "banned", "aal": 1}
	authz.reasons == {"banned", "not_allowed"} with input as _unmasks(who.operator, banned)
	not authz.allow with input as _unmasks(who.operator, {"member_state": "banned", "recent_sign_in": true})
}

test_nothing_is_allowed_for_a_purpose_that_does_not_fit if {
	request := _asks(who.member, {"action": "topic.list", "community_visibility": "members"})
	authz.allow with input as request
	not authz.allow with input as object.union(request, {"purpose": "research"})
	authz.reasons == {"not_allowed", "purpose_mismatch"} with input as object.union(request, {"purpose": "research"})
}

test_a_moderator_learns_what_removed_things_are_opened_for if {
	request := {"action": "topic.read", "community_visibility": "public", "status": "removed"}
	authz.reasons == {"not_allowed", "purpose_mismatch"} with input as _asks(who.moderator, request)
}

test_a_denial_outweighs_a_grant if {
	request := _asks(who.operator, {"action": "community.govern", "community_visibility": "public"})
	authz.allow with input as request
	not authz.allow with input as object.union(request, {"member_state": "banned"})
}

test_a_decision_says_what_to_show_and_what_to_do if {
	request := {"action": "topic.read", "community_visibility": "public", "purpose": "moderation", "status": "removed"}
	decision := authz.decision with input as _asks(who.moderator, request)
	decision.allow
	decision.reasons == set()
	decision.obligations == {"audit_read", "tell_member"}
	some fields in decision.visible_fields
	"title" in fields
}

test_each_feature_shows_its_fields if {
	authz.visible_fields != set() with input as _asks(who.anyone, {"action": "programme.read"})
	authz.visible_fields != set() with input as _asks(who.anyone, {"action": "community.read"})
	authz.visible_fields == set() with input as _asks(who.anyone, {"action": "me.read"})
}

test_a_denial_shows_nothing_and_says_why if {
	request := {"action": "topic.read", "community_visibility": "hidden", "status": "published"}
	decision := authz.decision with input as _asks(who.anyone, request)
	not decision.allow
	decision.visible_fields == set()
	decision.obligations == set()
	decision.reasons == {"members_only", "not_allowed", "not_found", "sign_in_required"}
}

test_membership_gives_reasons if {
	request := {"action": "community.join", "community_visibility": "public", "join_policy": "closed"}
	"join_closed" in authz.reasons with input as _asks(who.visitor, request)
}

test_each_feature_says_what_is_written_down if {
	requests := [
		_asks(who.operator, {"action": "programme.create"}),
		_asks(who.lead, {"action": "community.create"}),
		_asks(who.moderator, {"action": "topic.remove", "community_visibility": "public", "status": "published"}),
	]
	every request in requests {
		authz.decision.obligations == {"audit"} with input as request
	}
}

test_what_the_operator_restricts_is_denied_with_its_reason if {
	request := _asks(who.member, {"action": "topic.create", "community_visibility": "public"})
	authz.allow with input as request
	not authz.allow with input as request with data.hamyar.restriction._restricted as true
	reasons := {"not_allowed", "restricted_here"}
	authz.decision.reasons == reasons with input as request with data.hamyar.restriction._restricted as true
}

test_a_key_is_made_by_a_fresh_sign_in if {
	making := _asks(who.visitor, {"action": "key.create"})
	not authz.allow with input as making
	"fresh_sign_in_required" in authz.reasons with input as making
	authz.allow with input as object.union(making, {"recent_sign_in": true})
	authz.allow with input as _asks(who.visitor, {"action": "key.revoke"})
}

test_a_script_keeps_to_its_key if {
	script := _asks(who.member, {
		"action": "topic.create",
		"by_key": true,
		"community_visibility": "members",
		"in_scope": true,
	})
	authz.allow with input as script
	beyond := object.union(script, {"in_scope": false})
	authz.decision.reasons == {"not_allowed", "out_of_scope"} with input as beyond
	hidden := object.union(beyond, {"community_visibility": "hidden", "member_state": "none"})
	"not_found" in authz.decision.reasons with input as hidden
}

test_no_script_is_sent_to_sign_in_for_what_it_can_never_do if {
	every action in {"key.create", "me.recovery_secrets"} {
		asked := _asks(who.visitor, {"action": action, "by_key": true, "in_scope": true})
		"out_of_scope" in authz.decision.reasons with input as asked
		not "fresh_sign_in_required" in authz.decision.reasons with input as asked
	}
}
