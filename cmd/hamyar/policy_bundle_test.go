package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/authz/bundle"
	"github.com/hamyar/hamyar/internal/config"
)

// rule denies new topics where it matters most.
const rule = `# METADATA
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

// does runs a command of the program as its operator would, and returns what it said.
func does(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out, errOut bytes.Buffer
	err := run(t.Context(), args, func(string) string { return "" }, &out, &errOut)
	return out.String() + errOut.String(), err
}

// rulemaker is where an operator writes rules, signs them, and lays them into a server's folder.
type rulemaker struct {
	t      *testing.T
	rules  string
	key    string
	serial int
	server config.Policy
}

func newRulemaker(t *testing.T) *rulemaker {
	t.Helper()
	dir := t.TempDir()
	o := &rulemaker{t: t, rules: filepath.Join(dir, "rules"), key: filepath.Join(dir, "key")}
	o.server = config.Policy{Folder: filepath.Join(dir, "laid"), State: filepath.Join(dir, "state"), Keys: o.key + ".pub", MaxAge: 7 * 24 * time.Hour}
	for _, folder := range []string{filepath.Join(o.rules, "operator"), o.server.Folder, o.server.State} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	o.write("operator/quiet.rego", rule)
	if _, err := does(t, "policy", "new-key", o.key); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *rulemaker) write(name, text string) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.rules, name), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// signs makes a bundle of the rules and lays it into the folder.
func (o *rulemaker) signs() {
	o.t.Helper()
	o.serial++
	if said, err := does(o.t, "policy", "sign", "-key", o.key, "-serial", strconv.Itoa(o.serial), "-output", filepath.Join(o.server.Folder, bundle.File), o.rules); err != nil {
		o.t.Fatal(err, said)
	}
}

// empties signs that there are no rules any more.
func (o *rulemaker) empties() {
	o.t.Helper()
	if err := os.Remove(filepath.Join(o.rules, "operator/quiet.rego")); err != nil {
		o.t.Fatal(err)
	}
	if said, err := does(o.t, "policy", "check", o.rules); err != nil || !strings.Contains(said, "WARN  no rule is in it") {
		o.t.Error(said, err)
	}
	o.signs()
}

func (o *rulemaker) lays(name, text string) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.server.Folder, name), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *rulemaker) takes(name string) {
	o.t.Helper()
	if err := os.Remove(filepath.Join(o.server.Folder, name)); err != nil {
		o.t.Fatal(err)
	}
}

// until asks again until the answer has this status: a server looks into its folder every other second.
func (p *person) until(status int, method, path string, body any) reply {
	p.h.t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for limit := time.After(time.Minute); ; {
		r := p.call(method, path, body)
		if r.status == status {
			return r
		}
		select {
		case <-ticker.C:
		case <-limit:
			p.h.t.Fatalf("%s %s: still %d after a minute, want %d; the log: %s", method, path, r.status, status, p.h.log)
		}
	}
}

// metric is a line of the metrics that begins so.
func (h *house) metric(address, name string) string {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	for line := range strings.Lines(string(all)) {
		if value, found := strings.CutPrefix(line, name); found {
			return strings.TrimSpace(value)
		}
	}
	h.t.Fatalf("there is no metric %s", name)
	return ""
}

// Where a rule takes reading away, nothing is written either, and no list says that there is nothing.
func TestWhereReadingIsTakenAwayNothingIsWritten(t *testing.T) {
	t.Parallel()
	o := newRulemaker(t)
	h := open(t, func(c *config.Config) { c.Policy = o.server })
	p := h.found(map[string]any{"sensitivity": 3, "join_policy": "open", "search": "segments"})
	ada := h.signUp().join(p.ID, "Ada")
	base := "/v1/communities/" + p.ID
	opened := ada.opens(p.ID, "A title", "Some words")
	topic, words := base+"/topics/"+opened.ID, map[string]any{"title": "Another", "text": "Other words"}
	public, _ := h.serves()
	h.origin = "http://" + public
	written := func() int { rows := h.behind().rows(); return rows["forum.topic"] + rows["forum.post"] }
	before := written()
	o.write("operator/quiet.rego", strings.Replace(rule, `input.action == "topic.create"`, `input.action in {"post.read", "topic.read"}`, 1))
	o.signs()
	ada.until(http.StatusForbidden, http.MethodGet, base+"/topics", nil).refused("restricted_here")
	for _, way := range []struct {
		method, path string
		body         any
	}{
		{"GET", topic + "/posts", nil},
		{"GET", base + "/search?q=words", nil},
		{"POST", base + "/topics", words},
		{"POST", topic + "/posts", map[string]any{"text": "Other words"}},
	} {
		ada.call(way.method, way.path, way.body).hears(told{http.StatusForbidden, "restricted_here"}).without("Some words")
	}
	ada.call(http.MethodPatch, topic, words, "If-Match", opened.ETag).hears(told{http.StatusForbidden, "restricted_here"})
	if after := written(); after != before || before != 2 {
		t.Errorf("%d rows, then %d", before, after)
	}
	o.empties()
	ada.until(http.StatusOK, http.MethodGet, topic, nil).without("Other words")
}

func TestAServerFollowsItsOperatorsRules(t *testing.T) {
	t.Parallel()
	o := newRulemaker(t)
	h := open(t, func(c *config.Config) { c.Policy = o.server })
	open := map[string]any{"sensitivity": 3, "visibility": "public", "join_policy": "open"}
	p := h.found(open)
	open["sensitivity"] = 1
	calm := p.founds(open)
	ada := h.signUp().join(p.ID, "Ada").join(calm, "Lake")
	public, metrics := h.serves()
	h.origin = "http://" + public
	words := map[string]any{"title": "A title", "text": "Some words"}
	grave, mild := "/v1/communities/"+p.ID+"/topics", "/v1/communities/"+calm+"/topics"
	ada.call(http.MethodPost, grave, words).is(http.StatusCreated)

	o.signs()
	ada.until(http.StatusForbidden, http.MethodPost, grave, words).refused("restricted_here")
	told := ada.call(http.MethodPost, grave+"?explain=1", words, "Accept-Language", "fa").is(http.StatusForbidden)
	for _, text := range []string{"اینجا ممکن نیست", "موضوع تازه را گردانندگان این انجمن باز می‌کنند."} {
		if !strings.Contains(string(told.body), text) {
			t.Errorf("they are not told %q: %s", text, told.body)
		}
	}
	ada.call(http.MethodPost, mild, words).is(http.StatusCreated)
	if got := h.metric(metrics, "hamyar_policy_bundle_serial "); got != "1" {
		t.Errorf("bundle %s serves", got)
	}
	if got := h.metric(metrics, "hamyar_policy_info{"); !strings.Contains(got, `bundle="1-`) || !strings.Contains(got, h.policy.Revision()) {
		t.Errorf("the metrics tell of %s", got)
	}

	o.lays(bundle.Switch, "")
	if r := ada.until(http.StatusServiceUnavailable, http.MethodGet, mild, nil).refused("closed"); r.header.Get("Retry-After") == "" {
		t.Error("nobody is told when to come again")
	}
	if got := h.metric(metrics, "hamyar_policy_closed "); got != "1" {
		t.Errorf("closed: %s", got)
	}
	o.takes(bundle.Switch)
	ada.until(http.StatusOK, http.MethodGet, mild, nil)

	o.takes(bundle.File)
	ada.call(http.MethodPost, grave, words).refused("restricted_here")
	o.empties()
	ada.until(http.StatusCreated, http.MethodPost, grave, words)
	if got := h.metric(metrics, "hamyar_policy_info{"); !strings.Contains(got, `bundle="2-`) {
		t.Errorf("the metrics tell of %s", got)
	}
}

