package api

import "net/http"

// answer is a response on its way. It remembers its status, and holds the header back until there is a body or the
// handler is done, so that whoever writes a whole body at once can still say how long it is.
type answer struct {
	http.ResponseWriter
	status int
	begun  bool // the header is out
}

// WriteHeader says how the request ended; the first word counts.
func (a *answer) WriteHeader(status int) {
	if status < http.StatusOK { // informational, and not the answer yet
		a.ResponseWriter.WriteHeader(status)
		return
	}
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.begin()
	return a.ResponseWriter.Write(b)
}

// FlushError sends what there is, for http.ResponseController.
func (a *answer) FlushError() error {
	a.begin()
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// begin sends the header, once.
func (a *answer) begin() {
	if a.begun {
		return
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	a.begun = true
	a.ResponseWriter.WriteHeader(a.status)
}
