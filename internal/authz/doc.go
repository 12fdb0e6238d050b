// Package authz asks the policy. It turns facts into a decision about one thing, or into a filter for a list of things,
// from the same rules.
//
// A policy is understood before it is let in: since every fact has few values, its rules become one decision diagram,
// which answers for one thing as it is and is cut down to SQL for a list. A rule that is not understood, that could
// contradict itself, or that an operator added and that would allow anything, keeps the whole policy out.
//
// It protects everybody by failing closed: without a policy, on an error, on a deadline, on a reason or an obligation
// that it does not know, the answer is no. It is the only importer of OPA. It must never decide anything itself, see an
// identifier or a member's words, or put a value of a fact into an error or a log.
package authz
