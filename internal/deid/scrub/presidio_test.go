package scrub

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/deidtest"
)

// presidioTypes are the labels of presidio-research's sets as types of ours; those left out are set aside.
var presidioTypes = map[string]Type{
	"PERSON": Person, "ADDRESS": Address, "STREET_ADDRESS": Address, "ZIP_CODE": Address, "LOCATION": Place, "GPE": Place, "ORGANIZATION": Organisation,
	"CREDIT_CARD": ID, "US_SSN": ID, "IBAN_CODE": ID, "US_DRIVER_LICENSE": ID, "PHONE_NUMBER": Phone, "EMAIL_ADDRESS": Email, "DOMAIN_NAME": URL,
	"IP_ADDRESS": IP, "DATE_TIME": Date,
}

func presidio(t *testing.T, name string) []labelled {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(deidtest.Data(t), "pii", "presidio-research", name))
	if err != nil {
		t.Fatal(err)
	}
	var texts []struct {
		Text  string `json:"full_text"`
		Spans []struct {
			Type  string `json:"entity_type"`
			Value string `json:"entity_value"`
			Start int    `json:"start_position"`
			End   int    `json:"end_position"`
		} `json:"spans"`
	}
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	all := make([]labelled, len(texts))
	for i, text := range texts {
		all[i] = labelled{Lang: "en", Text: text.Text}
		for _, s := range text.Spans {
			as, counted := presidioTypes[s.Type]
			if counted && (as != Date || exact(s.Value)) {
				all[i].Spans = append(all[i].Spans, Span{s.Start, s.End, as, ""})
			} else {
				all[i].Aside = append(all[i].Aside, Span{s.Start, s.End, Date, ""})
			}
		}
	}
	return all
}

// exact tells whether a date is more than a year or the name of a day.
func exact(date string) bool {
	text := read("en", date)
	return len(text.Words) > 1
}
