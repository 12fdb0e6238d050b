package attachment_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/fault"
)

func FuzzCard(f *testing.F) {
	f.Add(attachment.EncodeCard(attachment.Card{}))
	f.Add([]byte{1, 2, 3})
	whole := make([]byte, 99)
	whole[0], whole[1], whole[2] = 1, 3, 0
	f.Add(whole)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := attachment.DecodeCard(b)
		if err == nil && b[2] <= 3 && !bytes.Equal(attachment.EncodeCard(c), b) {
			t.Fatal("two encodings of one card")
		}
	})
}

func TestMediaTypesHaveOneNumber(t *testing.T) {
	t.Parallel()
	for number, mediaType := range []string{"", "image/jpeg", "image/png", "application/pdf"} { // what is stored stays what it is
		if attachment.Number(mediaType) != byte(number) || attachment.MediaType(byte(number)) != mediaType {
			t.Errorf("%s is %d", mediaType, attachment.Number(mediaType))
		}
	}
	if attachment.MediaType(attachment.Number("text/html")) != "" {
		t.Error("what nobody stores has a number")
	}
}

func TestEveryAttachmentIsDescribedOnce(t *testing.T) {
	t.Parallel()
	one := uuid.New()
	for want, wanted := range map[fault.Code][]attachment.Wanted{
		"":                  {{ID: one, Alt: "یک دست\nو یک پمپ"}, {ID: uuid.New(), Alt: strings.Repeat("ب", attachment.LongestAlt)}},
		fault.TooLong:       {{ID: one, Alt: strings.Repeat("ب", attachment.LongestAlt+1)}},
		fault.BadCharacters: {{ID: one, Alt: "a\x00b"}},
		fault.AlreadyExists: {{ID: one, Alt: "a"}, {ID: one, Alt: "b"}},
	} {
		_, err := attachment.Described(wanted)
		if want == "" && err != nil {
			t.Errorf("refused: %v", err)
		}
		if want != "" && (fault.CodeOf(err) != fault.Invalid || fault.Of(err).Fields()[0].Code != want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := attachment.Described(make([]attachment.Wanted, attachment.Most+1)); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

// What a reader would not see, or would see in another order than it was written in, describes nothing.
func TestADescriptionCanBeSeen(t *testing.T) {
	t.Parallel()
	for _, nothing := range []string{"", " ", "\n\t", "\u00a0", " \u200c \n", "\u200b\ufeff", "\u3164", "\u2800", "\u202e\u2066", "\ufe0f"} {
		if _, err := attachment.Described([]attachment.Wanted{{Alt: nothing}}); fault.CodeOf(err) != fault.Invalid || fault.Of(err).Fields()[0].Code != fault.Required {
			t.Errorf("%q: %v", nothing, err)
		}
	}
	for said, want := range map[string]string{
		"می\u200cروم": "می\u200cروم", "\u202egpj.exe": "gpj.exe", "\u2067دست\u2069": "دست", " one\t hand \r\n\n a  pump ": "one hand\n\na pump", "e\u0301": "\u00e9",
	} {
		alts, err := attachment.Described([]attachment.Wanted{{Alt: said}})
		if err != nil || alts[0] != want {
			t.Errorf("%q: %q, %v", said, alts, err)
		}
	}
}

func TestNobodyHoldsEveryPlace(t *testing.T) {
	t.Parallel()
	s, slow := attachment.NewSlots(), uuid.New()
	var leave []func()
	for {
		free, err := s.Take(slow)
		if err != nil {
			if fault.CodeOf(err) != fault.Busy {
				t.Fatal(err)
			}
			break
		}
		leave = append(leave, free)
	}
	if len(leave) != 4 {
		t.Errorf("one person holds %d places", len(leave))
	}
	taken := len(leave)
	for ; taken < 200; taken++ {
		if _, err := s.Take(uuid.New()); err != nil {
			break
		}
	}
	if taken != 64 {
		t.Errorf("%d uploads at once", taken)
	}
	leave[0]()
	if _, err := s.Take(slow); err != nil {
		t.Errorf("a place that was left is not free: %v", err)
	}
}
