package keystore_test

import (
	"context"
	"encoding/base64"
	"math/bits"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/argon2"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
)

func (s setting) secrets(t *testing.T, identity uuid.UUID) []string {
	t.Helper()
	all, err := s.NewRecoverySecrets(t.Context(), identity)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (s setting) redeem(t *testing.T, identity uuid.UUID, secret string) bool {
	t.Helper()
	ok, err := s.RedeemRecoverySecret(t.Context(), identity, secret)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func (s setting) left(t *testing.T, identity uuid.UUID) int {
	t.Helper()
	n, err := s.RecoverySecretsLeft(t.Context(), identity)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRecoverySecretsWorkOnce(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	if s.left(t, identity) != 0 {
		t.Fatal("secrets from nowhere")
	}
	all, form := s.secrets(t, identity), regexp.MustCompile(`^(10|[1-9])(-[0-9A-HJKMNP-TV-Z]{5}){4}$`)
	seen := map[string]bool{}
	for _, secret := range all {
		if !form.MatchString(secret) {
			t.Errorf("%q is not the form", secret)
		}
		_, code, _ := strings.Cut(secret, "-")
		seen[code] = true
	}
	if len(seen) != 10 || s.left(t, identity) != 10 {
		t.Fatalf("%d secrets, %d left", len(seen), s.left(t, identity))
	}
	if !s.redeem(t, identity, all[6]) || s.redeem(t, identity, all[6]) || s.left(t, identity) != 9 {
		t.Fatal("not once")
	}
	if !s.redeem(t, identity, all[9]) || s.left(t, identity) != 8 {
		t.Fatal("the tenth")
	}
}

func TestOnlyTheRightSecretRedeems(t *testing.T) {
	t.Parallel()
	s, identity, other := setup(t), uuid.New(), uuid.New()
	all := s.secrets(t, identity)
	s.secrets(t, other)
	last := all[0][len(all[0])-1:]
	for what, try := range map[string]struct {
		identity uuid.UUID
		secret   string
	}{
		"another member": {other, all[0]}, "nobody": {uuid.New(), all[0]}, "another number": {identity, "2" + all[0][1:]},
		"no such number": {identity, "77" + all[0][1:]}, "no number": {identity, all[0][2:]}, "another code": {identity, all[0][:len(all[0])-1] + other1(last)},
		"nothing": {identity, ""}, "half": {identity, all[0][:12]}, "twice": {identity, all[0] + all[0]}, "noise": {identity, strings.Repeat("🙂", 22)},
		"very long": {identity, strings.Repeat("1", 1<<16)}, "wildcard": {identity, "1-%%%%%-%%%%%-%%%%%-%%%%%"}, "zero": {identity, "0" + all[0][1:]},
	} {
		if s.redeem(t, try.identity, try.secret) {
			t.Errorf("%s: redeemed", what)
		}
	}
	if s.left(t, identity) != 10 || s.left(t, other) != 10 || s.count(t, "member") != 2 {
		t.Fatal("a failed attempt changed something")
	}
}

// other1 is another letter of the alphabet.
func other1(letter string) string {
	at := strings.Index(keystore.Alphabet, letter)
	return keystore.Alphabet[(at+1)%32:][:1]
}

func TestOfTwoWhoRedeemAtOnceOneSucceeds(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	secret := s.secrets(t, identity)[3]
	var won atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		store := s.again(t)
		all.Go(func() {
			ok, err := store.RedeemRecoverySecret(t.Context(), identity, secret)
			if err != nil {
				t.Error(err)
			}
			if ok {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || s.left(t, identity) != 9 {
		t.Fatalf("%d redeemed it, %d left", won.Load(), s.left(t, identity))
	}
}

func TestNewSecretsEndEarlierOnes(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	old := s.secrets(t, identity)
	var all sync.WaitGroup
	sets := make([][]string, 3)
	for i := range sets {
		all.Go(func() { sets[i] = s.secrets(t, identity) })
	}
	all.Wait()
	if s.left(t, identity) != 10 || s.redeem(t, identity, old[0]) {
		t.Fatal("earlier secrets live on")
	}
	alive := 0
	for _, set := range sets {
		if s.redeem(t, identity, set[0]) && s.redeem(t, identity, set[9]) {
			alive++
		}
	}
	if alive != 1 || s.left(t, identity) != 8 {
		t.Fatalf("%d sets are alive", alive)
	}
}

func TestSecretsAreKeptAsArgon2id(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	secret := s.secrets(t, identity)[0]
	if s.count(t, `recovery_secret WHERE hash ~ '^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$'`) != 10 {
		t.Fatal("not in PHC form with the recommended cost")
	}
	// A hash of another cost, from an earlier or a later release, is still recognised.
	_, text, _ := keystore.ReadCode(secret)
	encode, salt := base64.RawStdEncoding.EncodeToString, []byte("salt of 16 bytes")
	hash := "$argon2id$v=19$m=64,t=3,p=2$" + encode(salt) + "$" + encode(argon2.IDKey([]byte(text), salt, 3, 64, 2, 32))
	s.asOwner(t, "UPDATE recovery_secret SET hash = $1 WHERE number = 1", hash)
	if !s.redeem(t, identity, secret) {
		t.Fatal("another cost isn't recognised")
	}
	for number, hash := range []string{"", "plain", "$argon2id$v=19$m=9999999999,t=1,p=1$YQ$YQ", "$argon2id$v=19$m=1073741824,t=1,p=1$YQ$YQ", "$2a$10$abcdefghijklmnopqrstuv"} {
		s.asOwner(t, "UPDATE recovery_secret SET hash = $1 WHERE number = $2", hash, number+2)
	}
	for _, broken := range zeroCodes(2, 6) {
		if s.redeem(t, identity, broken) {
			t.Errorf("%q redeems against a broken hash", broken)
		}
	}
}

// zeroCodes are codes that parse, with the numbers given.
func zeroCodes(from, to int32) (all []string) {
	for number := from; number <= to; number++ {
		all = append(all, keystore.PrintCode(number, strings.Repeat("0", 20)))
	}
	return all
}

// TestTheWorkIsTheSame keeps hashing busy: an attempt that came back without
// waiting for it would be one that can be told from the others by its time.
func TestTheWorkIsTheSame(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	right := s.secrets(t, identity)[0]
	defer keystore.HoldHashing(s.Store)()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for what, try := range map[string]struct {
		identity uuid.UUID
		secret   string
	}{
		"the right one": {identity, right}, "a wrong one": {identity, "2" + right[1:]}, "nobody": {uuid.New(), right},
		"no such number": {identity, "99" + right[1:]}, "noise": {identity, "noise"}, "nothing": {identity, ""},
	} {
		all.Go(func() {
			if _, err := s.RedeemRecoverySecret(ctx, try.identity, try.secret); fault.CodeOf(err) != fault.Unavailable {
				t.Errorf("%s: an answer without hashing, %v", what, err)
			}
		})
	}
	all.Wait()
}

func TestWaitingForHashingEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.NewRecoverySecrets(ctx, uuid.New())
	mustBe(t, err, fault.New(fault.Unavailable))
}

// TestCodesAreReadAsPeopleTypeThem changes a printed code in every way that
// keeps its meaning.
func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int32Range(1, 99).Draw(t, "number")
		text := rapid.StringOfN(rapid.SampledFrom([]rune(keystore.Alphabet)), 20, 20, -1).Draw(t, "text")
		var typed strings.Builder
		for _, letter := range keystore.PrintCode(number, text) {
			typed.WriteString(rapid.SampledFrom(spellings(letter)).Draw(t, "letter"))
			typed.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "\t", "-", "–", "\u200c", "\u200f", "\u00a0", "ـ", "\n"}).Draw(t, "between"))
		}
		gotNumber, gotText, ok := keystore.ReadCode(typed.String())
		if !ok || gotNumber != number || gotText != text {
			t.Fatalf("%q is read as %d %q, %v", typed.String(), gotNumber, gotText, ok)
		}
	})
}

