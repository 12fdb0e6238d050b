package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/hamyar/hamyar/internal/devstack"
)

// Every figure is taken with few large communities and with many small ones, each of which has its turn: caches that
// hold fifty of something may not hold two thousand.
var spreads = []struct {
	communities int
	everywhere  bool   // every topic is in rotation, and so is every community
	suffix      string // of the names of its figures
}{{50, false, ""}, {2000, true, "_2000_communities"}}

// flushed settings: what is measured must survive a power cut, even on a stack that is thrown away.
var flushed = map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "512MB", "random_page_cost": "1.1"}

func run(ctx context.Context, p plan, out, progress io.Writer) error {
	for _, m := range []struct {
		name string
		take func(context.Context, plan, io.Writer, io.Writer) error
	}{{"seal", sealing}, {"reseal", resealing}, {"reseal", renewing}, {"reseal", rollingOver}, {"policy", judging}, {"search", searching}, {"attach", attaching}, {"audit", recording}, {"audit", verifying}, {"deid", anonymising}, {"scrub", scrubbing}} {
		if !p.wants(m.name) {
			continue
		}
		if err := m.take(ctx, p, out, progress); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc([]string{"topic", "post", "idle", "start"}, p.wants) {
		return nil
	}
	return serving(ctx, p, out, progress)
}

// serving measures what needs servers.
func serving(ctx context.Context, p plan, out, progress io.Writer) (err error) {
	stack, err := devstack.Start(ctx, devstack.Options{Ephemeral: true, Progress: progress, Settings: flushed})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Stop()) }()
	program, err := build(ctx, stack.Dir)
	if err != nil {
		return err
	}
	for _, spread := range spreads {
		p.size.communities = spread.communities
		if spread.everywhere {
			p.size.rotation = p.size.topics
		}
		if err := measure(ctx, p, stack, program, spread.suffix, out, progress); err != nil {
			return err
		}
	}
	return nil
}

// measure plants a world on both systems and takes the figures of it.
func measure(ctx context.Context, p plan, stack *devstack.Stack, program, suffix string, out, progress io.Writer) (err error) {
	fmt.Fprintf(progress, "bench: %d topics of %d posts in %d communities\n", p.size.topics, p.size.posts, p.size.communities)
	w := newWorld(p.size)
	bare, err := startYardstick(ctx, stack, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.end()) }()
	folder := filepath.Join(stack.Dir, fmt.Sprintf("bench-%d", p.size.communities))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	in, err := install(ctx, stack, folder, p.size.communities)
	if err != nil {
		return err
	}
	planted, err := in.plant(ctx, w, progress)
	if err != nil {
		return err
	}
	if err := in.settle(ctx); err != nil {
		return err
	}
	if suffix == "" && (p.wants("start") || p.wants("idle")) {
		if err := rest(ctx, p, in, program, out); err != nil {
			return err
		}
	}
	full, err := in.serve(ctx, program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, full.end()) }()
	return load(ctx, p, yard(bare, w), house(full, w, planted), stack, suffix, out)
}

// plant wires the installation for as long as it is planted.
func (in *installation) plant(ctx context.Context, w *world, progress io.Writer) (*garden, error) {
	g, err := in.open(ctx)
	if err != nil {
		return nil, err
	}
	defer g.close()
	return plant(ctx, g, w, progress)
}

// load compares both systems under load.
func load(ctx context.Context, p plan, bare, full *site, stack *devstack.Stack, suffix string, out io.Writer) error {
	databases, err := postmasters(stack)
	if err != nil {
		return err
	}
	if err := alike(ctx, bare, full); err != nil {
		return err
	}
	for _, m := range []struct {
		name   string
		drills map[string]drill
		ratios map[string]string // of Hamyar to which drill
	}{
		{"topic", map[string]drill{"yardstick_topic": bare.reading(), "hamyar_topic": full.reading()}, map[string]string{"topic_page": "yardstick_topic"}},
		{
			"post",
			map[string]drill{"yardstick_post": bare.replying(""), "yardstick_post_together": bare.replying("?" + together), "hamyar_post": full.replying("")},
			map[string]string{"post": "yardstick_post", "post_together": "yardstick_post_together"},
		},
	} {
		if !p.wants(m.name) {
			continue
		}
		figures, err := compare(ctx, p, m.drills, databases...)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(figures)) {
			tell(out, name+suffix, figures[name])
		}
		for _, ratio := range slices.Sorted(maps.Keys(m.ratios)) {
			tellRatios(out, ratio+suffix, figures[m.ratios[ratio]], figures["hamyar_"+m.name])
		}
	}
	if bytes, ok := resident(full.pid); ok {
		fmt.Fprintf(out, "hamyar_memory_after_load%s_mb %.1f MB\n", suffix, float64(bytes)/(1<<20))
	}
	return nil
}

// alike holds that both answer with the same pages, to the byte but for what they draw at random.
func alike(ctx context.Context, bare, full *site) error {
	for j := range min(bare.rotation, 10) {
		one, err := bare.check(ctx, j)
		if err != nil {
			return err
		}
		other, err := full.check(ctx, j)
		if err != nil {
			return err
		}
		if one != other {
			return fmt.Errorf("page %d has %d bytes from the yardstick and %d from Hamyar", j, one, other)
		}
	}
	return nil
}

// rest tells how Hamyar starts, the median of several, and what it holds before anybody has asked anything.
func rest(ctx context.Context, p plan, in *installation, program string, out io.Writer) error {
	var starts, sizes []float64
	for range p.rounds {
		s, err := in.serve(ctx, program)
		if err != nil {
			return err
		}
		starts = append(starts, float64(s.started)/float64(time.Millisecond))
		if p.wants("idle") {
			time.Sleep(2 * time.Second)
			if bytes, ok := resident(s.pid); ok {
				sizes = append(sizes, float64(bytes)/(1<<20))
			}
		}
		if err := s.end(); err != nil {
			return err
		}
	}
	if p.wants("start") {
		fmt.Fprintf(out, "start_ms %.0f ms\n", middle(starts))
	}
	if len(sizes) > 0 {
		fmt.Fprintf(out, "idle_memory_mb %.1f MB\n", middle(sizes))
	}
	return nil
}

func startYardstick(ctx context.Context, stack *devstack.Stack, w *world) (*system, error) {
	address, err := plaintext(ctx, stack.Forum.AdminURL, w)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, self, "yardstick")
	command.Stderr = os.Stderr
	return launch(ctx, "yardstick", address, command)
}

// postmasters of all clusters: what each system asks of each of them counts.
func postmasters(stack *devstack.Stack) ([]int, error) {
	var all []int
	for _, cluster := range []devstack.Cluster{stack.Forum, stack.Keys, stack.Identity} {
		pid, err := postmaster(cluster.DataDir)
		if err != nil {
			return nil, err
		}
		all = append(all, pid)
	}
	return all, nil
}
