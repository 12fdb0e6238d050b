// Package config is everything that an operator sets, read once at the start.
//
// It protects secrets from environments, process lists and logs: they come from files alone, and a Config prints them
// masked. It must never read anything later, or give a secret a default.
package config

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Secret prints as a mask, whatever the verb.
type Secret struct{ value string }

// NewSecret holds a value that must not be printed.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal gives the value to who must have it.
func (s Secret) Reveal() string { return s.value }

// Format masks.
func (s Secret) Format(f fmt.State, _ rune) {
	mask := "(set)"
	if s.value == "" {
		mask = "(not set)"
	}
	_, _ = io.WriteString(f, mask)
}

// MarshalText masks.
func (s Secret) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(s)), nil }

// Config of `hamyar serve`. docs/operating.md explains each.
type Config struct {
	Listen            string         // address of the public side; loopback unless set
	MetricsListen     string         // address of /metrics, apart from the public side
	Origin            string         // where people reach Hamyar
	ForumURL          Secret         // application role, forum database
	KeysURL           Secret         // application role, keys database
	KMSURL            Secret         // what unwraps the keys of the keystore
	WorkerURL         Secret         // worker's role, forum database: seals anew and erases; not every program has it
	KeeperURL         Secret         // keeper's role, keys database: wraps keys again; for hamyar keys alone
	Blobs             Secret         // where attachments lie, sealed; a secret, because an address may hold a name
	Tombstones        string         // folder, outside both databases, that remembers what was erased
	KratosPublic      string         // base URL of Kratos's public API
	KratosAdmin       string         // base URL of Kratos's admin API
	TrustedProxies    []netip.Prefix // whose X-Forwarded-For is believed, for throttling alone
	ReadsPerMinute    int            // per person, or per address of who is not signed in; 0: no limit
	WritesPerMinute   int
	SearchesPerMinute int
	SearchMemory      int    // bytes of opened segments that are kept
	Witnesses         string // file that lists the witnesses of the audit log, or empty
	DecisionLog       string // where the decision log goes: stderr, off, or the full path of a file
	DecisionSample    float64
	Policy            Policy // where what is added to the policy comes from
	AuditDays         int    // for how many days the audit log keeps what its leaves were made of
	LoneKeystore      bool   // the operator knows that without a standby, a lost keystore is every voice lost
}

// Load reads HAMYAR_* from the environment; the secrets are named by HAMYAR_*_FILE.
func Load(getenv func(string) string) (Config, error) {
	var errs []error
	must := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	or := func(name, otherwise string) string {
		if value := getenv(name); value != "" {
			return value
		}
		return otherwise
	}
	c := Config{
		Listen:        or("HAMYAR_LISTEN", "127.0.0.1:8080"),
		MetricsListen: or("HAMYAR_METRICS_LISTEN", "127.0.0.1:9464"),
		Origin:        strings.TrimSuffix(getenv("HAMYAR_ORIGIN"), "/"),
		Tombstones:    getenv("HAMYAR_TOMBSTONES"),
		Blobs:         NewSecret(getenv("HAMYAR_BLOBS")),
		KratosPublic:  getenv("HAMYAR_KRATOS_PUBLIC"),
		KratosAdmin:   getenv("HAMYAR_KRATOS_ADMIN"),
		Witnesses:     getenv("HAMYAR_WITNESSES"),
		LoneKeystore:  getenv("HAMYAR_LONE_KEYSTORE") == "acknowledged",
	}
	for _, address := range []struct{ name, value string }{{"HAMYAR_ORIGIN", c.Origin}, {"HAMYAR_KRATOS_PUBLIC", c.KratosPublic}, {"HAMYAR_KRATOS_ADMIN", c.KratosAdmin}} {
		must(checkURL(address.name, address.value))
	}
	var err error
	for name, secret := range map[string]*Secret{"HAMYAR_FORUM_URL_FILE": &c.ForumURL, "HAMYAR_KEYS_URL_FILE": &c.KeysURL, "HAMYAR_KMS_URL_FILE": &c.KMSURL} {
		*secret, err = ReadSecret(name, getenv)
		must(err)
	}
	for name, secret := range map[string]*Secret{"HAMYAR_WORKER_URL_FILE": &c.WorkerURL, "HAMYAR_KEEPER_URL_FILE": &c.KeeperURL} {
		*secret, err = MaySecret(name, getenv)
		must(err)
	}
	must(checkFolder("HAMYAR_TOMBSTONES", c.Tombstones))
	if c.Blobs == (Secret{}) {
		must(errors.New("HAMYAR_BLOBS is required: where attachments lie, as file:///full/path of a folder, s3://…, gs://… or azblob://…"))
	}
	c.AuditDays, err = number("HAMYAR_AUDIT_RETENTION_DAYS", or("HAMYAR_AUDIT_RETENTION_DAYS", "1095"))
	must(err)
	c.TrustedProxies, err = prefixes(getenv("HAMYAR_TRUSTED_PROXIES"))
	must(err)
	c.ReadsPerMinute, err = number("HAMYAR_READS_PER_MINUTE", or("HAMYAR_READS_PER_MINUTE", "600"))
	must(err)
	c.WritesPerMinute, err = number("HAMYAR_WRITES_PER_MINUTE", or("HAMYAR_WRITES_PER_MINUTE", "60"))
	must(err)
	c.SearchesPerMinute, err = number("HAMYAR_SEARCHES_PER_MINUTE", or("HAMYAR_SEARCHES_PER_MINUTE", "30"))
	must(err)
	c.SearchMemory, err = number("HAMYAR_SEARCH_CACHE_MB", or("HAMYAR_SEARCH_CACHE_MB", "32"))
	must(err)
	c.SearchMemory <<= 20
	c.Policy, err = policyOf(getenv)
	must(err)
	c.DecisionLog = or("HAMYAR_DECISION_LOG", "stderr")
	must(checkDecisionLog(c.DecisionLog))
	c.DecisionSample, err = share("HAMYAR_DECISION_SAMPLE", or("HAMYAR_DECISION_SAMPLE", "0.01"))
	must(err)
	return c, errors.Join(errs...)
}

