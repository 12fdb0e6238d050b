package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	opa "github.com/open-policy-agent/opa/v1/bundle"

	"github.com/hamyar/hamyar/internal/authz"
)

// quiet denies what an operator might: topics in communities of the highest sensitivity.
const quiet = `# METADATA
# title: No new topics where it matters most
# description: In communities of sensitivity 3, staff open the topics.
# custom:
#   en: New topics are opened by the people who run this community.
#   fa: موضوع تازه را گردانندگان این انجمن باز می‌کنند.
package operator.quiet

denied if {
	input.action == "topic.create"
	input.sensitivity == 3
}
`

// usual are defaults as an operator might write them.
const usual = `{"always": {"join_policy": "invitation"}}`

var issued = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

func pair(t testing.TB) (*ecdsa.PrivateKey, Keys) {
	t.Helper()
	private, public, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePrivate(private)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ParseKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	return key, keys
}

func folderOf(files map[string]string) fs.FS {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func signed(t testing.TB, key *ecdsa.PrivateKey, serial uint64, rego string) []byte {
	t.Helper()
	packed, err := Sign(folderOf(map[string]string{"operator/quiet.rego": rego}), key, Stamp{serial, issued})
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// forged is a bundle that Sign would not make: rightly signed, but with contents of the test's own.
func forged(t testing.TB, key *ecdsa.PrivateKey, serial uint64, change func(contents)) []byte {
	t.Helper()
	c := contents{"operator/quiet.rego": []byte(quiet)}
	c[manifestFile], _ = json.Marshal(newManifest(Stamp{serial, issued}))
	change(c)
	if err := c.sign(key); err != nil {
		t.Fatal(err)
	}
	packed, err := c.pack(issued)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestSerialNumbersAreExact(t *testing.T) {
	t.Parallel()
	key, keys := pair(t)
	for _, serial := range []uint64{0, greatest + 1, 1<<64 - 1} {
		if _, err := Sign(folderOf(map[string]string{"operator/quiet.rego": quiet}), key, Stamp{serial, issued}); CodeOf(err) != Malformed || !strings.Contains(err.Error(), "serial numbers go from 1") {
			t.Errorf("%d: %v", serial, err)
		}
	}
	for _, serial := range []uint64{greatest, greatest - 1} {
		if _, meta, err := Read(signed(t, key, serial, quiet), Trust{Keys: keys}); err != nil || meta.Serial != serial {
			t.Errorf("%d: %v, %v", serial, meta, err)
		}
	}
}

func TestWhatIsSignedIsRead(t *testing.T) {
	t.Parallel()
	key, keys := pair(t)
	files := map[string]string{
		"operator/quiet.rego": quiet, "operator/quiet_test.rego": "package operator.quiet_test", "operator/.hidden": "x",
		"operator/defaults.json": usual, "README.md": "ours", ".git/config": "ours",
	}
	packed, err := Sign(folderOf(files), key, Stamp{7, issued})
	if err != nil {
		t.Fatal(err)
	}
	overlay, meta, err := Read(packed, Trust{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	if len(overlay.Modules) != 1 || overlay.Modules["operator/quiet.rego"] != quiet || string(overlay.Defaults) != usual {
		t.Errorf("%+v", overlay)
	}
	if meta.Serial != 7 || !meta.Issued.Equal(issued) || len(meta.Digest) != 64 || !strings.HasPrefix(overlay.Revision, "7-") {
		t.Errorf("%+v %q", meta, overlay.Revision)
	}
	engine, err := authz.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Apply(t.Context(), &overlay); err != nil {
		t.Error(err)
	}
}

// A bundle of ours is one of OPA, which verifies it by its own tools.
func TestOPAReadsABundle(t *testing.T) {
	t.Parallel()
	key, _ := pair(t)
	id, _ := keyID(&key.PublicKey)
	text, _ := publicPEM(&key.PublicKey)
	trusted := opa.NewVerificationConfig(map[string]*opa.KeyConfig{id: {Key: string(text), Algorithm: algorithm}}, id, "", nil)
	b, err := opa.NewCustomReader(opa.NewTarballLoaderWithBaseURL(bytes.NewReader(signed(t, key, 3, quiet)), "")).WithBundleVerificationConfig(trusted).Read()
	if err != nil || len(b.Modules) != 1 || b.Manifest.Revision != "3" {
		t.Errorf("%v %+v", err, b.Manifest)
	}
}

func TestWhoHasNotSignedIsRefused(t *testing.T) {
	t.Parallel()
	key, keys := pair(t)
	stranger, strangers := pair(t)
	unsigned := contents{"operator/quiet.rego": []byte(quiet)}
	unsigned[manifestFile], _ = json.Marshal(newManifest(Stamp{1, issued}))
	resigned := func(change func(contents)) func() []byte {
		return func() []byte {
			c, err := unpack(signed(t, key, 1, quiet))
			if err != nil {
				t.Fatal(err)
			}
			change(c)
			return repack(t, c)
		}
	}
	for name, c := range map[string]struct {
		packed func() []byte
		want   Code
	}{
		"unsigned":               {func() []byte { return repack(t, unsigned) }, Unsigned},
		"signed by a stranger":   {func() []byte { return signed(t, stranger, 1, quiet) }, WronglySigned},
		"signed by an empty key": {resigned(func(c contents) { c.token(t, key, "") }), WronglySigned},
		"by a stranger as us":    {resigned(func(c contents) { id, _ := keyID(&key.PublicKey); c.token(t, stranger, id) }), WronglySigned},
		"no signatures":          {resigned(func(c contents) { c[signaturesFile] = []byte(`{"signatures":[]}`) }), Unsigned},
		"empty signatures":       {resigned(func(c contents) { c[signaturesFile] = []byte(`{}`) }), Unsigned},
		"a plugin of its own":    {resigned(func(c contents) { c.signatures(t, func(s *opa.SignaturesConfig) { s.Plugin = "none" }) }), Unsigned},
		"two signatures": {resigned(func(c contents) {
			c.signatures(t, func(s *opa.SignaturesConfig) { s.Signatures = append(s.Signatures, s.Signatures...) })
		}), Unsigned},
		"no algorithm": {resigned(func(c contents) {
			c.signatures(t, func(s *opa.SignaturesConfig) { s.Signatures = []string{"eyJhbGciOiJub25lIn0.e30."} })
		}), WronglySigned},
		"no token": {resigned(func(c contents) { c.signatures(t, func(s *opa.SignaturesConfig) { s.Signatures = []string{"%"} }) }), Malformed},
		"a rule changed": {resigned(func(c contents) {
			c["operator/quiet.rego"] = bytes.ReplaceAll(c["operator/quiet.rego"], []byte("== 3"), []byte("== 2"))
		}), WronglySigned},
		"a rule added":     {resigned(func(c contents) { c["operator/loud.rego"] = []byte(strings.ReplaceAll(quiet, "quiet", "loud")) }), WronglySigned},
		"a rule taken out": {resigned(func(c contents) { delete(c, "operator/quiet.rego") }), WronglySigned},
		"defaults added":   {resigned(func(c contents) { c[defaultsFile] = []byte(usual) }), WronglySigned},
		"a greater serial": {resigned(func(c contents) { c[manifestFile], _ = json.Marshal(newManifest(Stamp{9, issued})) }), WronglySigned},
		"a cut signature": {resigned(func(c contents) {
			c.signatures(t, func(s *opa.SignaturesConfig) { s.Signatures[0] = s.Signatures[0][:len(s.Signatures[0])-8] })
		}), WronglySigned},
		"another manifest inside": {resigned(func(c contents) { c[manifestFile] = append([]byte(`{"wasm":[],`), c[manifestFile][1:]...) }), WronglySigned},
	} {
		if _, _, err := Read(c.packed(), Trust{Keys: keys}); CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	packed := signed(t, key, 1, quiet)
	for _, none := range []Keys{nil, {}, {"": &key.PublicKey}, strangers} {
		if _, _, err := Read(packed, Trust{Keys: none}); CodeOf(err) != WronglySigned {
			t.Errorf("%d keys: %v", len(none), err)
		}
	}
	for id, stranger := range strangers { // while a key is being replaced, both count
		keys[id] = stranger
	}
	if _, _, err := Read(signed(t, stranger, 1, quiet), Trust{Keys: keys}); err != nil {
		t.Error(err)
	}
}

// token signs the contents under a key id of the test's choice.
func (c contents) token(t testing.TB, key *ecdsa.PrivateKey, id string) {
	t.Helper()
	delete(c, signaturesFile)
	if err := c.signAs(key, id); err != nil {
		t.Fatal(err)
	}
}

func (c contents) signatures(t testing.TB, change func(*opa.SignaturesConfig)) {
	t.Helper()
	var s opa.SignaturesConfig
	if err := json.Unmarshal(c[signaturesFile], &s); err != nil {
		t.Fatal(err)
	}
	change(&s)
	c[signaturesFile], _ = json.Marshal(s)
}

func repack(t testing.TB, c contents) []byte {
	t.Helper()
	packed, err := c.pack(issued)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestOnlyNewerBundlesAreTaken(t *testing.T) {
	t.Parallel()
	key, keys := pair(t)
	packed := signed(t, key, 5, quiet)
	_, meta, err := Read(packed, Trust{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	trust := Trust{keys, meta.Seen}
	for name, c := range map[string]struct {
		packed []byte
		want   Code
	}{
		"the same":                       {packed, ""},
		"newer":                          {signed(t, key, 6, quiet), ""},
		"older":                          {signed(t, key, 4, quiet), Downgraded},
		"the same number, other content": {signed(t, key, 5, quiet+"\n"), SerialReused},
		"the same number, signed anew":   {signed(t, key, 5, quiet), SerialReused},
	} {
		if _, _, err := Read(c.packed, trust); CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWhatHasNoPlaceInABundleIsRefused(t *testing.T) {
	t.Parallel()
	key, keys := pair(t)
	with := func(name, text string) func(contents) {
		return func(c contents) { c[name] = []byte(text) }
	}
	said := func(change string, to string) func(contents) {
		return func(c contents) { c[manifestFile] = bytes.ReplaceAll(c[manifestFile], []byte(change), []byte(to)) }
	}
	many := func(c contents) {
		for i := range mostFiles {
			c[fmt.Sprintf("operator/n%d.rego", i)] = []byte(strings.ReplaceAll(quiet, "quiet", fmt.Sprintf("n%d", i)))
		}
	}
	for name, c := range map[string]struct {
		change func(contents)
		want   Code
	}{
		"a file above":          {with("../operator/x.rego", quiet), OutOfPlace},
		"a file beside":         {with("hamyar/authz/authz.rego", quiet), OutOfPlace},
		"a detour":              {with("operator/../hamyar/x.rego", quiet), OutOfPlace},
		"data":                  {with("data.json", `{"hamyar":{}}`), OutOfPlace},
		"data of ours":          {with("operator/data.json", `{}`), OutOfPlace},
		"a patch":               {with("patch.json", `{"data":[]}`), OutOfPlace},
		"a machine":             {with("policy.wasm", "\x00asm"), OutOfPlace},
		"a test":                {with("operator/quiet_test.rego", "package operator.quiet_test"), OutOfPlace},
		"a second manifest":     {with("operator/.manifest", "{}"), OutOfPlace},
		"no manifest":           {func(c contents) { delete(c, manifestFile) }, Malformed},
		"all roots":             {said(`["operator"]`, `[""]`), OutOfPlace},
		"another root":          {said(`["operator"]`, `["operator","hamyar"]`), OutOfPlace},
		"no root":               {said(`"roots":["operator"],`, ``), OutOfPlace},
		"an older language":     {said(`"rego_version":1`, `"rego_version":0`), Malformed},
		"languages by file":     {said(`"rego_version":1`, `"rego_version":1,"file_rego_versions":{"/operator/quiet.rego":0}`), Malformed},
		"no serial":             {said(`"serial":1`, `"serial":0`), Malformed},
		"a serial below zero":   {said(`"serial":1`, `"serial":-1`), Malformed},
		"two serials":           {said(`"revision":"1"`, `"revision":"2"`), Malformed},
		"too many files":        {many, TooLarge},
		"too much":              {with("operator/long.rego", "# "+strings.Repeat("x", mostUnpacked)), TooLarge},
		"a package of ours":     {with("operator/x.rego", strings.ReplaceAll(quiet, "operator.quiet", "hamyar.authz")), OutOfPlace},
		"a package deeper":      {with("operator/x.rego", strings.ReplaceAll(quiet, "operator.quiet", "operator.quiet.more")), OutOfPlace},
		"the whole root":        {with("operator/x.rego", strings.ReplaceAll(quiet, "operator.quiet", "operator")), OutOfPlace},
		"one package twice":     {with("operator/x.rego", quiet), BadRules},
		"a mistake of spelling": {with("operator/x.rego", "package operator.x\n\ndenied if {"), BadRules},
		"broken defaults":       {with(defaultsFile, `{"a":`), BadDefaults},
		"defaults and more":     {with(defaultsFile, `{} {}`), BadDefaults},
		"defaults as a list":    {with(defaultsFile, `[]`), BadDefaults},
		"an unknown default":    {with(defaultsFile, `{"always":{"colour":"blue"}}`), BadDefaults},
		"a value that is not":   {with(defaultsFile, `{"always":{"visibility":"everywhere"}}`), BadDefaults},
		"a sensitivity of 4":    {with(defaultsFile, `{"always":{},"sensitivity":{"4":{}}}`), BadDefaults},
	} {
		if _, _, err := Read(forged(t, key, 1, c.change), Trust{Keys: keys}); CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, _, err := Read(forged(t, key, 1, func(contents) {}), Trust{Keys: keys}); err != nil {
		t.Errorf("what was forged without a change: %v", err)
	}
}

func TestArchivesOfAnotherKindAreRefused(t *testing.T) {
	t.Parallel()
	key, keys := pair(t)
	bomb := archived(t, func(w *tar.Writer) error {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "operator/x.rego", Size: 2 * mostUnpacked, Format: tar.FormatGNU}); err != nil {
			return err
		}
		_, err := io.CopyN(w, zeros{}, 2*mostUnpacked)
		return err
	})
	entry := func(h *tar.Header) []byte { return archived(t, func(w *tar.Writer) error { return w.WriteHeader(h) }) }
	twice := archived(t, func(w *tar.Writer) error {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: "operator/x.rego"}
		return errors.Join(w.WriteHeader(h), w.WriteHeader(h))
	})
	crowd := archived(t, func(w *tar.Writer) (err error) {
		for i := 0; i < 5000 && err == nil; i++ {
			err = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: fmt.Sprintf("operator/%d.rego", i)})
		}
		return err
	})
	for name, c := range map[string]struct {
		packed []byte
		want   Code
	}{
		"nothing":        {nil, Malformed},
		"words":          {[]byte("package operator.x"), Malformed},
		"cut off":        {signed(t, key, 1, quiet)[:200], Malformed},
		"a bomb":         {bomb, TooLarge},
		"a large file":   {make([]byte, mostPacked+1), TooLarge},
		"a link":         {entry(&tar.Header{Typeflag: tar.TypeSymlink, Name: "operator/x.rego", Linkname: "/etc/passwd"}), OutOfPlace},
		"a hard link":    {entry(&tar.Header{Typeflag: tar.TypeLink, Name: "operator/x.rego", Linkname: ".manifest"}), OutOfPlace},
		"a folder":       {entry(&tar.Header{Typeflag: tar.TypeDir, Name: "operator/"}), OutOfPlace},
		"twice the same": {twice, Malformed},
		"a crowd":        {crowd, TooLarge},
		"empty":          {archived(t, func(*tar.Writer) error { return nil }), Unsigned},
	} {
		if _, _, err := Read(c.packed, Trust{Keys: keys}); CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func archived(t testing.TB, write func(*tar.Writer) error) []byte {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	w := tar.NewWriter(zipped)
	if err := errors.Join(write(w), w.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
