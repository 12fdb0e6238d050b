package devstack

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
)

// secrets are Kratos's own and its database role's, made once for a data folder.
type secrets struct {
	Default, Cookie, Cipher, Database string
}

func (k *kratos) loadSecrets() error {
	path := filepath.Join(k.dir, "secrets.json")
	text, err := os.ReadFile(path)
	if err == nil {
		return json.Unmarshal(text, &k.secrets)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, secret := range []*string{&k.secrets.Default, &k.secrets.Cookie, &k.secrets.Cipher, &k.secrets.Database} {
		fresh := make([]byte, 16)
		rand.Read(fresh)
		*secret = hex.EncodeToString(fresh) // Kratos takes a cipher secret of exactly 32 characters
	}
	if text, err = json.Marshal(k.secrets); err != nil {
		return err
	}
	return k.write(path, text)
}

// configure writes what Kratos reads: deploy/kratos's file, and beside it what is true of this folder only.
func (k *kratos) configure(adminURL string) error {
	if err := k.write(filepath.Join(k.dir, base), moduleFile(base)); err != nil {
		return err
	}
	differences, err := k.localConfiguration(adminURL)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(differences, "", "\t")
	if err != nil {
		return err
	}
	return k.write(filepath.Join(k.dir, local), text)
}

type section map[string]any

// localConfiguration says the same things as deploy/kratos/kratos.local.example.yaml.
func (k *kratos) localConfiguration(adminURL string) (section, error) {
	origin, err := url.Parse(k.opts.Origin)
	if err != nil {
		return nil, err
	}
	page := func(path string) section { return section{"ui_url": k.opts.Origin + path} }
	schema := base64.StdEncoding.EncodeToString(moduleFile("identity.schema.json"))
	differences := section{
		"dsn": k.databaseURL(adminURL),
		"serve": section{
			"public": section{"port": k.public, "base_url": k.opts.Origin + "/identity/"},
			"admin":  section{"port": k.admin},
		},
		"identity": section{"schemas": []section{{"id": "member", "url": "base64://" + schema}}},
		"secrets": section{
			"default": []string{k.secrets.Default}, "cookie": []string{k.secrets.Cookie}, "cipher": []string{k.secrets.Cipher},
		},
		"selfservice": section{
			"default_browser_return_url": k.opts.Origin + "/account",
			"allowed_return_urls":        []string{k.opts.Origin},
			"methods": section{"passkey": section{"config": section{"rp": section{
				"id": origin.Hostname(), "origins": []string{k.opts.Origin},
			}}}},
			"flows": section{
				"registration": page("/sign-up"),
				"login":        page("/sign-in"),
				"settings":     page("/account"),
				"recovery":     page("/recover"),
				"verification": page("/verify"),
				"error":        page("/sign-in-error"),
				"logout":       section{"after": section{"default_browser_return_url": k.opts.Origin + "/sign-out"}},
			},
		},
	}
	if k.opts.Ephemeral {
		differences["hashers"] = section{"argon2": section{"memory": "1MB", "iterations": 1, "parallelism": 1}}
	}
	return differences, nil
}

// write makes a file that only Kratos reads, all of it or none.
func (k *kratos) write(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	if err := k.folder.account.give(path + ".new"); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// databaseURL is the identity cluster's, for Kratos's own role and database.
func (k *kratos) databaseURL(adminURL string) string {
	address, err := url.Parse(adminURL)
	if err != nil {
		panic("devstack: an address of our own making does not parse")
	}
	address.User, address.Path = url.UserPassword("kratos", k.secrets.Database), "/kratos"
	return address.String()
}
