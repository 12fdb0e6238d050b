package sealed_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"

	"github.com/hamyar/hamyar/internal/sealed"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

type wycheproofTest struct {
	TcID                                  int
	Key, IV, AAD, Msg, CT, Tag, Salt, IKM hexBytes
	Info, OKM                             hexBytes
	Size                                  int
	Result                                string
}

type wycheproofGroup struct {
	IVSize, KeySize, TagSize int
	Tests                    []wycheproofTest
}

func wycheproofGroups(t *testing.T, file string) []wycheproofGroup {
	t.Helper()
	text, err := fs.ReadFile(wycheproof.TestVectors, file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ TestGroups []wycheproofGroup }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all.TestGroups
}

// Vectors of other lengths of nonce and tag are for ciphers that this package doesn't have: it makes all nonces itself.
func TestWycheproofAEAD(t *testing.T) {
	for _, c := range []struct {
		file          string
		suite         sealed.Suite
		ivSize        int
		all, applying int
	}{
		{"xchacha20_poly1305_test.json", sealed.XChaCha20Poly1305, 192, 315, 306},
		{"aes_gcm_test.json", sealed.AES256GCM, 96, 316, 197},
	} {
		t.Run(c.file, func(t *testing.T) {
			all, applying := 0, 0
			for _, g := range wycheproofGroups(t, c.file) {
				all += len(g.Tests)
				if g.IVSize != c.ivSize || g.TagSize != 128 {
					continue
				}
				for _, v := range g.Tests {
					checkAEAD(t, c.suite, v)
					applying++
				}
			}
			if all < c.all || applying < c.applying {
				t.Fatalf("%d vectors, of which %d apply", all, applying)
			}
			t.Logf("%d vectors, of which %d apply", all, applying)
		})
	}
}

func checkAEAD(t *testing.T, suite sealed.Suite, v wycheproofTest) {
	t.Helper()
	aead, err := sealed.NewAEAD(suite, v.Key)
	if err != nil {
		t.Fatal(err)
	}
	nonce, box := []byte(v.IV), bytes.Clone(v.CT)
	if aead.NonceSize() == 0 {
		nonce, box = nil, append(bytes.Clone(v.IV), box...)
	}
	got, err := aead.Open(nil, nonce, append(box, v.Tag...), v.AAD)
	if valid := v.Result == "valid"; valid != (err == nil) || valid && !bytes.Equal(got, v.Msg) {
		t.Errorf("vector %d: %s, but %v", v.TcID, v.Result, err)
	}
	if nonce == nil || v.Result != "valid" {
		return
	}
	if again := aead.Seal(nil, nonce, v.Msg, v.AAD); !bytes.Equal(again, append(bytes.Clone(v.CT), v.Tag...)) {
		t.Errorf("vector %d: sealed differently", v.TcID)
	}
}

func TestWycheproofHMAC(t *testing.T) {
	ran := 0
	for _, g := range wycheproofGroups(t, "hmac_sha256_test.json") {
		for _, v := range g.Tests {
			same := bytes.Equal(sealed.HMAC(v.Key, v.Msg)[:g.TagSize/8], v.Tag)
			if same != (v.Result == "valid") {
				t.Errorf("vector %d: %s", v.TcID, v.Result)
			}
			ran++
		}
	}
	if ran < 170 {
		t.Fatalf("only %d vectors ran", ran)
	}
}

// An output that is longer than the 64 bytes to which this package expands begins with them.
func TestWycheproofHKDF(t *testing.T) {
	all, refused := 0, 0
	for _, g := range wycheproofGroups(t, "hkdf_sha256_test.json") {
		for _, v := range g.Tests {
			all++
			if v.Result != "valid" { // more than HKDF can give, which nobody can ask of this package
				refused++
				continue
			}
			salt := []byte(v.Salt)
			if len(salt) == 0 {
				salt = make([]byte, 32)
			}
			n := min(v.Size, 64)
			if got := sealed.Expand(sealed.HMAC(salt, v.IKM), v.Info)[:n]; !bytes.Equal(got, v.OKM[:n]) {
				t.Errorf("vector %d differs", v.TcID)
			}
		}
	}
	if all < 86 || refused > 3 {
		t.Fatalf("%d vectors, of which %d ask for too much", all, refused)
	}
	t.Logf("%d vectors, of which %d ask for too much", all, refused)
}
