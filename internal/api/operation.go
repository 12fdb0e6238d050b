package api

import (
	"context"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
)

// mostBody is 40,000 characters, each escaped at its longest, and a title.
const mostBody = 512 << 10

// operation describes one route.
type operation struct {
	id, method, path string
	summary          string
	about            string
	tag              string
	status           int
	actions          []string     // of authz: all that policy is asked about on the way, and nothing else
	codes            []fault.Code // refusals beyond those that every route can give and that its input implies
	public           bool         // answers to nobody in particular as well
	class            class        // that it is counted in; of its method where there is none
	text             bool         // answers in plain text, and not in JSON
	sends, gives     []string     // media types of a file that is sent or given, in place of JSON
}

type actorKey struct{}

// handle registers a route. The handler gets its actor as an argument; a handler returns an error and never a problem.
func handle[I, O any](a *api, op operation, handler func(context.Context, member.Actor, *I) (*O, error)) {
	op.codes = append(implied(op.method, reflect.TypeFor[I]()), op.codes...)
	huma.Register(a.huma, a.describe(op), func(ctx context.Context, in *I) (*O, error) {
		by, _ := ctx.Value(actorKey{}).(member.Actor) // without the middleware: nobody
		out, err := handler(ctx, by, in)
		if err != nil {
			note(ctx, err)
			problem := problemOf(err, languageIn(ctx), requestID(ctx))
			problem.Explanation = a.explained(ctx, by, err)
			if code := fault.CodeOf(err); code == fault.NotFound || code == fault.OutOfScope {
				onTheBeat(ctx) // the last of all: asking why takes its time as well
			}
			return nil, problem
		}
		return out, nil
	})
}

type languageKey struct{}

func languageIn(ctx context.Context) string {
	language, _ := ctx.Value(languageKey{}).(string)
	return language
}

// admit finds out who asks, and whether they ask too often, before anything of the request is read.
func (a *api) admit(ctx huma.Context, next func(huma.Context)) {
	r, w := humaUnwrap(ctx)
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil {
		r.Header.Set("Content-Type", mediaType) // huma knows it in one spelling; JSON is UTF-8 whatever else is said of it
	}
	ctx = huma.WithValue(ctx, languageKey{}, languageOf(r))
	by, err := a.actor(r)
	if err != nil {
		WriteProblem(w, r, err)
		return
	}
	ctx = huma.WithValue(ctx, actorKey{}, by)
	if err := a.pace.take(w.Header(), classOf(ctx.Operation(), r.Method), a.whose(r, by)); err != nil {
		WriteProblem(w, r, err)
		return
	}
	asked, err := asksWhy(r)
	if err != nil {
		WriteProblem(w, r, err)
		return
	}
	ctx = huma.WithValue(ctx, whyKey{}, asked)
	next(huma.WithValue(ctx, throttleKey{}, func(name string) error { return a.Identity.Throttle(r, name) }))
}

func (a *api) actor(r *http.Request) (member.Actor, error) {
	session, err := a.Identity.Actor(r.Context(), r)
	if err != nil {
		return member.Actor{}, err
	}
	return a.Members.Actor(r.Context(), session)
}

func (a *api) whose(r *http.Request, by member.Actor) []byte {
	switch {
	case by.Key != nil: // all of one owner's scripts together, and apart from the owner
		return append(by.Identity[:], "by key"...)
	case by.SignedIn():
		return by.Identity[:]
	}
	address := a.Identity.ClientAddress(r).As16()
	return address[:]
}

func classOf(op *huma.Operation, method string) class {
	if c, of := op.Metadata[paced].(class); of && c != "" {
		return c
	}
	if method == http.MethodGet || method == http.MethodHead {
		return reads
	}
	return writes
}

// idOf reads an id of a path. One that can't be is one of nothing.
func idOf(s string) (uuid.UUID, error) {
	if len(s) != 36 {
		return uuid.Nil, fault.New(fault.NotFound)
	}
	id, err := uuid.Parse(s)
	if err != nil {
		return uuid.Nil, fault.New(fault.NotFound)
	}
	return id, nil
}

// idsOf reads two.
func idsOf(s, t string) (first, second uuid.UUID, err error) {
	if first, err = idOf(s); err != nil {
		return uuid.Nil, uuid.Nil, err
	}
	second, err = idOf(t)
	return first, second, err
}

// Paging is what every list takes.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"how many items"`
	Cursor string `query:"cursor" maxLength:"400" doc:"next or prev of another page of this list; without it the list begins"`
}

// pageView is a page of a list.
type pageView[T any] struct {
	Items []T     `json:"items" doc:"of this page, in the order of the list"`
	Next  *string `json:"next" doc:"cursor of the page after this one; null at the end" example:"q8ZfV1w0b3JtOjEyMzQ1Njc4OTAifQ"`
	Prev  *string `json:"prev" doc:"cursor of the page before this one; null at the beginning"`
}

// pageOut is a page with its neighbours as links (RFC 8288).
type pageOut[T any] struct {
	Link string `header:"Link" doc:"the neighbouring pages, rel next and prev"`
	Body pageView[T]
}

// viewPage makes what goes out of a page; list names the list, and path is where its pages are.
func viewPage[T, V, P any](a *api, p page.Page[T, P], list, path string, limit int, view func(T) V) (*pageOut[V], error) {
	out := &pageOut[V]{Body: pageView[V]{Items: make([]V, 0, len(p.Items))}}
	for _, item := range p.Items {
		out.Body.Items = append(out.Body.Items, view(item))
	}
	var links []string
	for _, neighbour := range []struct {
		rel      string
		from     *P
		into     **string
		backward bool
	}{{"prev", p.Prev, &out.Body.Prev, true}, {"next", p.Next, &out.Body.Next, false}} {
		if neighbour.from == nil {
			continue
		}
		cursor, err := page.Encode(a.Cursors, list, *neighbour.from, neighbour.backward)
		if err != nil {
			return nil, err
		}
		*neighbour.into = &cursor
		links = append(links, "<"+path+"?limit="+strconv.Itoa(limit)+"&cursor="+cursor+`>; rel="`+neighbour.rel+`"`)
	}
	out.Link = strings.Join(links, ", ")
	return out, nil
}
