// Package policy holds the rules by which every permission is decided, as Rego beside its tests, and embeds them.
// It protects people by being the one place where permission is written down; it must never hold code that decides.
package policy

import "embed"

// Files are the policy's sources: hamyar/<feature>/*.rego with their *_test.rego.
//
//go:embed hamyar
var Files embed.FS
