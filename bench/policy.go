package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/hamyar/hamyar/internal/authz"
)

// judging measures what policy costs: CPU, of whole turns, so that collecting garbage and waiting for others neither hide
// it nor add to it. Whoever judges the same is held to the same answers first.
func judging(ctx context.Context, p plan, out, _ io.Writer) error {
	engine, err := authz.New(ctx)
	if err != nil {
		return err
	}
	others, err := rivals()
	if err != nil {
		return err
	}
	if err := agree(ctx, engine, others); err != nil {
		return err
	}
	took, err := taking(ctx, p, judgements(ctx, engine, others))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(took)) {
		unit, per := "us", time.Microsecond
		if name == "reload" {
			unit, per = "ms", time.Millisecond
		}
		fmt.Fprintf(out, "%s_%s %.3f %s\n", name, unit, took[name]/float64(per), unit)
	}
	fmt.Fprintf(out, "decision_us %.3f us\n", max(took["decision_allowed"], took["decision_refused"])/float64(time.Microsecond))
	fmt.Fprintf(out, "allocs_per_decision %.2f allocs\n", allocations(ctx, engine))
	return nil
}

// agree asks everybody about each cell of the matrix that is compared.
func agree(ctx context.Context, engine *authz.Engine, others map[string]rival) error {
	cells := 0
	for cell := range authz.Cells() {
		if !isCompared(&cell.Facts) {
			continue
		}
		cells++
		d, err := engine.Decide(ctx, cell.Facts)
		if err != nil {
			return err
		}
		for name, judge := range others {
			if judge(&cell.Facts) != d.Allow {
				return fmt.Errorf("%s judges otherwise: %s %s, %s, %s", name, cell.Action, cell.Circumstance, cell.Person, cell.Place)
			}
		}
	}
	if cells < 500 {
		return fmt.Errorf("only %d cells were compared", cells)
	}
	return nil
}

// asking makes the facts anew, as a request does.
func asking(n int, member bool) authz.Facts {
	f := authz.Facts{
		Action: authz.PostCreate, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members",
		JoinPolicy: "open", Sensitivity: n % 4, Invited: n&4 > 0, RecentSignIn: n&8 > 0, AlwaysFresh: n&16 > 0,
		OthersReplied: n&32 > 0, Researcher: n&64 > 0, TopicStatus: "published",
	}
	if member {
		f.MemberState, f.MemberRole = "active", "member"
	}
	return f
}

var errOtherwise = errors.New("policy says otherwise")

// judgements are what is measured, each called with a number that changes. One that begins again asks the same again.
func judgements(ctx context.Context, engine *authz.Engine, others map[string]rival) map[string]func(int) error {
	decide := func(member bool, n int) error {
		d, err := engine.Decide(ctx, asking(n, member))
		if err == nil && d.Allow != member {
			err = errOtherwise
		}
		return err
	}
	rows := authz.Columns{"status": "t.status", "is_author": "(t.persona_id = $2)", "topic_locked": "t.locked"}
	filter := func(next int) error {
		reader := asking(0, true)
		reader.Action = authz.TopicRead
		f, err := engine.Filter(ctx, reader, rows, next)
		if err == nil && f.Verdict != authz.Some {
			err = errOtherwise
		}
		return err
	}
	all := map[string]func(int) error{
		"decision_allowed": func(n int) error { return decide(true, n) },
		"decision_refused": func(n int) error { return decide(false, n) },
		"decision_memo":    func(int) error { return decide(true, 0) },
		"filter":           func(n int) error { return filter(3 + n) }, // no two are the same, so that none is remembered
		"filter_memo":      func(int) error { return filter(3) },
		"reload":           func(int) error { return engine.Apply(ctx, nil) },
		"opa": func(n int) error {
			d, err := engine.DecideAsWritten(ctx, asking(n, true))
			if err == nil && !d.Allow {
				err = errOtherwise
			}
			return err
		},
	}
	for name, judge := range others {
		all[name] = func(n int) error {
			f := asking(n, true)
			if !judge(&f) {
				return errOtherwise
			}
			return nil
		}
	}
	return all
}

// turn is how much CPU one turn is meant to take, many times the grain of its clock.
const turn = 10 * time.Millisecond

// taking takes turns and returns what each act took of the CPU, in nanoseconds, the median over the turns.
func taking(ctx context.Context, p plan, acts map[string]func(int) error) (map[string]float64, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	names, took, size, n := slices.Sorted(maps.Keys(acts)), map[string][]float64{}, map[string]int{}, 0
	end := time.Now().Add(p.warm + time.Duration(p.rounds)*p.measured)
	for (time.Now().Before(end) || len(took) < len(names)) && ctx.Err() == nil { // until each had its turn, however slow the machine
		for _, name := range names {
			times := cmp.Or(size[name], 1)
			begun := used()
			for range times {
				n++
				if err := acts[name](n); err != nil {
					return nil, fmt.Errorf("%s: %w", name, err)
				}
			}
			spent := used() - begun
			if spent < turn && times < 1<<20 {
				size[name] = 4 * times // it has not found its size yet
				continue
			}
			took[name] = append(took[name], float64(spent)/float64(times))
		}
	}
	medians := map[string]float64{}
	for _, name := range names {
		if len(took[name]) == 0 {
			return nil, ctx.Err()
		}
		medians[name] = middle(took[name])
	}
	return medians, nil
}

// used is the CPU that this process has used.
func used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// allocations of a decision, the facts included.
func allocations(ctx context.Context, engine *authz.Engine) float64 {
	const many = 10_000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for n := range many {
		_, _ = engine.Decide(ctx, asking(n, n%2 == 0)) // whether it is right was seen before
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / many
}
