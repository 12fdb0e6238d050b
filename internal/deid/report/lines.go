package report

import (
	"fmt"
	"math"
	"strings"
)

// newCurve lays the curve out. Where nothing meets the study there is no dot.
func newCurve(points []Point, asked int, say *words) *curve {
	c := &curve{
		Alt: say.curveAlt, Width: wide, Height: 270, Left: 60, Right: wide - 30, Top: 20, Bottom: 210,
		LossName: say.loss, SuppressedName: say.leftOut, For: say.forK,
	}
	top := 0.1
	for _, p := range points {
		top = math.Max(top, math.Ceil(10*math.Max(p.Loss, p.Suppressed))/10)
	}
	high := func(of float64) float64 { return c.Bottom - of/top*(c.Bottom-c.Top) }
	for i := range 3 {
		of := top * float64(i) / 2
		c.Ticks = append(c.Ticks, tick{Y: high(of), Text: say.percent(of)})
	}
	for i, p := range points {
		x := c.Left + (float64(i)+0.5)*(c.Right-c.Left)/float64(len(points))
		c.Ks = append(c.Ks, dot{X: x, Y: c.Bottom + 22, Text: say.whole(p.K), Asked: p.K == asked})
		if p.Met {
			c.Loss = append(c.Loss, dot{X: x, Y: high(p.Loss), Asked: p.K == asked})
			c.Suppressed = append(c.Suppressed, dot{X: x, Y: high(p.Suppressed)})
		}
	}
	c.LossLine, c.SuppressedLine = through(c.Loss), through(c.Suppressed)
	return c
}

func through(dots []dot) string {
	var line strings.Builder
	for _, d := range dots {
		fmt.Fprintf(&line, "%.1f,%.1f ", d.X, d.Y)
	}
	return strings.TrimSpace(line.String())
}
