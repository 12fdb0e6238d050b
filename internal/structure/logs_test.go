package structure_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// logKeys are all that a log line may hold, each with why its values can't tell of a person. A new key is a decision:
// who would learn what from a stolen log?
var logKeys = map[string]string{
	"request_id": "random, and gone with the request",
	"method":     "one of a handful",
	"route":      "the pattern, never the path",
	"status":     "a number of ours",
	"code":       "from the closed table of fault",
	"kind":       "from the closed table of fault",
	"ms":         "how long a request took, without its size",
	"component":  "a part of the program",
	"listen":     "our own address",
	"revision":   "of the policy or the program",
	"version":    "of the schema or the program",
	"count":      "how many of something, never of whose",
	"attempt":    "of a retry",
	"wait_ms":    "before a retry",
	"stack":      "functions and addresses; what a panic says is left out",
	"cause":      "only by causeOf: types and codes, never an error's text",
	"sqlstate":   "PostgreSQL's code, without its message",

	// Of a decision.
	"facts":       "what policy judges, which holds no id and no word",
	"outcome":     "one of a handful",
	"codes":       "from the closed table of fault",
	"obligations": "one of a handful",
	"us":          "how long policy took",
	"remembered":  "whether it had the answer at hand",
}

func TestLogsHoldKnownKeys(t *testing.T) {
	t.Parallel()
	quietLogs.holds(t)
	const head = "package a\nimport \"log/slog\"\nfunc f(log *slog.Logger, err error) { "
	quietLogs.bites(t,
		sample{"internal/a/a.go", head + `log.Info("served", "route", "/x", slog.Int("status", 200)) }`, ""},
		sample{"internal/a/a.go", head + `log.InfoContext(ctx, "served", "route", "/x") }`, ""},
		sample{"internal/a/a.go", head + `log.LogAttrs(ctx, level, "served", attrs...) }`, ""},
		sample{"internal/a/a.go", head + `s.log.Info("in", "email", x) }`, `"email"`},
		sample{"internal/a/a.go", head + `slog.Info("in", "user_agent", x) }`, `"user_agent"`},
		sample{"internal/a/a.go", head + `log.With("member", x) }`, `"member"`},
		sample{"internal/a/a.go", head + `use(slog.String("title", x)) }`, `"title"`},
		sample{"internal/a/a.go", head + `log.Info("in", key, x) }`, "literal"},
		sample{"internal/a/a.go", head + `log.Info("in " + x) }`, "literal"},
		sample{"internal/a/a.go", head + `log.Info("in", "route", r.URL.Path) }`, "URL"},
		sample{"internal/a/a.go", head + `log.Info("in", slog.String("code", err.Error())) }`, "Error"},
		sample{"internal/a/a.go", head + `log.Info("in", "code", err) }`, "err"},
		sample{"internal/a/a.go", head + `log.Info("in", "code", fault.CodeOf(err)) }`, ""},
		sample{"internal/a/a.go", head + `log.Info("in", "code", title.Reveal()) }`, "Reveal"},
		sample{"internal/a/a.go", "package a\nimport \"log/slog\"\ntype x struct { out *slog.Logger }", "call it log"},
		sample{"internal/a/a.go", "package a\nimport \"log/slog\"\nvar x = out.Info", ""},
	)
}

var (
	logCalls = []string{"Debug", "Info", "Warn", "Error", "DebugContext", "InfoContext", "WarnContext", "ErrorContext", "Log", "LogAttrs", "With"}
	logAttrs = []string{"Any", "Bool", "Duration", "Float64", "Group", "Int", "Int64", "String", "Time", "Uint64"}
	logNamed = regexp.MustCompile(`^(?i:log|logger)$`)
	// What may be told of an error.
	tells = []string{"CodeOf", "KindOf", "causeOf"}
	// What a request or a member brought, and errors, whose text may repeat it.
	tellTale = regexp.MustCompile(`^(err|cause|RemoteAddr|URL|RequestURI|Path|Header|UserAgent|Referer|Cookies?|Body|Reveal|Error|Email|Token|Password|Secret|Identifier|DisplayName|Title|Text)$`)
)

var quietLogs rule = func(s source) (wrong []string) {
	slog := s.imported("log/slog")
	if slog == "" || s.support() {
		return nil
	}
	each(s, func(f *ast.Field) {
		if star, ok := f.Type.(*ast.StarExpr); ok && selects(star.X, slog, "Logger") {
			for _, name := range f.Names {
				if !logNamed.MatchString(name.Name) {
					wrong = append(wrong, s.found(f, "a logger named %s: call it log, so that this test sees its calls", name.Name))
				}
			}
		}
	})
	each(s, func(call *ast.CallExpr) {
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		called := selector.Sel.Name
		switch of := lastName(selector.X); {
		case of == slog && slices.Contains(logAttrs, called):
			wrong = append(wrong, s.pairs(call.Args[:2])...)
		case (of == slog || logNamed.MatchString(of)) && slices.Contains(logCalls, called):
			wrong = append(wrong, s.message(called, call)...)
		}
	})
	return wrong
}

// message checks one call: the message is a literal, then come attributes, or keys with their values.
func (s source) message(called string, call *ast.CallExpr) (wrong []string) {
	args := call.Args
	switch {
	case called == "With":
	case strings.HasSuffix(called, "Context"):
		args = args[1:]
	case strings.HasPrefix(called, "Log"):
		args = args[2:]
	}
	if called != "With" {
		if text(args[0]) == "" {
			wrong = append(wrong, s.found(call, "a log message is a literal: what varies is a value with a known key"))
		}
		args = args[1:]
	}
	if call.Ellipsis.IsValid() {
		args = args[:len(args)-1] // the attributes are checked where they are made
	}
	return append(wrong, s.pairs(args)...)
}

func (s source) pairs(args []ast.Expr) (wrong []string) {
	for i := 0; i < len(args); i++ {
		if _, attribute := args[i].(*ast.CallExpr); attribute {
			continue
		}
		key := text(args[i])
		switch _, known := logKeys[key]; {
		case key == "":
			wrong = append(wrong, s.found(args[i], "a log key is a literal"))
		case !known:
			wrong = append(wrong, s.found(args[i], "log key %q is not among those of logs_test.go: can its value tell of a person?", key))
		}
		if i++; i == len(args) {
			break
		}
		ast.Inspect(args[i], func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && slices.Contains(tells, lastName(call.Fun)) {
				return false
			}
			if name, ok := n.(*ast.Ident); ok && tellTale.MatchString(name.Name) {
				wrong = append(wrong, s.found(name, "%s goes into a log: it may repeat what somebody sent", name.Name))
			}
			return true
		})
	}
	return wrong
}

// text is the value of a string literal, or "".
func text(e ast.Expr) string {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	return unquoted(literal.Value)
}

// lastName is the name that a method is called on: log in s.log.Info.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
