package sealed_test

import (
	"bytes"
	"crypto/aes"
	"encoding/binary"
	"errors"
	"math/big"
	"testing"

	"golang.org/x/crypto/chacha20"

	"github.com/hamyar/hamyar/internal/sealed"
)

// Neither GCM nor Poly1305 commits to its key: whoever knows two keys can make
// one body that both accept. These tests make such bodies inside boxes that are
// otherwise honest, show that both ciphers accept them, and that only the ring
// whose commitment stands in the box opens it.

const honestText = "two blocks of this honest text are free to be chosen"

func TestABodyForTwoKeysOpensForTheCommittedOne(t *testing.T) {
	for name, c := range map[string]struct {
		suite sealed.Suite
		merge func(t *testing.T, box, keyA, keyB []byte)
	}{
		"aes256gcm":         {sealed.AES256GCM, mergeGCM},
		"xchacha20poly1305": {sealed.XChaCha20Poly1305, mergePoly1305},
	} {
		t.Run(name, func(t *testing.T) {
			secretA, secretB := [32]byte{0xa}, [32]byte{0xb}
			a := vectorRing(t, deployment, c.suite, 1, secretA[:])
			b := vectorRing(t, deployment, c.suite, 1, secretB[:])
			box := sealedBox(t, a, honestText)
			keyA, commitA := sealed.MessageKey(a, somePlace(), box)
			keyB, commitB := sealed.MessageKey(b, somePlace(), box)
			c.merge(t, box, keyA, keyB)
			mustAccept(t, c.suite, keyA, box)
			mustAccept(t, c.suite, keyB, box)

			if !bytes.Equal(box[sealed.CommitAt:sealed.BodyAt], commitA) {
				t.Fatal("the box doesn't carry A's commitment")
			}
			if _, err := a.Open(somePlace(), box); err != nil {
				t.Fatalf("A is committed to and can't open: %v", err)
			}
			mustNotDecrypt(t, "B, A's commitment", b, box)
			copy(box[sealed.CommitAt:], commitB)
			mustNotDecrypt(t, "A, B's commitment", a, box)
		})
	}
}

// mustNotDecrypt asks before the padding is looked at, which would refuse too.
func mustNotDecrypt(t *testing.T, what string, ring *sealed.Ring, box []byte) {
	t.Helper()
	if _, err := sealed.Decrypt(ring, somePlace(), box); !errors.Is(err, sealed.ErrOpen) {
		t.Errorf("%s: %v", what, err)
	}
}

