package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/deid/scrub"
)

const scrubUsage = `[-input FILE] [-output FILE] [-model PROGRAM]
puts placeholders where a text tells who somebody is. Texts come one a line, {"id": 1, "lang": "en", "text": "…"}, and leave
as {"id", "text", "spans"}; spans count code points of the text that came. docs/scrub.md tells what is found and what isn't.
`

// longestLine is how many bytes a line of input may have.
const longestLine = 128 << 20

// texting is a file of texts on its way through.
type texting struct {
	input, output, model string

	scrubber *scrub.Scrubber
	shown    *progress
	files    shelving
}

func (p program) scrub(ctx context.Context, args []string) (err error) {
	w := &texting{}
	flags := flag.NewFlagSet("scrub", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	flags.Usage = func() {
		fmt.Fprintf(p.errOut, "hamyar scrub %s\n", scrubUsage)
		flags.PrintDefaults()
	}
	flags.StringVar(&w.input, "input", "-", "the texts, as JSON lines; - reads standard input")
	flags.StringVar(&w.output, "output", "-", "where they are written; - is standard output. A file appears whole or not at all")
	flags.StringVar(&w.model, "model", "", "a program that finds more, asked and answering in JSON lines")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return badInput{errSaid}
	}
	if flags.NArg() > 0 {
		return badInput{errors.New("hamyar scrub [-input FILE] [-output FILE] [-model PROGRAM]; hamyar scrub -h tells more")}
	}
	w.shown = newProgress(p.errOut, utc)
	defer func() { err = errors.Join(err, w.files.abandon()) }()
	return w.do(ctx, p)
}

func (w *texting) do(ctx context.Context, p program) (err error) {
	from := io.Reader(os.Stdin)
	if w.input != "-" {
		f, failed := os.Open(w.input)
		if failed != nil {
			return badInput{fmt.Errorf("%s can't be read", w.input)}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		from, w.files.sources = f, []string{w.input}
	}
	if w.output != "-" {
		if err := w.files.place(w.output); err != nil {
			return err
		}
	}
	through := func(to io.Writer) error { return w.lines(ctx, from, to) }
	w.scrubber = scrub.New()
	if w.model != "" {
		m, err := startModel(ctx, w.model, p.errOut)
		if err != nil {
			return badInput{err}
		}
		w.scrubber = scrub.New(m)
		through = func(to io.Writer) error { return errors.Join(w.lines(ctx, from, to), m.end()) }
	}
	if w.output == "-" {
		return through(p.out)
	}
	if err := w.files.write(w.output, through); err != nil {
		return err
	}
	return w.files.finish()
}

// lines scrubs one text after the other.
func (w *texting) lines(ctx context.Context, from io.Reader, to io.Writer) error {
	in, out := bufio.NewReaderSize(from, 1<<16), bufio.NewWriterSize(to, 1<<16)
	defer w.shown.end()
	texts := 0
	for line := 1; ; line++ {
		if ctx.Err() != nil {
			return errors.New("stopped before the last text")
		}
		raw, last, err := readLine(in)
		if errors.Is(err, errLongLine) {
			return w.wrong(line, 0, err.Error())
		} else if err != nil {
			return err
		}
		if line == 1 {
			raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(raw)) > 0 {
			if err := w.one(ctx, line, raw, out); err != nil {
				return err
			}
			texts++
			w.shown.at("scrubbing texts", texts, 0)
		}
		if last {
			break
		}
	}
	if texts == 0 {
		return w.wrong(0, 0, "there is no text in it")
	}
	return out.Flush()
}

var errLongLine = fmt.Errorf("it is longer than %d MiB", longestLine>>20)

// readLine reads to the end of a line, or of everything.
func readLine(in *bufio.Reader) (line []byte, last bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > longestLine {
			return nil, false, errLongLine
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line, false, nil
		case errors.Is(err, io.EOF):
			return line, true, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}

// wrong says what is wrong with a line, and never what is in it.
func (w *texting) wrong(line, column int, what string) error {
	where := w.input
	if where == "-" {
		where = "standard input"
	}
	if line > 0 {
		where = fmt.Sprintf("%s, line %d", where, line)
	}
	if column > 0 {
		where = fmt.Sprintf("%s, column %d", where, column)
	}
	return badInput{fmt.Errorf("%s: %s", where, what)}
}

// one scrubs the text of a line.
func (w *texting) one(ctx context.Context, line int, raw []byte, out *bufio.Writer) error {
	if at := firstInvalid(raw); at >= 0 {
		return w.wrong(line, utf8.RuneCount(raw[:at])+1, "it is not valid UTF-8; save the file as UTF-8")
	}
	var given struct {
		ID   json.RawMessage `json:"id"`
		Lang string          `json:"lang"`
		Text *string         `json:"text"`
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return w.wrong(line, misplaced(err, raw), `it is no JSON object with "id", "lang" and "text"`)
	}
	switch {
	case given.Text == nil:
		return w.wrong(line, 0, `it has no "text"`)
	case len(given.ID) == 0 || given.ID[0] == '{' || given.ID[0] == '[':
		return w.wrong(line, 0, `its "id" must be a text or a number`)
	}
	text, spans, err := w.scrubber.Scrub(ctx, given.Lang, *given.Text)
	if err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		ID    json.RawMessage `json:"id"`
		Text  string          `json:"text"`
		Spans []scrub.Span    `json:"spans"`
	}{given.ID, text, spans})
}

// misplaced is the column at which JSON ends to be what is wanted; 0 where nobody knows.
func misplaced(err error, raw []byte) int {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(0)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	return utf8.RuneCount(raw[:min(int(offset), len(raw))])
}

// firstInvalid is where bytes stop being UTF-8, or -1.
func firstInvalid(raw []byte) int {
	if utf8.Valid(raw) {
		return -1
	}
	at := 0
	for at < len(raw) {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}
