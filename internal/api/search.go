package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/search"
	"github.com/hamyar/hamyar/internal/search/words"
)

func (a *api) searchRoutes() {
	handle(a, operation{
		id: "search", method: http.MethodGet, path: "/v1/communities/{community}/search", tag: "conversation", public: true, class: searches,
		actions: []string{authz.SearchQuery, authz.PostRead},
		codes:   slices.Concat(readCodes, []fault.Code{fault.SearchOff}),
		summary: "Posts of a community by their words",
		about:   "What fits best and is newest comes first. Words in any order, \"several words\" as they stand, a beginning* of three letters or more, and -without. Nobody keeps what was asked, so the next page takes the same parameters again, with its cursor.",
	}, a.search)
}

type searchIn struct {
	InCommunity
	Words  string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"what to look for, in English, Persian or both" example:"\"cold morning\" glove*"`
	Author string `query:"author" doc:"only posts of this persona" example:"e83f60b1-7a24-4d95-8c0e-b6291f5d3a47"`
	After  string `query:"after" format:"date" doc:"only posts of this day or later" example:"2026-09-01"`
	Before string `query:"before" format:"date" doc:"only posts from before this day" example:"2026-10-01"`
	Kind   string `query:"kind" enum:"topic,reply" doc:"topic: posts that open a topic, and its title; reply: others" example:"topic"`
	Paging
}

// FoundPostView is a post that was found.
type FoundPostView struct {
	ID       string      `json:"id" doc:"id of the post" example:"c41a7d90-2e6b-4b83-9f57-18d03ac6e274"`
	Topic    string      `json:"topic" doc:"id of the topic" example:"0b7e4c52-93d8-4f1e-a6c4-7d2f9e81b305"`
	Title    *string     `json:"title" doc:"of the topic; null where its author took it back" example:"First winter with a pump"`
	Number   int         `json:"number" doc:"place in the topic; 1 is the opening" example:"1"`
	Author   *authorView `json:"author" doc:"null where it is gone"`
	PostedOn string      `json:"posted_on" format:"date" doc:"day of posting" example:"2026-09-01"`
	Snippet  []pieceView `json:"snippet" doc:"the part of the post that shows best why it was found, without markup"`
}

type pieceView struct {
	Text string `json:"text" doc:"to be shown as text" example:"warm"`
	Hit  bool   `json:"hit" doc:"whether it is what was looked for"`
}

// searchView is a page of what was found.
type searchView struct {
	Items    []FoundPostView `json:"items" doc:"of this page, in the order of the list"`
	Next     *string         `json:"next" doc:"cursor of the page after this one; null at the end" example:"q8ZfV1w0b3JtOjEyMzQ1Njc4OTAifQ"`
	Prev     *string         `json:"prev" doc:"cursor of the page before this one; null at the beginning"`
	Complete bool            `json:"complete" doc:"false for a while after much was written or brought in at once: older posts may be missing" example:"true"`
}

func (a *api) search(ctx context.Context, by member.Actor, in *searchIn) (*struct{ Body searchView }, error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	question, err := in.question()
	if err != nil {
		return nil, err
	}
	list := fmt.Sprintf("search of %s for %q %q %q %q %q", id, in.Words, in.Author, in.After, in.Before, in.Kind)
	ask, err := page.Decode[search.Position](a.Cursors, list, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	answer, err := a.Index.Search(ctx, by, id, question, ask)
	if err != nil {
		return nil, err
	}
	// No links: they would repeat the question.
	out, err := viewPage(a, answer.Page, list, "", in.Limit, viewFound)
	if err != nil {
		return nil, err
	}
	return &struct{ Body searchView }{searchView{out.Body.Items, out.Body.Next, out.Body.Prev, answer.Complete}}, nil
}

func (in *searchIn) question() (q search.Question, err error) {
	q.Words, q.Kind = in.Words, in.Kind
	if in.Author != "" {
		if q.Author, err = uuid.Parse(in.Author); err != nil || q.Author == uuid.Nil { // which would ask for nobody
			return q, fault.New(fault.Invalid).At("author", fault.BadFormat)
		}
	}
	for _, day := range []struct {
		name, value string
		into        *time.Time
	}{{"after", in.After, &q.After}, {"before", in.Before, &q.Before}} {
		if day.value == "" {
			continue
		}
		if *day.into, err = time.Parse(time.DateOnly, day.value); err != nil || day.into.IsZero() {
			return q, fault.New(fault.Invalid).At(day.name, fault.BadFormat)
		}
	}
	return q, nil
}

func viewFound(h search.Hit) FoundPostView {
	view := FoundPostView{
		ID: h.ID.String(), Topic: h.Topic.String(), Number: h.Number, Author: viewAuthor(h.Author),
		PostedOn: h.Day.Format(time.DateOnly), Snippet: viewPieces(h.Pieces),
	}
	if title := h.Title.Reveal(); title != "" {
		view.Title = &title
	}
	return view
}

func viewPieces(pieces []words.Piece) []pieceView {
	view := make([]pieceView, len(pieces))
	for i, p := range pieces {
		view[i] = pieceView(p)
	}
	return view
}
