package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A drill is one kind of request to one system: the i-th request as it goes over the wire, and the status it must get.
type drill struct {
	system  *system
	request func(i int) []byte
	status  string
}

// tally is what a round of a drill came to.
type tally struct {
	requests int
	bytes    int64 // of bodies
	elapsed  time.Duration
	waits    []time.Duration // sorted
}

func (t tally) rate() float64 { return float64(t.requests) / t.elapsed.Seconds() }

func (t tally) quantile(q float64) time.Duration {
	if len(t.waits) == 0 {
		return 0
	}
	return t.waits[min(int(q*float64(len(t.waits))), len(t.waits)-1)]
}

// press sends requests over so many kept connections for so long. Counting goes on from next, so that no request that
// writes is sent twice.
func (d drill) press(ctx context.Context, connections int, lasting time.Duration, next *atomic.Int64) (tally, error) {
	results, errs := make([]tally, connections), make([]error, connections)
	begun := time.Now()
	var all sync.WaitGroup
	for c := range connections {
		all.Go(func() { results[c], errs[c] = d.one(ctx, begun.Add(lasting), next) })
	}
	all.Wait()
	sum := tally{elapsed: time.Since(begun)}
	for _, r := range results {
		sum.requests += r.requests
		sum.bytes += r.bytes
		sum.waits = append(sum.waits, r.waits...)
	}
	slices.Sort(sum.waits)
	return sum, errors.Join(errs...)
}

// one keeps a connection busy until a time.
func (d drill) one(ctx context.Context, until time.Time, next *atomic.Int64) (tally, error) {
	var t tally
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", d.system.address)
	if err != nil {
		return t, err
	}
	defer conn.Close()
	reader := bufio.NewReaderSize(conn, 64<<10)
	for before := time.Now(); before.Before(until); {
		if err := conn.SetDeadline(before.Add(10 * time.Second)); err != nil {
			return t, err
		}
		if _, err := conn.Write(d.request(int(next.Add(1)))); err != nil {
			return t, err
		}
		length, err := answer(reader, d.status)
		if err != nil {
			return t, fmt.Errorf("%s: %w", d.system.name, err)
		}
		after := time.Now()
		t.requests++
		t.bytes += length
		t.waits = append(t.waits, after.Sub(before))
		before = after
	}
	return t, nil
}

// answer reads one HTTP/1.1 response and returns the length of its body. A client of the standard library would take
// as much of the two cores as the server that is measured.
func answer(r *bufio.Reader, status string) (int64, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 || string(line[9:12]) != status {
		return 0, fmt.Errorf("answered %.40q, want %s", bytes.TrimSpace(line), status)
	}
	length := int64(-1)
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		name, value, more := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		if !more {
			break
		}
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64); err != nil {
				return 0, err
			}
		}
	}
	if length < 0 {
		return chunks(r)
	}
	_, err = r.Discard(int(length))
	return length, err
}

// chunks reads a chunked body.
func chunks(r *bufio.Reader) (total int64, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return total, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return total, fmt.Errorf("neither a length nor chunks: %w", err)
		}
		if _, err := r.Discard(int(size) + len("\r\n")); err != nil {
			return total, err
		}
		if size == 0 {
			return total, nil
		}
		total += size
	}
}
