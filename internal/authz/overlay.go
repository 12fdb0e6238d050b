package authz

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Overlay is what an operator adds to the policy: denials, and nothing else. Whoever hands it over has verified where
// it comes from.
type Overlay struct {
	// Revision is the operator's own name for it.
	Revision string
	// Modules is file name to Rego. Each file's package is operator.<name>, and "denied" in it is true of what that
	// package denies. It may import data.hamyar.standing, and nothing else from outside of itself.
	Modules map[string]string
	// Defaults are settings of new communities, as JSON.
	Defaults []byte
}

var errOverlay = errors.New("authz: these additions are not allowed")

var (
	operators = ast.MustParseRef("data.operator")
	standing  = ast.MustParseRef("data.hamyar.standing")
)

// joint is the file that ties the operator's packages to the policy.
const joint = "operator.rego"

// onto adds the operator's modules to those of the policy, and the rules by which the policy hears them.
func (o *Overlay) onto(modules map[string]*ast.Module) error {
	if o == nil {
		return nil
	}
	if err := o.bounded(); err != nil {
		return err
	}
	added, err := source(o.Modules).parse()
	if err != nil {
		return err
	}
	denying := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(added)) {
		module := added[path]
		if modules[path] != nil || path == joint {
			return fmt.Errorf("%w: %s is a file of the policy itself", errOverlay, path)
		}
		if err := additive(module); err != nil {
			return fmt.Errorf("%w: %s: %w", errOverlay, path, err)
		}
		own := module.Package.Path.String()
		denying[own] = denying[own] || slices.ContainsFunc(module.Rules, func(r *ast.Rule) bool { return r.Head.Name == "denied" })
		modules[path] = module
	}
	var glue strings.Builder
	glue.WriteString("package hamyar.restriction\n")
	for _, own := range slices.Sorted(maps.Keys(denying)) {
		if !denying[own] {
			return fmt.Errorf("%w: %s says nothing of what is \"denied\"", errOverlay, own)
		}
		glue.WriteString("\n_restricted if " + own + ".denied\n")
	}
	if len(denying) == 0 {
		return nil
	}
	modules[joint], err = ast.ParseModuleWithOpts(joint, glue.String(), ast.ParserOptions{RegoVersion: ast.RegoV1})
	return err
}

// mostText bounds the rules that may be added, in bytes: the evaluator's compiler looks at each as long as it likes. The
// built-in ones are a quarter of that.
const mostText = 1 << 17

func (o *Overlay) bounded() error {
	size := 0
	for _, text := range o.Modules {
		size += len(text)
	}
	if size > mostText {
		return fmt.Errorf("%w: their rules are longer than %d bytes", errOverlay, mostText)
	}
	return nil
}

// additive reports what in the module reaches out of its own package.
func additive(module *ast.Module) error {
	own := module.Package.Path
	if len(own) != 3 || !own.HasPrefix(operators) {
		return fmt.Errorf("its package is %s, not operator.<name>", own)
	}
	var err error
	ast.WalkRefs(module, func(ref ast.Ref) bool {
		if ref.HasPrefix(ast.DefaultRootRef) && !ref.HasPrefix(own) && !ref.HasPrefix(standing) {
			err = fmt.Errorf("line %d: %s is out of reach", ref[0].Location.Row, ref)
		}
		return err != nil
	})
	return err
}

// onlyDenies proves, for all facts there are, that nothing is allowed with the additions that is not allowed without.
func (p *program) onlyDenies(o *Overlay) error {
	if o == nil {
		return nil
	}
	built := maps.Clone(p.compiler.Modules)
	maps.DeleteFunc(built, func(path string, _ *ast.Module) bool {
		_, added := o.Modules[path]
		return added || path == joint
	})
	before, err := newReader(p.forest, built).allow()
	if err == nil && p.and(p.allow, p.not(before)) != no {
		err = fmt.Errorf("%w: they allow something", errOverlay)
	}
	return err
}
