// Command kratos is Ory Kratos, exactly as its authors release it.
//
// It is built from source so that a machine with nothing but Go can run the
// same identity server as production. Nothing of Kratos may be changed here.
package main

import (
	"os"

	"github.com/ory/kratos/cmd"
)

func main() {
	os.Exit(cmd.Execute())
}
