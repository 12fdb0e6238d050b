// Package bundle brings what an operator adds to the policy into a running program: read from a folder, verified, tried,
// and only then let in.
//
// It protects members from a policy that nobody signed, from an older one that somebody put back, and from one that does
// not hold together: whatever is refused or missing, the last good one goes on. It must never add a right, never know a private key
// while serving, and never lose sight of the switch that denies everything.
//
// A bundle is one of OPA: a gzipped tar with .manifest and .signatures.json (ES256). It holds rules of packages
// operator.<name>, each of which may deny and nothing else, and operator/defaults.json. Its serial number only grows.
package bundle
