package bundle

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
)

// shop is an operator's side: a folder, a key, and a program that looks.
type shop struct {
	*Folder
	t     *testing.T
	o     Options
	key   *ecdsa.PrivateKey
	log   *bytes.Buffer
	ahead time.Duration
}

func open(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, log: &bytes.Buffer{}}
	s.o = Options{Folder: t.TempDir(), State: t.TempDir(), MaxAge: 7 * 24 * time.Hour, Log: slog.New(slog.NewJSONHandler(s.log, nil))}
	s.o.Clock = func() time.Time { return issued.Add(s.ahead) }
	s.key, s.o.Keys = pair(t)
	if err := s.restart(); err != nil {
		t.Fatal(err)
	}
	return s
}

// restart is the program started anew, with an engine of its own. Where that fails, the old one goes on.
func (s *shop) restart() error {
	s.t.Helper()
	o := s.o
	o.Engine = &authz.Engine{} // one that denies, until it is given a policy
	f, err := Open(s.t.Context(), o)
	if err != nil {
		return err
	}
	s.Folder, s.o = f, o
	if f.serving == nil {
		return o.Engine.Apply(s.t.Context(), nil)
	}
	return nil
}

func (s *shop) lay(name string, content []byte) *shop {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.o.Folder, name), content, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.look()
}

func (s *shop) take(path ...string) *shop {
	s.t.Helper()
	if err := os.Remove(filepath.Join(path...)); err != nil {
		s.t.Fatal(err)
	}
	return s.look()
}

