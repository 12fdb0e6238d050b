# METADATA
# title: Installation
# description: >-
#   What runs an installation. The proofs of its log are for everyone: hashes and signatures, which tell of nobody. What
#   was recorded is read by nobody here.
package hamyar.operator

# METADATA
# title: Granted
# scope: document
# description: What anyone may do.
granted if input.action == "audit.read_proof"

# Which rule refused them, anyone may know who can be answered.
granted if {
	input.action == "policy.explain"
	input.signed_in
}
