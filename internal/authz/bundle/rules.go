package bundle

import (
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// longest is how many characters a text may have that tells a person why not.
const longest = 300

// languages in which every denial has its text.
var languages = []string{"en", "fa"}

// rules are the bundle's modules, where each is a package of its own that says what it denies and tells people why. What
// they may refer to, and whether they compile, is the engine's to judge.
func (c contents) rules() (map[string]string, error) {
	modules, names := map[string]string{}, map[string]string{}
	for _, name := range c.paths() {
		if !strings.HasSuffix(name, ".rego") {
			continue
		}
		module, err := ast.ParseModuleWithOpts(name, string(c[name]), ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
		if err != nil {
			return nil, refused(BadRules, err, "its rules")
		}
		own := module.Package.Path.String()
		if !strings.HasPrefix(own, "data."+root+".") || len(module.Package.Path) != 3 {
			return nil, refuse(OutOfPlace, "%s: its package must be %s.<name>", name, root)
		}
		if other := names[own]; other != "" {
			return nil, refuse(BadRules, "%s and %s are of one package", other, name)
		}
		if err := denial(name, module); err != nil {
			return nil, err
		}
		names[own], modules[name] = name, string(c[name])
	}
	return modules, nil
}

// denial wants one public rule, "denied", which is true or not; and what to tell people.
func denial(name string, module *ast.Module) error {
	denies := false
	for _, rule := range module.Rules {
		said := rule.Head.Ref()
		own := said[0].String()
		if strings.HasPrefix(own, "_") {
			continue
		}
		if own != "denied" || len(said) > 1 || rule.Head.Key != nil || len(rule.Head.Args) > 0 || rule.Else != nil || !truth(rule) {
			return refuse(BadRules, "%s, line %d: the one public rule is denied, which is true or not; the names of others begin with _", name, rule.Location.Row)
		}
		denies = denies || !rule.Default
	}
	if !denies {
		return refuse(BadRules, "%s has no rule denied", name)
	}
	return described(name, module)
}

func truth(rule *ast.Rule) bool {
	value, ok := rule.Head.Value.Value.(ast.Boolean)
	return ok && bool(value) != rule.Default
}

func described(name string, module *ast.Module) error {
	for _, a := range module.Annotations {
		if a.Scope != "package" {
			continue
		}
		if strings.TrimSpace(a.Title) == "" || strings.TrimSpace(a.Description) == "" {
			return refuse(BadRules, "%s: the METADATA of its package needs a title and a description", name)
		}
		for _, language := range languages {
			text, ok := a.Custom[language].(string)
			if length := utf8.RuneCountInString(strings.TrimSpace(text)); !ok || length == 0 || length > longest {
				return refuse(BadRules, "%s: the METADATA of its package needs custom.%s, what people are told, of at most %d characters", name, language, longest)
			}
		}
		return nil
	}
	return refuse(BadRules, "%s: its package has no METADATA", name)
}
