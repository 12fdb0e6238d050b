package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// A figure is one round of a drill.
type figure struct {
	tally
	server, database time.Duration // CPU time per request; zero where the machine doesn't say
}

// compare takes rounds of the drills in turn and returns each drill's figures. databases are the postmasters whose time
// counts, all of it: nothing else runs on them meanwhile.
func compare(ctx context.Context, p plan, drills map[string]drill, databases ...int) (map[string][]figure, error) {
	names, counters := slices.Sorted(maps.Keys(drills)), map[string]*atomic.Int64{}
	for _, name := range names {
		counters[name] = &atomic.Int64{}
		if _, err := drills[name].press(ctx, p.connections, p.warm, counters[name]); err != nil {
			return nil, err
		}
	}
	figures := map[string][]figure{}
	for round := range p.rounds {
		for turn := range names {
			name := names[(turn+round)%len(names)]
			f, err := drills[name].round(ctx, p, counters[name], databases)
			if err != nil {
				return nil, err
			}
			figures[name] = append(figures[name], f)
		}
	}
	return figures, nil
}

func (d drill) round(ctx context.Context, p plan, next *atomic.Int64, databases []int) (figure, error) {
	server, _ := processor(d.system.pid)
	database := families(databases)
	t, err := d.press(ctx, p.connections, p.measured, next)
	if err != nil {
		return figure{}, err
	}
	if t.requests == 0 {
		return figure{}, fmt.Errorf("%s answered nothing", d.system.name)
	}
	serverAfter, _ := processor(d.system.pid)
	return figure{
		tally:    t,
		server:   (serverAfter - server) / time.Duration(t.requests),
		database: (families(databases) - database) / time.Duration(t.requests),
	}, nil
}

func families(pids []int) (sum time.Duration) {
	for _, pid := range pids {
		used, _ := family(pid)
		sum += used
	}
	return sum
}

// median of what is taken of each figure.
func median(figures []figure, of func(figure) float64) float64 {
	values := make([]float64, len(figures))
	for i, f := range figures {
		values[i] = of(f)
	}
	return middle(values)
}

// middle is the median of some values.
func middle(values []float64) float64 {
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

func rate(f figure) float64 { return f.rate() }

// tellRatios prints what share of the yardstick's throughput the other has, and how much less CPU time the yardstick
// takes for a request: each the median over the rounds, whose halves lie close together in time. Where the machine is
// shared, the second is the steadier one.
func tellRatios(out io.Writer, name string, bare, full []figure) {
	var rates, work []float64
	for i := range bare {
		rates = append(rates, rate(full[i])/rate(bare[i]))
		if spent := full[i].server + full[i].database; spent > 0 {
			work = append(work, float64(bare[i].server+bare[i].database)/float64(spent))
		}
	}
	fmt.Fprintf(out, "%s_ratio %.3f ratio\n", name, middle(rates))
	if len(work) > 0 {
		fmt.Fprintf(out, "%s_cpu_ratio %.3f ratio\n", name, middle(work))
	}
}

// tell prints the medians of a drill's figures, a line each: name, value, unit.
func tell(out io.Writer, name string, figures []figure) {
	milliseconds := func(of func(figure) time.Duration) float64 {
		return median(figures, func(f figure) float64 { return float64(of(f)) / float64(time.Millisecond) })
	}
	fmt.Fprintf(out, "%s_rate %.0f req/s\n", name, median(figures, rate))
	fmt.Fprintf(out, "%s_p50 %.2f ms\n", name, milliseconds(func(f figure) time.Duration { return f.quantile(0.50) }))
	fmt.Fprintf(out, "%s_p99 %.2f ms\n", name, milliseconds(func(f figure) time.Duration { return f.quantile(0.99) }))
	fmt.Fprintf(out, "%s_body %.0f bytes\n", name, median(figures, func(f figure) float64 { return float64(f.bytes) / float64(f.requests) }))
	if server := milliseconds(func(f figure) time.Duration { return f.server }); server > 0 {
		fmt.Fprintf(out, "%s_server_cpu %.3f ms\n", name, server)
		fmt.Fprintf(out, "%s_database_cpu %.3f ms\n", name, milliseconds(func(f figure) time.Duration { return f.database }))
	}
}
