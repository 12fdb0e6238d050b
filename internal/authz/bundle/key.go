package bundle

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// Keys are those whose signature counts, by their ids.
type Keys map[string]*ecdsa.PublicKey

// NewKey makes a key to sign bundles with: the private half as PEM (PKCS #8), and the public half as PEM (PKIX), which
// is what a server is given.
func NewKey() (private, public []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	public, err = publicPEM(&key.PublicKey)
	return pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: der}), public, err
}

// ParsePrivate reads a key that NewKey or openssl has made.
func ParsePrivate(text []byte) (*ecdsa.PrivateKey, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != privateBlock || len(rest) > 0 {
		return nil, errors.New("this is no private key to sign with: `hamyar policy new-key` makes one")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("the private key is not of ES256 (P-256)")
	}
	return key, nil
}

// ParseKeys reads one or more public keys, as PEM one after the other: while a key is being replaced, both count.
func ParseKeys(text []byte) (Keys, error) {
	keys := Keys{}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != publicBlock {
			return nil, errors.New("only public keys belong there; a private key stays with who signs")
		}
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		key, ok := parsed.(*ecdsa.PublicKey)
		if err != nil || !ok || key.Curve != elliptic.P256() {
			return nil, errors.New("a public key is not of ES256 (P-256)")
		}
		id, err := keyID(key)
		if err != nil {
			return nil, err
		}
		keys[id] = key
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no public key in it")
	}
	return keys, nil
}

// keyID names a key by what it is, so that it is never empty and never chosen.
func keyID(key *ecdsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("name a key: %w", err)
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:8]), nil
}

func publicPEM(key *ecdsa.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("write a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: der}), nil
}
