package report

// bars is a chart of shares, one beneath the other.
type bars struct {
	Alt                       string
	Width, Height             int
	LabelX                    float64
	LabelAnchor, NumberAnchor string
	All                       []bar
}

type bar struct {
	Label, Number string
	Y, Middle     int
	X, Width      float64
	NumberX       float64
	Warn          bool
}

// share is one line of such a chart.
type share struct {
	label  string
	number string
	of     float64 // 0 to 1
	warn   bool
}

const (
	wide      = 640
	labels    = 190.0 // room for labels
	longest   = 330.0 // bar
	line      = 28
	mostRunes = 24 // of a label
)

// newBars lays a chart out; from right to left it is its own mirror image.
func newBars(alt string, shares []share, rightToLeft bool) *bars {
	b := &bars{Alt: alt, Width: wide, Height: len(shares)*line + 8, LabelX: labels - 10, LabelAnchor: "end", NumberAnchor: "start"}
	if rightToLeft {
		b.LabelX, b.LabelAnchor, b.NumberAnchor = wide-b.LabelX, b.NumberAnchor, b.LabelAnchor
	}
	for i, s := range shares {
		one := bar{Label: short(s.label), Number: s.number, Y: i*line + 6, Middle: i*line + 20, X: labels, Width: s.of * longest, Warn: s.warn}
		one.NumberX = one.X + one.Width + 8
		if rightToLeft {
			one.X, one.NumberX = wide-one.X-one.Width, wide-one.NumberX
		}
		b.All = append(b.All, one)
	}
	return b
}

func short(label string) string {
	if runes := []rune(label); len(runes) > mostRunes {
		return string(runes[:mostRunes-1]) + "…"
	}
	return label
}

// curve is a chart of two shares over k. It reads from left to right in every language, as numbers do.
type curve struct {
	Alt                           string
	Width, Height                 int
	Left, Right, Top, Bottom      float64
	Loss, Suppressed              []dot
	LossLine, SuppressedLine      string
	Ticks                         []tick
	Ks                            []dot
	LossName, SuppressedName, For string
}

type dot struct {
	X, Y  float64
	Text  string
	Asked bool
}

type tick struct {
	Y    float64
	Text string
}
