package devstack

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write kratos.txtar anew from deploy/kratos")

func TestModuleIsEmbedded(t *testing.T) {
	archive := &txtar.Archive{Comment: []byte("deploy/kratos, for use outside the checkout. Made by `go generate ./internal/devstack`.\n")}
	for _, name := range slices.Concat(buildFiles, runFiles) {
		data, err := os.ReadFile(filepath.Join("..", "..", "deploy", "kratos", name))
		if err != nil {
			t.Fatal(err)
		}
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: data})
	}
	want := txtar.Format(archive)
	if *update {
		if err := os.WriteFile("kratos.txtar", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(kratosModule, want) {
		t.Error("kratos.txtar is not what deploy/kratos holds: run `go generate ./internal/devstack`")
	}
}
