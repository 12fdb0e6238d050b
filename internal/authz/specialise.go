package authz

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

var keyAction = ast.InternedTerm("action")

// specialise works the decision out for each action as far as that goes before the other facts are known: what is left
// of the policy is a handful of conditions, which are judged in a fraction of the time. The policy as written stays
// beside them, because what is left may still refer to it.
func (p *program) specialise(ctx context.Context, modules map[string]*ast.Module) error {
	decision, err := prepare(p.compiler, "data.hamyar.authz.decision = answer")
	if err != nil {
		return err
	}
	all := maps.Clone(modules)
	for _, action := range Actions {
		known := ast.NewObject([2]*ast.Term{keyAction, ast.InternedTerm(action)})
		name := "for_" + strings.ReplaceAll(action, ".", "_")
		bodies, support, err := p.ask(ctx, decision).WithInput(ast.NewTerm(known)).WithUnknowns(unknowns(keyAction)).
			WithPartialNamespace(name).PartialRun(ctx)
		if err != nil {
			return fmt.Errorf("authz: specialise %s: %w", action, err)
		}
		for i, module := range support {
			all[fmt.Sprintf("%s_%d", name, i)] = module
		}
		all[name] = answering(name, bodies)
	}
	rules := ast.NewCompiler().WithCapabilities(capabilities).WithDefaultRegoVersion(ast.RegoV1)
	if rules.Compile(all); rules.Failed() {
		return fmt.Errorf("authz: specialise: %w", rules.Errors)
	}
	p.questions = map[string]question{}
	for _, action := range Actions {
		name := "for_" + strings.ReplaceAll(action, ".", "_")
		if p.questions[action], err = prepare(rules, "data."+name+".asked.decision = answer"); err != nil {
			return err
		}
	}
	return nil
}

// answering is a module whose rule "decision" holds what is left of the query, a body each.
func answering(name string, bodies []ast.Body) *ast.Module {
	module := ast.MustParseModuleWithOpts("package "+name+".asked", ast.ParserOptions{RegoVersion: ast.RegoV1})
	for _, body := range bodies {
		module.Rules = append(module.Rules, &ast.Rule{
			Head: ast.NewHead(ast.Var("decision"), nil, ast.VarTerm("answer")), Body: body, Module: module,
		})
	}
	return module
}

// unknowns is every fact but those given.
func unknowns(known ...*ast.Term) []*ast.Term {
	var all []*ast.Term
	for _, f := range facts {
		if !slices.ContainsFunc(known, f.key.Equal) {
			all = append(all, ast.NewTerm(ast.InputRootRef.Append(f.key)))
		}
	}
	return all
}