func checkURL(name, value string) error {
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return fmt.Errorf("%s must be an address such as https://forum.example", name)
	}
	return nil
}

// MaySecret is ReadSecret for what not every program needs: it is empty where nothing names a file.
func MaySecret(name string, getenv func(string) string) (Secret, error) {
	if getenv(name) == "" && getenv(strings.TrimSuffix(name, "_FILE")) == "" {
		return Secret{}, nil
	}
	return ReadSecret(name, getenv)
}

// checkFolder wants a folder that only its owner enters, and that is there already: one made on the fly may be on a disk
// that is restored together with the databases.
func checkFolder(name, path string) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("%s is required: the full path of a folder outside both databases and their backups", name)
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return fmt.Errorf("%s: there is no such folder; make it, on a disk that is not restored with the databases", name)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: others on this machine may enter the folder; allow its owner alone (chmod 700)", name)
	}
	return nil
}

// ReadSecret reads the file that an environment variable, whose name ends in _FILE, names.
func ReadSecret(name string, getenv func(string) string) (Secret, error) {
	if getenv(strings.TrimSuffix(name, "_FILE")) != "" {
		return Secret{}, fmt.Errorf("%s is not read: secrets come from files; write it to a file that only Hamyar can read, and name that in %s", strings.TrimSuffix(name, "_FILE"), name)
	}
	path := getenv(name)
	if path == "" {
		return Secret{}, fmt.Errorf("%s is required: the path of a file that holds the secret", name)
	}
	info, err := os.Stat(path)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: the file can't be read", name)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return Secret{}, fmt.Errorf("%s: everybody on this machine can read the file; allow its owner alone (chmod 600)", name)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: the file can't be read", name)
	}
	value := strings.TrimSpace(string(raw))
	if value == "" {
		return Secret{}, fmt.Errorf("%s: the file is empty", name)
	}
	return Secret{value}, nil
}

func prefixes(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, item := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, errors.New("HAMYAR_TRUSTED_PROXIES must be networks such as 10.0.0.0/8, with commas between")
		}
		all = append(all, prefix)
	}
	return all, nil
}

// checkDecisionLog wants a place that stays the same wherever the program is started.
func checkDecisionLog(place string) error {
	if place != "stderr" && place != "off" && !filepath.IsAbs(place) {
		return errors.New("HAMYAR_DECISION_LOG must be stderr, off, or the full path of a file")
	}
	return nil
}

func share(name, value string) (float64, error) {
	s, err := strconv.ParseFloat(value, 64)
	if err != nil || !(s >= 0 && s <= 1) { // nor is it no number
		return 0, fmt.Errorf("%s must be a share from 0 to 1, such as 0.01", name)
	}
	return s, nil
}

func number(name, value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s must be a whole number, 0 for no limit", name)
	}
	return n, nil
}