// spellings of one printed letter.
func spellings(letter rune) []string {
	all := []string{string(letter), strings.ToLower(string(letter))}
	switch {
	case letter == '-':
		return []string{"-", "", " ", "—", "_", " - "}
	case letter >= '0' && letter <= '9':
		all = append(all, string('۰'+letter-'0'), string('٠'+letter-'0'))
	}
	switch letter {
	case '0':
		all = append(all, "O", "o")
	case '1':
		all = append(all, "I", "i", "L", "l")
	}
	return all
}

func FuzzReadCode(f *testing.F) {
	for _, seed := range []string{"7-QK2M4-0HX9A-RT6YB-81WZC", "", "۷ qk2m4 ٠hx9a", "1-UUUUU-UUUUU-UUUUU-UUUUU", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		number, text, ok := keystore.ReadCode(typed)
		if !ok {
			return
		}
		if again, same, ok := keystore.ReadCode(keystore.PrintCode(number, text)); !ok || again != number || same != text {
			t.Fatalf("%q is read as %d %q and then as %d %q", typed, number, text, again, same)
		}
	})
}

// TestEveryLetterIsAsLikely would notice a code that is easier to guess than
// its hundred bits.
func TestEveryLetterIsAsLikely(t *testing.T) {
	t.Parallel()
	if bits.OnesCount(uint(len(keystore.Alphabet))) != 1 || len(keystore.Alphabet) != 32 || strings.ContainsAny(keystore.Alphabet, "ILOUilou") {
		t.Fatalf("%q", keystore.Alphabet)
	}
	counts, total := map[rune]int{}, 0
	for range 100 {
		text, err := keystore.NewCode()
		if err != nil {
			t.Fatal(err)
		}
		for _, letter := range text {
			counts[letter]++
			total++
		}
	}
	for _, letter := range keystore.Alphabet { // 62.5 expected; the bounds are five standard deviations away
		if n := counts[letter]; n < 23 || n > 103 {
			t.Errorf("%c: %d of %d", letter, n, total)
		}
	}
}
