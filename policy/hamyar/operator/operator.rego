# METADATA
# title: Installation
# description: >-
#   What runs an installation. The proofs of its log are for everyone: hashes and signatures, which tell of nobody. What
#   was recorded is read by nobody here.
# custom:
#   fa: گرداندن سامانه
package hamyar.operator

# METADATA
# title: Granted
# scope: document
# description: What anyone may do.

# METADATA
# title: Anyone checks the log
# custom:
#   fa: همه می‌توانند دفتر رویدادها را وارسی کنند
granted if input.action == "audit.read_proof"

# METADATA
# title: Why something was refused
# description: Which rule refused them, anyone may know who can be answered.
# custom:
#   fa: چرا چیزی پذیرفته نشد
granted if {
	input.action == "policy.explain"
	input.signed_in
}
