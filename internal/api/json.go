package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hamyar/hamyar/internal/fault"
)

// strictJSON refuses what encoding/json would quietly mend or choose from: bytes that are not UTF-8, halves of surrogate
// pairs, a second value after the first, and a name that stands twice.
var strictJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		if page, ok := v.(pageView[PostView]); ok {
			writePosts(w, page)
			return nil
		}
		return encode(listener{w}, v)
	},
	Unmarshal: func(data []byte, v any) error {
		if !utf8.Valid(data) || loneSurrogate(data) {
			return bodyError{fault.BadEncoding, ""}
		}
		if err := json.Unmarshal(data, v); err != nil {
			if unfit, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
				return bodyError{fault.WrongType, pointerOf("", unfit.Field)}
			}
			return bodyError{fault.Malformed, ""}
		}
		if _, judged := v.(*any); !judged {
			return nil // huma decodes a body twice, into anything first
		}
		return checkNames(json.NewDecoder(bytes.NewReader(data)), "", 0)
	},
}

func encode(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // the type is application/json, with nosniff
	return encoder.Encode(v)
}

// listener is a client that may have gone. Writing to it never fails, because huma would print why, with the address.
type listener struct{ io.Writer }

func (l listener) Write(b []byte) (int, error) {
	_, _ = l.Writer.Write(b)
	return len(b), nil
}

// bodyError is why a body was refused. It reaches us again through huma, which keeps only its sentence.
type bodyError struct {
	code    fault.Code
	pointer string
}

const bodyRefused = "body refused: "

func (e bodyError) Error() string { return bodyRefused + string(e.code) + " " + e.pointer }

func readBodyError(sentence string) (code fault.Code, pointer string, ok bool) {
	rest, ok := strings.CutPrefix(sentence, bodyRefused)
	name, pointer, _ := strings.Cut(rest, " ")
	return fault.Code(name), pointer, ok
}

// deepest is how far objects and lists may lie in one another: further than any of ours.
const deepest = 16

// checkNames walks one value of a well-formed body. It refuses a name that stands twice in one object, and one that no
// field of ours could have; so every name that is judged after it may also be told.
func checkNames(d *json.Decoder, place string, depth int) error {
	token, err := d.Token()
	if err != nil {
		return bodyError{fault.Malformed, ""}
	}
	delimiter, isDelimiter := token.(json.Delim)
	if !isDelimiter {
		return nil
	}
	if depth > deepest {
		return bodyError{fault.WrongType, place}
	}
	seen := map[string]bool{}
	for i := 0; d.More(); i++ {
		inner := place + "/" + strconv.Itoa(i)
		if delimiter == '{' {
			token, err := d.Token()
			name, isName := token.(string)
			if err != nil || !isName || !nameForm.MatchString(name) {
				return bodyError{fault.UnknownField, place}
			}
			if inner = place + "/" + name; seen[name] {
				return bodyError{fault.RepeatedField, inner}
			}
			seen[name] = true
		}
		if err := checkNames(d, inner, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token() // what closes it
	return err
}

// loneSurrogate finds an escaped half of a surrogate pair, which stands for no character.
func loneSurrogate(data []byte) bool {
	for i := 0; i+5 < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		if data[i+1] != 'u' {
			i++ // an escape of another kind: its second byte starts nothing
			continue
		}
		switch unit := hex4(data[i+2:]); {
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		case unit >= 0xD800 && unit <= 0xDBFF:
			if i+11 >= len(data) || data[i+6] != '\\' || data[i+7] != 'u' {
				return true
			}
			if low := hex4(data[i+8:]); low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 11
		default:
			i += 5
		}
	}
	return false
}

func hex4(b []byte) (unit uint16) {
	for _, c := range b[:4] {
		unit <<= 4
		switch {
		case c >= '0' && c <= '9':
			unit |= uint16(c - '0')
		case c >= 'a' && c <= 'f':
			unit |= uint16(c-'a') + 10
		case c >= 'A' && c <= 'F':
			unit |= uint16(c-'A') + 10
		default:
			return 0 // the decoder will refuse it
		}
	}
	return unit
}

func document(spec *huma.OpenAPI) ([]byte, error) {
	plain, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, plain, "", "  "); err != nil {
		return nil, err
	}
	pretty.WriteByte('\n')
	return pretty.Bytes(), nil
}
