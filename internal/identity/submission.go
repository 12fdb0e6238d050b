package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/hamyar/hamyar/internal/fault"
)

// The most bytes of a body that Kratos is sent: a passkey's attestation with its certificates fits in well.
const mostBody = 64 << 10

// The most names that one submission may hold; a form of Kratos's own holds two.
const mostNames = 8

// submission is a body that was read once, to be counted and sent on as it is.
type submission struct {
	kind   string // the media type, without parameters
	body   []byte
	values url.Values // every string in it, under the last part of its name in lower case
}

// submitted reads the body of a request. Other media types than Kratos's two, and larger bodies, are refused.
func submitted(w http.ResponseWriter, r *http.Request) (submission, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return submission{}, fault.Wrap(fault.BodyTooLarge, err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return submission{}, fault.Wrap(fault.SlowRequest, err)
	case err != nil:
		return submission{}, fault.Wrap(fault.Malformed, err)
	}
	s := submission{body: body, values: url.Values{}}
	if len(body) == 0 {
		return s, nil
	}
	s.kind, _, err = mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return submission{}, fault.Wrap(fault.MediaType, err)
	}
	switch s.kind {
	case "application/json":
		err = s.readJSON()
	case "application/x-www-form-urlencoded":
		err = s.readForm(string(body))
		s.foldDigits()
	default:
		return submission{}, fault.New(fault.MediaType)
	}
	if err != nil {
		return submission{}, fault.Wrap(fault.Malformed, err)
	}
	err = s.readForm(r.URL.RawQuery)
	return s, err
}

func (s *submission) readForm(encoded string) error {
	form, err := url.ParseQuery(encoded)
	for name, values := range form {
		for _, value := range values {
			s.add(name, value)
		}
	}
	if err != nil {
		return fault.Wrap(fault.Malformed, err)
	}
	return nil
}

// foldDigits lets people type a code with the digits of their keyboard. Only forms are touched: what a script sends
// goes on as it is.
func (s *submission) foldDigits() {
	form, err := url.ParseQuery(string(s.body))
	if err != nil {
		return // it is refused anyway
	}
	folded := false
	for _, field := range []string{"totp_code", "code", "lookup_secret"} {
		for i, typed := range form[field] {
			form[field][i] = plainDigits(typed)
			folded = folded || form[field][i] != typed
		}
	}
	if folded {
		s.body = []byte(form.Encode())
	}
}

// readJSON collects every string with its name, repeated and nested ones too: which of them Kratos means is its own
// affair, and who repeats a name must not escape the count.
func (s *submission) readJSON() error {
	d := json.NewDecoder(bytes.NewReader(s.body))
	var value any
	if err := s.readValue(d, "", 0); err != nil {
		return err
	}
	if err := d.Decode(&value); !errors.Is(err, io.EOF) {
		return errors.New("identity: more than one JSON value")
	}
	return nil
}

func (s *submission) readValue(d *json.Decoder, name string, depth int) error {
	if depth > 16 {
		return errors.New("identity: JSON nested too deeply")
	}
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case string:
		s.add(name, token)
	case json.Delim:
		for d.More() {
			inner := name
			if token == '{' {
				key, err := d.Token()
				if err != nil {
					return err
				}
				inner, _ = key.(string) // a key is always one
			}
			if err := s.readValue(d, inner, depth+1); err != nil {
				return err
			}
		}
		_, err = d.Token() // the end of it
	}
	return err
}

func (s *submission) add(name, value string) {
	name = strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	s.values.Add(name, value)
}

// names are the identifiers that Kratos could read in the submission.
func (s *submission) names() ([]string, error) {
	var names []string
	for _, field := range []string{"identifier", "password_identifier", "username", "email"} {
		for _, value := range s.values[field] {
			if value != "" {
				names = append(names, value)
			}
		}
	}
	if len(names) > mostNames {
		return nil, fault.New(fault.Malformed)
	}
	return names, nil
}
