package main

import (
	"bytes"
	"context"

	"github.com/hamyar/hamyar/internal/deid/report"
)

// draw makes the page, if one is asked for, from what the judge has found.
func (u *undertaking) draw(ctx context.Context) ([]byte, error) {
	if u.page == "" {
		return nil, nil
	}
	points, err := report.Curve(ctx, u.problem, func(done, of int) { u.shown.at("trying other k", done, of) })
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = report.Write(&page, u.problem, u.found, points)
	return page.Bytes(), err
}
