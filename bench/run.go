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
	"os/exec"
	"time"

	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/forum/markup"
)

// Every figure is taken with few large communities and with many small ones: caches that hold fifty of something may
// not hold two thousand.
var spreads = []struct {
	communities int
	suffix      string // of the names of its figures
}{{50, ""}, {2000, "_2000_communities"}}

// flushed settings: what is measured must survive a power cut, even on a stack that is thrown away.
var flushed = map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "512MB", "random_page_cost": "1.1"}

func run(ctx context.Context, p plan, out, progress io.Writer) (err error) {
	stack, err := devstack.Start(ctx, devstack.Options{Ephemeral: true, NoKratos: true, Progress: progress, Settings: flushed})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Stop()) }()
	for _, spread := range spreads {
		p.size.communities = spread.communities
		if err := measure(ctx, p, stack, spread.suffix, out, progress); err != nil {
			return err
		}
	}
	return nil
}

func measure(ctx context.Context, p plan, stack *devstack.Stack, suffix string, out, progress io.Writer) (err error) {
	fmt.Fprintf(progress, "bench: %d topics of %d posts in %d communities\n", p.size.topics, p.size.posts, p.size.communities)
	w := newWorld(p.size)
	bare, err := startYardstick(ctx, stack, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.end()) }()
	database, err := postmaster(stack.Forum.DataDir)
	if err != nil {
		return err
	}
	if suffix == "" {
		rest(p, bare, out)
	}
	if p.wants("topic") {
		reading := drill{system: bare, request: reads(w, bare, nil), status: "200"}
		if err := check(reading, w); err != nil {
			return err
		}
		figures, err := compare(p, []drill{reading}, database)
		if err != nil {
			return err
		}
		tell(out, "yardstick_topic"+suffix, figures[0])
	}
	if p.wants("post") {
		figures, err := compare(p, []drill{{system: bare, request: replies(w, bare), status: "201"}}, database)
		if err != nil {
			return err
		}
		tell(out, "yardstick_post"+suffix, figures[0])
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
	command := exec.Command(self, "yardstick")
	command.Stderr = os.Stderr
	return launch(ctx, "yardstick", address, command)
}

// rest tells how a system starts and what it holds before anybody has asked anything.
func rest(p plan, s *system, out io.Writer) {
	if p.wants("start") {
		fmt.Fprintf(out, "%s_start_ms %.0f ms\n", s.name, float64(s.started)/float64(time.Millisecond))
	}
	if p.wants("idle") {
		time.Sleep(2 * time.Second)
		if bytes, ok := resident(s.pid); ok {
			fmt.Fprintf(out, "%s_idle_memory_mb %.1f MB\n", s.name, float64(bytes)/(1<<20))
		}
	}
}

// reads are the requests for the first page of each topic in rotation; headers are added to each.
func reads(w *world, s *system, headers http.Header) func(int) []byte {
	var requests [][]byte
	for _, i := range w.rotating() {
		t := w.thread(i)
		requests = append(requests, wire(s, "GET", path(t.community, t.id), headers, nil))
	}
	return func(i int) []byte { return requests[i%len(requests)] }
}

// replies are the requests that add a post to each topic in rotation, each by somebody who has written there.
func replies(w *world, s *system) func(int) []byte {
	var requests [][]byte
	for _, i := range w.rotating() {
		t := w.thread(i)
		last := t.messages[len(t.messages)-1]
		body, err := json.Marshal(newPost{Text: last.text})
		if err != nil {
			panic(err) // a string always marshals
		}
		headers := http.Header{"Persona": {w.persona(w.home(i), last.author).String()}, "Content-Type": {"application/json"}}
		requests = append(requests, wire(s, "POST", path(t.community, t.id), headers, body))
	}
	return func(i int) []byte { return requests[i%len(requests)] }
}

// wire is a request as it goes over the connection.
func wire(s *system, method, path string, headers http.Header, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, s.address)
	if body != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	headers.Write(&b)
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// check asks for one page and reads it: a server that answers quickly with the wrong page measures nothing.
func check(d drill, w *world) error {
	t := w.thread(w.rotating()[0])
	response, err := http.Get("http://" + d.system.address + path(t.community, t.id))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var page postPage
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		return err
	}
	if len(page.Items) != w.posts {
		return fmt.Errorf("%s: a page of %d posts, want %d", d.system.name, len(page.Items), w.posts)
	}
	for i, item := range page.Items {
		m := t.messages[i]
		html, err := markup.Render(m.text)
		if err != nil {
			return err
		}
		if item.Number != i+1 || item.HTML != html || item.Author.Name != w.names[m.author] || !item.PostedAt.Equal(m.at) {
			return fmt.Errorf("%s: post %d is not the one that was written", d.system.name, i+1)
		}
	}
	return nil
}
