package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/forum/markup"
)

const plaintextSchema = `
	CREATE TABLE persona (
		community_id uuid NOT NULL, persona_id uuid NOT NULL, name text NOT NULL, avatar text NOT NULL, PRIMARY KEY (community_id, persona_id));
	CREATE TABLE topic (
		community_id uuid NOT NULL, topic_id uuid NOT NULL, title text NOT NULL, posts integer NOT NULL, PRIMARY KEY (community_id, topic_id));
	CREATE TABLE post (
		community_id uuid NOT NULL, post_id uuid NOT NULL, topic_id uuid NOT NULL, number integer NOT NULL, persona_id uuid NOT NULL,
		body text NOT NULL, html text NOT NULL, posted_at timestamptz NOT NULL, edited boolean NOT NULL,
		PRIMARY KEY (community_id, post_id), UNIQUE (community_id, topic_id, number))`

// plaintext makes the yardstick's database for a world and returns its address.
func plaintext(ctx context.Context, adminURL string, w *world) (string, error) {
	admin, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return "", err
	}
	defer admin.Close(ctx)
	name := fmt.Sprintf("yardstick_%d", w.communities)
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	address, err := url.Parse(adminURL)
	if err != nil {
		return "", err
	}
	address.Path = "/" + name
	db, err := pgx.Connect(ctx, address.String())
	if err != nil {
		return "", err
	}
	defer db.Close(ctx)
	return address.String(), fill(ctx, db, w)
}

func fill(ctx context.Context, db *pgx.Conn, w *world) error {
	if _, err := db.Exec(ctx, plaintextSchema); err != nil {
		return err
	}
	type place struct{ community, member int }
	personas := map[place]bool{}
	var people, topics, posts [][]any
	for _, u := range w.utterances(func(int) bool { return true }) {
		t, home := u.thread, w.home(u.topic)
		if u.number == 1 {
			topics = append(topics, []any{t.community, t.id, t.title, len(t.messages)})
		}
		author := w.persona(home, u.author)
		if at := (place{home, u.author}); !personas[at] {
			personas[at] = true
			people = append(people, []any{t.community, author, w.names[u.author].Reveal(), avatar(author)})
		}
		html, err := markup.Render(u.text)
		if err != nil {
			return err
		}
		posts = append(posts, []any{t.community, u.id, t.id, u.number, author, u.text, html, u.at, false})
	}
	for _, table := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{
		{"persona", []string{"community_id", "persona_id", "name", "avatar"}, people},
		{"topic", []string{"community_id", "topic_id", "title", "posts"}, topics},
		{"post", []string{"community_id", "post_id", "topic_id", "number", "persona_id", "body", "html", "posted_at", "edited"}, posts},
	} {
		if _, err := db.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, pgx.CopyFromRows(table.rows)); err != nil {
			return err
		}
	}
	_, err := db.Exec(ctx, "VACUUM ANALYZE")
	return err
}

// path of a topic's posts.
func path(community, topic uuid.UUID) string {
	return "/v1/communities/" + community.String() + "/topics/" + topic.String() + "/posts"
}
