package kms_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/kms"
)

func TestAnySharesThatAreEnoughGiveTheSecret(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "secret")
		n := rapid.IntRange(2, 40).Draw(t, "n")
		m := rapid.IntRange(2, n).Draw(t, "m")
		points, err := kms.Split(secret, n, m)
		if err != nil {
			t.Fatal(err)
		}
		some := rapid.Permutation(points).Draw(t, "order")
		some = some[:rapid.IntRange(m, n).Draw(t, "how many")]
		if got, err := kms.Join(some); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("%d of %d (%d needed): %x, %v, want %x", len(some), n, m, got, err, secret)
		}
	})
}

// With one share fewer, every secret is as likely: what comes out of the same shares of the same byte must be spread
// over all values.
func TestOneShareFewerSaysNothing(t *testing.T) {
	t.Parallel()
	for _, m := range []int{2, 3, 5} {
		var seen [256]int
		const rounds = 256 * 40
		points, err := kms.Split(bytes.Repeat([]byte{0xA7}, rounds), 5, m)
		if err != nil {
			t.Fatal(err)
		}
		var chi float64
		if m == 2 {
			for _, y := range points[0].Bytes() { // one share, which interpolation refuses
				seen[y]++
			}
		} else {
			got, err := kms.Join(points[:m-1])
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range got {
				seen[b]++
			}
		}
		for _, n := range seen {
			chi += float64(n-40) * float64(n-40) / 40
		}
		if chi > 400 { // 255 degrees of freedom: beyond 400 once in 10⁸ runs
			t.Errorf("%d needed: chi² is %.0f", m, chi)
		}
	}
}

func TestTheFieldIsAField(t *testing.T) {
	t.Parallel()
	for a := 1; a < 256; a++ {
		if kms.Times(byte(a), kms.Inverse(byte(a))) != 1 {
			t.Fatalf("%#x has no inverse", a)
		}
	}
	if kms.Times(0x57, 0x83) != 0xc1 || kms.Times(0x57, 0x13) != 0xfe { // FIPS 197, 4.2
		t.Error("not AES's field")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := rapid.Byte().Draw(t, "a"), rapid.Byte().Draw(t, "b"), rapid.Byte().Draw(t, "c")
		if kms.Times(a, b) != kms.Times(b, a) || kms.Times(a, b^c) != kms.Times(a, b)^kms.Times(a, c) ||
			kms.Times(a, kms.Times(b, c)) != kms.Times(kms.Times(a, b), c) {
			t.Fatal("a law is broken")
		}
	})
}

func kit(t *testing.T, recipients ...age.Recipient) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(words); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opens(t *testing.T, kit []byte, shares ...string) error {
	t.Helper()
	who, err := kms.JoinKit(shares)
	if err != nil {
		return err
	}
	r, err := age.Decrypt(bytes.NewReader(kit), who)
	if err != nil {
		return err
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, words) {
		t.Fatalf("another text: %q, %v", got, err)
	}
	return nil
}

func TestEnoughPeopleOpenAKitTogether(t *testing.T) {
	t.Parallel()
	shares, err := kms.SplitKit(5, 3)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	box := kit(t, shares, alone.Recipient())
	texts := shares.Texts()
	if len(texts) != 5 {
		t.Fatalf("%d shares", len(texts))
	}
	for _, some := range [][]int{{0, 1, 2}, {4, 2, 0}, {1, 3, 4}, {0, 1, 2, 3, 4}} {
		var held []string
		for _, i := range some {
			held = append(held, texts[i])
		}
		if err := opens(t, box, held...); err != nil {
			t.Errorf("%v: %v", some, err)
		}
	}
	typed := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(texts[1], "-", " "), "0", "o"))
	if err := opens(t, box, texts[0], typed, strings.ReplaceAll(texts[2], "1", "l")); err != nil {
		t.Errorf("as typed: %v", err)
	}
	if r, err := age.Decrypt(bytes.NewReader(box), alone); err != nil {
		t.Errorf("the one who may alone: %v", err)
	} else if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, words) {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range texts {
		if bytes.Contains(box, []byte(text)) {
			t.Error("a share is in the kit")
		}
	}
}

func TestSharesThatDoNotOpenAKit(t *testing.T) {
	t.Parallel()
	a, _ := kms.SplitKit(4, 3)
	b, _ := kms.SplitKit(4, 3)
	boxA, boxB := kit(t, a), kit(t, b)
	x, y := a.Texts(), b.Texts()
	wrong := flip(x[2][20]) // may be the letter itself, so both neighbours are tried
	if x[2][20:21] == wrong {
		wrong = "C"
	}
	for what, held := range map[string][]string{
		"none": nil, "one": x[:1], "too few": x[:2], "the same twice": {x[0], x[1], x[1]}, "of two kits": {x[0], x[1], y[2]},
		"a wrong letter": {x[0], x[1], x[2][:20] + wrong + x[2][21:]}, "cut": {x[0], x[1], x[2][:40]}, "not a share": {x[0], x[1], "hello"}, "empty": {x[0], x[1], ""},
	} {
		if err := opens(t, boxA, held...); err == nil {
			t.Errorf("%s: opened", what)
		}
	}
	if err := opens(t, boxB, x[:3]...); err == nil {
		t.Error("another kit's shares opened it")
	}
	if err := opens(t, boxA, x[:3]...); err != nil {
		t.Error(err)
	}
	if _, err := age.Encrypt(io.Discard, a); err == nil {
		t.Error("shares were given for a second kit")
	}
	for _, c := range [][2]int{{1, 1}, {3, 1}, {2, 3}, {256, 2}, {0, 0}, {-1, 2}} {
		if _, err := kms.SplitKit(c[0], c[1]); err == nil {
			t.Errorf("%d of %d: accepted", c[1], c[0])
		}
	}
	if _, err := kms.Join(nil); err == nil {
		t.Error("nothing was joined")
	}
}

func FuzzJoinKit(f *testing.F) {
	shares, err := kms.SplitKit(2, 2)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := shares.Wrap(make([]byte, 16)); err != nil {
		f.Fatal(err)
	}
	f.Add(shares.Texts()[0], shares.Texts()[1])
	f.Add("", "-")
	f.Fuzz(func(t *testing.T, a, b string) {
		who, err := kms.JoinKit([]string{a, b})
		if err == nil && who == nil {
			t.Fatal("neither an identity nor an error")
		}
		if _, err := kms.JoinKit([]string{a, a}); err == nil {
			t.Fatal("one share twice")
		}
	})
}
