// Command bench measures Hamyar against a yardstick: the same answers from a bare chi and pgx server that keeps its
// text in the open, asks no policy and knows no sign-in.
//
// Only ratios within one run mean anything, so every figure that has a counterpart is taken in alternating rounds on one
// cluster with one set of settings. It must never report a figure from answers that were wrong: a single answer that
// isn't the one asked for ends the run.
//
//	go run ./bench [-only seal,reseal,policy,search,audit,attach,deid,scrub,topic,post,idle,start] [-rounds 3] [-warm 3s] [-measured 10s] [-connections 16]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A plan is what to measure and for how long.
type plan struct {
	only        []string
	rounds      int
	warm        time.Duration
	measured    time.Duration
	connections int
	size        size
	searched    []int // posts in the community that is searched, growing
	written     int   // posts of which the overhead of the index is measured
}

var measures = []string{"seal", "reseal", "policy", "search", "audit", "attach", "deid", "scrub", "topic", "post", "idle", "start"}

func main() {
	besides(measureAll)
}

// besides runs what this process is for: being the yardstick's server, if it was started as one, or else the given.
func besides(otherwise func() int) {
	if len(os.Args) > 1 && os.Args[1] == "yardstick" {
		signal.Ignore(os.Interrupt) // Ctrl-C reaches it too, and the one who started it ends it
		os.Exit(report(serveYardstick(context.Background(), os.Stdin, os.Stdout)))
	}
	os.Exit(otherwise())
}

func measureAll() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		return 2
	}
	err = run(ctx, p, os.Stdout, os.Stderr)
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return report(err)
}

// report says what went wrong and returns the exit code.
func report(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "bench:", err)
	return 1
}

func parse(args []string, out io.Writer) (plan, error) {
	p := plan{size: size{members: 2000, topics: 2000, posts: 20, rotation: 200, readers: 32}, searched: []int{1000, 10_000, 100_000}, written: 4000}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	only := flags.String("only", strings.Join(measures, ","), "what to measure")
	flags.IntVar(&p.rounds, "rounds", 3, "alternating rounds, of which the median counts")
	flags.DurationVar(&p.warm, "warm", 3*time.Second, "warm-up of each server")
	flags.DurationVar(&p.measured, "measured", 10*time.Second, "measured time of a round")
	flags.IntVar(&p.connections, "connections", 16, "connections at once")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	p.only = strings.Split(*only, ",")
	for _, name := range p.only {
		if !slices.Contains(measures, name) {
			fmt.Fprintf(out, "bench: %q is none of %s\n", name, strings.Join(measures, ", "))
			return p, flag.ErrHelp
		}
	}
	if p.rounds < 1 || p.connections < 1 || p.measured < time.Second || flags.NArg() > 0 {
		fmt.Fprintln(out, "bench: at least one round, one connection and one second, and nothing after the flags")
		return p, flag.ErrHelp
	}
	return p, nil
}

func (p plan) wants(name string) bool { return slices.Contains(p.only, name) }
