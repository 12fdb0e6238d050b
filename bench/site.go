package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/forum/markup"
)

// A site is a world as it stands on one server: what its topics are called there, and what its readers send to be known.
type site struct {
	*system
	*world
	topic func(i int) (community, topic uuid.UUID)
	as    func(j int) http.Header // of who reads and answers the j-th topic in rotation
}

// yard is the world on the yardstick, which believes whoever names a persona.
func yard(s *system, w *world) *site {
	return &site{
		system: s, world: w,
		topic: func(i int) (uuid.UUID, uuid.UUID) { return w.community(w.home(i)), w.thread(i).id },
		as: func(j int) http.Header {
			return http.Header{"Persona": {w.persona(w.home(w.rotating()[j]), w.reader(j)).String()}}
		},
	}
}

// house is the world in Hamyar, where readers have sessions.
func house(s *system, w *world, g *garden) *site {
	return &site{
		system: s, world: w,
		topic: func(i int) (uuid.UUID, uuid.UUID) { return g.Communities[w.home(i)], g.Topics[i] },
		as:    func(j int) http.Header { return http.Header{"Authorization": {"Bearer " + g.Tokens[w.reader(j)]}} },
	}
}

// reading asks for the first page of each topic in rotation.
func (s *site) reading() drill {
	var requests [][]byte
	for j, i := range s.rotating() {
		requests = append(requests, s.wire("GET", path(s.topic(i))+"?limit=20", s.as(j), nil))
	}
	return drill{system: s.system, request: func(i int) []byte { return requests[i%len(requests)] }, status: "200"}
}

// replying adds a post to each topic in rotation; query is what the address says besides.
func (s *site) replying(query string) drill {
	var requests [][]byte
	for j, i := range s.rotating() {
		messages := s.thread(i).messages
		body, err := json.Marshal(newPost{Text: messages[len(messages)-1].text})
		if err != nil {
			panic(err) // a string always marshals
		}
		headers := s.as(j)
		headers.Set("Content-Type", "application/json")
		requests = append(requests, s.wire("POST", path(s.topic(i))+query, headers, body))
	}
	return drill{system: s.system, request: func(i int) []byte { return requests[i%len(requests)] }, status: "201"}
}

// wire is a request as it goes over the connection.
func (s *site) wire(method, path string, headers http.Header, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, s.address)
	if body != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	_ = headers.Write(&b) // into memory
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// check reads the page of the j-th topic in rotation: a server that answers quickly with the wrong page measures
// nothing. It returns the length of the answer.
func (s *site) check(ctx context.Context, j int) (int, error) {
	i := s.rotating()[j]
	community, topic := s.topic(i)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+path(community, topic)+"?limit=20", http.NoBody)
	if err != nil {
		return 0, err
	}
	request.Header = s.as(j)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	want, err := s.page(i, topic)
	if err != nil {
		return 0, err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var got postPage
	if err := decoder.Decode(&got); err != nil {
		return 0, fmt.Errorf("%s: an answer of another form: %w", s.name, err)
	}
	for n := range got.Items { // these are drawn at random by each server
		item := &got.Items[n]
		if item.ID == uuid.Nil || item.Author.Avatar != avatar(item.Author.ID) {
			return 0, fmt.Errorf("%s: post %d has no id or no author", s.name, n+1)
		}
		item.ID, item.Author.ID, item.Author.Avatar = uuid.Nil, uuid.Nil, ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return 0, fmt.Errorf("%s: the page is not the one that was written: %.500s", s.name, diff)
	}
	return len(body), nil
}

// page is the answer that belongs to topic i, without what is drawn at random.
func (s *site) page(i int, topic uuid.UUID) (postPage, error) {
	page := postPage{Items: []postView{}}
	for n, m := range s.thread(i).messages {
		html, err := markup.Render(m.text)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, postView{
			Topic: topic, Number: n + 1, Author: authorView{Name: s.names[m.author].Reveal()},
			HTML: html, PostedAt: m.at, Status: "published", ETag: `"1"`,
		})
	}
	return page, nil
}
