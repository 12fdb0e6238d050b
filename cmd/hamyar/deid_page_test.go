package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPageIsWrittenBesideARelease(t *testing.T) {
	t.Parallel()
	files := guideFiles(t)
	delete(files, "out.csv")
	path := filepath.Join(t.TempDir(), "page.html")
	if _, _, err := released(t, files, "-html", path); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"exactly like at least 3 others", "دست‌کم با ۳ نفر دیگر", "4 (this release)", "nothing meets the study"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(string(page), "Tabriz") || strings.Contains(string(page), "asthma") {
		t.Error("the page shows a cell")
	}
	for name, more := range map[string][]string{"-html is about rows": {"-html", path, "-dp"}, "-html names the same file": {"-html", path, "-report", path}} {
		_, _, err := released(t, files, more...)
		if wrong := (badInput{}); !errors.As(err, &wrong) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
