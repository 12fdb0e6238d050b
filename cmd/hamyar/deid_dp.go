package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hamyar/hamyar/internal/deid/dp"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// count draws the tables of a plan instead of recoding rows. A release that is there is never drawn anew: whoever had both
// would know more than was paid for.
func (u *undertaking) count(ctx context.Context, p program) (err error) {
	u.shown = newProgress(p.out, utc)
	defer u.shown.end()
	defer func() { err = errors.Join(err, u.files.abandon()) }()
	u.files.sources = []string{u.study, u.input}
	for _, path := range []string{u.output, u.report} {
		if path == "" {
			continue
		}
		if err := u.files.place(path); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(u.output); !errors.Is(err, os.ErrNotExist) {
		return badInput{fmt.Errorf("%s is there already, and every draw of the same rows tells more of them: hand that one out again", u.output)}
	}
	plan, err := u.plan()
	if err != nil {
		return mendable(ctx, err)
	}
	folder := table.Folder{
		Path:     filepath.Dir(u.study),
		Through:  func(r io.Reader) io.Reader { return interruptible(ctx, r) },
		Progress: func(rows int) { u.shown.at("reading rows", rows, 0) },
	}
	rows, err := folder.Table(u.input, table.Options{Name: u.input, Delimiter: plan.Input.Rune()})
	if err != nil {
		return mendable(ctx, err)
	}
	made, err := plan.Release(ctx, rows, u.input, func(tables int) { u.shown.at("drawing tables", tables, len(plan.Tables)) })
	if err != nil {
		return mendable(ctx, err)
	}
	if err := u.writeCounts(ctx, made, plan.Input.Rune()); err != nil {
		return mendable(ctx, err)
	}
	u.shown.end()
	fmt.Fprintf(p.out, "wrote %s: %d tables with %s noise, for an ε of %.4g and a δ of %.4g. Keep it, and never draw it again.\n",
		u.output, len(made.Tables), made.Noise, made.Spent.Epsilon, made.Spent.Delta)
	return nil
}

func (u *undertaking) plan() (*dp.Plan, error) {
	f, err := os.Open(filepath.Clean(u.study))
	if err != nil {
		return nil, &table.Wrong{File: u.study, What: "it can't be opened"}
	}
	defer func() { _ = f.Close() }() // it was only read
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return nil, &table.Wrong{File: u.study, What: "it is no file that can be read"}
	}
	return dp.ReadPlan(f, u.study)
}

func (u *undertaking) writeCounts(ctx context.Context, made *dp.Release, delimiter rune) error {
	sheet := made.Table()
	err := u.files.write(u.output, func(w io.Writer) error {
		return table.Write(w, sheet, table.Options{Name: u.output, Delimiter: delimiter}, nil)
	})
	if err == nil && u.report != "" {
		err = u.files.write(u.report, made.WriteJSON)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	return u.files.finish()
}
