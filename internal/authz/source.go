package authz

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/hamyar/hamyar/policy"
)

// source is the text of a policy: file name to Rego.
type source map[string]string

// read takes every rule file below the root, and no test.
func read(files fs.FS) (source, error) {
	found := source{}
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".rego") || strings.HasSuffix(path, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(files, path)
		found[path] = string(text)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("authz: read policy: %w", err)
	}
	return found, nil
}

// builtIn is the policy that is built in, parsed once. The compiler copies what it is given.
var builtIn = sync.OnceValues(func() (map[string]*ast.Module, error) {
	text, err := read(policy.Files)
	if err != nil {
		return nil, err
	}
	return text.parse()
})

// parse names every module after its file: modules without a name overwrite each other silently.
func (s source) parse() (map[string]*ast.Module, error) {
	modules := make(map[string]*ast.Module, len(s))
	for path, text := range s {
		module, err := ast.ParseModuleWithOpts(path, text, ast.ParserOptions{
			RegoVersion: ast.RegoV1, ProcessAnnotation: true, Capabilities: capabilities,
		})
		if err != nil {
			return nil, fmt.Errorf("authz: %w", err)
		}
		modules[path] = module
	}
	return modules, nil
}

// revision names a policy by what it says.
func revision(modules map[string]*ast.Module) string {
	sum := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		text := modules[path].String()
		fmt.Fprintf(sum, "%d:%s%d:%s", len(path), path, len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// builtins that a policy may use: comparing, and no more. No clock, no chance, no network; and none that can fail. A
// failure inside a denial must deny, but partial evaluation drops a condition that can only fail, and the denial with it.
var builtins = []string{"assign", "eq", "equal", "neq", "lt", "lte", "gt", "gte", "internal.member_2", "internal.member_3"}

var capabilities = restricted()

func restricted() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return !slices.Contains(builtins, b.Name) })
	c.AllowNet = []string{}
	c.Features = []string{ast.FeatureRegoV1} // in a later language, "not" of something undefined is true
	return c
}
