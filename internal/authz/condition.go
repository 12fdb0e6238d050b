package authz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// condition is a boolean expression over a row's columns. Its zero value lets nothing through.
type condition struct {
	verdict Verdict     // with None and All nothing else counts
	joined  string      // " AND ", " OR ", "NOT", or "" for a leaf
	parts   []condition // what is joined
	sql     string      // a leaf, up to its argument
	arg     any         // nil where there is none
	tail    string      // a leaf, after its argument
	same    string      // equal for equal conditions
}

func leaf(sql string) condition { return leafWith(sql, nil, "") }

func leafWith(sql string, arg any, tail string) condition {
	return condition{verdict: Some, sql: sql, arg: arg, tail: tail, same: fmt.Sprintf("%s%#v%s", sql, arg, tail)}
}

// every holds where all of them hold; with none at all it holds everywhere.
func every(parts ...condition) condition { return join(" AND ", All, None, parts) }

// some holds where one of them holds; with none at all it holds nowhere.
func some(parts ...condition) condition { return join(" OR ", None, All, parts) }

// join drops the parts that change nothing or repeat another, and is the part that settles everything if there is one.
func join(with string, neutral, settling Verdict, parts []condition) condition {
	all := condition{verdict: Some, joined: with}
	for _, part := range parts {
		switch {
		case part.verdict == settling:
			return part
		case part.verdict == Some && part.joined == with:
			all.add(part.parts...)
		case part.verdict == Some:
			all.add(part)
		}
	}
	switch len(all.parts) {
	case 0:
		return condition{verdict: neutral}
	case 1:
		return all.parts[0]
	}
	return all
}

func (c *condition) add(parts ...condition) {
	for _, part := range parts {
		if !slices.ContainsFunc(c.parts, func(p condition) bool { return p.same == part.same }) {
			c.parts = append(c.parts, part)
			c.same = "(" + c.same + c.joined + part.same + ")"
		}
	}
}

// not holds where c does not, an unknown c included: what is undefined in the policy is not so.
func not(c condition) condition {
	switch c.verdict {
	case None:
		return condition{verdict: All}
	case All:
		return condition{verdict: None}
	default:
		return condition{verdict: Some, joined: "NOT", parts: []condition{c}, same: "NOT " + c.same}
	}
}

// render writes the condition as SQL whose placeholders start at $next.
func (c condition) render(next int) Filter {
	switch c.verdict {
	case All:
		return Filter{Verdict: All, SQL: "true"}
	case Some:
		w := writer{next: next}
		w.write(c)
		return Filter{Verdict: Some, SQL: w.String(), Args: w.args}
	default:
		return nothing()
	}
}

type writer struct {
	strings.Builder
	next int
	args []any
}

func (w *writer) write(c condition) {
	switch c.joined {
	case "":
		w.WriteString(c.sql)
		if c.arg != nil {
			w.args = append(w.args, c.arg)
			w.WriteString("$" + strconv.Itoa(w.next+len(w.args)-1))
			w.WriteString(c.tail)
		}
	case "NOT":
		w.WriteByte('(')
		w.write(c.parts[0])
		w.WriteString(") IS NOT TRUE")
	default:
		w.WriteByte('(')
		for i, part := range c.parts {
			if i > 0 {
				w.WriteString(c.joined)
			}
			w.write(part)
		}
		w.WriteByte(')')
	}
}
