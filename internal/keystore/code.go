package keystore

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// A recovery secret is a number and a code, as printed: 7-QK2M4-0HX9A-RT6YB-81WZC.
// The code has 100 random bits in Crockford's alphabet, which leaves out the
// letters that read as digits (I, L, O) and U.
const (
	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength = 20
	groupSize  = 5
)

type code struct {
	number int32
	text   string
}

func newCode(number int32) (code, error) {
	var raw [codeLength]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return code{}, fmt.Errorf("keystore: make a recovery secret: %w", err)
	}
	for i := range raw {
		raw[i] = alphabet[raw[i]%32] // 256 is a multiple of 32: every letter is as likely
	}
	return code{number, string(raw[:])}, nil
}

// print is what the member keeps.
func (c code) print() string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(int(c.number)))
	for at := 0; at < len(c.text); at += groupSize {
		b.WriteString("-" + c.text[at:at+groupSize])
	}
	return b.String()
}

// parseCode reads what a person typed: in either case, with any spaces and
// dashes, with Persian or Arabic digits, with O for 0 and I or L for 1.
func parseCode(typed string) (c code, ok bool) {
	if len(typed) > 256 {
		return code{}, false
	}
	plain := strings.Map(plainLetter, typed)
	split := len(plain) - codeLength
	if split < 1 || split > 2 {
		return code{}, false
	}
	number, err := strconv.ParseUint(plain[:split], 10, 8)
	if err != nil || number == 0 {
		return code{}, false
	}
	for _, letter := range plain[split:] {
		if !strings.ContainsRune(alphabet, letter) {
			return code{}, false
		}
	}
	return code{int32(number), plain[split:]}, true
}

// plainLetter maps a letter to the alphabet, drops what only separates or
// formats, and leaves the rest to be refused.
func plainLetter(r rune) rune {
	switch {
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case unicode.IsSpace(r), unicode.In(r, unicode.Pd, unicode.Cf), r == 'ـ', r == '_', r == '.', r == '−':
		return -1
	}
	switch r = unicode.ToUpper(r); r {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return r
}
