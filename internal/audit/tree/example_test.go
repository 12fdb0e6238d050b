package tree_test

import (
	"fmt"
	"os"
	"time"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

// The folder is frozen: an archive that was good stays good.
func ExampleVerifyArchive() {
	report, err := tree.VerifyArchive(os.DirFS("testdata/archive"), tree.Trust{
		Key:       "hamyar/audit/test+a6b9a2fb+AVUe2fMV0mJbxR/UMVWJfancl+3WnSD7DF2JF/BUvOoL",
		Witnesses: []string{"witness.example/one+4b0734e8+BGwIpQe4VtZmQ+7JK2/jbi+yTY/eUF2WGR8wML+qGfib"},
		Quorum:    1,
		MaxAge:    24 * time.Hour,
		Now:       time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC),
	})
	fmt.Println(report.Good(), report.Entries, report.Findings, err)
	// Output: true 7 [] <nil>
}
