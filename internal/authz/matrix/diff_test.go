package matrix_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/authz/matrix"
)

const quiet = `package operator.quiet

denied if {
	input.action == "topic.create"
	input.sensitivity == 3
}
`

func TestWhatAnAdditionChangesIsExactlyWhatItDenies(t *testing.T) {
	before, after := builtIn(t), builtIn(t)
	if changes, err := matrix.Diff(t.Context(), before, before); err != nil || len(changes) > 0 {
		t.Fatalf("%+v, %v", changes, err)
	}
	if err := after.Apply(t.Context(), &authz.Overlay{Revision: "1", Modules: map[string]string{"operator/quiet.rego": quiet}}); err != nil {
		t.Fatal(err)
	}
	changes, err := matrix.Diff(t.Context(), before, after)
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, c := range changes {
		if c.Action != authz.TopicCreate || c.Place != "hidden" || c.Given || c.After != "restricted_here" {
			t.Errorf("%+v", c)
		}
		if c.Taken {
			taken++
		}
		if c.Taken != strings.HasPrefix(c.Before, "yes") {
			t.Errorf("%+v is not what it says", c)
		}
	}
	if taken == 0 {
		t.Fatal("it takes nothing from anybody")
	}
	back, err := matrix.Diff(t.Context(), after, before)
	given := func(c matrix.Change) bool { return c.Given }
	if err != nil || len(back) != len(changes) || !slices.ContainsFunc(back, given) {
		t.Fatalf("%+v, %v", back, err)
	}
}

func TestWhatCannotBeAskedIsNoMatrix(t *testing.T) {
	closed := builtIn(t)
	closed.Close(true)
	if changes, err := matrix.Diff(t.Context(), builtIn(t), closed); err == nil || changes != nil {
		t.Errorf("%+v, %v", changes, err)
	}
	if text, err := matrix.Text(t.Context(), closed); err == nil || text != "" {
		t.Errorf("%q, %v", text, err)
	}
}
