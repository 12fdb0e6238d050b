package api

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func marshalled(t interface{ Fatal(...any) }, v any) string {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// anyString has what must be escaped, what is no UTF-8 and what merely looks so.
func anyString(t *rapid.T, label string) string {
	piece := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("\"\\/<>&\x00\x1f\x7f\b\f\n\r\t\u2027\u2028\u2029\u202a\ufffd یک\U0001f33f"))),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	return strings.Join(rapid.SliceOfN(piece, 0, 4).Draw(t, label), "")
}

func anyPost(t *rapid.T) PostView {
	post := PostView{
		ID: anyString(t, "id"), Topic: anyString(t, "topic"), Number: rapid.Int().Draw(t, "number"), HTML: anyString(t, "html"),
		PostedAt: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		Edited:   rapid.Bool().Draw(t, "edited"), Status: anyString(t, "status"), ETag: anyString(t, "etag"),
	}
	if rapid.Bool().Draw(t, "has author") {
		post.Author = &authorView{ID: anyString(t, "author"), Name: anyString(t, "name"), Avatar: anyString(t, "avatar")}
	}
	return post
}

func TestPostsAreWrittenAsEncodingJSONWouldWriteThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		page := pageView[PostView]{}
		if n := rapid.IntRange(-1, 3).Draw(t, "items"); n >= 0 {
			page.Items = make([]PostView, 0, n)
			for range n {
				page.Items = append(page.Items, anyPost(t))
			}
		}
		for _, cursor := range []**string{&page.Next, &page.Prev} {
			if rapid.Bool().Draw(t, "has cursor") {
				s := anyString(t, "cursor")
				*cursor = &s
			}
		}
		var got bytes.Buffer
		if err := strictJSON.Marshal(&got, page); err != nil {
			t.Fatal(err)
		}
		if want := marshalled(t, page); got.String() != want {
			t.Fatalf("got  %q\nwant %q", got.String(), want)
		}
	})
}

func BenchmarkPage(b *testing.B) {
	post := PostView{
		ID: "6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11", Topic: "6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11", Number: 1, HTML: strings.Repeat(`<p dir="auto">It is a small thing, but it is my small thing.</p>`+"\n", 10),
		Author:   &authorView{ID: "6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11", Name: "Morning Walker", Avatar: "/v1/avatars/0f1e2d3c4b5a69788796a5b4c3d2e1f0.svg"},
		PostedAt: time.Unix(1e9, 0).UTC(), Status: "published", ETag: `"1"`,
	}
	page := pageView[PostView]{}
	for range 20 {
		page.Items = append(page.Items, post)
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"here":          func(w *bytes.Buffer) error { return strictJSON.Marshal(w, page) },
		"encoding/json": func(w *bytes.Buffer) error { return encode(w, page) },
	} {
		b.Run(name, func(b *testing.B) {
			var out bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				if err := write(&out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
