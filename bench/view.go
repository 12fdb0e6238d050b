package main

import (
	"time"

	"github.com/google/uuid"
)

// The yardstick answers with the same JSON as Hamyar's GET /v1/communities/{community}/topics/{topic}/posts. Bytes out
// must be alike, so a field that Hamyar gains is added here.
type postPage struct {
	Items []postView `json:"items"`
	Next  string     `json:"next,omitempty"`
	Prev  string     `json:"prev,omitempty"`
}

type postView struct {
	ID      uuid.UUID  `json:"id"`
	Topic   uuid.UUID  `json:"topic"`
	Number  int        `json:"number"`
	Author  authorView `json:"author"`
	Text    string     `json:"text"`
	HTML    string     `json:"html"`
	Status  string     `json:"status"`
	At      time.Time  `json:"at"`
	Edited  bool       `json:"edited"`
	Version int32      `json:"version"`
}

type authorView struct {
	Persona uuid.UUID `json:"persona"`
	Name    string    `json:"name"`
	Role    string    `json:"role"`
}

// newPost is what one sends to reply.
type newPost struct {
	Text string `json:"text"`
}
