package structure_test

import "strings"

// floors is the order of the house, from the top. A package imports only from floors below its own, and a new package
// stands on none until it is written here.
var floors = [][]string{
	{"cmd", "bench"},
	{"internal/api", "internal/jobs", "internal/seed"},
	{ // features own their rules and their SQL
		"internal/attachment", "internal/care", "internal/community", "internal/consent", "internal/forum", "internal/moderation",
		"internal/notice", "internal/notify", "internal/persona", "internal/programme", "internal/renewal", "internal/research", "internal/rights", "internal/search",
	},
	{"internal/member"},
	{ // the ground that features stand on
		"internal/audit", "internal/authz", "internal/authz/bundle", "internal/authz/matrix", "internal/authz/rehearsal", "internal/blobs", "internal/config", "internal/deid", "internal/forum/markup",
		"internal/identity", "internal/journal", "internal/keystore", "internal/kms", "internal/postgres", "internal/sealed",
	},
	{"internal/page", "internal/search/segment"},
	{ // what knows nothing of Hamyar's doings
		"internal/audit/tree", "internal/attachment/picture", "internal/demo", "internal/devstack", "internal/recent", "internal/search/words", "internal/structure", "migrations", "policy",
	},
	{"internal/fault", "deploy"},
}

// neighbours are the imports inside one floor, each with what makes it right.
var neighbours = map[[2]string]string{
	{"internal/keystore", "internal/postgres"}:  "wrapped keys are rows",
	{"internal/keystore", "internal/sealed"}:    "it hands out rings",
	{"internal/keystore", "internal/kms"}:       "a KMS opens the keys of epochs",
	{"internal/audit", "internal/sealed"}:       "an actor without a persona is sealed",
	{"internal/audit", "internal/authz"}:        "a decision says whether the act is recorded",
	{"internal/audit", "internal/keystore"}:     "what is done upon keys is recorded too",
	{"internal/audit", "internal/postgres"}:     "the tree is rows",
	{"internal/authz/bundle", "internal/authz"}: "what an operator adds is tried by the engine",
	{"internal/authz/matrix", "internal/authz"}: "it asks every question that tells something",
	{"internal/journal", "internal/authz"}:      "it writes down what policy decided",

	{"internal/community", "internal/persona"}:    "joining makes a persona",
	{"internal/attachment", "internal/community"}: "files are kept for a community's conversation",
	{"internal/attachment", "internal/notice"}:    "whose file was opened is told",
	{"internal/community", "internal/notice"}:     "so is who was unmasked; and members read what they were told",
	{"internal/forum", "internal/notice"}:         "so is whose words were opened",
	{"internal/forum", "internal/attachment"}:     "a post takes attachments, and lets them go with its words",
	{"internal/forum", "internal/community"}:      "a conversation is held in a community",
	{"internal/forum", "internal/persona"}:        "posts are signed by personas",
	{"internal/renewal", "internal/community"}:    "names, cards and ground rules are sealed anew",
	{"internal/renewal", "internal/forum"}:        "so are posts and titles",
	{"internal/search", "internal/community"}:     "a community says how it is searched",
	{"internal/search", "internal/forum"}:         "what is found are posts",
	{"internal/rights", "internal/community"}:     "erasing takes a name away",
	{"internal/rights", "internal/forum"}:         "and everything that was written under it",
}

// only tells who may import a package of others; everybody below a named folder may.
var only = []struct {
	imported string
	by       []string
	why      string
}{
	{"github.com/ory/kratos-client-go", []string{"internal/identity"}, "sessions are judged in one place"},
	{"github.com/ory/kratos", []string{"internal/identity", "deploy/kratos"}, "Kratos runs beside Hamyar, not inside it"},
	{"github.com/open-policy-agent/opa", []string{"internal/authz"}, "there is one evaluator, and it fails closed"},
	{"github.com/jackc/tern", []string{"migrations"}, "only the owner's role changes a schema"},
	{"gocloud.dev/secrets", []string{"internal/kms"}, "a KMS unwraps epoch keys and nothing else"},
	{"gocloud.dev", []string{"internal/blobs", "internal/kms"}, "clouds are reached through what they hold for us: keys of epochs, and sealed files"},
	{module + "/internal/blobs", []string{"cmd", "bench", "internal/attachment"}, "whoever stores a file has sealed it"},
	{"github.com/hashicorp/vault", []string{"internal/kms"}, "a KMS unwraps epoch keys and nothing else"},
	{"filippo.io/age", []string{"cmd", "internal/keystore", "internal/kms"}, "only the recovery kit leaves the house"},
	{module + "/internal/kms", []string{"cmd", "internal/keystore"}, "a KMS unwraps epoch keys and nothing else"},
	{"golang.org/x/mod/sumdb", []string{"internal/audit"}, "there is one tree, and its proofs are judged in one place"},
	{"crypto/aes", []string{"internal/sealed", "internal/keystore"}, "there is one ciphertext format"},
	{"crypto/cipher", []string{"internal/sealed", "internal/keystore"}, "there is one ciphertext format"},
	{"golang.org/x/crypto/chacha20poly1305", []string{"bench", "internal/sealed", "internal/keystore", "internal/kms"}, "there is one ciphertext format, and one for key files"},
	{"golang.org/x/crypto/argon2", []string{"internal/keystore", "internal/kms"}, "secrets that people type are kept in the keystore; a passphrase opens a key file"},
	{"github.com/yuin/goldmark", []string{"internal/forum/markup"}, "text is rendered and sanitised in one place"},
	{"github.com/microcosm-cc/bluemonday", []string{"internal/forum/markup"}, "text is rendered and sanitised in one place"},
	{"github.com/blevesearch", []string{"internal/search/words"}, "what a word is, is decided in one place"},
	{"net/http", []string{"cmd", "bench", "internal/api", "internal/identity", "internal/devstack", "internal/kms"}, "a domain that knows HTTP answers in statuses; ours answers in faults"},
	{"os/exec", []string{"cmd", "bench", "internal/devstack"}, "a server that starts programs can be made to start others"},
	{"math/rand", []string{"bench"}, "what is random here is secret: crypto/rand"},
	{"image", []string{"bench", "internal/attachment/picture"}, "what others drew is decoded in one place, within limits"},
	{"golang.org/x/image", []string{"internal/attachment/picture"}, "what others drew is decoded in one place, within limits"},
	{"unsafe", nil, "nothing here is worth it"},
	{module + "/internal/devstack", []string{"cmd/hamyar", "bench", "internal/devstack", "internal/postgres/pgtest", "internal/identity"}, "servers run against databases that they are given"},
	{module + "/internal/demo", []string{"internal/seed"}, "demonstration data is seeded on request and never served"},
	{module + "/internal/structure", nil, "it holds tests alone"},
	{module + "/policy", []string{"internal/authz"}, "there is one evaluator, and it fails closed"},
}

