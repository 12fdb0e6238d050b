package identity

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator app has it; HMAC-SHA1 is not broken
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// One-time codes change each period and have this many digits.
const (
	totpPeriod = 30 * time.Second
	totpDigits = 6
)

// TOTP is the one-time code (RFC 6238) of a secret as authenticator apps show it: base32, spaces and case are free.
func TOTP(secret string, at time.Time) (string, error) {
	secret = strings.ToUpper(strings.ReplaceAll(secret, " ", ""))
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(secret, "="))
	if err != nil || len(key) == 0 {
		return "", fmt.Errorf("identity: a TOTP secret is base32")
	}
	return hotp(key, uint64(at.Unix())/uint64(totpPeriod.Seconds()), totpDigits), nil
}

// hotp is the code of a counter (RFC 4226).
func hotp(key []byte, counter uint64, digits int) string {
	h := hmac.New(sha1.New, key)
	_ = binary.Write(h, binary.BigEndian, counter) // a hash takes everything
	sum := h.Sum(nil)
	from := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[from:]) & 0x7fffffff
	modulus := uint32(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, number%modulus)
}
