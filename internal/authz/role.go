package authz

import (
	"cmp"
	"strings"
)

// role names what the asker is where they act, with + between where that is several things. It is for the record and
// decides nothing.
func (f Facts) role() string {
	var all []string
	for _, is := range []struct {
		name string
		so   bool
	}{{"operator", f.Operator}, {"programme_lead", f.ProgrammeLead}, {cmp.Or(f.MemberRole, "none"), f.MemberState == "active"}} {
		if is.so {
			all = append(all, is.name)
		}
	}
	return strings.Join(all, "+")
}
