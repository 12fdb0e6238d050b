package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

var errEncoding = errors.New("not UTF-8")

// strictJSON refuses what encoding/json would quietly mend: bytes that are not UTF-8, halves of surrogate pairs, and a
// second value after the first.
var strictJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false) // the type is application/json, with nosniff
		return encoder.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if !utf8.Valid(data) || loneSurrogate(data) {
			return errEncoding
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		if err := decoder.Decode(v); err != nil {
			return err
		}
		if decoder.More() {
			return errors.New("more than one value")
		}
		return nil
	},
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
