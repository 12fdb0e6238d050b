package authz

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hamyar/hamyar/internal/fault"
)

const quiet = `# METADATA
# title: Quiet places
package operator.quiet

denied if {
	input.action == "topic.create"
	input.sensitivity == 3
}
`

func only(text string) *Overlay {
	return &Overlay{Revision: "r1", Modules: map[string]string{"operator/own.rego": text}}
}

var (
	opensQuietly = Facts{
		Action: TopicCreate, Purpose: "support", SignedIn: true, AAL: 1, CommunityVisibility: "members",
		Sensitivity: 3, MemberState: "active", MemberRole: "member",
	}
	opensLoudly = func() Facts { f := opensQuietly; f.Sensitivity = 2; return f }()
)

func TestAdditionsDenyAndAreTakenOffAgain(t *testing.T) {
	e, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	built := e.Revision()
	if err := e.Apply(t.Context(), only(quiet)); err != nil {
		t.Fatal(err)
	}
	d, err := e.Require(t.Context(), opensQuietly)
	if fault.CodeOf(err) != fault.RestrictedHere || d.Allow || d.Revision == built || d.Revision != e.Revision() {
		t.Fatalf("%+v, %v", d, err)
	}
	if d, err := e.Require(t.Context(), opensLoudly); err != nil || !d.Allow {
		t.Fatalf("%+v, %v", d, err)
	}
	if err := e.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if d, err := e.Require(t.Context(), opensQuietly); err != nil || d.Revision != built {
		t.Fatalf("%+v, %v", d, err)
	}
}

// Whatever an operator adds, for no facts at all is anything allowed that was not, or a right of a person denied.
func TestAdditionsTakeNoRightAndGiveNothing(t *testing.T) {
	e, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := e.program.Load()
	if err := e.Apply(t.Context(), only("package operator.everything\n\ndenied := true\n")); err != nil {
		t.Fatal(err)
	}
	after, c := e.program.Load(), newChance(t)
	rights := []string{
		MeRead, MeEdit, MeCommunities, MeUnguard, MeRecoverySecrets, TopicDelete, PostDelete, AttachmentDelete, CommunityLeave,
		ProgrammeRead, ProgrammeList, AuditReadProof, NoticeList, GrantEnd, KeyList, KeyRevoke, PolicyExplain,
	}
	for range 20_000 {
		f := c.facts()
		was, is := decide(t, before, f), decide(t, after, f)
		if right := slices.Contains(rights, f.Action); right && !is.equal(was) || !right && is.Allow {
			t.Fatalf("%+v was %+v and is %+v", f, was, is)
		}
	}
}

func TestAdditionsThatReachTooFarAreRefused(t *testing.T) {
	e, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	built := e.Revision()
	for name, additions := range map[string]*Overlay{
		"a package of ours":         only("package hamyar.restriction\n\ndenied := true\n"),
		"a package of ours, within": only("package hamyar.authz\n\nallow := true\n"),
		"no package of operators":   only("package quiet\n\ndenied := true\n"),
		"the package of all":        only("package operator\n\ndenied := true\n"),
		"a package too deep":        only("package operator.a.b\n\ndenied := true\n"),
		"nothing denied":            only("package operator.quiet\n\nallowed := true\n"),
		"a denial that is a text":   only("package operator.quiet\n\ndenied := \"yes\"\n"),
		"another part of ours":      only("package operator.quiet\n\nimport data.hamyar.forum\n\ndenied if not forum.granted\n"),
		"somebody else's":           only("package operator.quiet\n\ndenied if data.operator.loud.denied\n"),
		"all data":                  only("package operator.quiet\n\ndenied if data[\"hamyar\"].forum.granted\n"),
		"all data, by a name":       only("package operator.quiet\n\ndenied if {\n\tsome x\n\tdata[x].forum.granted\n}\n"),
		"the network":               only("package operator.quiet\n\ndenied if http.send({\"method\": \"get\", \"url\": \"http://localhost\"}).status_code == 200\n"),
		"the clock":                 only("package operator.quiet\n\ndenied if time.now_ns() > 0\n"),
		"a fact that is not":        only("package operator.quiet\n\ndenied if input.superuser\n"),
		"a value that is not":       only("package operator.quiet\n\ndenied if input.status == \"publised\"\n"),
		"half a rule":               only("package operator.quiet\n\ndenied if {\n"),
		"a shape unknown to us":     only("package operator.quiet\n\ndenied if {\n\tx := [1 | input.is_author]\n\tx == [1]\n}\n"),
		"a file of ours":            {Modules: map[string]string{"hamyar/authz/authz.rego": quiet}},
		"the joint":                 {Modules: map[string]string{joint: quiet}},
	} {
		if err := e.Apply(t.Context(), additions); err == nil || e.Revision() != built {
			t.Errorf("%s: let in", name)
		}
	}
	if d, err := e.Require(t.Context(), opensQuietly); err != nil || !d.Allow {
		t.Fatalf("the old policy is gone: %+v, %v", d, err)
	}
}

