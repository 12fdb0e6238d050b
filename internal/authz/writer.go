package authz

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// writer writes a function of a row's facts as SQL. There is no negation in what it writes: a row is let through by
// values that are named. NULL, and a value that nobody foresaw, are never among them.
type writer struct {
	*forest
	strings.Builder
	columns Columns
	next    int
	args    []any
	err     error
}

func (w *writer) filter(which ref) (Filter, error) {
	switch which {
	case no:
		return nothing(), nil
	case yes:
		return Filter{Verdict: All, SQL: "true"}, nil
	}
	w.write(which)
	if w.err != nil {
		return nothing(), w.err
	}
	return Filter{Verdict: Some, SQL: w.String(), Args: w.args}, nil
}

// longest bounds the text of a filter.
const longest = 1 << 16

// write is "whatever the fact is" or "the fact is one of these, and" what follows from that.
func (w *writer) write(which ref) {
	if w.err != nil {
		return
	}
	if w.Len() > longest {
		w.err = fmt.Errorf("%w: it would be too long", errFilter)
		return
	}
	f, branches := facts[w.nodes[which].fact], w.branchesOf(which)
	always := branches[0]
	for _, b := range branches {
		always = w.and(always, b)
	}
	w.WriteByte('(')
	or := ""
	if always != no {
		w.write(always)
		or = " OR "
	}
	for i, b := range branches {
		if b == no || b == always || first(branches, b) < i {
			continue
		}
		w.WriteString(or)
		or = " OR "
		w.is(f, branches, b)
		if b != yes {
			w.WriteString(" AND ")
			w.write(b)
		}
	}
	w.WriteByte(')')
}

func first(branches []ref, b ref) int {
	for i := range branches {
		if branches[i] == b {
			return i
		}
	}
	return len(branches)
}

// is writes that the fact is one of the values that lead to b.
func (w *writer) is(f fact, branches []ref, b ref) {
	column := w.columns[f.name]
	if column == "" {
		w.err = fmt.Errorf("%w: the rows give no column for %s", errFilter, f.name)
	}
	var words []string
	var numbers []int64
	for i := range branches {
		switch {
		case branches[i] != b:
		case f.kind == reflect.Bool:
			w.WriteString("(" + column + ") IS " + strings.ToUpper(strconv.FormatBool(i == 1)))
		case f.kind == reflect.Int:
			numbers = append(numbers, int64(f.numbers[i]))
		default:
			words = append(words, f.words[i])
		}
	}
	switch {
	case len(words) == 1:
		w.argument(column, words[0])
	case len(numbers) == 1:
		w.argument(column, numbers[0])
	case len(words) > 1:
		w.argument(column, words)
	case len(numbers) > 1:
		w.argument(column, numbers)
	}
}

func (w *writer) argument(column string, arg any) {
	w.args = append(w.args, arg)
	place := "$" + strconv.Itoa(w.next+len(w.args)-1)
	switch arg.(type) {
	case []string, []int64:
		place = "ANY(" + place + ")"
	}
	w.WriteString("(" + column + ") = " + place)
}
