package authz

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ground says where a rule stands, and what its author wrote about it.
func (q *inquiry) ground(c clause) Ground {
	g := Ground{Rule: strings.TrimPrefix(c.ref, "data."), File: c.rule.Location.File, Line: c.rule.Location.Row}
	for _, note := range c.rule.Annotations {
		if note.Scope == "rule" {
			g.Title = Words{note.Title, text(note.Custom, "fa")}
		}
	}
	about := q.p.compiler.GetAnnotationSet().GetPackageScope(c.module.Package)
	if about == nil {
		return g
	}
	g.Feature = Words{about.Title, text(about.Custom, "fa")}
	if c.operators() {
		g.Feature.Fa, g.Title.Fa = "", "" // what they say to people is said in both languages, their titles aren't
		g.Says = Words{text(about.Custom, "en"), text(about.Custom, "fa")}
	}
	return g
}

func text(custom map[string]any, name string) string {
	if said, there := custom[name]; there {
		return fmt.Sprint(said)
	}
	return ""
}

// value of a fact here.
func (q *inquiry) value(f fact) string {
	return plainly(q.input.Get(f.key).Value)
}

// mentions tells whether a condition looks at this fact itself.
func mentions(expr *ast.Expr, name string) (found bool) {
	ast.WalkRefs(expr, func(ref ast.Ref) bool {
		found = found || len(ref) == 2 && ref.HasPrefix(ast.InputRootRef) && ref[1].Equal(ast.StringTerm(name))
		return found
	})
	return found
}

// readable is the condition, together with those before it where they give names to something.
func (l line) readable() ast.Body {
	body := l.from.rule.Body
	for _, before := range body[:l.at] {
		if before.IsAssignment() || before.IsSome() {
			return body[:l.at+1]
		}
	}
	return ast.NewBody(body[l.at])
}
