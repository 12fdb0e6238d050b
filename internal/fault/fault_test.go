package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/hamyar/hamyar/internal/fault"
)

func TestEveryCodeReadsInBothLanguages(t *testing.T) {
	for _, code := range fault.Codes() {
		en, fa := code.In("en"), code.In("fa")
		for _, text := range []string{en.Title, en.Detail, fa.Title, fa.Detail} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: a text is missing", code)
			}
		}
		if !strings.ContainsFunc(fa.Title, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
			t.Errorf("%s: the Persian title has no Persian letter", code)
		}
		if strings.ContainsAny(fa.Title+fa.Detail, "يك") {
			t.Errorf("%s: Arabic letter forms in the Persian text", code)
		}
		if code != fault.Internal && code.Kind() == fault.KindInternal {
			t.Errorf("%s: no kind", code)
		}
	}
}

func TestCauseIsFoundButNeverShown(t *testing.T) {
	secret := errors.New("duplicate key (name)=(Sara)")
	err := fmt.Errorf("join: %w", fault.Wrap(fault.NameTaken, secret))
	if !errors.Is(err, secret) || !errors.Is(err, fault.New(fault.NameTaken)) {
		t.Fatal("errors.Is does not reach the cause and the code")
	}
	if f := fault.Of(err); strings.Contains(fmt.Sprintf("%v %s %q", f, f, f.Error()), "Sara") {
		t.Fatal("the cause was printed")
	}
}

func TestWhatIsUnknownIsInternal(t *testing.T) {
	if got := fault.CodeOf(errors.New("anything")); got != fault.Internal {
		t.Fatalf("got %s", got)
	}
	if got := fault.New("no_such_code").Code(); got != fault.Internal {
		t.Fatalf("got %s", got)
	}
}

func TestFieldsDoNotLeakBetweenFaults(t *testing.T) {
	base := fault.New(fault.Invalid).At("/title", fault.TooLong)
	first, second := base.At("/text", fault.Required), base.At("/text", fault.WrongType)
	if first.Fields()[1].Code != fault.Required || second.Fields()[1].Code != fault.WrongType {
		t.Fatal("one fault changed the other")
	}
}
