package structure_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Regal judges rules; these are the habits of ours about the files that hold them.
func TestPoliciesExplainThemselves(t *testing.T) {
	t.Parallel()
	all := repository(t, func(name string) bool { return path.Ext(name) == ".rego" })
	for _, name := range all {
		for _, wrong := range regoFile(name, read(t, name)) {
			t.Error(wrong)
		}
		if tests := strings.TrimSuffix(name, ".rego") + "_test.rego"; !strings.HasSuffix(name, "_test.rego") && !slices.Contains(all, tests) {
			t.Errorf("%s: no %s lies beside it", name, path.Base(tests))
		}
	}

	const good = "# METADATA\n# title: A\n# description: Who may.\npackage hamyar.a\n"
	for _, sample := range []struct{ name, text, want string }{
		{"policy/hamyar/a/a.rego", good, ""},
		{"policy/hamyar/b/a.rego", good, "package hamyar.b"},
		{"policy/hamyar/a/a.rego", strings.Replace(good, "# description: Who may.\n", "", 1), "description"},
		{"policy/hamyar/a/a.rego", "package hamyar.a\n# METADATA\n# title: A\n# description: Who may.\n", "title"},
		{"policy/hamyar/a/part.rego", "# Joining.\npackage hamyar.a\n", ""},
		{"policy/hamyar/a/part.rego", "package hamyar.a\n", "what part"},
		{"policy/hamyar/a/a_test.rego", "package hamyar.a_test\n", ""},
		{"policy/hamyar/a/a_test.rego", "package hamyar.a\n", "package hamyar.a_test"},
	} {
		found := strings.Join(regoFile(sample.name, sample.text), "\n")
		if sample.want == "" && found != "" || !strings.Contains(found, sample.want) {
			t.Errorf("%s:\n%s\nfound %q, want %q", sample.name, sample.text, found, sample.want)
		}
	}
}

var packageLine = regexp.MustCompile(`(?m)^package (\S+)$`)

// regoFile tells what is wrong with how a policy file begins.
func regoFile(name, text string) (wrong []string) {
	want := strings.ReplaceAll(strings.TrimPrefix(path.Dir(name), "policy/"), "/", ".")
	test := strings.HasSuffix(name, "_test.rego")
	if test {
		want += "_test"
	}
	at := packageLine.FindStringSubmatchIndex(text)
	if at == nil || text[at[2]:at[3]] != want {
		return []string{name + ": its folder wants package " + want}
	}
	head := text[:at[0]]
	if other := strings.TrimSuffix(path.Base(name), ".rego") != path.Base(path.Dir(name)); other && !test { // OPA takes the package's metadata once
		if !strings.HasPrefix(head, "# ") {
			wrong = append(wrong, name+": it doesn't say what part of its package it holds")
		}
		return wrong
	}
	for _, field := range []string{"title", "description"} {
		if !test && (!strings.HasPrefix(head, "# METADATA\n") || !strings.Contains(head, "# "+field+":")) {
			wrong = append(wrong, name+": its package has no "+field)
		}
	}
	return wrong
}
