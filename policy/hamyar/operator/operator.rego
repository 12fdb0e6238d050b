# METADATA
# title: Installation
# description: >-
#   What runs an installation. The proofs of its log are for everyone: hashes and signatures, which tell of nobody. What
#   was recorded is read by nobody here.
package hamyar.operator

# METADATA
# title: Granted
# description: What anyone may do.
granted if input.action == "audit.read_proof"
