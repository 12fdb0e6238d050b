package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/fault"
)

// secrets look like what people write, down to words that could be ours.
var secrets = rapid.OneOf(
	rapid.StringMatching(`[a-z]{9,12}( [a-z]{3,5}){0,2}`),
	rapid.StringMatching(`[A-Z][a-z]{9}[0-9]{2}`),
	rapid.StringMatching(`[\x{0622}-\x{06cc}]{8,12}`),
	rapid.StringMatching(`[a-z]{8}@[a-z]{6}\.example`),
)

// beginnings are errors of others, each with the secret wherever it can hold one.
var beginnings = []func(secret string) error{
	errors.New,
	func(s string) error {
		return &pgconn.PgError{Code: "23505", Message: s, Detail: "Key (name)=(" + s + ")", Hint: s, Where: s, InternalQuery: s, ColumnName: s, DataTypeName: s, TableName: "persona", ConstraintName: "persona_name_once", Routine: "_bt_check_unique"}
	},
	func(s string) error { return &url.Error{Op: "Get", URL: "http://" + s, Err: errors.New(s)} },
	func(s string) error {
		return &net.OpError{Op: s, Net: s, Err: &net.DNSError{Err: s, Name: s, Server: s}}
	},
	func(s string) error { return &fs.PathError{Op: s, Path: s, Err: errors.New(s)} },
	func(s string) error { return json.Unmarshal([]byte(`{"`+s+`":x}`), &struct{}{}) },
	func(s string) error { return json.Unmarshal([]byte(`"`+s+`"`), new(int)) },
	func(s string) error { _, err := strconv.Atoi(s); return err },
	func(s string) error { _, err := time.Parse(time.DateOnly, s); return err },
	func(s string) error { return fault.Wrap(fault.NameTaken, errors.New(s)) },
}

// layers are ways to wrap, by others and by us.
var layers = []func(err error, secret string) error{
	func(err error, _ string) error { return fmt.Errorf("forum: hold a post: %w", err) },
	func(err error, _ string) error { return fault.Wrap(fault.Unavailable, err) },
	func(err error, s string) error { return fmt.Errorf("%s: %w", s, err) },
	func(err error, s string) error { return fmt.Errorf("%s: read: %w", s, err) },
	func(err error, s string) error { return fmt.Errorf("lookup: %s: %w", s, err) },
	func(err error, s string) error { return fmt.Errorf("%w (%s)", err, s) },
	func(err error, s string) error { return fmt.Errorf("%w: %w", errors.New(s), err) },
	func(err error, s string) error { return errors.Join(errors.New(s), err) },
	func(err error, s string) error { return &url.Error{Op: s, URL: s, Err: err} },
	func(err error, s string) error { return &fs.PathError{Op: "open", Path: s, Err: err} },
}

func TestCauseNeverShowsAValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := secrets.Draw(t, "secret")
		err := rapid.SampledFrom(beginnings).Draw(t, "beginning")(secret)
		for range rapid.IntRange(0, 6).Draw(t, "layers") {
			err = rapid.SampledFrom(layers).Draw(t, "layer")(err, secret)
		}
		if shown := api.CauseOf(err); strings.Contains(shown, secret) || shown == "" {
			t.Fatalf("%q holds %q", shown, secret)
		}
	})
}

func TestCauseTellsWhereAndWhat(t *testing.T) {
	t.Parallel()
	deep := fmt.Errorf("forum: hold a post: %w", fmt.Errorf("keystore: open a member's record: %w", &net.DNSError{Name: canary}))
	for want, err := range map[string]error{
		"unknown":           nil,
		"deadline exceeded": fmt.Errorf("forum: id: %w", context.DeadlineExceeded),
		"canceled":          fmt.Errorf("forum: id: %w", context.Canceled),
		`postgresql 23505 table="persona" constraint="persona_name_once" routine="_bt_check_unique"`: fmt.Errorf("x: %w", beginnings[1](canary)),
		"forum: hold a post < keystore: open a member's record < *net.DNSError":                      deep,
		"*errors.errorString": errors.New(canary),
	} {
		if got := api.CauseOf(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What causeOf repeats of our own errors is safe because it is constant. This holds them to it.
func TestOurErrorsSayConstants(t *testing.T) {
	t.Parallel()
	var read int
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, format := range formats(file) {
			read++
			if variable(format) {
				t.Errorf("%s: %q would put a value into a log: what varies does not belong into an error that wraps", path, format)
			}
		}
		return nil
	})
	if err != nil || read < 20 {
		t.Fatalf("read %d formats: %v", read, err)
	}
	for format, want := range map[string]bool{
		"forum: open %s: %w": true, "keystore: %v: %w": true, "forum: open a post: %w": false, "forum: %d posts": false, "%s: %w": false,
	} {
		if variable(format) != want {
			t.Errorf("%q: got %v", format, !want)
		}
	}
}

// variable tells whether a format makes an error that causeOf would repeat, with a value in it.
func variable(format string) bool {
	own, wraps := strings.CutSuffix(format, ": %w")
	return wraps && strings.Contains(own, "%") && api.Ours.MatchString(strings.NewReplacer("%s", "x", "%v", "x", "%w", "x").Replace(own))
}

// formats are those of fmt.Errorf.
func formats(file *ast.File) (all []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		name, isName := call.Fun.(*ast.SelectorExpr)
		literal, isLiteral := call.Args[0].(*ast.BasicLit)
		if isName && isLiteral && name.Sel.Name == "Errorf" {
			if format, err := strconv.Unquote(literal.Value); err == nil {
				all = append(all, format)
			}
		}
		return true
	})
	return all
}
