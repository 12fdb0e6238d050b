package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serves listens as the program does, with its limits, until the test ends.
func (h *house) serves() (public, metrics string) {
	h.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(h.t.Context()))
	var listeners [2]net.Listener
	for i := range listeners {
		var err error
		if listeners[i], err = listenOn(ctx, "127.0.0.1:0"); err != nil {
			h.t.Fatal(err)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- h.listen(ctx, listeners[0], listeners[1]) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.t.Errorf("serving ended with %v", err)
		}
	})
	return listeners[0].Addr().String(), listeners[1].Addr().String()
}

// dribbles sends a beginning at once, and then a byte now and then, until somebody closes. It returns what came back and
// how long it took.
func dribbles(t *testing.T, address, beginning string) (answer string, took time.Duration) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	start := time.Now()
	if _, err := io.WriteString(conn, beginning); err != nil {
		t.Fatal(err)
	}
	done := make(chan []byte, 1)
	go func() {
		_ = conn.SetReadDeadline(start.Add(20 * time.Second))
		read, _ := io.ReadAll(bufio.NewReader(conn))
		done <- read
	}()
	drip := time.NewTicker(100 * time.Millisecond)
	defer drip.Stop()
	for {
		select {
		case read := <-done:
			return string(read), time.Since(start)
		case <-drip.C:
			_, _ = conn.Write([]byte("a")) // closed by now, perhaps
		}
	}
}

func TestASlowClientIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada")
	ada.opens(p.ID, "A title", "text")
	address, _ := h.serves()
	db := h.behind()
	for waited := time.Now(); db.rows()["keys.audit_outbox"] > 0; time.Sleep(100 * time.Millisecond) { // what founding the place left to be recorded
		if time.Since(waited) > time.Minute {
			t.Fatal("the outbox is not emptied")
		}
	}
	before := given(db.rows())
	topics := "/v1/communities/" + p.ID + "/topics"
	t.Run("at once", func(t *testing.T) { slowClients(t, address, topics, ada.token) })
	if after := given(db.rows()); !maps.Equal(before, after) {
		t.Errorf("%v, then %v", before, after)
	}
}

// given leaves out what the house writes by itself, whoever does what: the tree of its log, and the index of words.
func given(rows map[string]int) map[string]int {
	maps.DeleteFunc(rows, func(table string, _ int) bool {
		return strings.HasPrefix(table, "forum.search_") || strings.HasPrefix(table, "forum.audit_") && table != "forum.audit_event"
	})
	return rows
}

func slowClients(t *testing.T, address, topics, token string) {
	t.Helper()
	for name, beginning := range map[string]string{
		"in its headers": fmt.Sprintf("GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nX-Slow: ", topics, token),
		"in its body": fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n%s",
			topics, token, `{"title":"slow","text":"`),
		"in chunks": fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfa0\r\n%s",
			topics, token, `{"title":"slow","text":"`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, took := dribbles(t, address, beginning)
			if took > 12*time.Second {
				t.Errorf("was waited for %v", took)
			}
			if name == "in its headers" && answer == "" {
				return // closed, before there was a request
			}
			response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
			if err != nil {
				t.Fatalf("%q: %v", answer, err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			r := reply{t, name, response.StatusCode, response.Header, body}
			if name == "in its headers" {
				r.is(http.StatusRequestTimeout)
				return
			}
			r.is(http.StatusRequestTimeout).refused("request_too_slow")
			if !response.Close {
				t.Error("the connection is kept")
			}
		})
	}
}