func TestTheSwitchDeniesEverything(t *testing.T) {
	e, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e.Close(true)
	d, err := e.Require(t.Context(), Facts{Action: ProgrammeRead, Purpose: "support"})
	if d.Allow || fault.CodeOf(err) != fault.Closed || fault.Of(err).RetryAfter() == 0 || !e.Closed() {
		t.Fatalf("%+v, %v", d, err)
	}
	if f, err := e.Filter(t.Context(), Facts{Action: ProgrammeList, Purpose: "support"}, nil, 1); f.Verdict != None || fault.CodeOf(err) != fault.Closed {
		t.Fatalf("%+v, %v", f, err)
	}
	if err := e.Apply(t.Context(), only(quiet)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Decide(t.Context(), Facts{Action: ProgrammeRead, Purpose: "support"}); fault.CodeOf(err) != fault.Closed {
		t.Fatal("another policy opened what was closed")
	}
	e.Close(false)
	if d, err := e.Require(t.Context(), Facts{Action: ProgrammeRead, Purpose: "support"}); err != nil || !d.Allow {
		t.Fatalf("%+v, %v", d, err)
	}
}

// Policies change and the switch turns while everybody asks: each answer is one policy's, whole.
func TestPoliciesChangeUnderLoad(t *testing.T) {
	e, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	built, told := e.Revision(), atomic.Int64{}
	e.OnDecision(func(_ context.Context, entry Entry) {
		told.Add(1)
		if !entry.Err && entry.Allow != (entry.Revision == built) {
			t.Errorf("%s decided otherwise: %+v", entry.Revision, entry)
		}
	})
	stop, asked := make(chan struct{}), atomic.Int64{}
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				d, err := e.Decide(t.Context(), opensQuietly)
				asked.Add(1)
				switch {
				case fault.CodeOf(err) == fault.Closed && !d.Allow:
				case err != nil, d.Allow != (d.Revision == built):
					t.Errorf("%+v, %v", d, err)
					return
				}
				if f, err := e.Filter(t.Context(), readsHere, topicRows, 3); err != nil && (fault.CodeOf(err) != fault.Closed || f.Verdict != None) {
					t.Errorf("%+v, %v", f, err)
					return
				}
				asked.Add(1)
			}
		})
	}
	for i := range 4 {
		additions := only(quiet + "\ndenied if input.action == \"topic.read\"\n")
		if i%2 == 1 {
			additions = nil
		}
		if err := e.Apply(t.Context(), additions); err != nil {
			t.Error(err)
		}
		if err := e.Apply(t.Context(), only(strings.TrimSuffix(quiet, "}\n"))); err == nil {
			t.Error("half a rule was let in")
		}
		e.Close(i%3 == 0)
	}
	close(stop)
	wait.Wait()
	if asked.Load() < 100 || told.Load() != asked.Load() {
		t.Errorf("asked %d times, told %d times", asked.Load(), told.Load())
	}
}

func TestWhatFailsInsideDenies(t *testing.T) {
	p := load(t)
	broken := *p.answers
	broken.decisions = nil
	p.answers = &broken
	if d, err := engineOf(p).Decide(t.Context(), postsHere); d.Allow || !errors.Is(err, errPanic) || fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("%+v, %v", d, err)
	}
	broken.forest = nil
	if f, err := engineOf(p).Filter(t.Context(), readsHere, topicRows, 3); f.Verdict != None || f.SQL != "false" || !errors.Is(err, errPanic) {
		t.Fatalf("%+v, %v", f, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := engineOf(load(t)).Decide(ctx, postsHere); d.Allow || !errors.Is(err, context.Canceled) {
		t.Fatalf("%+v, %v", d, err)
	}
	if f, err := engineOf(load(t)).Filter(ctx, readsHere, topicRows, 3); f.Verdict != None || !errors.Is(err, context.Canceled) {
		t.Fatalf("%+v, %v", f, err)
	}
}

func TestEveryAnswerIsTold(t *testing.T) {
	e := engineOf(load(t))
	var told []Entry
	e.OnDecision(func(_ context.Context, entry Entry) { told = append(told, entry) })
	visitor := opensLoudly
	visitor.MemberState, visitor.MemberRole = "", ""
	strange := opensLoudly
	strange.MemberState = "root"
	for range 2 {
		_, _ = e.Filter(t.Context(), readsHere, topicRows, 3)
	}
	for _, f := range []Facts{opensLoudly, visitor, strange} {
		_, _ = e.Decide(t.Context(), f)
	}
	if len(told) != 5 {
		t.Fatalf("%d were told", len(told))
	}
	for i, want := range []struct {
		allow, list, remembered, err bool
		verdict                      Verdict
	}{
		{allow: true, list: true, verdict: Some},
		{allow: true, list: true, remembered: true, verdict: Some},
		{allow: true},
		{},
		{err: true},
	} {
		got := told[i]
		if got.Allow != want.allow || got.List != want.list || got.Remembered != want.remembered || got.Err != want.err || got.Verdict != want.verdict || got.Took <= 0 || got.Revision == "" {
			t.Errorf("%d: %+v", i, got)
		}
		if refused := !got.Allow && !got.Err; refused != (len(got.Reasons) > 0) {
			t.Errorf("%d: %v", i, got.Reasons)
		}
	}
}
