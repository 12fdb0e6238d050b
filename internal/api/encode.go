package api

import (
	"io"
	"math/bits"
	"net/http"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// A page of posts is what is read most, and most of it is text. Here it is written as encoding/json writes it, to the
// byte, without looking at its types anew for every field.

var encodings = sync.Pool{New: func() any { return new([]byte) }}

const largestKept = 1 << 20

func writePosts(w io.Writer, page pageView[PostView]) {
	held := encodings.Get().(*[]byte)
	b := append(appendPosts((*held)[:0], page), '\n')
	if r, ok := w.(http.ResponseWriter); ok {
		r.Header().Set("Content-Length", strconv.Itoa(len(b))) // or it would go out in chunks, one packet more
	}
	_, _ = w.Write(b) // the client is gone, and so is the need
	clear(b)          // somebody's words
	if cap(b) <= largestKept {
		*held = b
		encodings.Put(held)
	}
}

func appendPosts(b []byte, page pageView[PostView]) []byte {
	if page.Items == nil {
		b = append(b, `{"items":null`...)
	} else {
		b = append(b, `{"items":[`...)
		for i := range page.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = page.Items[i].append(b)
		}
		b = append(b, ']')
	}
	b = appendOrNull(append(b, `,"next":`...), page.Next)
	b = appendOrNull(append(b, `,"prev":`...), page.Prev)
	return append(b, '}')
}

func (v *PostView) append(b []byte) []byte {
	b = appendString(append(b, `{"id":`...), v.ID)
	b = appendString(append(b, `,"topic":`...), v.Topic)
	b = strconv.AppendInt(append(b, `,"number":`...), int64(v.Number), 10)
	b = v.Author.append(append(b, `,"author":`...))
	b = appendString(append(b, `,"html":`...), v.HTML)
	b = v.PostedAt.AppendFormat(append(b, `,"posted_at":"`...), time.RFC3339Nano)
	b = strconv.AppendBool(append(b, `","edited":`...), v.Edited)
	b = appendString(append(b, `,"status":`...), v.Status)
	b = appendString(append(b, `,"etag":`...), v.ETag)
	if len(v.Attachments) > 0 {
		for i := range v.Attachments {
			b = append(b, []string{`,"attachments":[`, `,`}[min(i, 1)]...)
			b = v.Attachments[i].append(b)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func (v *authorView) append(b []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	b = appendString(append(b, `{"id":`...), v.ID)
	b = appendString(append(b, `,"name":`...), v.Name)
	b = appendString(append(b, `,"avatar":`...), v.Avatar)
	return append(b, '}')
}

func appendOrNull(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return appendString(b, *s)
}

// verbatim are the bytes that stand for themselves.
var verbatim = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

const hexDigits = "0123456789abcdef"

// appendString quotes s. Like encoding/json it escapes what JSON must have escaped, and the two separators that end a
// line in JavaScript, and puts U+FFFD for what is no UTF-8.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start, i := 0, 0
	for {
		if i < len(s) && s[i] < utf8.RuneSelf {
			i = skipVerbatim(s, i)
		}
		if i == len(s) {
			return append(append(b, s[start:]...), '"')
		}
		if c := s[i]; c < utf8.RuneSelf {
			b = appendEscape(append(b, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(append(b, s[start:i]...), `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029':
			b = append(append(b, s[start:i]...), `\u202`...)
			b = append(b, hexDigits[r&0xF])
			start = i + size
		}
		i += size
	}
}

// skipVerbatim returns where, from i on, the first byte of s is that is no ASCII or doesn't stand for itself. It looks at
// eight at a time: after the subtractions the high bit of such a byte is set, and of none before it (Warren, Hacker's
// Delight, 2nd edition, 6-1).
func skipVerbatim(s string, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(s); i += 8 {
		t := s[i : i+8]
		w := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
			uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		quote, slash := w^ones*'"', w^ones*'\\'
		if unfit := (w | (w - ones*' ') | (quote - ones) | (slash - ones)) & highs; unfit != 0 {
			return i + bits.TrailingZeros64(unfit)/8
		}
	}
	for i < len(s) && verbatim[s[i]] {
		i++
	}
	return i
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
}
