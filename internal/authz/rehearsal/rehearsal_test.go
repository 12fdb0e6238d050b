package rehearsal_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hamyar/hamyar/internal/authz/rehearsal"
)

const quiet = `package operator.quiet

denied if {
	input.action == "topic.create"
	_grave
}

_grave if input.sensitivity == 3

_grave if input.archived
`

const tests = `package operator.quiet_test

import data.operator.quiet

test_holds if quiet.denied with input as {"action": "topic.create", "sensitivity": 3}

test_holds_not if quiet.denied with input as {"action": "topic.create", "sensitivity": 2}
`

func run(t *testing.T, files map[string]string) (rehearsal.Report, error) {
	t.Helper()
	var additions fs.FS
	if files != nil {
		folder := fstest.MapFS{}
		for name, text := range files {
			folder[name] = &fstest.MapFile{Data: []byte(text)}
		}
		additions = folder
	}
	return rehearsal.Run(t.Context(), additions)
}

func TestTheBuiltInPolicyPasses(t *testing.T) {
	t.Parallel()
	report, err := run(t, nil)
	if err != nil || report.Ran < 60 || len(report.Failed) > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, file := range report.Files {
		if len(file.Missed) > 0 || file.Operator || strings.HasSuffix(file.Path, "_test.rego") {
			t.Errorf("%+v", file)
		}
	}
}

func TestAnAdditionIsTriedBesideIt(t *testing.T) {
	t.Parallel()
	alone, err := run(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := run(t, map[string]string{"operator/quiet.rego": quiet, "operator/quiet_test.rego": tests, "elsewhere/x.rego": "no rego"})
	if err != nil || report.Ran != alone.Ran+2 {
		t.Fatalf("%+v, %v", report, err)
	}
	if f := report.Failed; len(f) != 1 || f[0].Name != "operator.quiet_test.test_holds_not" || f[0].Line != 7 || f[0].Err != nil {
		t.Fatalf("%+v", f)
	}
	i := slices.IndexFunc(report.Files, func(f rehearsal.File) bool { return f.Operator })
	if f := report.Files[i]; f.Path != "operator/quiet.rego" || !slices.Equal(f.Missed, []int{10}) {
		t.Fatalf("%+v", f)
	}
}

func TestWhatCannotBeRehearsedIsAnError(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no Rego":         "package operator.x\n\ndenied if {",
		"the network":     "package operator.x\n\ndenied if http.send({\"method\": \"get\", \"url\": \"http://127.0.0.1\"})",
		"a clock":         "package operator.x\n\ndenied if time.now_ns() > 3",
		"something wrong": "package operator.x\n\ndenied if nothing.of.that",
	} {
		if report, err := run(t, map[string]string{"operator/x.rego": text}); err == nil {
			t.Errorf("%s: %+v", name, report)
		}
	}
	if _, err := run(t, map[string]string{}); err == nil {
		t.Error("a folder without the folder operator is rehearsed")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := rehearsal.Run(ended, nil); err == nil {
		t.Error("what was stopped counts as done")
	}
}

func TestATestThatBreaksOrIsHiddenFails(t *testing.T) {
	t.Parallel()
	const broken = "package operator.x_test\n\ntest_twice if true\n\ntest_twice if false\n\ntest_breaks if not to_number(\"x\") == 3\n"
	report, err := run(t, map[string]string{"operator/x_test.rego": broken})
	if err != nil || len(report.Failed) != 2 || report.Failed[0].Err == nil || report.Failed[1].Err == nil {
		t.Fatalf("%+v, %v", report.Failed, err)
	}
}