func (s *shop) look() *shop {
	s.t.Helper()
	if err := s.Look(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// writes is somebody who opens a topic in a community of this sensitivity.
func writes(sensitivity int) authz.Facts {
	return authz.Facts{
		Action: authz.TopicCreate, SignedIn: true, AAL: 1, Purpose: "support",
		CommunityVisibility: "public", JoinPolicy: "open", Sensitivity: sensitivity, MemberState: "active", MemberRole: "member",
	}
}

// says checks what somebody hears who opens a topic in a community of sensitivity 3: "" that they may.
func (s *shop) says(want fault.Code) *shop {
	s.t.Helper()
	_, err := s.o.Engine.Require(s.t.Context(), writes(3))
	if want == "" && err != nil || want != "" && fault.CodeOf(err) != want {
		s.t.Errorf("they hear %v, want %q; the log: %s", err, want, s.log)
	}
	return s
}

// logged checks how often a line of the log holds the word.
func (s *shop) logged(word string, times int) {
	s.t.Helper()
	if got := strings.Count(s.log.String(), word); got != times {
		s.t.Errorf("%q is in the log %d times, want %d: %s", word, got, times, s.log)
	}
}

// metric is a value of the folder's.
func (s *shop) metric(name string) float64 {
	s.t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(s.Folder)
	all, err := registry.Gather()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, family := range all {
		if family.GetName() == name {
			m := family.GetMetric()[0]
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	s.t.Fatalf("there is no metric %s", name)
	return 0
}

func TestABundleComesAndGoes(t *testing.T) {
	t.Parallel()
	s := open(t).says("")
	s.lay(File, signed(t, s.key, 1, quiet)).says(fault.RestrictedHere).look().logged("a policy bundle serves", 1)
	if got := s.metric("hamyar_policy_bundle_serial"); got != 1 {
		t.Errorf("serial %v", got)
	}
	if _, err := s.o.Engine.Require(t.Context(), writes(2)); err != nil {
		t.Errorf("elsewhere: %v", err)
	}
	s.lay(File, signed(t, s.key, 2, strings.ReplaceAll(quiet, "== 3", "== 2"))).says("")
	s.lay(File, signed(t, s.key, 3, quiet)).says(fault.RestrictedHere)
	s.lay(File, empty(t, s.key, 4)).says("") // that the denials end is signed, too
	if got := s.metric("hamyar_policy_bundle_serial"); got != 4 {
		t.Errorf("serial %v", got)
	}
	s.lay(File, signed(t, s.key, 2, quiet)).says("").logged("downgraded", 1) // what was seen stays seen
	s.lay(File, signed(t, s.key, 5, quiet)).says(fault.RestrictedHere)
}

func empty(t *testing.T, key *ecdsa.PrivateKey, serial uint64) []byte {
	t.Helper()
	packed, err := Sign(os.DirFS(folderWith(t, root)), key, Stamp{serial, issued})
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func folderWith(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Who may write into the folder takes no denial away, and after a while what cannot be confirmed ends.
func TestABundleThatIsTakenAwayServesOn(t *testing.T) {
	t.Parallel()
	s := open(t)
	good := signed(t, s.key, 1, quiet)
	s.lay(File, good).take(s.o.Folder, File).says(fault.RestrictedHere).look().logged(`"code":"missing"`, 1)
	s.must(s.restart())
	s.says(fault.RestrictedHere).logged(`"code":"missing"`, 2)
	if _, err := s.examine(); CodeOf(err) != Missing {
		t.Errorf("the doctor sees %v", err)
	}
	s.ahead += 7*24*time.Hour + time.Second
	s.look().says(fault.Closed)
	s.lay(File, good).says(fault.RestrictedHere)
	if meta, err := s.examine(); err != nil || meta.Serial != 1 {
		t.Errorf("the doctor sees %v, %v", meta, err)
	}
}

// examine is what the doctor does, with an engine for trying.
func (s *shop) examine() (Meta, error) {
	o := s.o
	o.Engine = &authz.Engine{}
	return Examine(s.t.Context(), o)
}

// A pipe keeps nobody waiting, and nothing is read from what is no file.
func TestWhatIsNoFileIsNotRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.lay(File, signed(t, s.key, 1, quiet))
	laid := filepath.Join(s.o.Folder, File)
	for name, lay := range map[string]func() error{
		"a pipe":         func() error { return syscall.Mkfifo(laid, 0o600) },
		"a folder":       func() error { return os.Mkdir(laid, 0o700) },
		"a lasting file": func() error { return os.Symlink("/dev/zero", laid) },
		"its own link":   func() error { return os.Symlink(File, laid) },
	} {
		s.must(os.Remove(laid))
		s.must(lay())
		if s.look().says(fault.RestrictedHere); s.wrong != Unreadable {
			t.Errorf("%s: %s", name, s.wrong)
		}
	}
}

func TestWhatIsRefusedLeavesTheLastGoodOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	stranger, _ := pair(t)
	good := signed(t, s.key, 2, quiet)
	s.lay(File, good).says(fault.RestrictedHere)
	rules := func(rego string) []byte {
		return forged(t, s.key, 3, func(c contents) { c["operator/quiet.rego"] = []byte(rego) })
	}
	refusals := 0
	for name, c := range map[string]struct {
		packed []byte
		want   Code
	}{
		"words":                {[]byte("words"), Malformed},
		"a stranger's":         {signed(t, stranger, 3, quiet), WronglySigned},
		"an older one":         {signed(t, s.key, 1, quiet), Downgraded},
		"the same serial":      {signed(t, s.key, 2, quiet+"\n"), SerialReused},
		"too large":            {make([]byte, mostPacked+1), TooLarge},
		"a mistake":            {rules(strings.Replace(quiet, "denied if {", "denied if {{", 1)), BadRules},
		"the network":          {rules(quiet + "\ndenied if http.send({\"method\": \"get\", \"url\": \"http://127.0.0.1\"}).status_code == 200\n"), NotLetIn},
		"the clock":            {rules(quiet + "\ndenied if time.now_ns() > 0\n"), NotLetIn},
		"an unknown fact":      {rules(quiet + "\ndenied if input.e_mail == \"x\"\n"), NotLetIn},
		"an unknown value":     {rules(quiet + "\ndenied if input.member_state == \"angry\"\n"), NotLetIn},
		"others' packages":     {rules(quiet + "\ndenied if not data.hamyar.forum.granted\n"), NotLetIn},
		"all that is known":    {rules(quiet + "\ndenied if data\n"), NotLetIn},
		"a shape without name": {rules(quiet + "\ndenied if input[_] == true\n"), NotLetIn},
	} {
		s.lay(File, c.packed).says(fault.RestrictedHere).look()
		if s.wrong != c.want {
			t.Errorf("%s: %s, want %s", name, s.wrong, c.want)
		}
		if s.metric("hamyar_policy_refused") != 1 {
			t.Errorf("%s: no alarm", name)
		}
		s.lay(File, good).says(fault.RestrictedHere)
		if refusals++; s.metric("hamyar_policy_refused_total") != float64(refusals) || s.metric("hamyar_policy_refused") != 0 {
			t.Errorf("%s: %v refusals, want %d", name, s.metric("hamyar_policy_refused_total"), refusals)
		}
	}
	s.logged("is refused", refusals)
}

func TestAProgramStartsWithTheLastGoodBundle(t *testing.T) {
	t.Parallel()
	s := open(t)
	good := signed(t, s.key, 2, quiet)
	s.lay(File, []byte("words")).says("")
	if err := s.restart(); err == nil || !strings.Contains(err.Error(), "hamyar policy check") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a program started upon a bundle that nobody signed: %v", err)
	}
	s.lay(File, good)
	for name, change := range map[string]func(){
		"broken":  func() { s.lay(File, []byte("words")) },
		"older":   func() { s.lay(File, signed(t, s.key, 1, quiet)) },
		"missing": func() { s.must(os.Remove(filepath.Join(s.o.Folder, File))) },
		"gone with its folder": func() {
			s.must(os.RemoveAll(s.o.Folder))
		},
	} {
		s.must(os.MkdirAll(s.o.Folder, 0o700))
		s.lay(File, good).says(fault.RestrictedHere)
		change()
		if err := s.restart(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s.says(fault.RestrictedHere)
		if s.metric("hamyar_policy_refused") != 1 {
			t.Errorf("%s: no alarm", name)
		}
	}
	s.must(os.RemoveAll(s.o.Folder))
	s.must(os.Mkdir(s.o.Folder, 0o700))
	s.look().says(fault.RestrictedHere)
	s.must(os.Remove(filepath.Join(s.o.State, lastGoodFile)))
	if err := s.restart(); err != nil {
		t.Fatal(err)
	}
	s.says("").lay(File, signed(t, s.key, 1, quiet)).says("") // what was seen stays seen
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAProgramRefusesToStartWithoutMemory(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.lay(File, signed(t, s.key, 2, quiet))
	s.must(os.WriteFile(filepath.Join(s.o.State, memoryFile), []byte("{"), 0o600))
	if err := s.restart(); err == nil || !strings.Contains(err.Error(), memoryFile) {
		t.Errorf("with a damaged memory: %v", err)
	}
	s.must(os.RemoveAll(s.o.State))
	if err := s.restart(); err == nil || !strings.Contains(err.Error(), "HAMYAR_POLICY_STATE") {
		t.Errorf("without a place for its memory: %v", err)
	}
}

func TestAKeyIsReplaced(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.lay(File, signed(t, s.key, 1, quiet)).says(fault.RestrictedHere)
	key, keys := pair(t)
	s.o.Keys = keys
	if err := s.restart(); err == nil {
		t.Error("a program started upon a bundle of a key that is no longer trusted")
	}
	s.must(os.WriteFile(filepath.Join(s.o.Folder, File), signed(t, key, 2, quiet), 0o600))
	s.must(s.restart())
	s.says(fault.RestrictedHere).look().logged(`"code":"wrongly_signed"`, 1)
}

func TestTheSwitchDeniesEverything(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.lay(Switch, nil).says(fault.Closed).look().logged("everything is denied", 1)
	if s.metric("hamyar_policy_closed") != 1 {
		t.Error("the metrics do not tell")
	}
	s.must(s.restart())
	s.says(fault.Closed)
	s.must(os.RemoveAll(s.o.Folder)) // who can't look leaves it as it was
	s.look().says(fault.Closed)
	s.must(os.Mkdir(s.o.Folder, 0o700))
	s.look().says("").logged("open again", 1)
	s.must(os.Symlink("nowhere", filepath.Join(s.o.Folder, Switch)))
	s.look().says(fault.Closed)
}

func TestWhatCannotBeConfirmedEnds(t *testing.T) {
	t.Parallel()
	s := open(t)
	good := signed(t, s.key, 1, quiet)
	s.lay(File, good)
	s.ahead = 30 * 24 * time.Hour
	s.look().says(fault.RestrictedHere) // it was there all the time
	s.lay(File, []byte("words"))
	s.ahead += 7 * 24 * time.Hour
	s.look().says(fault.RestrictedHere)
	if got := s.metric("hamyar_policy_bundle_age_seconds"); got != (7 * 24 * time.Hour).Seconds() {
		t.Errorf("%v seconds", got)
	}
	s.ahead += time.Second
	s.look().says(fault.Closed).look().logged(`"code":"too_old"`, 1)
	s.must(s.restart()) // the time does not begin anew
	s.says(fault.Closed)
	s.lay(File, good).says(fault.RestrictedHere)

	s.o.MaxAge = 0
	s.must(s.restart())
	s.lay(File, []byte("words"))
	s.ahead += 1000 * 24 * time.Hour
	s.look().says(fault.RestrictedHere)
}

func TestBundlesChangeUnderLoad(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.lay(File, signed(t, s.key, 1, quiet))
	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.o.Engine.Require(ctx, writes(3)); err == nil {
					t.Error("somebody was let through while the bundle changed")
					return
				} else if code := fault.CodeOf(err); code != fault.RestrictedHere && !errors.Is(ctx.Err(), context.Canceled) {
					t.Errorf("%v", err)
					return
				}
			}
		})
	}
	for serial := range uint64(2) {
		s.lay(File, []byte("words")).lay(File, signed(t, s.key, serial+2, quiet))
	}
	stop()
	asking.Wait()
	s.logged("a policy bundle serves", 3)
}