// confined packages import the standard library and what is named, so that they can be read and trusted alone.
var confined = []struct {
	room  string
	allow []string
	why   string
}{
	{"internal/fault", nil, "everybody imports it"},
	{"internal/deid/table", []string{"go.yaml.in/yaml/v3"}, "files in, tables out: no rows, no keys, no clock"},
	{"internal/deid/recode", []string{module + "/internal/deid/table"}, "pure algorithms: no rows, no keys, no clock"},
	{"internal/deid/verify", []string{module + "/internal/deid/table"}, "a judge who shares nothing with the builder"},
	{"internal/deid/attack", []string{module + "/internal/deid/"}, "pure algorithms: no rows, no keys, no clock"},
	{"internal/deid/dp", []string{"github.com/google/differential-privacy/go/v3/", "go.yaml.in/yaml/v3", module + "/internal/deid/table"}, "pure algorithms: no rows, no keys, no clock, and no seed"},
	{"internal/deid/report", []string{module + "/internal/deid/"}, "figures in, a page out: no rows, no keys, no clock"},
	{"internal/deid/scrub", []string{"github.com/nyaruka/phonenumbers", "golang.org/x/text/", module + "/internal/deid/scrub"}, "it sees what everybody wrote: no rows, no keys, no clock"},
	{"internal/sealed", []string{"golang.org/x/crypto/", "github.com/google/uuid", module + "/internal/fault"}, "the format must be reviewable in one sitting"},
	{"internal/search/segment", []string{"github.com/google/uuid", module + "/internal/search/words"}, "bytes in, bytes out: no rows, no keys, no clock"},
	{"internal/search/words", []string{"github.com/blevesearch/snowballstem", "golang.org/x/text/", module + "/internal/fault"}, "it sees what everybody wrote: no rows, no keys, no clock"},
	{"internal/audit/tree", []string{"golang.org/x/mod/sumdb/", "github.com/google/uuid"}, "an auditor reads the verifier alone, and in one sitting"},
	{"internal/attachment/picture", []string{"golang.org/x/image/webp", "golang.org/x/sync/semaphore", module + "/internal/fault"}, "hostile files meet it first: no rows, no keys, no network"},
	{"policy", nil, "it embeds files"},
	{"internal/demo", nil, "it only reads its own text"},
}

// never are roads between our own packages that must not exist, however many rooms lie between.
var never = []struct{ from, to, why string }{
	{"internal/research", "internal/sealed", "a researcher's code has no way to open anything"},
	{"internal/research", "internal/keystore", "a researcher's code has no way to a key"},
	{"internal/authz", "internal/sealed", "policy judges facts and never sees words"},
	{"internal/authz", "internal/keystore", "policy judges facts and never sees keys"},
	{"internal/authz", "internal/postgres", "a decision needs no row; its filter is text for others to run"},
	{"internal/authz", "internal/identity", "facts carry no identifiers"},
	{"internal/deid/verify", "internal/deid/recode", "whoever judges a release didn't make it"},
	{"internal/deid/recode", "internal/deid/verify", "a builder that used the judge's eyes would share its blind spots"},
	{"internal/devstack", "migrations", "starting PostgreSQL needs no knowledge of what is kept in it"},
}

// below tells whether a path is the folder or lies in it.
func below(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

// room is the room that a folder belongs to, and its floor; -1 where it has none.
func room(folder string) (name string, floor int) {
	floor = -1
	for i, rooms := range floors {
		for _, r := range rooms {
			if below(folder, r) && len(r) > len(name) {
				name, floor = r, i
			}
		}
	}
	return name, floor
}

// ours is the folder of a package of this module, or "".
func ours(imported string) string {
	folder, found := strings.CutPrefix(imported, module+"/")
	if !found {
		return ""
	}
	return folder
}

// standard tells whether a package is of the standard library: its first part has no dot.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}
