# METADATA
# title: Breaking the glass
# description: >-
#   What one of the staff may at the word of another: learn whose a persona is, and read for some hours what only members
#   read. That they are two, that there is a reason, and when it is over, the keystore sees to. A grant lifts one denial;
#   it lets nobody write, and nobody in who is banned.
# custom:
#   fa: شکستن شیشه
package hamyar.breakglass

import data.hamyar.community
import data.hamyar.forum
import data.hamyar.standing

# METADATA
# title: Grave
# scope: document
# description: What a role gives once its second factor is there and the sign-in is fresh, and for no other purpose.

# METADATA
# title: Staff read why, and approve
# custom:
#   fa: کارکنان دلیل را می‌خوانند و تأیید می‌کنند
grave if {
	input.action in {"grant.approve", "grant.read", "persona.unmask_approve", "persona.unmask_ask"}
	_staff
}

# METADATA
# title: Staff who are no members ask for a grant
# description: A member reads without one.
# custom:
#   fa: کارکنانی که عضو نیستند مجوز می‌خواهند
grave if {
	input.action == "grant.ask"
	_staff
	_outside
}

# METADATA
# title: Power
# scope: document
# description: >-
#   What a role gives, once its second factor is there: to see which grants are open, and to read by one of one's own.

# METADATA
# title: Staff see which grants are open
# custom:
#   fa: کارکنان مجوزهای باز را می‌بینند
power if {
	input.action == "grant.list"
	community.exists
	standing.staff
}

# METADATA
# title: An approved grant lets staff read
# custom:
#   fa: مجوز تأییدشده خواندن را برای کارکنان باز می‌کند
power if {
	input.lifted == "members_only"
	_staff
	_outside
	forum.readable
}

# METADATA
# title: Staff end a grant
# description: Ending a grant takes nothing but a role. A phone may be all that is at hand.
# custom:
#   fa: کارکنان به مجوز پایان می‌دهند
granted if {
	input.action == "grant.end"
	community.exists
	standing.staff
}

_staff if {
	input.purpose == "break-glass"
	community.exists
	standing.staff
}

_outside if input.member_state in {"left", "none"}

# METADATA
# title: Obligations
# scope: document
# description: >-
#   Each step is written down before anything is told, and so is each page that is read by a grant; whose words it shows
#   are told.
obligations contains "audit" if {
	input.action in {
		"grant.approve", "grant.ask", "grant.end", "grant.read", "persona.unmask_approve", "persona.unmask_ask",
	}
}

obligations contains "tell_member" if input.action == "persona.unmask_approve"

obligations contains "audit_read" if _reads_by_a_grant

obligations contains "tell_member" if _reads_by_a_grant

_reads_by_a_grant if {
	input.action in _reading
	input.purpose == "break-glass"
}

_reading := {"attachment.read", "post.list", "post.read", "topic.list", "topic.read"}

# METADATA
# title: What is gone is not there
# description: Why it is not allowed. What isn't there to be read isn't there for a grant.
# custom:
#   fa: آنچه رفته دیگر نیست
reasons contains "not_found" if {
	input.action in _reading
	input.lifted == "members_only"
	_staff
	_outside
	not forum.readable
}
