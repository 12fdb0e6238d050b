package authz

import (
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"
)

// operand is one side of a comparison: a column, or a constant.
type operand struct {
	sql  string // the column's expression; "" for a constant
	kind reflect.Kind
	arg  any // the constant: bool, int64 or string
}

func (t *translation) operand(term *ast.Term) (operand, error) {
	switch value := term.Value.(type) {
	case ast.Boolean:
		return operand{kind: reflect.Bool, arg: bool(value)}, nil
	case ast.String:
		return operand{kind: reflect.String, arg: string(value)}, nil
	case ast.Number:
		if n, ok := value.Int64(); ok {
			return operand{kind: reflect.Int, arg: n}, nil
		}
	case ast.Ref:
		if fact, ok := factOf(value); ok {
			if sql := t.columns[fact.name]; sql != "" {
				return operand{sql: sql, kind: fact.kind}, nil
			}
			return operand{}, fmt.Errorf("%w: the rows give no column for %s", errFilter, fact.name)
		}
	}
	_, err := unsupported(term)
	return operand{}, err
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

// The comparisons in SQL, and as they read from the other side.
var (
	signs    = map[string]string{"eq": "=", "equal": "=", "assign": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
	mirrored = map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
)

func (t *translation) compare(operator string, left, right *ast.Term) (condition, error) {
	if operator == "internal.member_2" {
		return t.member(left, right)
	}
	if isRule(left) || isRule(right) {
		return t.isTrue(operator, left, right)
	}
	sign, ok := signs[operator]
	if !ok {
		return unsupported(ast.NewArray(ast.StringTerm(operator), left, right))
	}
	a, err := t.operand(left)
	if err != nil {
		return condition{}, err
	}
	b, err := t.operand(right)
	if err != nil {
		return condition{}, err
	}
	if a.sql == "" {
		a, b, sign = b, a, mirrored[sign]
	}
	ordered := sign != "=" && sign != "<>"
	switch {
	case a.sql == "" || a.kind != b.kind || (ordered && a.kind != reflect.Int):
		return unsupported(ast.NewArray(ast.StringTerm(operator), left, right)) // text is ordered differently there
	case b.sql != "":
		return leaf("(" + a.sql + ") " + sign + " (" + b.sql + ")"), nil
	case a.kind == reflect.Bool:
		return isBool(a.sql, b.arg == (sign == "=")), nil
	default:
		return leafWith("("+a.sql+") "+sign+" ", b.arg, ""), nil
	}
}

func isBool(sql string, value bool) condition {
	if value {
		return leaf("(" + sql + ") IS TRUE")
	}
	return leaf("(" + sql + ") IS FALSE")
}

func isRule(term *ast.Term) bool {
	ref, ok := term.Value.(ast.Ref)
	return ok && !ref.HasPrefix(ast.InputRootRef)
}

// isTrue is the one comparison of a rule that we know: with true.
func (t *translation) isTrue(operator string, left, right *ast.Term) (condition, error) {
	if isRule(right) {
		left, right = right, left
	}
	if signs[operator] != "=" || !right.Equal(ast.InternedTerm(true)) {
		return unsupported(ast.NewArray(ast.StringTerm(operator), left, right))
	}
	return t.truth(left)
}

// member is "column in a set of constants".
func (t *translation) member(element, collection *ast.Term) (condition, error) {
	column, err := t.operand(element)
	if err != nil {
		return condition{}, err
	}
	var elements []*ast.Term
	switch list := collection.Value.(type) {
	case ast.Set:
		elements = list.Slice()
	case *ast.Array:
		list.Foreach(func(term *ast.Term) { elements = append(elements, term) })
	default:
		return unsupported(collection)
	}
	if column.sql == "" {
		return unsupported(element)
	}
	var texts []string
	var numbers []int64
	var flags []condition
	for _, term := range elements {
		constant, err := t.operand(term)
		if err != nil {
			return condition{}, err
		}
		if constant.sql != "" || constant.kind != column.kind {
			return unsupported(collection)
		}
		switch value := constant.arg.(type) {
		case string:
			texts = append(texts, value)
		case int64:
			numbers = append(numbers, value)
		case bool:
			flags = append(flags, isBool(column.sql, value))
		}
	}
	switch {
	case texts != nil:
		return leafWith("("+column.sql+") = ANY(", texts, ")"), nil
	case numbers != nil:
		return leafWith("("+column.sql+") = ANY(", numbers, ")"), nil
	default:
		return some(flags...), nil
	}
}
