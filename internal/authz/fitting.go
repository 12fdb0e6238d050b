package authz

import (
	"errors"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/hamyar/hamyar/policy"
)

// Fitting lists what an action may be for, by the policy that is built in. It is for telling people, and decides nothing.
func Fitting(action string) []string {
	all, err := fitting()
	if err != nil {
		panic(err) // it depends on this program alone, and every test of the API would show it
	}
	return slices.Clone(all[action])
}

var errFitting = errors.New("authz: the policy does not list what fits in a way that can be told")

// fitting reads the table of package hamyar.purpose as it is written: sets of purposes, or the name of such a set.
var fitting = sync.OnceValues(func() (map[string][]string, error) {
	text, err := read(policy.Files)
	if err != nil {
		return nil, err
	}
	const about = "hamyar/purpose/purpose.rego"
	modules, err := source{about: text[about]}.parse()
	if err != nil {
		return nil, err
	}
	values := map[ast.Var]ast.Value{}
	for _, rule := range modules[about].Rules {
		if rule.Head.Value != nil {
			values[rule.Head.Name] = rule.Head.Value.Value
		}
	}
	table, ok := values["fit"].(ast.Object)
	if !ok {
		return nil, errFitting
	}
	found := map[string][]string{}
	return found, table.Iter(func(action, fit *ast.Term) error {
		purposes := fit.Value
		if name, named := purposes.(ast.Var); named {
			purposes = values[name]
		}
		key, ok := action.Value.(ast.String)
		if !ok || purposes == nil {
			return errFitting
		}
		var all []string
		err := collect(ast.NewTerm(purposes), &all, nil)
		slices.Sort(all)
		found[string(key)] = all
		return err
	})
})
