package persona_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/persona"
)

var update = flag.Bool("update", false, "write the golden files")

func TestAvatarsStayWhatTheyAre(t *testing.T) {
	for i := range 6 {
		id := uuid.NewSHA1(uuid.NameSpaceOID, []byte{byte(i)})
		got := persona.AvatarSVG(persona.AvatarSeed(id))
		path := filepath.Join("testdata", fmt.Sprintf("avatar%d.svg", i))
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the picture changed", path)
		}
	}
}

var allowed = map[string]bool{"svg": true, "rect": true, "g": true, "circle": true, "ellipse": true, "path": true}

func TestAvatarsAreSmallHarmlessAndDifferent(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		svg := persona.AvatarSVG(persona.AvatarSeed(uuid.New()))
		if len(svg) >= 2048 {
			t.Fatalf("%d bytes", len(svg))
		}
		seen[string(svg)] = true
		decoder := xml.NewDecoder(bytes.NewReader(svg))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if start, ok := token.(xml.StartElement); ok && !allowed[start.Name.Local] {
				t.Fatalf("an element <%s>", start.Name.Local)
			}
		}
		for _, forbidden := range []string{"href", "url(", "on", "script", "style"} {
			if bytes.Contains(bytes.ReplaceAll(svg, []byte("http://www.w3.org/2000/svg"), nil), []byte(forbidden+"=")) {
				t.Fatalf("%s in %s", forbidden, svg)
			}
		}
	}
	if len(seen) < 1990 {
		t.Errorf("only %d different pictures of 2000", len(seen))
	}
}

var colour = regexp.MustCompile(`#[0-9a-f]{6}`)

func TestShapesStandOutFromTheGround(t *testing.T) {
	for b := range 256 {
		colours := colour.FindAllString(string(persona.AvatarSVG([16]byte{byte(b), 0, 0})), -1)
		for _, shape := range colours[1:] {
			if shape == colours[0] {
				continue // an outline in the colour of the ground only parts two shapes
			}
			if ratio := contrast(t, colours[0], shape); ratio < 3 {
				t.Errorf("%s on %s: %.2f", shape, colours[0], ratio)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(hex string) float64 {
		v, err := strconv.ParseUint(hex[1:], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		linear := func(c uint64) float64 {
			s := float64(c&255) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
	}
	la, lb := light(a), light(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}
