// Package matrix writes down who may do what: every person, in every circumstance and place, as policy answers. It is
// what a reviewer reads when rules change, and what an operator reads before theirs are loaded.
//
// It protects everybody from a rule that does more than its author thought. It must never decide anything, and never
// know anybody who exists: its people are made of facts alone.
package matrix

import (
	"context"
	"fmt"
	"strings"

	"github.com/hamyar/hamyar/internal/authz"
)

const head = "# Who may do what, and what they are told. Written by: go test ./internal/authz/matrix -update\n" +
	"# \"not_found\" is answered as if there were nothing; a \"yes\" may come with what has to be done.\n"

// Text is the whole matrix, to be read in review. Those who fare alike share a row.
func Text(ctx context.Context, policy *authz.Engine) (string, error) {
	var b strings.Builder
	b.WriteString(head)
	var at table
	for cell := range authz.Cells() {
		if title := strings.TrimSpace(cell.Action + "  " + cell.Circumstance); title != at.title {
			at.write(&b)
			at = table{title: title, cells: map[string][]string{}}
		}
		d, err := policy.Decide(ctx, cell.Facts)
		if err != nil {
			return "", fmt.Errorf("matrix: %s: %w", at.title, err)
		}
		at.add(cell, d.Brief())
	}
	at.write(&b)
	return b.String(), nil
}

// table is one circumstance: a row for each person, a column for each place.
type table struct {
	title          string
	places, people []string
	cells          map[string][]string // by person
}

func (t *table) add(cell authz.Cell, says string) {
	if len(t.cells[cell.Person]) == 0 {
		t.people = append(t.people, cell.Person)
	}
	if len(t.people) == 1 {
		t.places = append(t.places, cell.Place)
	}
	t.cells[cell.Person] = append(t.cells[cell.Person], says)
}

func (t *table) write(b *strings.Builder) {
	if t.title == "" {
		return
	}
	var rows []string
	alike := map[string][]string{}
	for _, person := range t.people {
		row := columns(t.cells[person])
		if alike[row] == nil {
			rows = append(rows, row)
		}
		alike[row] = append(alike[row], person)
	}
	b.WriteString("\n" + t.title + "\n" + columns(t.places))
	for _, row := range rows {
		b.WriteString("  " + strings.Join(alike[row], " · ") + "\n" + row)
	}
}

func columns(cells []string) string {
	var b strings.Builder
	for _, cell := range cells {
		fmt.Fprintf(&b, "%-24s", cell)
	}
	text := strings.TrimRight(b.String(), " ")
	if text == "" {
		return ""
	}
	return "    " + text + "\n"
}
