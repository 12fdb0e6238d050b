package bundle

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"

	opa "github.com/open-policy-agent/opa/v1/bundle"
)

const (
	algorithm = "ES256"
	hashing   = opa.SHA256
)

// sign adds the signature over everything else.
func (c contents) sign(key *ecdsa.PrivateKey) error {
	id, err := keyID(&key.PublicKey)
	if err != nil {
		return err
	}
	return c.signAs(key, id)
}

func (c contents) signAs(key *ecdsa.PrivateKey, id string) error {
	hash, err := opa.NewSignatureHasher(hashing)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	var listed []opa.FileInfo
	for _, name := range c.paths() {
		var said any = c[name]
		if opa.IsStructuredDoc(name) {
			if err := json.Unmarshal(c[name], &said); err != nil {
				return fmt.Errorf("sign %s: %w", name, err)
			}
		}
		sum, err := hash.HashFile(said)
		if err != nil {
			return fmt.Errorf("sign %s: %w", name, err)
		}
		listed = append(listed, opa.NewFile(name, hex.EncodeToString(sum), hashing.String()))
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	with := opa.NewSigningConfig(string(pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: der})), algorithm, "")
	token, err := opa.GenerateSignedToken(listed, with, id)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	c[signaturesFile], err = json.Marshal(opa.SignaturesConfig{Signatures: []string{token}})
	return err
}

// verify holds the contents against their signature: every file is in it, as it is, and none is missing.
func (c contents) verify(keys Keys) error {
	raw, ok := c[signaturesFile]
	if !ok {
		return refuse(Unsigned, "it is not signed")
	}
	var signatures opa.SignaturesConfig
	if err := strict(raw, &signatures); err != nil {
		return refused(Malformed, err, signaturesFile)
	}
	if len(signatures.Signatures) != 1 || signatures.Plugin != "" {
		return refuse(Unsigned, "it must have one signature, and a plain one")
	}
	trusted, err := keys.of(signatures.Signatures[0])
	if err != nil {
		return err
	}
	listed, err := opa.VerifyBundleSignature(signatures, trusted)
	if err != nil {
		return refused(WronglySigned, err, "its signature")
	}
	for _, name := range c.paths() {
		if name == signaturesFile {
			continue
		}
		if file, ok := listed[name]; ok && file.Algorithm != hashing.String() {
			return refuse(WronglySigned, "%s is signed by another hash than %s", name, hashing)
		}
		if err := opa.VerifyBundleFile(name, *bytes.NewBuffer(c[name]), listed); err != nil {
			return refused(WronglySigned, err, "its signature")
		}
	}
	if len(listed) > 0 {
		return refuse(WronglySigned, "files that were signed are missing from it")
	}
	return nil
}

// of is the one key under which a signature is verified: the one that it names. OPA is always told which, since an empty
// id has once let through what nobody signed.
func (k Keys) of(token string) (*opa.VerificationConfig, error) {
	head, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return nil, refused(Malformed, err, "its signature")
	}
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	if err := json.Unmarshal(raw, &header); err != nil {
		return nil, refused(Malformed, err, "its signature")
	}
	key, known := k[header.KeyID]
	switch {
	case header.Algorithm != algorithm:
		return nil, refuse(WronglySigned, "it is not signed by %s", algorithm)
	case header.KeyID == "":
		return nil, refuse(WronglySigned, "its signature names no key")
	case !known || key == nil:
		return nil, refuse(WronglySigned, "it is signed by a key that is not trusted here")
	}
	text, err := publicPEM(key)
	if err != nil {
		return nil, err
	}
	trusted := map[string]*opa.KeyConfig{header.KeyID: {Key: string(text), Algorithm: algorithm}}
	return opa.NewVerificationConfig(trusted, header.KeyID, "", nil), nil
}
