package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// yardstick is the least that a server can do and still answer with the page.
type yardstick struct{ db *pgxpool.Pool }

// serveYardstick is the process of the yardstick: it reads the address of its database from in, says where it listens
// on out, and ends with in.
func serveYardstick(ctx context.Context, in io.Reader, out io.Writer) error {
	input := bufio.NewReader(in)
	url, err := input.ReadString('\n')
	if err != nil {
		return err
	}
	config, err := pgxpool.ParseConfig(strings.TrimSpace(url))
	if err != nil {
		return errors.New("the address of the database can't be read")
	}
	config.MaxConns, config.MinConns = poolSize, 1
	db, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return err
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: yardstick{db}.routes(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer func() { _ = server.Close() }()
	fmt.Fprintln(out, "listening", listener.Addr())
	_, err = io.Copy(io.Discard, input)
	return err
}

// poolSize is how many connections to PostgreSQL a server may hold, the same for every system.
const poolSize = 16

func (y yardstick) routes() http.Handler {
	r := chi.NewRouter()
	r.Get("/v1/communities/{community}/topics/{topic}/posts", y.page)
	r.Post("/v1/communities/{community}/topics/{topic}/posts", y.reply)
	return r
}

const pageSQL = `SELECT p.post_id, p.number, p.persona_id, a.name, a.avatar, p.html, p.posted_at, p.edited
	FROM post p JOIN persona a ON a.community_id = p.community_id AND a.persona_id = p.persona_id
	WHERE p.community_id = $1 AND a.community_id = $1 AND p.topic_id = $2 AND p.number > 0 ORDER BY p.number LIMIT 20`

func (y yardstick) page(w http.ResponseWriter, r *http.Request) {
	community, topic, err := address(r)
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	rows, err := y.db.Query(r.Context(), pageSQL, community, topic)
	if err != nil {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	page := postPage{Items: make([]postView, 0, 20)}
	view := postView{Topic: topic, Status: "published", ETag: `"1"`}
	_, err = pgx.ForEachRow(rows, []any{&view.ID, &view.Number, &view.Author.ID, &view.Author.Name, &view.Author.Avatar, &view.HTML, &view.PostedAt, &view.Edited},
		func() error {
			view.PostedAt = view.PostedAt.UTC()
			page.Items = append(page.Items, view)
			return nil
		})
	if err != nil {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	respond(w, http.StatusOK, page)
}

const (
	countSQL = `UPDATE topic SET posts = posts + 1 WHERE community_id = $1 AND topic_id = $2 RETURNING posts`
	writeSQL = `INSERT INTO post (community_id, post_id, topic_id, number, persona_id, body, html, posted_at, edited)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7, false)`
	togetherSQL = `WITH counted AS (
			UPDATE topic SET posts = posts + 1 WHERE community_id = $1 AND topic_id = $2 RETURNING community_id, topic_id, posts)
		INSERT INTO post (community_id, post_id, topic_id, number, persona_id, body, html, posted_at, edited)
		SELECT c.community_id, $3, c.topic_id, c.posts, $4, $5, $5, $6, false FROM counted c RETURNING number`
)

// together in a query asks for the reply in one statement. Without it the yardstick replies as such a server is written: a
// transaction that counts and inserts.
const together = "together"

func (y yardstick) insert(ctx context.Context, atOnce bool, community uuid.UUID, view *writtenView) error {
	if atOnce {
		return y.db.QueryRow(ctx, togetherSQL, community, view.Topic, view.ID, view.Author.ID, view.Text, view.PostedAt).Scan(&view.Number)
	}
	return pgx.BeginFunc(ctx, y.db, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, countSQL, community, view.Topic).Scan(&view.Number); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, writeSQL, community, view.ID, view.Topic, view.Number, view.Author.ID, view.Text, view.PostedAt)
		return err
	})
}

func (y yardstick) reply(w http.ResponseWriter, r *http.Request) {
	community, topic, err := address(r)
	var in newPost
	if err != nil || json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in) != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	author, err := uuid.Parse(r.Header.Get("Persona"))
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	view := writtenView{Text: in.Text, postView: postView{
		ID: uuid.New(), Topic: topic, Author: authorView{ID: author, Avatar: avatar(author)}, HTML: in.Text,
		PostedAt: time.Now().UTC().Truncate(time.Second), Status: "published", ETag: `"1"`,
	}}
	if err := y.insert(r.Context(), r.URL.Query().Has(together), community, &view); err != nil {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	respond(w, http.StatusCreated, view)
}

func address(r *http.Request) (community, topic uuid.UUID, err error) {
	community, err = uuid.Parse(chi.URLParam(r, "community"))
	if err == nil {
		topic, err = uuid.Parse(chi.URLParam(r, "topic"))
	}
	return community, topic, err
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // the client is gone, and so is the need
}
