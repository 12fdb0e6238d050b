package structure_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"testing"
)

func TestContextsComeFromCallers(t *testing.T) {
	t.Parallel()
	givenContexts.holds(t)
	givenContexts.bites(t,
		sample{"internal/a/a.go", "package a\nimport \"context\"\nvar x = context.Background()", "context.Background"},
		sample{"internal/a/a.go", "package a\nimport \"context\"\nvar x = context.TODO()", "context.TODO"},
		sample{"internal/a/a.go", "package a\nimport \"context\"\nvar x = context.WithValue(nil, 1, 2)", "an argument"},
		sample{"cmd/a/main.go", "package main\nimport \"context\"\nfunc main() { context.Background() }", ""},
		sample{"cmd/a/serve.go", "package main\nimport \"context\"\nfunc serve() { context.Background() }", "context.Background"},
		sample{"internal/a/a_test.go", "package a\nimport \"context\"\nvar x = context.Background()", ""},
	)
}

// carried are the packages that put something into a context, and what. An actor is never among it.
var carried = map[string]string{
	"internal/api": "the request's id, how it ended and by which answer of policy, for its log line and for who asks why",
}

var givenContexts rule = func(s source) (wrong []string) {
	context := s.imported("context")
	if context == "" || s.support() {
		return nil
	}
	starts := s.program() && path.Base(s.path) == "main.go"
	each(s, func(e *ast.SelectorExpr) {
		for _, name := range []string{"Background", "TODO"} {
			if selects(e, context, name) && !starts {
				wrong = append(wrong, s.found(e, "context.%s belongs into main.go and tests: take a context, or context.WithoutCancel of one", name))
			}
		}
		if selects(e, context, "WithValue") && carried[s.dir()] == "" {
			wrong = append(wrong, s.found(e, "context.WithValue hides what a function depends on: make it an argument"))
		}
	})
	return wrong
}

func TestClocksAreInjected(t *testing.T) {
	t.Parallel()
	injectedClocks.holds(t)
	injectedClocks.bites(t,
		sample{"internal/a/a.go", "package a\nimport \"time\"\nvar x = time.Now()", "time.Now"},
		sample{"internal/a/a.go", "package a\nimport \"time\"\nfunc f(t time.Time) bool { return time.Since(t) > 0 }", "time.Since"},
		sample{"internal/a/a.go", "package a\nimport clock \"time\"\nvar now = clock.Now", "time.Now"},
		sample{"internal/a/a.go", "package a\nimport \"time\"\nfunc f() { time.Sleep(1) }", "time.Sleep"},
		sample{"internal/a/a_test.go", "package a\nimport \"time\"\nfunc f() { time.Sleep(1) }", "time.Sleep"},
		sample{"internal/a/a_test.go", "package a\nimport \"time\"\nfunc f() { for !x() { time.Sleep(1) } }", ""},
		sample{"internal/a/a.go", "package a\nimport \"time\"\nfunc f() { for !x() { time.Sleep(1) } }", "time.Sleep"},
		sample{"internal/a/a_test.go", "package a\nimport \"time\"\nvar x = time.Now()", ""},
		sample{"cmd/hamyar/a.go", "package main\nimport \"time\"\nvar x = time.Now", ""},
	)
}

// clocked are the folders and files that may look at the clock themselves. Elsewhere time comes as a func() time.Time, in UTC.
var clocked = map[string]string{
	"bench":                   "it measures",
	"internal/devstack":       "it waits for programs that know no other clock",
	"internal/api/observe.go": "it measures how long an answer took",
	"internal/api/file.go":    "connections know the machine's time alone",
	"internal/authz/entry.go": "it measures how long an answer took",
	"internal/authz/limit.go": "it bounds its own work; no fact comes of it",
}

// sleepers are the files that may sleep: what they wait for gives no other sign.
var sleepers = map[string]string{
	"bench/run.go":                   "a program at rest is what it measures",
	"internal/devstack/leftovers.go": "it waits for the end of processes that others started",
}

var injectedClocks rule = func(s source) (wrong []string) {
	clock := s.imported("time")
	if clock == "" {
		return nil
	}
	exempt := s.program() || s.support() || clocked[s.dir()] != "" || clocked[s.path] != ""
	polls := map[ast.Node]bool{}
	each(s, func(loop *ast.ForStmt) {
		ast.Inspect(loop, func(n ast.Node) bool { polls[n] = s.support(); return true })
	})
	each(s, func(e *ast.SelectorExpr) {
		for _, name := range []string{"Now", "Since", "Until"} {
			if selects(e, clock, name) && !exempt {
				wrong = append(wrong, s.found(e, "time.%s: take the clock as an argument or a field", name))
			}
		}
		if selects(e, clock, "Sleep") && sleepers[s.path] == "" && !polls[e] {
			wrong = append(wrong, s.found(e, "time.Sleep guesses: wait for the thing itself, with a ticker and a limit"))
		}
	})
	return wrong
}

func TestNoRoleIsJudgedInGo(t *testing.T) {
	t.Parallel()
	noRoleChecks.holds(t)
	noRoleChecks.bites(t,
		sample{"internal/a/a.go", `package a; func f(p P) bool { return p.Role == "moderator" }`, "policy"},
		sample{"internal/a/a.go", `package a; func f(role string) bool { return "moderator" != role }`, "policy"},
		sample{"internal/a/a.go", `package a; func f(p P) { switch p.MemberRole { case "moderator": } }`, "policy"},
		sample{"internal/a/a.go", `package a; func isModerator(p P) bool { return false }`, "policy"},
		sample{"internal/a/a.go", `package a; func f(p P) facts { return facts{MemberRole: p.Role} }`, ""},
		sample{"internal/a/a_test.go", `package a; func f(p P) bool { return p.Role == "moderator" }`, ""},
	)
}

// judged are the packages that compare a role without judging anybody, and what for.
var judged = map[string]string{
	"bench":           "it measures policy beside the same rules in Go, which judge nobody",
	"internal/demo":   "it checks that its own text is complete",
	"internal/member": "it turns roles into facts",
	"internal/seed":   "it gives invented people the roles that their story tells",
}

var (
	roleName  = regexp.MustCompile(`(?i)^(member_?|staff_?|persona_?)?role$`)
	roleCheck = regexp.MustCompile(`^(?i:is|can|may|has)(Moderator|Admin|Staff|Operator|Lead|ProgrammeLead|Researcher|Role)`)
)

var noRoleChecks rule = func(s source) (wrong []string) {
	if s.support() || judged[s.dir()] != "" {
		return nil
	}
	const why = "roles become facts and policy judges them"
	each(s, func(e *ast.BinaryExpr) {
		compares := e.Op == token.EQL || e.Op == token.NEQ
		if compares && slices.ContainsFunc([]ast.Expr{e.X, e.Y}, role) {
			wrong = append(wrong, s.found(e, "a role is compared: %s", why))
		}
	})
	each(s, func(e *ast.SwitchStmt) {
		if e.Tag != nil && role(e.Tag) {
			wrong = append(wrong, s.found(e, "a role is compared: %s", why))
		}
	})
	each(s, func(d *ast.FuncDecl) {
		if roleCheck.MatchString(d.Name.Name) {
			wrong = append(wrong, s.found(d, "%s: %s", d.Name.Name, why))
		}
	})
	return wrong
}

// role tells whether an expression is named as a role.
func role(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return roleName.MatchString(e.Sel.Name)
	case *ast.Ident:
		return roleName.MatchString(e.Name)
	}
	return false
}
