package report_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/report"
	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

// visits is a table of people in ten places, and what is asked of its release.
func visits(t *testing.T, privacy string) *table.Problem {
	t.Helper()
	var rows, places strings.Builder
	rows.WriteString("<b>place</b>,age,illness\n")
	for i := range 400 {
		fmt.Fprintf(&rows, "place%d,%d,illness%d\n", i*i%10, 20+i*7%60, i%5)
	}
	for i := range 10 {
		fmt.Fprintf(&places, "place%d,%s,*\n", i, []string{"north", "south"}[i%2])
	}
	study, err := table.ReadStudy(strings.NewReader("columns:\n  <b>place</b>: {role: quasi, hierarchy: place.csv}\n  age: {role: quasi}\n  illness: {role: sensitive}\nprivacy: "+privacy), "study.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all, err := table.Read(strings.NewReader(rows.String()), table.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	hierarchy, err := table.ReadHierarchy(strings.NewReader(places.String()), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := study.Problem(all, table.Parts{Hierarchies: map[string]*table.Hierarchy{"place.csv": hierarchy}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func written(t *testing.T, p *table.Problem) (string, *verify.Measures, []report.Point) {
	t.Helper()
	made, err := recode.Global(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := verify.Check(p, made.Table, made.Suppressed)
	if err != nil {
		t.Fatal(err)
	}
	points, err := report.Curve(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := report.Write(&page, p, m, points); err != nil {
		t.Fatal(err)
	}
	return page.String(), m, points
}

func TestAPageTellsARelease(t *testing.T) {
	t.Parallel()
	p := visits(t, "{k: 7, suppression_limit: 0.1}")
	page, m, points := written(t, p)
	easternK := strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹").Replace(fmt.Sprint(m.MinClass - 1))
	for _, want := range []string{
		fmt.Sprintf("exactly like at least %d others", m.MinClass-1), "دست‌کم با " + easternK + " نفر دیگر",
		`<main lang="en" dir="ltr">`, `<main lang="fa" dir="rtl">`, "7 (this release)", "۷ (همین خروجی)", "&lt;b&gt;place&lt;/b&gt;", "of 400 rows",
		"How many people look the same", "How likely somebody is found", "What was lost", "What a group gives away", "What another k would cost",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if n := strings.Count(page, "<svg"); n != 8 {
		t.Errorf("%d plots in two languages", n)
	}
	if len(points) != 7 || points[0].K != 2 || points[2].K != 7 || !points[2].Met || points[2].Loss == 0 {
		t.Errorf("%+v", points)
	}
	for i := 1; i < len(points); i++ {
		if points[i].Met && points[i].K > points[i-1].K && !points[i-1].Met {
			t.Errorf("k = %d is met, and %d is not", points[i].K, points[i-1].K)
		}
	}
}

// A page asks for nothing, runs nothing, and shows no cell.
func TestAPageStandsAlone(t *testing.T) {
	t.Parallel()
	page, _, _ := written(t, visits(t, "{k: 7, l: {kind: distinct, value: 2}, suppression_limit: 0.1}"))
	if found := regexp.MustCompile(`(?i)https?:|//|<script|<link|<img|url\(|@import|\bsrc=|\bhref=|\son[a-z]+=`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
	if found := regexp.MustCompile(`place\d|illness\d|north|south`).FindString(page); found != "" {
		t.Errorf("the page shows the cell %q", found)
	}
	if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") || strings.Contains(page, "%!") || strings.Contains(page, "ZgotmplZ") {
		t.Error("a figure is no figure")
	}
	// What is opened is closed, and charts name what they show.
	open, parser := []string{}, html.NewTokenizer(strings.NewReader(page))
	lone := map[string]bool{"meta": true, "input": true}
	for {
		kind := parser.Next()
		token := parser.Token()
		switch {
		case kind == html.ErrorToken:
			if !errors.Is(parser.Err(), io.EOF) || len(open) > 0 {
				t.Fatalf("%v, and %v are open", parser.Err(), open)
			}
			return
		case kind == html.StartTagToken && !lone[token.Data]:
			open = append(open, token.Data)
			if token.Data == "svg" && !strings.Contains(token.String(), `aria-label="`) {
				t.Error("a chart has no name")
			}
		case kind == html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> closes %v", token.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// Bars of people add up to all of them, whatever the sizes of groups.
func TestEveryPersonIsInABar(t *testing.T) {
	t.Parallel()
	p := visits(t, "{k: 5, suppression_limit: 0.1}")
	for _, sizes := range []map[int]int{{5: 2, 400: 1}, {1: 3}, {5: 1}, {11: 4, 12: 1, 1000000: 2}, {4: 1, 9: 1, 10: 1}, {1280: 1}} {
		m := &verify.Measures{Sizes: sizes, Loss: []float64{0, 1}}
		for size, n := range sizes {
			m.Rows, m.Classes = m.Rows+size*n, m.Classes+n
		}
		var page bytes.Buffer
		if err := report.Write(&page, p, m, nil); err != nil {
			t.Fatal(err)
		}
		groups, people, found := 0, 0, 0
		for _, row := range regexp.MustCompile(`(?m)^<tr>(.*?)</tr>$|<main lang="fa"`).FindAllStringSubmatch(page.String(), -1) {
			if row[1] == "" {
				break
			}
			cells := regexp.MustCompile(`<bdi>([^<]+)</bdi>`).FindAllStringSubmatch(row[1], -1)
			switch {
			case len(cells) == 4:
				groups, people = groups+whole(t, cells[1][1]), people+whole(t, cells[2][1])
			case len(cells) == 3:
				found += whole(t, cells[1][1])
			}
		}
		if groups != m.Classes || people != m.Rows || found != m.Rows {
			t.Errorf("%v: %d groups, %d people, %d by risk; want %d and %d", sizes, groups, people, found, m.Classes, m.Rows)
		}
	}
}

func whole(t *testing.T, text string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(strings.ReplaceAll(text, ",", ""), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	p := visits(t, "{k: 5, suppression_limit: 1}")
	var page bytes.Buffer
	m := &verify.Measures{Rows: 400, Suppressed: 400, Loss: []float64{1, 1}, MeanLoss: 1}
	if err := report.Write(&page, p, m, []report.Point{{K: 5}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"there is nothing to hand out", "nothing meets the study", "(100%)", "(۱۰۰٪)"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

func TestACurveCanBeStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := report.Curve(ctx, visits(t, "{k: 5, suppression_limit: 0.1}"), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
