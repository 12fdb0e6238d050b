// Package authz asks the policy. It turns facts into a decision about one thing, or into a filter for a list of things,
// from the same rules.
//
// It protects everybody by failing closed: without a policy, on an error, on a deadline, on a reason or an obligation
// that it does not know, the answer is no. It is the only importer of OPA. It must never decide anything itself, see an
// identifier or a member's words, or put a value of a fact into an error or a log.
package authz
