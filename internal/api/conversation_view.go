package api

import (
	"encoding/hex"
	"time"

	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/persona"
)

type authorView struct {
	_      struct{} `nullable:"true"` // where the words were taken back
	ID     string   `json:"id" doc:"the persona, of this community alone" example:"e83f60b1-7a24-4d95-8c0e-b6291f5d3a47"`
	Name   string   `json:"name" example:"Morning Walker" doc:"how others here know them"`
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
	ID       string      `json:"id" doc:"id of the post" example:"c41a7d90-2e6b-4b83-9f57-18d03ac6e274"`
	Topic    string      `json:"topic" doc:"id of the topic" example:"0b7e4c52-93d8-4f1e-a6c4-7d2f9e81b305"`
	Number   int         `json:"number" doc:"place in the topic; 1 is the opening" example:"1"`
	Author   *authorView `json:"author" doc:"null where it is gone"`
	HTML     string      `json:"html" doc:"rendered and sanitised; safe to show" example:"<p>How do you keep the tubing <strong>warm</strong> outside?</p>"`
	PostedAt time.Time   `json:"posted_at" doc:"in UTC" example:"2026-09-01T08:30:00Z"`
	Edited   bool        `json:"edited" doc:"whether it was changed after posting"`
	Status   string      `json:"status" enum:"published,removed" doc:"removed: moderators took it away, and only they see it"`
	ETag     string      `json:"etag" doc:"for If-Match" example:"\"1\""`

	Attachments []AttachedView `json:"attachments,omitempty" doc:"pictures and documents that go with it; left out where there are none"`
}

func viewPost(p forum.Post) PostView {
	return PostView{
		ID: p.ID.String(), Topic: p.Topic.String(), Number: p.Number, Author: viewAuthor(p.Author), HTML: p.HTML.Reveal(),
		PostedAt: p.At, Edited: p.Edited, Status: p.Status, ETag: etagOf(p.Version), Attachments: viewAttached(p.Attachments),
	}
}

type postWithTextView struct {
	PostView
	Text string `json:"text" doc:"Markdown, as written" example:"How do you keep the tubing **warm** outside?"`
}

func viewPostWithText(p forum.Post) postWithTextView {
	return postWithTextView{viewPost(p), p.Text.Reveal()}
}

// openingView is the first post of a topic, which may be gone.
type openingView struct {
	_ struct{} `nullable:"true"`
	PostView
	Text string `json:"text" doc:"Markdown, as written" example:"How do you keep the tubing **warm** outside?"`
}

// TopicView is a topic in a list.
type TopicView struct {
	ID       string      `json:"id" doc:"id of the topic" example:"0b7e4c52-93d8-4f1e-a6c4-7d2f9e81b305"`
	Title    *string     `json:"title" doc:"null where its author took it back" example:"First winter with a pump"`
	Author   *authorView `json:"author" doc:"null where its author took it back"`
	Status   string      `json:"status" enum:"published,withdrawn,removed" doc:"withdrawn: its author took title and opening back; removed: moderators took it away, and only they see it"`
	Locked   bool        `json:"locked" doc:"whether it takes no more posts"`
	OpenedOn string      `json:"opened_on" doc:"day of opening" format:"date" example:"2026-09-01"`
	LastOn   string      `json:"last_post_on" format:"date" doc:"day of the last post" example:"2026-09-03"`
	Posts    int         `json:"posts" doc:"how many there are" example:"12"`
}

func viewTopic(t forum.Topic) TopicView {
	view := TopicView{
		ID: t.ID.String(), Author: viewAuthor(t.Author), Status: t.Status, Locked: t.Locked,
		OpenedOn: t.OpenedOn.Format(time.DateOnly), LastOn: t.LastOn.Format(time.DateOnly), Posts: t.Posts,
	}
	if title := t.Title.Reveal(); title != "" {
		view.Title = &title
	}
	return view
}

type topicWithOpeningView struct {
	TopicView
	Opening *openingView `json:"opening" doc:"the first post; null where it is gone"`
	ETag    string       `json:"etag" doc:"for If-Match" example:"\"3.1\""`
}

func viewTopicWithOpening(t forum.Topic) topicWithOpeningView {
	view := topicWithOpeningView{TopicView: viewTopic(t), ETag: topicETag(t.Versions())}
	if t.Opening != nil {
		view.Opening = &openingView{PostView: viewPost(*t.Opening), Text: t.Opening.Text.Reveal()}
	}
	return view
}
