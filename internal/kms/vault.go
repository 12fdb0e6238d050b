package kms

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	vault "github.com/hashicorp/vault/api"
	"gocloud.dev/secrets/hashivault"
)

var (
	errVaultURL   = errors.New("kms: it must be hashivault://KEY or hashivault://KEY?engine=ENGINE")
	errVaultHome  = errors.New("kms: VAULT_SERVER_URL must be https://host, or http:// on this machine alone")
	errVaultToken = errors.New("kms: name a file with Vault's token in VAULT_SERVER_TOKEN_FILE, or set VAULT_SERVER_TOKEN; not both")
	errVaultCA    = errors.New("kms: VAULT_CACERT names no file with certificates")
	errVault      = errors.New("kms: Vault's client does not start; look at the VAULT_ variables")
)

var vaultName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$`)

// openVault opens a key of Vault's or OpenBao's transit engine. The client and
// the options are this keeper's own: the driver's way of opening a URL shares
// both, so that the engine of one URL would become that of the next.
func openVault(rest string) (*Keeper, error) {
	key, engine, err := vaultKey(rest)
	if err != nil {
		return nil, err
	}
	client, closing, err := vaultClient()
	if err != nil {
		return nil, err
	}
	return newKeeper(hashivault.OpenKeeper(client, key, &hashivault.KeeperOptions{Engine: engine}), judgeVault, closing), nil
}

func vaultKey(rest string) (key, engine string, err error) {
	key, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	engine = "transit"
	if values.Has("engine") {
		engine = values.Get("engine")
	}
	if err != nil || len(values) > 1 || len(values) == 1 && len(values["engine"]) != 1 || !vaultName.MatchString(key) {
		return "", "", errVaultURL
	}
	for part := range strings.SplitSeq(engine, "/") {
		if !vaultName.MatchString(part) {
			return "", "", errVaultURL
		}
	}
	return key, engine, nil
}

func vaultClient() (*vault.Client, func(), error) {
	address, err := vaultAddress(os.Getenv("VAULT_SERVER_URL"))
	if err != nil {
		return nil, nil, err
	}
	token, err := vaultToken()
	if err != nil {
		return nil, nil, err
	}
	roots, err := vaultRoots(os.Getenv("VAULT_CACERT"))
	if err != nil {
		return nil, nil, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a redirect would carry the token elsewhere
	client, err := vault.NewClient(&vault.Config{
		Address: address, HttpClient: &http.Client{Transport: transport, CheckRedirect: stay},
		Timeout: patience, DisableRedirects: true,
	})
	if err != nil {
		return nil, nil, errVault
	}
	client.SetToken(token)
	return client, transport.CloseIdleConnections, nil
}

func vaultAddress(text string) (string, error) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.User != nil || address.RawQuery != "" {
		return "", errVaultHome
	}
	host := address.Hostname()
	near := host == "localhost" || net.ParseIP(host).IsLoopback()
	if address.Scheme != "https" && (address.Scheme != "http" || !near) {
		return "", errVaultHome
	}
	return text, nil
}

func vaultToken() (string, error) {
	token, path := os.Getenv("VAULT_SERVER_TOKEN"), os.Getenv("VAULT_SERVER_TOKEN_FILE")
	if (token == "") == (path == "") {
		return "", errVaultToken
	}
	if path != "" {
		text, err := readPrivate(path)
		if err != nil {
			return "", err
		}
		token = strings.TrimSpace(string(text))
	}
	if token == "" || strings.ContainsAny(token, "\r\n\x00") {
		return "", errVaultToken
	}
	return token, nil
}

func vaultRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // nil are the roots of the machine
	}
	text, err := os.ReadFile(filepath.Clean(path))
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(text) {
		return nil, errVaultCA
	}
	return roots, nil
}

// judgeVault: 400 is another key or no box, 403 and 404 are policy. What is
// sealed, throttled or broken may be well later.
func judgeVault(err error) error {
	var answer *vault.ResponseError
	if !errors.As(err, &answer) {
		return ErrUnavailable
	}
	switch answer.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		return ErrRefused
	}
	return ErrUnavailable
}
