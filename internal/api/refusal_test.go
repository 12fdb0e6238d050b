package api_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/fault"
)

func TestEverySentenceOfHumaHasACode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence string
		want     fault.Code
	}{
		{validation.MsgUnexpectedProperty, fault.UnknownField},
		{"unknown query parameter", fault.UnknownField},
		{fmt.Sprintf(validation.MsgExpectedRequiredProperty, canary), fault.Required},
		{fmt.Sprintf(validation.MsgExpectedDependentRequiredProperty, canary, canary), fault.Required},
		{"required path parameter is missing", fault.Required},
		{"required query parameter is missing", fault.Required},
		{"required header parameter is missing", fault.Required},
		{"required cookie parameter is missing", fault.Required},
		{fmt.Sprintf(validation.MsgExpectedMinLength, 1), fault.TooShort},
		{fmt.Sprintf(validation.MsgExpectedMaxLength, 1), fault.TooLong},
		{fmt.Sprintf(validation.MsgExpectedMinItems, 1), fault.TooShort},
		{fmt.Sprintf(validation.MsgExpectedMaxItems, 1), fault.TooLong},
		{fmt.Sprintf(validation.MsgExpectedMinProperties, 1), fault.TooShort},
		{fmt.Sprintf(validation.MsgExpectedMaxProperties, 1), fault.TooLong},
		{fmt.Sprintf(validation.MsgExpectedMinimumNumber, 1), fault.OutOfRange},
		{fmt.Sprintf(validation.MsgExpectedExclusiveMinimumNumber, 1), fault.OutOfRange},
		{fmt.Sprintf(validation.MsgExpectedMaximumNumber, 1), fault.OutOfRange},
		{fmt.Sprintf(validation.MsgExpectedExclusiveMaximumNumber, 1), fault.OutOfRange},
		{fmt.Sprintf(validation.MsgExpectedNumberBeMultipleOf, 1), fault.OutOfRange},
		{fmt.Sprintf(validation.MsgExpectedOneOf, "a, b"), fault.NotInList},
		{validation.MsgExpectedBoolean, fault.WrongType},
		{validation.MsgExpectedNumber, fault.WrongType},
		{validation.MsgExpectedInteger, fault.WrongType},
		{validation.MsgExpectedString, fault.WrongType},
		{validation.MsgExpectedArray, fault.WrongType},
		{validation.MsgExpectedObject, fault.WrongType},
		{validation.MsgExpectedArrayItemsUnique, fault.BadFormat},
		{fmt.Sprintf(validation.MsgExpectedBePattern, "a colour"), fault.BadFormat},
		{fmt.Sprintf(validation.MsgExpectedMatchPattern, "^a$"), fault.BadFormat},
		{fmt.Sprintf(validation.MsgExpectedDuration, canary), fault.BadFormat},
		{validation.MsgExpectedRFC3339DateTime, fault.BadFormat},
		{validation.MsgExpectedRFC1123DateTime, fault.BadFormat},
		{validation.MsgExpectedRFC3339Date, fault.BadFormat},
		{validation.MsgExpectedRFC3339Time, fault.BadFormat},
		{fmt.Sprintf(validation.MsgExpectedRFC5322Email, canary), fault.BadFormat},
		{validation.MsgExpectedRFC5890Hostname, fault.BadFormat},
		{validation.MsgExpectedRFC2673IPv4, fault.BadFormat},
		{validation.MsgExpectedRFC2373IPv6, fault.BadFormat},
		{validation.MsgExpectedRFCIPAddr, fault.BadFormat},
		{fmt.Sprintf(validation.MsgExpectedRFC3986URI, canary), fault.BadFormat},
		{fmt.Sprintf(validation.MsgExpectedRFC4122UUID, canary), fault.BadFormat},
		{validation.MsgExpectedRFC6570URITemplate, fault.BadFormat},
		{validation.MsgExpectedRFC6901JSONPointer, fault.BadFormat},
		{validation.MsgExpectedRFC6901RelativeJSONPointer, fault.BadFormat},
		{fmt.Sprintf(validation.MsgExpectedRegexp, canary), fault.BadFormat},
		{validation.MsgExpectedBase64String, fault.BadFormat},
		{validation.MsgExpectedMatchAtLeastOneSchema, fault.BadFormat},
		{validation.MsgExpectedMatchExactlyOneSchema, fault.BadFormat},
		{validation.MsgExpectedNotMatchSchema, fault.BadFormat},
		{validation.MsgExpectedPropertyNameInObject, fault.BadFormat},
		{"invalid integer", fault.WrongType},
		{"invalid float", fault.WrongType},
		{"invalid boolean", fault.WrongType},
		{"invalid date/time for format " + time.RFC3339, fault.BadFormat},
		{"invalid value: " + canary, fault.BadFormat},
		{"a sentence of next year", fault.Invalid},
	} {
		if got := api.CodeOf(c.sentence); got != c.want {
			t.Errorf("%q is %s, want %s", c.sentence, got, c.want)
		}
	}
}

