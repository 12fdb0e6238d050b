package main

import (
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/persona"
)

// The yardstick answers with the JSON of Hamyar's GET /v1/communities/{community}/topics/{topic}/posts, and a reply with
// that of its POST. The bytes that go out must be alike, so what Hamyar gains is added here.
type postPage struct {
	Items []postView `json:"items"`
	Next  *string    `json:"next"`
	Prev  *string    `json:"prev"`
}

type postView struct {
	ID       uuid.UUID  `json:"id"`
	Topic    uuid.UUID  `json:"topic"`
	Number   int        `json:"number"`
	Author   authorView `json:"author"`
	HTML     string     `json:"html"`
	PostedAt time.Time  `json:"posted_at"`
	Edited   bool       `json:"edited"`
	Status   string     `json:"status"`
	ETag     string     `json:"etag"`
}

type writtenView struct {
	postView
	Text string `json:"text"`
}

type authorView struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Avatar string    `json:"avatar"`
}

// newPost is what one sends to reply.
type newPost struct {
	Text string `json:"text"`
}

// avatar is the path of a persona's picture. The yardstick keeps it in a column.
func avatar(id uuid.UUID) string {
	seed := persona.AvatarSeed(id)
	return "/v1/avatars/" + hex.EncodeToString(seed[:]) + ".svg"
}
