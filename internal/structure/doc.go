// Package structure holds no code: its tests read the repository as text and keep the house in order. Rooms import
// only downwards, packages say what they protect, names and sizes stay human, clocks and randomness are injected,
// logs carry known keys, migrations and documents keep their form.
//
// It protects the promises that no single package can keep alone. It must never be imported, and a rule must never be
// made to pass by widening it: an exception is one line in a table, with its reason.
package structure