// colours is a small operation with limits of every kind.
type colours struct {
	Page int    `query:"page" minimum:"1" maximum:"9" multipleOf:"3"`
	On   string `query:"on" format:"date"`
	Key  string `header:"Key" pattern:"^[a-z]+$" required:"true"`
	Body struct {
		Name   string            `json:"name" minLength:"2" maxLength:"200"`
		Shade  string            `json:"shade,omitempty" enum:"light,dark"`
		ID     string            `json:"id,omitempty" format:"uuid"`
		Strong bool              `json:"strong,omitempty"`
		Share  float64           `json:"share,omitempty" exclusiveMinimum:"0" exclusiveMaximum:"1"`
		Mixed  []string          `json:"mixed,omitempty" minItems:"1" maxItems:"2" uniqueItems:"true"`
		Parts  []struct{ N int } `json:"parts,omitempty"`
	}
}

// small is huma as the API configures it, with that operation at /colours. It answers the name's length.
func small(wait time.Duration) http.Handler {
	router := chi.NewMux()
	huma.Register(api.NewHuma(router), huma.Operation{OperationID: "mix", Method: http.MethodPost, Path: "/colours", MaxBodyBytes: 4096, BodyReadTimeout: wait},
		func(_ context.Context, in *colours) (*struct{ Body int }, error) {
			return &struct{ Body int }{len([]rune(in.Body.Name))}, nil
		})
	return router
}

func mix(t *testing.T, query, key, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/colours"+query, strings.NewReader(body))
	r.Header.Set("Key", key)
	w := httptest.NewRecorder()
	small(time.Second).ServeHTTP(w, r)
	return w
}

func TestLimitsOfEveryKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, key, body, want string }{
		{"?page=0", "a", `{"name":"ab"}`, "page out_of_range"},
		{"?page=10", "a", `{"name":"ab"}`, "page out_of_range,page out_of_range"},
		{"?page=4", "a", `{"name":"ab"}`, "page out_of_range"},
		{"?page=" + canary, "a", `{"name":"ab"}`, "page wrong_type"},
		{"?on=" + canary, "a", `{"name":"ab"}`, "on bad_format"},
		{"", "", `{"name":"ab"}`, "Key required"},
		{"", canary, `{"name":"ab"}`, "Key bad_format"},
		{"", "a", `{"name":"a"}`, "/name too_short"},
		{"", "a", `{"name":"ab","shade":"` + canary + `"}`, "/shade not_in_list"},
		{"", "a", `{"name":"ab","id":"` + canary + `"}`, "/id bad_format"},
		{"", "a", `{"name":"ab","id":"{` + canary + canary + `1234567890` + `}"}`, "/id bad_format"},
		{"", "a", `{"name":"ab","strong":"` + canary + `"}`, "/strong wrong_type"},
		{"", "a", `{"name":"ab","share":1}`, "/share out_of_range"},
		{"", "a", `{"name":"ab","share":0}`, "/share out_of_range"},
		{"", "a", `{"name":"ab","share":"` + canary + `"}`, "/share wrong_type"},
		{"", "a", `{"name":"ab","mixed":[]}`, "/mixed too_short"},
		{"", "a", `{"name":"ab","mixed":["x","y","z"]}`, "/mixed too_long"},
		{"", "a", `{"name":"ab","mixed":["` + canary + `","` + canary + `"]}`, "/mixed bad_format"},
		{"", "a", `{"name":"ab","mixed":"` + canary + `"}`, "/mixed wrong_type"},
		{"", "a", `{"name":"ab","parts":["` + canary + `"]}`, "/parts/0 wrong_type"},
		{"", "a", `{"name":"ab","parts":[{"N":1},{"N":"` + canary + `"}]}`, "/parts/1/N wrong_type"},
		{"", "a", `{"name":"ab","parts":[{"N":1},{}]}`, "/parts/1/N required"},
		{"", "a", `{"name":"ab","parts":[{"N":1e300}]}`, "/parts/N wrong_type"},
		{"", "a", `{"name":"ab","parts":[{"N":1,"` + canary + `":2}]}`, "/parts/0/" + canary + " unknown_field"}, // a name, not a value
		{"", "a", `{"name":"ab","parts":[{"N":1,"` + canary + `.x":2}]}`, "/parts/0 unknown_field"},
		{"", "a", `{"name":"ab","parts":[{"N":1,"N":2}]}`, "/parts/0/N repeated_field"},
		{"", "a", `{"name":"ab","parts":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "/parts" + strings.Repeat("/0", 16) + " wrong_type"},
		{"?page=x", canary, `{"shade":7}`, "/name required,/shade wrong_type,Key bad_format,page wrong_type"},
	} {
		w := mix(t, c.query, c.key, c.body)
		said := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: %d", c.query, c.body, w.Code)
		}
		got := fieldsIn(t, said)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.query, c.body, diff)
		}
		if strings.Contains(strings.ReplaceAll(said, "/parts/0/"+canary, ""), canary) {
			t.Errorf("%s %s is repeated: %s", c.query, c.body, said)
		}
	}
}

func TestCharactersAreCountedAndNotBytes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		strings.Repeat("ق", 200):                  http.StatusOK, // 400 bytes
		strings.Repeat("ق", 201):                  http.StatusUnprocessableEntity,
		strings.Repeat("🌿", 200):                  http.StatusOK, // 800 bytes, 400 units of UTF-16
		strings.Repeat("🌿", 201):                  http.StatusUnprocessableEntity,
		`\ud83c\udf3f` + strings.Repeat("a", 199): http.StatusOK,
		"ق": http.StatusUnprocessableEntity, // two bytes, one character
	} {
		if w := mix(t, "", "a", `{"name":"`+name+`"}`); w.Code != want {
			t.Errorf("%d runes: %d, want %d", len([]rune(name)), w.Code, want)
		}
	}
}

func TestFewOfManyRefusalsAreTold(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 300 {
		fmt.Fprintf(&body, `"f%d":0,`, i)
	}
	w := mix(t, "", "a", "{"+body.String()+`"name":"ab"}`)
	if got := strings.Count(fieldsIn(t, w.Body.String()), "unknown_field"); got != api.MostRefused {
		t.Errorf("%d refusals are told, want %d", got, api.MostRefused)
	}
}

func TestBodiesThatDoNotArrive(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(small(50 * time.Millisecond))
	t.Cleanup(server.Close)
	for _, c := range []struct {
		name, sent string
		hangUp     bool
		want       string
	}{
		{"slow", "Content-Length: 90\r\n\r\n{\"name\":\"" + canary, false, "408 request_too_slow"},
		{"broken off", "Content-Length: 90\r\n\r\n{\"name\":\"" + canary, true, "400 malformed_request"},
		{"broken chunks", "Transfer-Encoding: chunked\r\n\r\n" + canary + "\r\n", false, "400 malformed_request"},
		{"at the limit", "Content-Length: 4096\r\n\r\n" + strings.Repeat(" ", 4096), false, "413 body_too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, said := raw(t, server.Listener.Addr(), "POST /colours HTTP/1.1\r\nHost: x\r\nKey: a\r\nConnection: close\r\n"+c.sent, c.hangUp)
			var code string
			if _, rest, ok := strings.Cut(said, `"code":"`); ok {
				code, _, _ = strings.Cut(rest, `"`)
			}
			if got := fmt.Sprint(status, " ", code); got != c.want || strings.Contains(said, canary) {
				t.Errorf("got %s, want %s: %s", got, c.want, said)
			}
		})
	}
}

// raw sends bytes, stops sending where it hangs up, and reads the answer.
func raw(t *testing.T, to net.Addr, request string, hangUp bool) (status int, body string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), to.Network(), to.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && hangUp {
		if err := tcp.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(read)
}

func TestWhatSomethingBeforeUsFoundTooLarge(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 1})
	for _, c := range []struct {
		status  int
		message string
		errs    []error
		want    fault.Code
	}{
		{500, "cannot read request body", []error{err}, fault.BodyTooLarge},
		{500, "cannot read request body", []error{io.ErrUnexpectedEOF}, fault.Malformed},
		{500, "unexpected error occurred", []error{errors.New(canary)}, fault.Internal},
		{406, "unable to marshal response", []error{errors.New(canary)}, fault.MediaType},
		{418, canary, nil, fault.Internal},
		{422, "validation failed", []error{errors.New(canary)}, fault.Invalid},
	} {
		if got := api.FaultOf(c.status, c.message, c.errs); got.Code() != c.want || len(got.Fields()) > 0 {
			t.Errorf("%d %q is %s %v, want %s", c.status, c.message, got.Code(), got.Fields(), c.want)
		}
	}
}
