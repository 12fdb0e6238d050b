package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/fault"
)

// visit is what is noted of one request while it is answered: never an address, a value or a word of it.
type visit struct {
	id      string
	began   time.Time
	err     error
	denials denials
}

type visitKey struct{}

func requestID(ctx context.Context) string {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v.id
	}
	return ""
}

// took is how long a request has been worked on.
func took(ctx context.Context) time.Duration {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return time.Since(v.began)
	}
	return 0
}

// note keeps the error that a request ended with, for the log line.
func note(ctx context.Context, err error) {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		v.err = err
	}
}

type counts struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newCounts(registry prometheus.Registerer) *counts {
	c := &counts{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hamyar_requests_total", Help: "Requests by route pattern, method and status."}, []string{"route", "method", "status"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hamyar_request_seconds", Help: "Time to answer by route pattern.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14)}, []string{"route"}),
	}
	registry.MustRegister(c.requests, c.seconds)
	return c
}

// observe gives each request an id, answers a panic with a problem, and writes one line: route pattern, status, code,
// time.
func (a *api) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{id: newRequestID(), began: time.Now()}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		out := &answer{ResponseWriter: w}
		out.Header().Set("X-Request-Id", v.id)
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					a.line(r, v, out.status, time.Since(v.began))
					panic(p)
				}
				v.err = errPanic
				a.Logger.Error("panic", "request_id", v.id, "stack", string(debug.Stack())) // the value might quote somebody
				if out.status == 0 {
					WriteProblem(out, r, fault.New(fault.Internal))
				}
			}
			out.begin()
			a.line(r, v, out.status, time.Since(v.began))
		}()
		next.ServeHTTP(out, r)
	})
}

var errPanic = errors.New("panic")

func (a *api) line(r *http.Request, v *visit, status int, took time.Duration) {
	route := chi.RouteContext(r.Context()).RoutePattern()
	if route == "" {
		route = "unmatched"
	}
	method := methodOf(r)
	a.counts.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	a.counts.seconds.WithLabelValues(route).Observe(took.Seconds())
	level := slog.LevelInfo
	attributes := []slog.Attr{
		slog.String("request_id", v.id), slog.String("method", method), slog.String("route", route),
		slog.Int("status", status), slog.Float64("ms", float64(took.Microseconds())/1000),
	}
	if v.err != nil {
		attributes = append(attributes, slog.String("code", string(fault.CodeOf(v.err))))
	}
	if status >= http.StatusInternalServerError || v.err != nil && fault.CodeOf(v.err) == fault.Internal { // or it broke while it was answered
		level = slog.LevelError
		attributes = append(attributes, slog.String("cause", causeOf(v.err)))
	}
	a.Logger.LogAttrs(r.Context(), level, "request", attributes...)
}

// methodOf is a method that we know: any other is a word of the sender's own.
func methodOf(r *http.Request) string {
	if slices.Contains(methods, r.Method) {
		return r.Method
	}
	return "other"
}

func newRequestID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // crypto/rand never fails; it ends the program instead
	return hex.EncodeToString(id[:])
}
