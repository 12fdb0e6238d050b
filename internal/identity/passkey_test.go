package identity_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// authenticator is a device that keeps one passkey, as WebAuthn level 2 describes it: ES256, no attestation.
type authenticator struct {
	key  *ecdsa.PrivateKey
	id   []byte
	user string
	rp   string
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &authenticator{key: key, id: id}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func clientData(t *testing.T, kind, challenge string) []byte {
	t.Helper()
	text, err := json.Marshal(object{"type": "webauthn." + kind, "challenge": strings.TrimRight(challenge, "="), "origin": origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// data is the authenticator's own statement: whose site, who was there, and how often it signed.
func (a *authenticator) data(flags byte) []byte {
	site := sha256.Sum256([]byte(a.rp))
	return binary.BigEndian.AppendUint32(append(site[:], flags), 0)
}

// create answers what the page would hand to navigator.credentials.create.
func (a *authenticator) create(t *testing.T, options string) string {
	t.Helper()
	var wanted struct {
		PublicKey publicKey
		Options   struct{ PublicKey publicKey } `json:"credentialOptions"`
	}
	if err := json.Unmarshal([]byte(options), &wanted); err != nil {
		t.Fatal(err)
	}
	p := wanted.PublicKey
	if p.Challenge == "" {
		p = wanted.Options.PublicKey
	}
	a.rp, a.user = p.RP.ID, p.User.ID

	point, err := a.key.PublicKey.Bytes() // 4, then x and y
	if err != nil {
		t.Fatal(err)
	}
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32}, point[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	data := append(a.data(0x45), make([]byte, 16)...) // present, verified, with a new credential
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), cose...)
	object := bytes.Join([][]byte{
		{0xa3, 0x63},
		[]byte("fmt"),
		{0x64},
		[]byte("none"),
		{0x67},
		[]byte("attStmt"),
		{0xa0},
		{0x68},
		[]byte("authData"),
		{0x58, byte(len(data))},
		data,
	}, nil)
	return a.credential(t, map[string]string{"attestationObject": b64(object), "clientDataJSON": b64(clientData(t, "create", p.Challenge))})
}

type publicKey struct {
	Challenge string
	RP        struct{ ID string }
	User      struct{ ID string }
}

// sign answers what the page would hand to navigator.credentials.get.
func (a *authenticator) sign(t *testing.T, options string) string {
	t.Helper()
	var wanted struct{ PublicKey publicKey }
	if err := json.Unmarshal([]byte(options), &wanted); err != nil {
		t.Fatal(err)
	}
	said, data := clientData(t, "get", wanted.PublicKey.Challenge), a.data(0x05)
	hash := sha256.Sum256(said)
	digest := sha256.Sum256(append(bytes.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.credential(t, map[string]string{
		"authenticatorData": b64(data), "clientDataJSON": b64(said), "signature": b64(signature), "userHandle": a.user,
	})
}

func (a *authenticator) credential(t *testing.T, response map[string]string) string {
	t.Helper()
	text, err := json.Marshal(object{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": response})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// press does what Kratos's script does at a passkey button: it puts the device's answer into its field and submits.
func (b *browser) press(t *testing.T, page answer, field string, fill url.Values, device func(values map[string]string) string) answer {
	t.Helper()
	for _, f := range formsOf(t, page) {
		if _, there := f.values[field]; !there {
			continue
		}
		values := url.Values{}
		for name, value := range f.values {
			values.Set(name, value)
		}
		for name := range fill {
			values.Set(name, fill.Get(name))
		}
		values.Set(field, device(f.values))
		return do(t, b.client, request(t, "POST", origin+f.action, values, "Accept", "text/html", "Origin", origin))
	}
	t.Fatalf("no form with %s in %s", field, page.body)
	return answer{}
}

func TestAPasskeySignsUpAndIn(t *testing.T) {
	t.Parallel()
	f := open(t)
	device, name := newAuthenticator(t), freshName()
	b := f.browse(t)
	page := b.press(t, b.open(t, "/sign-up"), "passkey_register", form("traits.username", name), func(values map[string]string) string {
		return device.create(t, values["passkey_create_data"])
	})
	if page.Request.URL.Path != "/account" || !strings.Contains(b.open(t, "/me").body, `"AAL":1`) {
		t.Fatalf("signing up led to %s %s", page.Request.URL, page.body)
	}

	b = f.browse(t)
	signIn := func(device *authenticator) answer {
		return b.press(t, b.open(t, "/sign-in"), "passkey_login", nil, func(values map[string]string) string {
			return device.sign(t, values["passkey_challenge"])
		})
	}
	other := newAuthenticator(t)
	other.rp, other.user, other.id = device.rp, device.user, device.id
	if page = signIn(other); page.Request.URL.Path != "/sign-in" {
		t.Errorf("another device led to %s", page.Request.URL)
	}
	if page = signIn(device); page.Request.URL.Path != "/account" || !strings.Contains(b.open(t, "/me").body, `"AAL":1`) {
		t.Errorf("signing in led to %s %s", page.Request.URL, page.body)
	}
}

func TestAPasskeyIsAddedToAnAccount(t *testing.T) {
	t.Parallel()
	f := open(t)
	device, b := newAuthenticator(t), f.signedUp(t)
	page := b.press(t, b.open(t, "/identity/self-service/settings/browser"), "passkey_settings_register", nil, func(values map[string]string) string {
		return device.create(t, values["passkey_create_data"])
	})
	if !strings.Contains(page.body, "Your changes are saved.") || !strings.Contains(page.body, "Remove the passkey") {
		t.Fatalf("adding shows %s", page.body)
	}
	b = f.browse(t)
	page = b.press(t, b.open(t, "/sign-in"), "passkey_login", nil, func(values map[string]string) string {
		return device.sign(t, values["passkey_challenge"])
	})
	if page.Request.URL.Path != "/account" {
		t.Errorf("signing in led to %s %s", page.Request.URL, page.body)
	}
}