// mustAccept opens the body with the cipher alone, without the commitment.
func mustAccept(t *testing.T, suite sealed.Suite, key, box []byte) {
	t.Helper()
	aead, err := sealed.NewAEAD(suite, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := aead.Open(nil, box[4:4+aead.NonceSize()], box[sealed.BodyAt:], nil); err != nil {
		t.Fatalf("the body is not one for both keys: %v", err)
	}
}

// mergeGCM changes the second block and the tag so that both keys give this tag.
func mergeGCM(t *testing.T, box, keyA, keyB []byte) {
	t.Helper()
	body := box[sealed.BodyAt:]
	iv, text, tag := body[:12], body[12:len(body)-16], body[len(body)-16:]
	hashA, maskA := gcmKeys(t, keyA, iv)
	hashB, maskB := gcmKeys(t, keyB, iv)
	blocks := len(text) / 16
	if len(text)%16 != 0 {
		t.Fatal("the text isn't made of whole blocks")
	}
	length := make([]byte, 16)
	binary.BigEndian.PutUint64(length[8:], uint64(len(text)*8))

	const free = 1
	sum := add(maskA, maskB, multiply(block(length), add(hashA, hashB)))
	var factor element
	for i := range blocks {
		f := add(power(hashA, blocks+1-i), power(hashB, blocks+1-i))
		if i == free {
			factor = f
			continue
		}
		sum = add(sum, multiply(block(text[16*i:]), f))
	}
	solved := multiply(sum, inverse(factor))
	binary.BigEndian.PutUint64(text[16*free:], solved.hi)
	binary.BigEndian.PutUint64(text[16*free+8:], solved.lo)

	ghash := multiply(block(length), hashA)
	for i := range blocks {
		ghash = add(ghash, multiply(block(text[16*i:]), power(hashA, blocks+1-i)))
	}
	ghash = add(ghash, maskA)
	binary.BigEndian.PutUint64(tag, ghash.hi)
	binary.BigEndian.PutUint64(tag[8:], ghash.lo)
}

func gcmKeys(t *testing.T, key, iv []byte) (hash, mask element) {
	t.Helper()
	cipher, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	var h, m [16]byte
	cipher.Encrypt(h[:], h[:])
	copy(m[:], iv)
	m[15] = 1
	cipher.Encrypt(m[:], m[:])
	return block(h[:]), block(m[:])
}

// element is one of GF(2¹²⁸) as GCM writes it: the first bit is the lowest power.
type element struct{ hi, lo uint64 }

func block(b []byte) element {
	return element{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func add(all ...element) (sum element) {
	for _, e := range all {
		sum.hi, sum.lo = sum.hi^e.hi, sum.lo^e.lo
	}
	return sum
}

func multiply(x, y element) (product element) {
	for i := range 128 {
		bit := x.hi >> (63 - i%64) & 1
		if i >= 64 {
			bit = x.lo >> (63 - i%64) & 1
		}
		product = add(product, element{-bit & y.hi, -bit & y.lo})
		carry := -(y.lo & 1)
		y.lo = y.lo>>1 | y.hi<<63
		y.hi = y.hi>>1 ^ carry&(0xe1<<56)
	}
	return product
}

func power(x element, n int) element {
	result := element{hi: 1 << 63}
	for range n {
		result = multiply(result, x)
	}
	return result
}

// inverse is x to the power of 2¹²⁸ − 2.
func inverse(x element) element {
	result, square := element{hi: 1 << 63}, x
	for range 127 {
		square = multiply(square, square)
		result = multiply(result, square)
	}
	return result
}

// mergePoly1305 changes the second and third block and the tag so that both
// keys give this tag. The carry beyond 2¹²⁸ and the size of the blocks are
// guessed, a few tags at a time.
func mergePoly1305(t *testing.T, box, keyA, keyB []byte) {
	t.Helper()
	body := box[sealed.BodyAt:]
	text, tag := body[:len(body)-16], body[len(body)-16:]
	a, b := polyKey(t, keyA, box[4:28]), polyKey(t, keyB, box[4:28])
	for try := int64(1); try < 100_000; try++ {
		want := new(big.Int).Mul(big.NewInt(try), new(big.Int).Lsh(big.NewInt(1), 100))
		want.Mod(want, two128)
		x, y := solve(a, b, text, want, try%3)
		if x == nil {
			continue
		}
		little(x, text[16:32])
		little(y, text[32:48])
		little(want, tag)
		return
	}
	t.Fatal("no body for both keys")
}

var (
	two128 = new(big.Int).Lsh(big.NewInt(1), 128)
	prime  = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 130), big.NewInt(5))
)

type poly struct{ r, s *big.Int }

func polyKey(t *testing.T, key, nonce []byte) poly {
	t.Helper()
	stream, err := chacha20.NewUnauthenticatedCipher(key, nonce)
	if err != nil {
		t.Fatal(err)
	}
	var out [32]byte
	stream.XORKeyStream(out[:], out[:])
	for i, mask := range []byte{255, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15} {
		out[i] &= mask
	}
	return poly{fromLittle(out[:16]), fromLittle(out[16:])}
}

// solve finds the two free blocks that make both polynomials give the tag, with
// the carry guessed; nil where they don't fit.
func solve(a, b poly, text []byte, tag *big.Int, carry int64) (x, y *big.Int) {
	rowA, rowB := a.row(text, tag, carry), b.row(text, tag, carry)
	determinant := modP(sub(mul(rowA.x, rowB.y), mul(rowB.x, rowA.y)))
	inverse := new(big.Int).ModInverse(determinant, prime)
	if inverse == nil {
		return nil, nil
	}
	x = modP(mul(inverse, sub(mul(rowA.rest, rowB.y), mul(rowB.rest, rowA.y))))
	y = modP(mul(inverse, sub(mul(rowA.x, rowB.rest), mul(rowB.x, rowA.rest))))
	x, y = sub(x, two128), sub(y, two128) // each block is written with a bit on top
	if x.Sign() < 0 || y.Sign() < 0 || x.Cmp(two128) >= 0 || y.Cmp(two128) >= 0 {
		return nil, nil
	}
	return x, y
}

type row struct{ x, y, rest *big.Int }

// row is the linear equation of one key: x·r^i + y·r^j = rest.
func (k poly) row(text []byte, tag *big.Int, carry int64) (r row) {
	blocks := len(text) / 16
	want := new(big.Int).Mod(sub(tag, k.s), two128)
	want.Add(want, mul(big.NewInt(carry), two128))
	length := make([]byte, 16)
	binary.LittleEndian.PutUint64(length[8:], uint64(len(text)))
	for i := range blocks + 1 {
		factor := new(big.Int).Exp(k.r, big.NewInt(int64(blocks+1-i)), prime)
		var value *big.Int
		switch i {
		case 1:
			r.x = factor
			continue
		case 2:
			r.y = factor
			continue
		case blocks:
			value = fromLittle(length)
		default:
			value = fromLittle(text[16*i : 16*i+16])
		}
		want.Sub(want, mul(factor, value.Add(value, two128)))
	}
	r.rest = modP(want)
	return r
}

func sub(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
func mul(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
func modP(a *big.Int) *big.Int   { return new(big.Int).Mod(a, prime) }

func fromLittle(b []byte) *big.Int {
	reversed := make([]byte, len(b))
	for i := range b {
		reversed[len(b)-1-i] = b[i]
	}
	return new(big.Int).SetBytes(reversed)
}

func little(x *big.Int, dst []byte) {
	x.FillBytes(dst)
	for i, j := 0, len(dst)-1; i < j; i, j = i+1, j-1 {
		dst[i], dst[j] = dst[j], dst[i]
	}
}
