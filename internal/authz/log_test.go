package authz

import (
	"log/slog"
	"reflect"
	"slices"
	"testing"
)

func TestLogsHoldTheFactsThatAreSet(t *testing.T) {
	t.Parallel()
	if got := (Facts{}).LogValue(); got.Kind() != slog.KindGroup || len(got.Group()) != 0 {
		t.Errorf("of no fact the log says %v", got)
	}
	got := Facts{Action: TopicRead, SignedIn: true, AAL: 2, MemberRole: "moderator"}.LogValue().Group()
	want := []slog.Attr{
		slog.String("action", TopicRead), slog.Bool("signed_in", true), slog.Int("aal", 2), slog.String("member_role", "moderator"),
	}
	if !slices.EqualFunc(got, want, slog.Attr.Equal) {
		t.Errorf("%v, want %v", got, want)
	}
	var all Facts
	value := reflect.ValueOf(&all).Elem()
	for i := range value.NumField() {
		switch field := value.Field(i); field.Kind() {
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Int:
			field.SetInt(1)
		default:
			field.SetString("x")
		}
	}
	if n := len(all.LogValue().Group()); n != len(facts) {
		t.Errorf("the log tells %d of %d facts", n, len(facts))
	}
}
