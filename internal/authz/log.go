package authz

import (
	"log/slog"
	"reflect"
)

// LogValue is the facts that are set, by their names in Rego: all that policy saw, and nothing of whom it is true.
func (f Facts) LogValue() slog.Value {
	var set []slog.Attr
	value := reflect.ValueOf(f)
	for i, fact := range facts {
		if field := value.Field(i); !field.IsZero() {
			set = append(set, slog.Attr{Key: fact.name, Value: slog.AnyValue(field.Interface())})
		}
	}
	return slog.GroupValue(set...)
}
