package authz

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// rowFacts are the facts that a row can have, in the order of the columns of a table of rows.
var rowFacts = slices.DeleteFunc(slices.Clone(facts), func(f fact) bool { return f.name == "action" })

// hostile values stand in rows where a careless program might have let them in.
var hostile = []string{"published' OR '1'='1", "PUBLISHED", "published ", "'; DROP TABLE post; --", `\`, "$1", "%", "publishеd", "\u202epublished", "NULL", "true", strings.Repeat("x", 70_000)}

// rows draws facts that differ from the subject's in the facts named.
func (c chance) rows(subject Facts, named []string, n int) []Facts {
	all := make([]Facts, n)
	for i := range all {
		all[i] = subject.plain()
		c.fill(reflect.ValueOf(&all[i]).Elem(), named)
	}
	return all
}

// poison gives one of the facts named a value that no row should have, and returns which one.
func (c chance) poison(row *Facts, named []string) fact {
	f, _ := factNamed(named[c.IntN(len(named))])
	switch f.kind {
	case reflect.String:
		f.of(row).SetString(hostile[c.IntN(len(hostile))])
	case reflect.Int:
		f.of(row).SetInt(int64(3 + c.IntN(2000)))
	default: // a boolean has no other values
	}
	return f
}

func (f fact) of(facts *Facts) reflect.Value {
	return reflect.ValueOf(facts).Elem().Field(int(f.index))
}

// table is the rows as a relation "r", with the arguments that it takes.
func table(rows []Facts) (sql string, args []any) {
	types := map[reflect.Kind]string{reflect.Bool: "boolean", reflect.Int: "integer", reflect.String: "text"}
	var arrays, names []string
	for i, f := range rowFacts {
		column := reflect.MakeSlice(reflect.SliceOf(reflect.TypeFor[Facts]().Field(i+1).Type), len(rows), len(rows))
		for n, row := range rows {
			column.Index(n).Set(reflect.ValueOf(row).Field(i + 1))
		}
		args = append(args, column.Interface())
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, types[f.kind]))
		names = append(names, f.name)
	}
	return "unnest(" + strings.Join(arrays, ", ") + ") WITH ORDINALITY AS r(" + strings.Join(names, ", ") + ", ordinal)", args
}

// listed is which rows PostgreSQL finds by the filter.
func listed(t *testing.T, db *postgres.DB, e *Engine, subject Facts, columns Columns, rows []Facts) map[int]bool {
	t.Helper()
	from, args := table(rows)
	filter, err := e.Filter(t.Context(), subject, columns, len(args)+1)
	if err != nil {
		t.Fatalf("%+v: %v: %v", subject, err, errors.Unwrap(err))
	}
	sql := "SELECT r.ordinal - 1 FROM " + from + " WHERE " + filter.SQL
	found, err := db.Query(context.WithoutCancel(t.Context()), sql, append(args, filter.Args...)...)
	if err != nil {
		t.Fatalf("%s: %v", filter.SQL, err)
	}
	numbers, err := pgx.CollectRows(found, pgx.RowTo[int])
	if err != nil {
		t.Fatalf("%s: %v", filter.SQL, err)
	}
	if filter.Verdict == None && len(numbers) > 0 || filter.Verdict == All && len(numbers) != len(rows) {
		t.Fatalf("verdict %d, and %d of %d rows", filter.Verdict, len(numbers), len(rows))
	}
	set := map[int]bool{}
	for _, n := range numbers {
		set[n] = true
	}
	return set
}

// sameAsPoint compares what the list shows with what each row, asked for alone, would be told.
func sameAsPoint(t *testing.T, e *Engine, rows []Facts, shown map[int]bool) {
	t.Helper()
	for n, row := range rows {
		d, err := e.Decide(t.Context(), row)
		if alone := err == nil && d.Allow; alone != shown[n] {
			t.Errorf("the list shows it: %v; asked for alone: %v (%v)\n%+v", shown[n], alone, err, row)
			return
		}
	}
}

func TestAListShowsWhatEachRowAloneWould(t *testing.T) {
	t.Parallel()
	db, e, c := pgtest.Forum(t), engineOf(load(t)), newChance(t)
	for range 30 {
		for _, action := range []string{CommunityList, TopicRead, PostRead, MeCommunities} {
			subject, named, columns := c.list(action)
			rows := c.rows(subject, named, 1_700) // 204,000 in all
			sameAsPoint(t, e, rows, listed(t, db, e, subject, columns, rows))
		}
	}
}

// A value that no row should have opens nothing that every value would not have opened.
func TestAHostileRowIsNotShown(t *testing.T) {
	db, e, c := pgtest.Forum(t), engineOf(load(t)), newChance(t)
	for range 20 {
		for _, action := range []string{CommunityList, TopicRead, PostRead, MeCommunities} {
			subject, named, columns := c.list(action)
			rows := c.rows(subject, named, 60)
			poisoned := make([]fact, len(rows))
			for i := range rows {
				poisoned[i] = c.poison(&rows[i], named)
			}
			for n := range listed(t, db, e, subject, columns, rows) {
				for _, value := range poisoned[n].values {
					row := rows[n]
					switch value := value.(type) {
					case ast.String:
						poisoned[n].of(&row).SetString(string(value))
					case ast.Number:
						number, _ := value.Int64()
						poisoned[n].of(&row).SetInt(number)
					}
					if d, err := e.Decide(t.Context(), row); err != nil || !d.Allow {
						t.Fatalf("shown for %s, though not for %s: %+v", poisoned[n].name, value, rows[n])
					}
				}
			}
		}
	}
}

// list draws who asks for a list, and which facts have columns in it.
func (c chance) list(action string) (subject Facts, named []string, columns Columns) {
	subject, named, columns = c.facts(), slices.Clone(lists[action]), Columns{}
	subject.Action = action
	for _, f := range rowFacts {
		if c.IntN(10) == 0 && !slices.Contains(named, f.name) {
			named = append(named, f.name)
		}
	}
	for _, name := range named {
		columns[name] = "r." + name
	}
	return subject, named, columns
}

// The same holds for policies that nobody wrote: every shape that the translation knows, in any combination.
func TestTheTranslationOfAnyPolicyIsTheSame(t *testing.T) {
	db, c := pgtest.Forum(t), newChance(t)
	some := Columns{"status": "r.status", "is_author": "r.is_author", "topic_locked": "r.topic_locked"}
	for range 60 {
		text := c.policy()
		e := engineOf(loadText(t, around(text)))
		for _, columns := range []Columns{c.columns(), some} {
			subject := c.facts()
			subject.Action = TopicRead
			rows := c.rows(subject, slices.Sorted(maps.Keys(columns)), 100)
			sameAsPoint(t, e, rows, listed(t, db, e, subject, columns, rows))
		}
		if t.Failed() {
			t.Fatal(text)
		}
	}
}

// columns gives some facts a column, as many as a list may have.
func (c chance) columns() Columns {
	some := Columns{"status": "r.status", "is_author": "r.is_author", "topic_locked": "r.topic_locked"}
	for range 5 {
		name := rowFacts[c.IntN(len(rowFacts))].name
		some[name] = "r." + name
	}
	return some
}

// policy draws rules: conditions joined in rules, rules in rules, some of them negated.
func (c chance) policy() string {
	var b strings.Builder
	depth := 1 + c.IntN(4)
	for level := range depth {
		if c.IntN(2) == 0 {
			fmt.Fprintf(&b, "default _r%d := false\n\n", level)
		}
		for range 1 + c.IntN(3) {
			fmt.Fprintf(&b, "_r%d if {\n", level)
			for range 1 + c.IntN(3) {
				b.WriteString("\t" + c.condition() + "\n")
			}
			if level > 0 {
				fmt.Fprintf(&b, "\t%s_r%d\n", c.maybeNot(), c.IntN(level))
			}
			b.WriteString("}\n\n")
		}
	}
	fmt.Fprintf(&b, "granted if %s_r%d\n\ndenied if {\n\t%s_r%d\n\t%s\n}\n", c.maybeNot(), depth-1, c.maybeNot(), c.IntN(depth), c.condition())
	return b.String()
}

func (c chance) maybeNot() string { return []string{"", "", "not "}[c.IntN(3)] }

func (c chance) condition() string {
	f := rowFacts[c.IntN(len(rowFacts))]
	ref := "input." + f.name
	value := func() string { return f.values[c.IntN(len(f.values))].String() }
	if f.kind == reflect.Bool {
		return c.maybeNot() + []string{ref, ref + " == true", ref + " == false", ref + " != true", "false != " + ref}[c.IntN(5)]
	}
	shapes := []string{
		ref + " == " + value(), ref + " != " + value(), value() + " == " + ref,
		ref + " in {" + value() + ", " + value() + "}", ref + " in [" + value() + "]",
	}
	if f.kind == reflect.Int {
		shapes = append(shapes, ref+" < "+value(), ref+" >= "+value(), value()+" <= "+ref, "input.aal > input.sensitivity", "input.aal != input.sensitivity")
	}
	return c.maybeNot() + shapes[c.IntN(len(shapes))]
}
