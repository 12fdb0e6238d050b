# METADATA
# title: Audit log
# description: >-
#   The log's own proofs are for everyone: hashes and signatures, which tell of nobody. What was recorded is read by
#   nobody here.
package hamyar.audit

# METADATA
# title: Granted
# description: What anyone may do.
granted if input.action == "audit.read_proof"
