package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/devstack"
)

const (
	smallFile = 1 << 20
	largeFile = 16 << 20
	uploads   = 4 // of each size, in each round
)

// attaching tells how fast a document goes in, is read again and is deleted, over HTTP, with its row and its seal and onto a
// disk that flushes; and how much more the server takes for files sixteen times as long.
func attaching(ctx context.Context, p plan, out, progress io.Writer) error {
	return alone(ctx, "attach", small.communities, devstack.Options{}, progress, func(in *installation) error { return attachingIn(ctx, p, in, out, progress) })
}

func attachingIn(ctx context.Context, p plan, in *installation, out, progress io.Writer) error {
	program, err := build(ctx, in.folder)
	if err != nil {
		return err
	}
	w := newWorld(small)
	planted, err := in.plant(ctx, w, progress)
	if err != nil {
		return err
	}
	peaks := map[int]float64{}
	var sent, given float64
	// The first server finds nothing warm; what it took is taken anew.
	for _, size := range []int{largeFile, smallFile, largeFile} {
		full, err := in.serve(ctx, program)
		if err != nil {
			return err
		}
		sent, given, err = carry(ctx, house(full, w, planted), size, uploads*p.rounds)
		if bytes, ok := most(full.pid); ok {
			peaks[size] = float64(bytes) / (1 << 20)
		}
		if err := errors.Join(err, full.end()); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "attach_mb_per_s %.0f MB/s\n", sent)
	fmt.Fprintf(out, "attach_read_mb_per_s %.0f MB/s\n", given)
	if len(peaks) == 2 {
		fmt.Fprintf(out, "attach_memory_1mb_files_mb %.1f MB\n", peaks[smallFile])
		fmt.Fprintf(out, "attach_memory_16mb_files_mb %.1f MB\n", peaks[largeFile])
	}
	return nil
}

// carry uploads so many files of a size, reads each again and deletes it, and says how many megabytes a second went in and
// came out.
func carry(ctx context.Context, s *site, size, times int) (in, out float64, err error) {
	community, _ := s.topic(s.rotating()[0])
	address := "http://" + s.address + "/v1/communities/" + community.String() + "/attachments"
	headers := s.as(0)
	headers.Set("Content-Type", "application/pdf")
	file := []byte("%PDF-1.7\n" + strings.Repeat("0123456789abcde\n", size/16) + "%%EOF\n")
	var sent, got time.Duration
	for range times {
		begun := time.Now()
		answer, err := ask(ctx, http.MethodPost, address, headers, file, http.StatusCreated)
		if err != nil {
			return 0, 0, err
		}
		sent += time.Since(begun)
		var made struct{ ID string }
		if err := json.Unmarshal(answer, &made); err != nil {
			return 0, 0, err
		}
		begun = time.Now()
		back, err := ask(ctx, http.MethodGet, address+"/"+made.ID, headers, nil, http.StatusOK)
		if err != nil {
			return 0, 0, err
		}
		got += time.Since(begun)
		if !bytes.Equal(back, file) {
			return 0, 0, errors.New("another file came back than was sent")
		}
		if _, err := ask(ctx, http.MethodDelete, address+"/"+made.ID, headers, nil, http.StatusNoContent); err != nil {
			return 0, 0, err
		}
	}
	moved := float64(times*len(file)) / 1e6
	return moved / sent.Seconds(), moved / got.Seconds(), nil
}

func ask(ctx context.Context, method, address string, headers http.Header, body []byte, status int) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = headers
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != status {
		err = fmt.Errorf("%s: %s: %s", method, answer.Status, content)
	}
	return content, err
}

// most is the most memory that a process has had, where the system tells.
func most(pid int) (bytes int64, ok bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	_, rest, found := strings.Cut(string(raw), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil || !found {
		return 0, false
	}
	return kilobytes << 10, true
}
