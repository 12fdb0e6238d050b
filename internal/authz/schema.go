package authz

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// fact is one field of Facts as the policy sees it.
type fact struct {
	name    string
	kind    reflect.Kind // Bool, Int or String
	index   uint8        // in the order in which they are declared
	key     *ast.Term
	values  []ast.Value // those that exist
	words   []string    // the same, of a text
	numbers []int       // the same, of a number
}

// facts is worked out while the program starts, when the evaluator still lets names be interned.
var facts = factsOf(reflect.TypeFor[Facts]())

func factsOf(facts reflect.Type) []fact {
	var all []fact
	for field := range facts.Fields() {
		f := fact{name: field.Tag.Get("fact"), kind: field.Type.Kind(), index: uint8(len(all))}
		ast.InternStringTerm(f.name)
		f.key = ast.InternedTerm(f.name)
		oneOf := strings.Fields(field.Tag.Get("oneof"))
		if f.name == "action" {
			oneOf = Actions
		}
		if f.kind == reflect.Bool {
			f.values = []ast.Value{ast.Boolean(false), ast.Boolean(true)}
		}
		for _, text := range oneOf {
			f.add(text)
		}
		all = append(all, f)
	}
	return all
}

func (f *fact) add(text string) {
	if f.kind != reflect.Int {
		ast.InternStringTerm(text)
		f.words = append(f.words, text)
		f.values = append(f.values, ast.InternedTerm(text).Value)
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		panic("authz: the tag of fact " + f.name + " is no number")
	}
	f.numbers = append(f.numbers, n)
	f.values = append(f.values, ast.InternedTerm(n).Value)
}

// actionCodes numbers the actions, which are too many to go through.
var actionCodes = func() map[string]int {
	all := make(map[string]int, len(Actions))
	for i, action := range Actions {
		all[action] = i
	}
	return all
}()

func factNamed(name string) (fact, bool) {
	i := slices.IndexFunc(facts, func(f fact) bool { return f.name == name })
	if i < 0 {
		return fact{}, false
	}
	return facts[i], true
}

// factOf is the fact that a reference like input.status names.
func factOf(ref ast.Ref) (fact, bool) {
	if len(ref) != 2 || !ref.HasPrefix(ast.InputRootRef) {
		return fact{}, false
	}
	name, ok := ref[1].Value.(ast.String)
	if !ok {
		return fact{}, false
	}
	return factNamed(string(name))
}

// holds reports whether the value is one that the fact can have.
func (f fact) holds(value ast.Value) bool {
	return slices.ContainsFunc(f.values, func(v ast.Value) bool { return ast.ValueEqual(v, value) })
}

// complete refuses an input that lacks a fact, has one too many, or gives one a value that does not exist. A rule that
// denies is blind to a fact that is missing, so nothing is judged on such an input.
func complete(input ast.Object) error {
	if input.Len() != len(facts) {
		return fmt.Errorf("%w: not one of each", errFacts)
	}
	for _, f := range facts {
		value := input.Get(f.key)
		if value == nil || !f.holds(value.Value) {
			return fmt.Errorf("%w: %s", errFacts, f.name)
		}
	}
	return nil
}

// Schema is the JSON schema of the facts, as it is published: the same that every policy is checked against.
func Schema() []byte {
	text, err := json.MarshalIndent(schema(), "", "  ")
	if err != nil {
		panic("authz: the schema of the facts: " + err.Error())
	}
	return append(text, '\n')
}

// schema is the JSON schema of the policy's input, against which the policy is type-checked.
func schema() map[string]any {
	properties, required := map[string]any{}, []any{}
	types := map[reflect.Kind]string{reflect.Bool: "boolean", reflect.Int: "integer", reflect.String: "string"}
	for _, f := range facts {
		property := map[string]any{"type": types[f.kind]}
		if f.kind != reflect.Bool {
			enum := []any{}
			for _, value := range f.values {
				plain, err := ast.JSON(value)
				if err != nil {
					panic("authz: the tag of fact " + f.name + ": " + err.Error())
				}
				enum = append(enum, plain)
			}
			property["enum"] = enum
		}
		properties[f.name] = property
		required = append(required, f.name)
	}
	return map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
		"properties": properties, "required": required,
	}
}
