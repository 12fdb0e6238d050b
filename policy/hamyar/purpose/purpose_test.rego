package hamyar.purpose_test

import data.hamyar.facts_test as who
import data.hamyar.purpose

_all := {"none", "support", "moderation", "care", "listening", "research", "rights", "break-glass"}

_for(action, why) := object.union(who.moderator, {"action": action, "purpose": why})

test_what_fits_is_not_denied if {
	every action, fitting in purpose.fit {
		every why in fitting {
			not purpose.denied with input as _for(action, why)
			purpose.reasons == set() with input as _for(action, why)
		}
	}
}

test_what_does_not_fit_is_denied if {
	every action, fitting in purpose.fit {
		every why in _all - fitting {
			purpose.denied with input as _for(action, why)
			purpose.reasons == {"purpose_mismatch"} with input as _for(action, why)
		}
	}
}

test_what_is_shown_to_all_is_shown_for_anything if {
	every action in {"programme.list", "programme.read", "community.list", "community.read", "audit.read_proof"} {
		purpose.fit[action] == _all
	}
}

test_removing_is_moderation_and_unmasking_breaks_the_glass if {
	every action in {"topic.remove", "post.remove"} {
		purpose.fit[action] == {"moderation"}
	}
	every action in {"persona.unmask_ask", "persona.unmask_approve"} {
		purpose.fit[action] == {"break-glass"}
	}
}

test_nobody_reads_or_writes_a_conversation_for_research if {
	every action in {"topic.read", "post.read", "attachment.read", "search.query", "topic.create", "post.create"} {
		not "research" in purpose.fit[action]
		not "none" in purpose.fit[action]
	}
}

test_what_fits_nothing_is_denied if purpose.denied with input as _for("", "support")

test_without_a_purpose_all_is_denied if purpose.denied with input as {"action": "programme.read"}
