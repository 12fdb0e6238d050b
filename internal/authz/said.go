package authz

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ErrFact is in the error of facts that can't be.
var ErrFact = errors.New("no such fact")

// ParseFacts makes facts of what a person says of them: name to value, as the decision log and the schema write them.
// What isn't said is at its most careful. Its error repeats what was said, and is for whoever said it.
func ParseFacts(said map[string]string) (Facts, error) {
	var f Facts
	into := reflect.ValueOf(&f).Elem()
	for i, fact := range facts {
		value, there := said[fact.name]
		if !there {
			continue
		}
		if !slices.ContainsFunc(fact.choices(), func(choice string) bool { return choice == value }) {
			return Facts{}, fmt.Errorf("%w: %s is one of %v, not %q", ErrFact, fact.name, fact.choices(), value)
		}
		switch field := into.Field(i); fact.kind {
		case reflect.Bool:
			field.SetBool(value == "true")
		case reflect.Int:
			number, err := strconv.Atoi(value)
			if err != nil {
				return Facts{}, fmt.Errorf("%w: %s", ErrFact, fact.name)
			}
			field.SetInt(int64(number))
		default:
			field.SetString(value)
		}
	}
	for name := range said {
		if _, there := factNamed(name); !there {
			return Facts{}, fmt.Errorf("%w: %q", ErrFact, name)
		}
	}
	return f, nil
}

// choices are the values that a fact can have, as a person writes them.
func (f fact) choices() (all []string) {
	if f.kind == reflect.Bool {
		return []string{"false", "true"}
	}
	for _, value := range f.values {
		all = append(all, plainly(value))
	}
	return all
}

// plainly is a value as a person writes it.
func plainly(value ast.Value) string { return strings.Trim(value.String(), `"`) }
