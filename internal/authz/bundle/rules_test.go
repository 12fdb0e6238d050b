package bundle

import (
	"strings"
	"testing"
)

func TestEveryDenialHasOneRuleAndItsTexts(t *testing.T) {
	t.Parallel()
	key, keys := pair(t)
	for name, c := range map[string]struct{ old, to string }{
		"no Persian text":         {"#   fa: موضوع تازه را گردانندگان این انجمن باز می‌کنند.\n", ""},
		"no English text":         {"#   en: New topics are opened by the people who run this community.\n", ""},
		"an empty Persian text":   {"موضوع تازه را گردانندگان این انجمن باز می‌کنند.", `"  "`},
		"a number for a text":     {"New topics are opened by the people who run this community.", "1"},
		"a text that is too long": {"موضوع", strings.Repeat("ه", longest)},
		"no title":                {"# title: No new topics where it matters most\n", ""},
		"no description":          {"# description: In communities of sensitivity 3, staff open the topics.\n", ""},
		"no metadata":             {"# METADATA\n", "# metadata\n"},
		"another name":            {"denied if {", "forbidden if {"},
		"a second public rule":    {"denied if {", "allowed := true\n\ndenied if {"},
		"a set":                   {"denied if {", "denied contains 1 if {"},
		"a function":              {"denied if {", "denied(_) if {"},
		"an object":               {"denied if {", "denied.too := true if {"},
		"a text for the truth":    {"denied if {", `denied := "yes" if {`},
		"the wrong truth":         {"denied if {", "denied := false if {"},
		"denied unless":           {"denied if {", "default denied := true\n\ndenied if {"},
		"only a default":          {"denied if {", "default denied := false\n\n_denied if {"},
		"or else":                 {"	input.sensitivity == 3\n}", "	input.sensitivity == 3\n} else := false"},
	} {
		rego := strings.Replace(quiet, c.old, c.to, 1)
		if rego == quiet {
			t.Fatalf("%s changes nothing", name)
		}
		packed := forged(t, key, 1, func(c contents) { c["operator/quiet.rego"] = []byte(rego) })
		if _, _, err := Read(packed, Trust{Keys: keys}); CodeOf(err) != BadRules {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Sign(folderOf(map[string]string{"operator/quiet.rego": rego}), key, Stamp{1, issued}); CodeOf(err) != BadRules {
			t.Errorf("%s was signed: %v", name, err)
		}
	}
	for name, rego := range map[string]string{
		"as it is":       quiet,
		"a default":      strings.Replace(quiet, "denied if {", "default denied := false\n\ndenied if {", 1),
		"a private rule": strings.Replace(quiet, "	input.sensitivity == 3\n}", "	_grave\n}\n\n_grave if input.sensitivity == 3", 1),
		"two ways":       quiet + "\ndenied if input.action == \"topic.delete\"\n",
	} {
		if _, err := Sign(folderOf(map[string]string{"operator/quiet.rego": rego}), key, Stamp{1, issued}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFolderWithoutOperatorsRulesIsNotSigned(t *testing.T) {
	t.Parallel()
	key, _ := pair(t)
	for name, files := range map[string]map[string]string{
		"another folder": {"operators/quiet.rego": quiet},
		"another file":   {"operator/quiet.rego": quiet, "operator/notes.txt": "x"},
	} {
		if _, err := Sign(folderOf(files), key, Stamp{1, issued}); err == nil {
			t.Errorf("%s was signed", name)
		}
	}
	if _, err := Sign(folderOf(map[string]string{"operator/quiet.rego": quiet}), key, Stamp{0, issued}); err == nil {
		t.Error("a bundle without a serial number was signed")
	}
}
