package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

const deidUsage = `-input FILE -config STUDY -output FILE [-report FILE]
makes the rows of a table so coarse that nobody can be told apart by them, as the study asks, and leaves out the rows that
stand out. What leaves is judged once more, by other code, before it is written. docs/deid.md says how to write a study.

With -dp no row leaves at all: STUDY is a plan of tables, and their counts, sums, means and quantiles are written with noise.

hamyar deid attack tries a release as somebody would who wants to know who is in it.
`

// undertaking is one table on its way to a release.
type undertaking struct {
	input, study, output, report, page string
	noisy                              bool // tables of counts instead of rows

	files   shelving
	problem *table.Problem
	found   *verify.Measures
	asked   *table.Study
	shown   *progress
	begun   time.Time
}

func (p program) deid(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "attack" {
		return p.deidAttack(ctx, args[1:])
	}
	u := &undertaking{}
	flags := flag.NewFlagSet("deid", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	flags.Usage = func() {
		fmt.Fprintf(p.errOut, "hamyar deid %s\n", deidUsage)
		flags.PrintDefaults()
	}
	flags.StringVar(&u.input, "input", "", "the table, as comma-separated values with a header")
	flags.StringVar(&u.study, "config", "", "the study; hierarchies that it names are looked for beside it")
	flags.StringVar(&u.output, "output", "", "where the release is written; one that is there is replaced")
	flags.StringVar(&u.report, "report", "", "where its figures are written, as JSON")
	flags.StringVar(&u.page, "html", "", "where a page with plots is written, for whoever answers for the release; it takes as long as seven releases")
	flags.BoolVar(&u.noisy, "dp", false, "write tables with noise, for differential privacy, instead of rows")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return badInput{errSaid}
	}
	if u.input == "" || u.study == "" || u.output == "" || flags.NArg() > 0 {
		return badInput{errors.New("hamyar deid -input FILE -config STUDY -output FILE [-report FILE]; hamyar deid -h tells more")}
	}
	if filepath.Clean(u.output) == filepath.Clean(u.report) {
		return badInput{errors.New("-output and -report name the same file")}
	}
	if u.page != "" && (filepath.Clean(u.page) == filepath.Clean(u.output) || filepath.Clean(u.page) == filepath.Clean(u.report)) {
		return badInput{errors.New("-html names the same file as another")}
	}
	if u.noisy && u.page != "" {
		return badInput{errors.New("-html is about rows, and with -dp none are released")}
	}
	if u.noisy {
		return u.count(ctx, p)
	}
	return u.do(ctx, p)
}

// do takes a table the whole way. What is wrong with what was given is a badInput.
func (u *undertaking) do(ctx context.Context, p program) (err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(thrift))
	u.shown, u.begun = newProgress(p.out, utc), utc()
	defer u.shown.end()
	defer func() { err = errors.Join(err, u.files.abandon()) }()
	if err := u.open(ctx); err != nil {
		return mendable(ctx, err)
	}
	made, took, err := u.recode(ctx)
	if err != nil {
		return mendable(ctx, err)
	}
	f, err := u.judge(made)
	if err != nil {
		return err
	}
	f.Elapsed, f.Recoding = utc().Sub(u.begun).Milliseconds(), took.Milliseconds()
	page, err := u.draw(ctx)
	if err != nil {
		return mendable(ctx, err)
	}
	if err := u.write(ctx, made, f, page); err != nil {
		return mendable(ctx, err)
	}
	u.shown.end()
	p.tellFigures(u, f)
	return nil
}

// thrift is how much garbage may lie around, in percent of what is kept: a large table is mostly kept, and holds few
// pointers that a collection would have to follow.
const thrift = 25

// mendable tells errors of what was given from others.
func mendable(ctx context.Context, err error) error {
	var wrong *table.Wrong
	switch {
	case ctx.Err() != nil:
		return errors.New("stopped: nothing was written")
	case errors.As(err, &wrong):
		return badInput{err}
	}
	return err
}

// open reads the study and the table, after a look at where the results are to lie.
func (u *undertaking) open(ctx context.Context) error {
	folder := table.Folder{
		Path:     filepath.Dir(u.study),
		Through:  func(r io.Reader) io.Reader { return interruptible(ctx, r) },
		Progress: func(rows int) { u.shown.at("reading rows", rows, 0) },
	}
	var err error
	if u.asked, err = folder.Study(u.study); err != nil {
		return err
	}
	u.files.sources = append(folder.Files(u.asked), u.study, u.input)
	for _, path := range []string{u.output, u.report, u.page} {
		if path == "" {
			continue
		}
		if err := u.files.place(path); err != nil {
			return err
		}
	}
	u.problem, err = folder.Problem(u.asked, u.input)
	return err
}

// interruptible reads until somebody is tired of waiting.
func interruptible(ctx context.Context, from io.Reader) io.Reader {
	return reading(func(into []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return from.Read(into)
	})
}

type reading func([]byte) (int, error)

func (r reading) Read(into []byte) (int, error) { return r(into) }

// recode makes the release.
func (u *undertaking) recode(ctx context.Context) (*recode.Release, time.Duration, error) {
	begun := utc()
	how := recode.Global
	if u.problem.Coding == table.Local {
		how = recode.Local
	}
	tell := func(share float64) { u.shown.at("recoding, in percent", int(100*share), 100) }
	made, err := how(ctx, u.problem, tell)
	if err == nil {
		tell(1) // a search ends as soon as nothing better can be left
	}
	return made, utc().Sub(begun), err
}

func (u *undertaking) write(ctx context.Context, made *recode.Release, f *figures, page []byte) error {
	how := table.Options{Name: u.output, Delimiter: u.asked.Input.Rune()}
	err := u.files.write(u.output, func(w io.Writer) error {
		return table.Write(&tallied{w, u.shown, 0}, made.Table, how, made.Suppressed)
	})
	if err == nil && u.report != "" {
		err = u.files.write(u.report, f.writeJSON)
	}
	if err == nil && u.page != "" {
		err = u.files.write(u.page, func(w io.Writer) error { _, err := w.Write(page); return err })
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	return u.files.finish()
}

// tallied tells how much was written.
type tallied struct {
	io.Writer
	shown *progress
	bytes int
}

func (c *tallied) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.bytes += n
	c.shown.at("writing bytes", c.bytes, 0)
	return n, err
}
