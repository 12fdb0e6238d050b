package api

import (
	"encoding/hex"
	"time"

	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/persona"
)

type authorView struct {
	_      struct{} `nullable:"true"` // where the words were taken back
	ID     string   `json:"id" doc:"the persona, of this community alone"`
	Name   string   `json:"name" example:"Morning Walker"`
	Avatar string   `json:"avatar" doc:"path of a generated picture" example:"/v1/avatars/0f1e2d3c4b5a69788796a5b4c3d2e1f0.svg"`
}

func viewAuthor(c persona.Card) *authorView {
	if c.Name.Reveal() == "" {
		return nil
	}
	seed := persona.AvatarSeed(c.ID)
	return &authorView{ID: c.ID.String(), Name: c.Name.Reveal(), Avatar: "/v1/avatars/" + hex.EncodeToString(seed[:]) + ".svg"}
}

// PostView is a post in a list.
type PostView struct {
	ID       string      `json:"id"`
	Topic    string      `json:"topic"`
	Number   int         `json:"number" doc:"place in the topic; 1 is the opening"`
	Author   *authorView `json:"author"`
	HTML     string      `json:"html" doc:"rendered and sanitised; safe to show"`
	PostedAt time.Time   `json:"posted_at"`
	Edited   bool        `json:"edited"`
	Status   string      `json:"status" enum:"published,removed"`
	ETag     string      `json:"etag" doc:"for If-Match"`
}

func viewPost(p forum.Post) PostView {
	return PostView{ID: p.ID.String(), Topic: p.Topic.String(), Number: p.Number, Author: viewAuthor(p.Author), HTML: p.HTML.Reveal(),
		PostedAt: p.At, Edited: p.Edited, Status: p.Status, ETag: etagOf(p.Version)}
}

type postWithTextView struct {
	PostView
	Text string `json:"text" doc:"Markdown, as written"`
}

func viewPostWithText(p forum.Post) postWithTextView {
	return postWithTextView{viewPost(p), p.Text.Reveal()}
}

// openingView is the first post of a topic, which may be gone.
type openingView struct {
	_ struct{} `nullable:"true"`
	PostView
	Text string `json:"text" doc:"Markdown, as written"`
}

// TopicView is a topic in a list.
type TopicView struct {
	ID       string      `json:"id"`
	Title    *string     `json:"title" doc:"null where its author took it back"`
	Author   *authorView `json:"author" doc:"null where its author took it back"`
	Status   string      `json:"status" enum:"published,withdrawn,removed"`
	Locked   bool        `json:"locked"`
	OpenedOn string      `json:"opened_on" format:"date"`
	LastOn   string      `json:"last_post_on" format:"date"`
	Posts    int         `json:"posts"`
}

func viewTopic(t forum.Topic) TopicView {
	view := TopicView{ID: t.ID.String(), Author: viewAuthor(t.Author), Status: t.Status, Locked: t.Locked,
		OpenedOn: t.OpenedOn.Format(time.DateOnly), LastOn: t.LastOn.Format(time.DateOnly), Posts: t.Posts}
	if title := t.Title.Reveal(); title != "" {
		view.Title = &title
	}
	return view
}

type topicWithOpeningView struct {
	TopicView
	Opening *openingView `json:"opening" doc:"the first post; null where it is gone"`
	ETag    string       `json:"etag" doc:"for If-Match"`
}

func viewTopicWithOpening(t forum.Topic) topicWithOpeningView {
	view := topicWithOpeningView{TopicView: viewTopic(t), ETag: topicETag(t.Versions())}
	if t.Opening != nil {
		view.Opening = &openingView{PostView: viewPost(*t.Opening), Text: t.Opening.Text.Reveal()}
	}
	return view
}
