package postgres

import (
	"strings"

	"github.com/google/uuid"
)

// Scope is the set of communities whose rows a transaction may see and change. The zero Scope sees none.
type Scope struct{ communities []uuid.UUID }

// Unscoped is for the keys database and for tables that belong to no community.
var Unscoped = Scope{}

// Communities is the scope of the communities named.
func Communities(ids ...uuid.UUID) Scope { return Scope{communities: ids} }

// setLocal is the statement that row-level security reads: one community by its name, several in a list. Only SET LOCAL
// reaches the workers of a sharded installation, and it takes no parameters; UUIDs have one safe spelling.
func (s Scope) setLocal() string {
	if len(s.communities) == 1 {
		return "SET LOCAL hamyar.community = '" + s.communities[0].String() + "'"
	}
	var b strings.Builder
	b.Grow(40 + 37*len(s.communities))
	b.WriteString("SET LOCAL hamyar.communities = '")
	for i, id := range s.communities {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(id.String())
	}
	b.WriteByte('\'')
	return b.String()
}