func TestAServerStartsWithTheLastGoodRules(t *testing.T) {
	t.Parallel()
	o := newRulemaker(t)
	h := open(t)
	settings := []string{"HAMYAR_POLICY", o.server.Folder, "HAMYAR_POLICY_STATE", o.server.State, "HAMYAR_POLICY_KEY_FILE", o.server.Keys}
	o.lays(bundle.File, "words")
	p := h.start([]string{"serve"}, settings...)
	if code, said := p.end(), p.errOut.String(); code == 0 || !strings.Contains(said, "hamyar policy check") || strings.Contains(said, `"serving"`) {
		t.Errorf("upon a broken bundle it ends with %d and says %s", code, said)
	}
	o.signs()
	p = h.start([]string{"serve"}, settings...)
	p.says(`"serving"`)
	p.stops()
	good := p.errOut.String()
	o.lays(bundle.File, "words")
	p = h.start([]string{"serve"}, settings...)
	p.says(`"serving"`)
	p.says(`"code":"malformed"`)
	p.stops()
	revision := func(said string) string {
		_, after, _ := strings.Cut(said, `"policy":"`)
		return after[:16]
	}
	if again := p.errOut.String(); revision(again) != revision(good) {
		t.Errorf("it served under another policy: %s, then %s", good, again)
	}
	doctor := h.start([]string{"doctor"}, settings...)
	if code := doctor.end(); code == 0 || !strings.Contains(doctor.out.String(), "MEND  policy: policy bundle: ") {
		t.Errorf("the doctor ends with %d and says %s", code, doctor.out)
	}
}

