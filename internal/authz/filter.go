package authz

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/hamyar/hamyar/internal/fault"
)

// Verdict says how much of a list policy lets through. Its zero value is None.
type Verdict int

// The verdicts.
const (
	None Verdict = iota // no row
	Some                // the rows for which Filter.SQL holds
	All                 // every row
)

// Columns maps a fact that differs from row to row to the SQL expression that computes it. The expressions are trusted:
// written by us, never from input, and never NULL. Their own placeholders, if any, belong to the caller.
type Columns map[string]string

// Filter is a condition on rows. SQL is a boolean expression in every case ("false" for None, "true" for All); its
// placeholders stand for Args. Filters are shared: read Args, never write them.
type Filter struct {
	Verdict Verdict
	SQL     string
	Args    []any
}

// lists names the actions that judge rows, with the facts that a row decides. Where the judgement turns on one of these
// and the caller has no column for it, there is no filter: the subject's value would stand for every row's.
var lists = map[string][]string{
	ProgrammeList: {},
	CommunityList: {"community_visibility", "programme_lead", "member_state", "member_role", "archived", "sensitivity"},
	TopicRead:     {"status", "is_author", "topic_locked"},
	PostRead:      {"status", "is_author"},
	MeCommunities: {"sensitivity", "community_visibility", "member_state", "member_role", "archived"},
}

var errFilter = errors.New("authz: no filter")

type filterKey struct {
	subject Facts
	columns string
	count   int
	next    int
}

// Filter turns the question "which of these rows may the subject see" into SQL, by the same rules as Decide. The facts
// named in columns are those of the row, and those of the subject are ignored; the filter's placeholders start at
// $next. With an error the filter lets nothing through.
func (e *Engine) Filter(ctx context.Context, subject Facts, columns Columns, next int) (Filter, error) {
	asked := e.asked()
	f, remembered, err := e.filter(ctx, subject, columns, next)
	e.tell(ctx, asked, Entry{
		Facts: subject, Allow: f.Verdict != None, Revision: e.Revision(), Remembered: remembered,
		List: true, Verdict: f.Verdict, Err: err != nil,
	})
	return f, err
}

func (e *Engine) filter(ctx context.Context, subject Facts, columns Columns, next int) (f Filter, remembered bool, err error) {
	p, err := e.open()
	if err != nil {
		return nothing(), false, err
	}
	key := filterKey{subject, columns.text(), len(columns), next}
	if f, known := p.filters.recall(key); known {
		return f, true, nil
	}
	f, err = p.filter(ctx, subject, columns, next)
	if err != nil {
		return nothing(), false, fault.Wrap(fault.Unavailable, err)
	}
	p.filters.keep(key, f)
	return f, false, nil
}

func nothing() Filter { return Filter{SQL: "false"} }

// text differs for columns that differ in a fact's expression.
func (c Columns) text() string {
	var b strings.Builder
	b.Grow(32 * len(c))
	for i, f := range facts {
		if sql, ok := c[f.name]; ok {
			b.WriteByte(byte(i + 1))
			b.WriteString(sql)
			b.WriteByte(0)
		}
	}
	return b.String()
}

func (p *program) filter(ctx context.Context, subject Facts, columns Columns, next int) (Filter, error) {
	ofRow, ok := lists[subject.Action]
	if !ok {
		return nothing(), fmt.Errorf("%w: %s is not about rows", errFilter, subject.Action)
	}
	if next < 1 {
		return nothing(), fmt.Errorf("%w: placeholders start at $1", errFilter)
	}
	for name := range columns {
		if _, ok := factNamed(name); !ok || name == "action" {
			return nothing(), fmt.Errorf("%w: %q is no fact of a row", errFilter, name)
		}
	}
	known, err := subject.without(slices.Concat(ofRow, slices.Collect(maps.Keys(columns))))
	if err != nil {
		return nothing(), err
	}
	if err := ctx.Err(); err != nil {
		return nothing(), err
	}
	bodies, support, err := p.ask(ctx, p.allow).WithInput(ast.NewTerm(known)).WithUnknowns(unknowns(known.Keys()...)).
		WithShallowInlining(true).PartialRun(ctx)
	if err != nil {
		return nothing(), fmt.Errorf("authz: %w", err)
	}
	which, err := translate(bodies, support, columns)
	if err != nil {
		return nothing(), err
	}
	return which.render(next), nil
}

// without is the subject's facts but those named.
func (f Facts) without(names []string) (ast.Object, error) {
	all, known := f.input(), ast.NewObject()
	if err := complete(all); err != nil {
		return nil, err
	}
	for _, fact := range facts {
		if !slices.Contains(names, fact.name) {
			known.Insert(fact.key, all.Get(fact.key))
		}
	}
	return known, nil
}
