package devstack

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:generate go test -run TestModuleIsEmbedded -update .

// kratosModule is deploy/kratos as one text. A file of a nested module cannot be embedded by itself, and `hamyar up` works
// outside the checkout too; a test keeps the two equal.
//
//go:embed kratos.txtar
var kratosModule []byte

// moduleFiles are deploy/kratos's files: those that the program is built from, and those that it is run with.
var (
	buildFiles = []string{"go.mod", "go.sum", "main.go"}
	runFiles   = []string{"identity.schema.json", "kratos.yaml"}
)

func moduleFile(name string) []byte {
	for _, file := range txtar.Parse(kratosModule).Files {
		if file.Name == name {
			return file.Data
		}
	}
	panic("devstack: kratos.txtar lacks " + name)
}

// buildName tells one Kratos from another by all that it is built from.
func buildName() string {
	sum := sha256.New()
	for _, name := range buildFiles {
		sum.Write(moduleFile(name))
	}
	return "kratos-" + hex.EncodeToString(sum.Sum(nil)[:8])
}
