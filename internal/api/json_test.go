package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/api"
)

func TestStrictJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, data, want string }{
		{"an object", `{"a":1,"b":[{"a":2}]}`, ""},
		{"blanks around it", " \n{}\t", ""},
		{"Persian and a joiner", `{"a":"می‌خواهم"}`, ""},
		{"a pair of surrogates", `{"a":"\ud83c\udf3f"}`, ""},
		{"a pair in capitals", `{"a":"\uD83C\uDF3F"}`, ""},
		{"an escaped backslash before u", `{"a":"\\ud83c"}`, ""},
		{"U+FFFD itself", `{"a":"�"}`, ""},
		{"one name in two objects", `[{"a":1},{"a":1}]`, ""},
		{"as deep as may be", strings.Repeat("[", 17) + strings.Repeat("]", 17), ""},

		{"nothing", ``, "malformed_request"},
		{"blanks", `  `, "malformed_request"},
		{"a byte order mark", "\ufeff{}", "malformed_request"},
		{"two values", `{}{}`, "malformed_request"},
		{"a brace too many", `{}}`, "malformed_request"},
		{"a bracket too many", `[]]`, "malformed_request"},
		{"a comma too many", `{"a":1,}`, "malformed_request"},
		{"a comment", `{"a":1/**/}`, "malformed_request"},
		{"not a number", `{"a":NaN}`, "malformed_request"},
		{"a control character", "{\"a\":\"\x01\"}", "malformed_request"},
		{"an escape that is none", `{"a":"\uzzzz"}`, "malformed_request"},
		{"thousands deep", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "malformed_request"},
		{"a byte that is no UTF-8", "{\"a\":\"\xff\"}", "bad_encoding"},
		{"an overlong slash", "{\"a\":\"\xc0\xaf\"}", "bad_encoding"},
		{"a surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "bad_encoding"},
		{"a first half alone", `{"a":"\ud83c"}`, "bad_encoding"},
		{"a first half at the end", `"\ud83c`, "bad_encoding"},
		{"a second half alone", `{"a":"\udf3f"}`, "bad_encoding"},
		{"two first halves", `{"a":"\ud83c\ud83c"}`, "bad_encoding"},
		{"halves apart", `{"a":"\ud83c \udf3f"}`, "bad_encoding"},
		{"a half in a name", `{"\ud83c":1}`, "bad_encoding"},
		{"a name twice", `{"a":1,"a":1}`, "repeated_field /a"},
		{"a name twice by escape", `{"a":1,"\u0061":1}`, "repeated_field /a"},
		{"a name twice inside", `{"b":[0,{"a":1,"a":1}]}`, "repeated_field /b/1/a"},
		{"a name with a dot", `{"b":{"a.c":1}}`, "unknown_field /b"},
		{"an empty name", `{"":1}`, "unknown_field "},
		{"a pointer as a name", `{"a/b":1}`, "unknown_field "},
		{"a name of 65", `{"` + strings.Repeat("a", 65) + `":1}`, "unknown_field "},
		{"too deep", strings.Repeat("[", 18) + strings.Repeat("]", 18), "wrong_type " + strings.Repeat("/0", 17)},
	} {
		var v any
		err := api.StrictJSON.Unmarshal([]byte(c.data), &v)
		var got string
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "body refused: ")
		}
		if got != c.want && got != c.want+" " {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestJSONIsWrittenAsItIs(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := api.StrictJSON.Marshal(&b, "<b>می‌خواهم</b>"); err != nil || b.String() != "\"<b>می‌خواهم</b>\"\n" {
		t.Errorf("%v: %s", err, b.String())
	}
	if err := api.StrictJSON.Marshal(gone{}, "x"); err != nil {
		t.Errorf("a client that has gone is an error: %v", err)
	}
	if err := api.StrictJSON.Marshal(&b, func() {}); err == nil {
		t.Error("a function was written")
	}
}

type gone struct{}

func (gone) Write([]byte) (int, error) { return 0, errors.New("write tcp 192.0.2.1:1: broken pipe") }

// FuzzStrictJSON looks for something accepted that another reader would understand differently.
func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{
		`{"title":"a","text":"b"}`, `{"a":{"b":[1,2.5,-0e9,true,null,"\ud83c\udf3f"]}}`, `{"a":1,"a":2}`, `"\\ud83c"`, `{}}`, "\"\xff\"",
		`["\ud83c\udf3f\udf3f"]`, `"�"`, `"\ufffd"`, "{\"\\u0061\":1,\"a\":2}", ` [1] `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if err := api.StrictJSON.Unmarshal(data, &v); err != nil {
			if !strings.HasPrefix(err.Error(), "body refused: ") {
				t.Fatalf("refused in other words: %v", err)
			}
			return
		}
		if !utf8.Valid(data) || !json.Valid(data) {
			t.Fatal("accepted what is not JSON in UTF-8")
		}
		var b bytes.Buffer
		if err := api.StrictJSON.Marshal(&b, v); err != nil {
			t.Fatal(err)
		}
		if mended := strings.Count(b.String(), "\ufffd") - bytes.Count(data, []byte("\ufffd")) - bytes.Count(bytes.ToLower(data), []byte(`\ufffd`)); mended > 0 {
			t.Fatalf("%d characters were put in for others", mended)
		}
		var again any
		if err := api.StrictJSON.Unmarshal(b.Bytes(), &again); err != nil || !reflect.DeepEqual(v, again) {
			t.Fatalf("read again it is another thing: %v", err)
		}
	})
}
