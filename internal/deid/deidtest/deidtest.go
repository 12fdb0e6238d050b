// Package deidtest finds the published tables against which anonymisation is checked. They lie beside the repository and
// are no part of it: a test that wants one is skipped where they are absent, and must never be the only one of its kind.
package deidtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Data is the path of a published file, such as Data(t, "adult", "adult.csv"). It skips the test where there is none.
func Data(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{Root(t), "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the published table %s is not beside the repository", filepath.Join(parts...))
	}
	return path
}

// Root is the folder of the module.
func Root(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			t.Fatal("no go.mod stands above this test")
		}
		folder = above
	}
}
