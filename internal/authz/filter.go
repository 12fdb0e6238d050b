package authz

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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

// filterKey is all that a filter follows from.
type filterKey struct {
	known   codes // but for the facts of rows
	columns string
	next    int
}

// Filter turns the question "which of these rows may the subject see" into SQL, by the same rules as Decide. The facts
// named in columns are those of the row, and those of the subject are ignored; the filter's placeholders start at
// $next. With an error the filter lets nothing through.
func (e *Engine) Filter(ctx context.Context, subject Facts, columns Columns, next int) (Filter, error) {
	asked := e.asked()
	p, err := e.open()
	if err != nil {
		e.tell(ctx, asked, Entry{Facts: subject, Revision: e.Revision(), List: true, Err: true})
		return nothing(), err
	}
	f, remembered, err := p.list(ctx, &subject, columns, next)
	e.tell(ctx, asked, Entry{
		Facts: subject, Allow: f.Verdict != None, Revision: p.revision, Remembered: remembered,
		List: true, Verdict: f.Verdict, Err: err != nil,
	})
	return f, err
}

// list is the filter for a list, as it was made before or anew.
func (p *program) list(ctx context.Context, subject *Facts, columns Columns, next int) (f Filter, remembered bool, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
		if err != nil {
			f, err = nothing(), fault.Wrap(fault.Unavailable, err)
		}
	}()
	if err := ctx.Err(); err != nil {
		return nothing(), false, err
	}
	asked, err := subject.list(columns, next)
	if err != nil {
		return nothing(), false, err
	}
	key := filterKey{asked.known, columns.text(), next}
	if f, known := p.filters.recall(key); known {
		return f, true, nil
	}
	if f, err = p.filter(asked, columns, next); err == nil {
		p.filters.keep(key, f)
	}
	return f, false, err
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

// list is a question about rows: what is known of whoever asks, and which facts each row has for itself.
type list struct {
	known codes
	open  [mostFacts]bool
}

func (f *Facts) list(columns Columns, next int) (list, error) {
	ofRow, ok := lists[f.Action]
	if !ok {
		return list{}, fmt.Errorf("%w: it is not about rows", errFilter)
	}
	if next < 1 {
		return list{}, fmt.Errorf("%w: placeholders start at $1", errFilter)
	}
	known, err := f.codes()
	if err != nil {
		return list{}, err
	}
	asked := list{known: known}
	for _, name := range slices.AppendSeq(slices.Clone(ofRow), maps.Keys(columns)) {
		f, ok := factNamed(name)
		if !ok || name == "action" {
			return list{}, fmt.Errorf("%w: a column is no fact of a row", errFilter)
		}
		asked.open[f.index], asked.known[f.index] = true, 0
	}
	return asked, nil
}

func (p *program) filter(asked list, columns Columns, next int) (Filter, error) {
	rows := rest{newForest(), p.forest, &asked, map[ref]ref{}}
	w := writer{forest: rows.forest, columns: columns, next: next}
	return w.filter(rows.of(p.allow))
}

// rest is what is left of functions once all facts are known but those of rows.
type rest struct {
	*forest
	from  *forest
	asked *list
	done  map[ref]ref
}

func (r *rest) of(whole ref) ref {
	if whole < 0 {
		return whole
	}
	fact := r.from.nodes[whole].fact
	if !r.asked.open[fact] {
		return r.of(r.from.branch(whole, fact, int(r.asked.known[fact])))
	}
	if done, ok := r.done[whole]; ok {
		return done
	}
	branches := slices.Clone(r.from.branchesOf(whole))
	for i, b := range branches {
		branches[i] = r.of(b)
	}
	r.done[whole] = r.node(fact, branches)
	return r.done[whole]
}