func (p *started) stops() {
	p.t.Helper()
	if err := p.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	if code := p.end(); code != 0 {
		p.t.Errorf("it ends with %d: %s", code, p.errOut)
	}
}

func TestAnOperatorTriesTheirRules(t *testing.T) {
	t.Parallel()
	o := newRulemaker(t)
	check := func(more ...string) (string, error) { return does(t, append([]string{"policy", "check"}, more...)...) }
	if said, err := check(o.rules); err != nil || strings.Contains(said, "WARN") || !strings.Contains(said, "1 packages") {
		t.Error(said, err)
	}
	o.write("operator/mute.rego", strings.NewReplacer("operator.quiet", "operator.mute", "topic.create", "post.delete").Replace(rule))
	if said, err := check(o.rules); err != nil || !strings.Contains(said, "WARN  operator/mute.rego") || strings.Contains(said, "WARN  operator/quiet.rego") {
		t.Error(said, err)
	}
	o.signs()
	laid := filepath.Join(o.server.Folder, bundle.File)
	if said, err := check("-key", o.server.Keys, laid); err != nil || !strings.Contains(said, "WARN  operator/mute.rego") {
		t.Error(said, err)
	}
	if _, err := check(laid); err == nil {
		t.Error("a bundle was found well without a key")
	}
	if _, err := check("-key", o.key, laid); err == nil {
		t.Error("a private key was taken for a public one")
	}
	if _, err := check("-key", newRulemaker(t).server.Keys, laid); err == nil {
		t.Error("a stranger's key was trusted")
	}
	if _, err := does(t, "policy", "new-key", o.key); err == nil {
		t.Error("a key was replaced")
	}
	for name, text := range map[string]string{
		"network":  "denied if http.send({\"method\": \"get\", \"url\": \"http://127.0.0.1\"}).status_code == 200",
		"stranger": "denied if input.e_mail == \"x\"",
		"spelling": "denied if {",
	} {
		o.write("operator/quiet.rego", rule+"\n"+text+"\n")
		if said, err := check(o.rules); err == nil || strings.Contains(err.Error(), "\n\n") {
			t.Errorf("%s: %s %v", name, said, err)
		}
		if _, err := does(t, "policy", "sign", "-key", o.key, "-serial", "9", "-output", laid, o.rules); err == nil {
			t.Errorf("%s was signed", name)
		}
	}
}

func TestUpHasAKeyForTrying(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := developmentPolicy(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := developmentPolicy(dir); err != nil || again != p {
		t.Errorf("%+v, then %+v, %v", p, again, err)
	}
	r := newRulemaker(t)
	laid := filepath.Join(p.Folder, bundle.File)
	if said, err := does(t, "policy", "sign", "-key", filepath.Join(dir, "policy.key"), "-serial", "1", "-output", laid, r.rules); err != nil {
		t.Fatal(said, err)
	}
	if said, err := does(t, "policy", "check", "-key", p.Keys, laid); err != nil {
		t.Error(said, err)
	}
}
