package authz

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// spelling refuses a policy that compares a fact with something that the fact never is: a misspelt value makes a rule
// that never applies, or a condition that always holds. The compiler's own check knows types and no values.
func spelling(modules map[string]*ast.Module) error {
	var errs []error
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		ast.WalkExprs(modules[path], func(expr *ast.Expr) bool {
			operands := expr.Operands()
			for i, operand := range operands {
				ref, ok := operand.Value.(ast.Ref)
				if !ok || len(operands) != 2 {
					continue
				}
				if f, ok := factOf(ref); ok && !f.couldBe(operands[1-i]) {
					errs = append(errs, fmt.Errorf("authz: %s: %s is never %s", operand.Location, f.name, operands[1-i]))
				}
			}
			return false
		})
	}
	return errors.Join(errs...)
}

// couldBe reports whether the term is one of the fact's values, holds nothing else, or is not known yet.
func (f fact) couldBe(term *ast.Term) bool {
	every := func(terms []*ast.Term) bool {
		return !slices.ContainsFunc(terms, func(t *ast.Term) bool { return !f.couldBe(t) })
	}
	switch value := term.Value.(type) {
	case ast.Null, ast.Boolean, ast.Number, ast.String:
		return f.holds(value)
	case ast.Set:
		return every(value.Slice())
	case *ast.Array:
		var terms []*ast.Term
		value.Foreach(func(t *ast.Term) { terms = append(terms, t) })
		return every(terms)
	default:
		return true
	}
}
