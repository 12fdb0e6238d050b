package picture_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/fault"
)

const paper = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\ntrailer\nstartxref\n9\n%%EOF"

func TestDocumentsPassUnchanged(t *testing.T) {
	t.Parallel()
	for what, file := range map[string]string{
		"a document": paper, "with a line's end": paper + "\r\n", "with many ends": paper + strings.Repeat("\n\x00 ", 100),
		"of the second kind": strings.Replace(paper, "1.7", "2.0", 1),
		"a long one":         strings.Replace(paper, "xref", strings.Repeat("stream ", 60_000)+"xref", 1),
	} {
		for how, through := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r }, "bytewise": iotest.OneByteReader, "with its end": iotest.DataErrReader, "in halves": iotest.HalfReader,
		} {
			got, err := io.ReadAll(picture.Document(through(strings.NewReader(file)), int64(len(file))))
			if err != nil || string(got) != file {
				t.Errorf("%s, %s: %v, %d of %d bytes", what, how, err, len(got), len(file))
			}
		}
	}
}

func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		file string
		code fault.Code
	}{
		"nothing":                      {"", fault.DocumentMalformed},
		"a beginning":                  {"%PDF", fault.DocumentMalformed},
		"a page":                       {"<html>" + paper, fault.DocumentMalformed},
		"a picture":                    {"\xff\xd8\xff\xe0" + paper, fault.DocumentMalformed},
		"a program":                    {"#!/bin/sh\n" + paper, fault.DocumentMalformed},
		"a blank, then a document":     {" " + paper, fault.DocumentMalformed},
		"a PDF of no kind":             {strings.Replace(paper, "1.7", "9.9", 1), fault.DocumentMalformed},
		"cut":                          {paper[:len(paper)-1], fault.DocumentMalformed},
		"with a page behind":           {paper + "<script>", fault.DocumentMalformed},
		"with an archive behind":       {paper + string(archive), fault.DocumentMalformed},
		"an archive that ends as one":  {paper + "PK\x05\x06" + strings.Repeat("\x00", 16) + "\x06\x00\n%%EOF", fault.DocumentMalformed},
		"an archive with a long story": {paper + "PK\x05\x06" + strings.Repeat("\x00", 16) + "\xff\xff" + strings.Repeat(" ", 65530) + "%%EOF", fault.DocumentMalformed},
		"one byte too long":            {paper + strings.Repeat("\n", 200_000-len(paper)+1), fault.FileTooLarge},
	} {
		got, err := io.ReadAll(picture.Document(strings.NewReader(c.file), 200_000))
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", what, err)
		}
		if !strings.HasPrefix(c.file, "%PDF-1.") && len(got) > 0 {
			t.Errorf("%s: %d bytes went through", what, len(got))
		}
		if len(got) > 200_000 {
			t.Errorf("%s: %d bytes went through", what, len(got))
		}
	}
	if _, err := io.ReadAll(picture.Document(&endless{}, 1000)); fault.CodeOf(err) != fault.DocumentMalformed {
		t.Errorf("endless: %v", err)
	}
	broken := errors.New("the line is cut")
	if _, err := io.ReadAll(picture.Document(io.MultiReader(strings.NewReader(paper), failing{broken}), 1000)); !errors.Is(err, broken) {
		t.Errorf("an upload that breaks off: %v", err)
	}
}

// FuzzDocument: whatever passes is what came, and begins and ends as a document.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(paper), 1000)
	f.Add([]byte(paper+string(archive)), 1000)
	f.Add([]byte(paper), 10)
	f.Fuzz(func(t *testing.T, file []byte, limit int) {
		got, err := io.ReadAll(picture.Document(bytes.NewReader(file), int64(limit)))
		if !bytes.HasPrefix(file, got) {
			t.Fatal("something else came out")
		}
		if err == nil && (len(got) > limit || len(got) != len(file) || !bytes.HasPrefix(got, []byte("%PDF-")) || !bytes.Contains(got[max(0, len(got)-limit):], []byte("%%EOF"))) {
			t.Fatal("no document passed")
		}
	})
}
