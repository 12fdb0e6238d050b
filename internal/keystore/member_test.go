package keystore_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/sealed"
)

func (s setting) member(t *testing.T, identity uuid.UUID) keystore.Record {
	t.Helper()
	record, err := s.Member(t.Context(), identity)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func same(t *testing.T, got, want keystore.Record) {
	t.Helper()
	type plain keystore.Record // go-cmp prints; a Record doesn't
	if diff := cmp.Diff(plain(want), plain(got)); diff != "" {
		t.Fatal(diff)
	}
}

func TestAMemberIsMadeAtFirstSight(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	var all sync.WaitGroup
	for range 20 {
		store := s.again(t)
		all.Go(func() {
			if record, err := store.Member(t.Context(), identity); err != nil || len(record.Personas)+len(record.Roles) > 0 {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if n := s.count(t, "member"); n != 1 {
		t.Fatalf("%d rows", n)
	}
}

func TestRecordsComeBack(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := rapid.Custom(func(t *rapid.T) uuid.UUID { return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")) })
	rapid.Check(t, func(r *rapid.T) {
		want := keystore.Record{AlwaysFresh: rapid.Bool().Draw(r, "fresh"), Language: rapid.SampledFrom([]string{"", "en", "fa"}).Draw(r, "language")}
		for range rapid.IntRange(0, 30).Draw(r, "personas") {
			want.Personas = append(want.Personas, keystore.PersonaRef{Community: id.Draw(r, "community"), Persona: id.Draw(r, "persona")})
		}
		for range rapid.IntRange(0, 3).Draw(r, "roles") {
			want.Roles = append(want.Roles, keystore.Role{Name: rapid.String().Draw(r, "name"), Programme: id.Draw(r, "programme")})
		}
		identity := id.Draw(r, "identity")
		got, err := s.UpdateMember(t.Context(), identity, func(record *keystore.Record) error { *record = want; return nil })
		if err != nil {
			r.Fatal(err)
		}
		same(t, got, want)
		same(t, s.member(t, identity), want)
		again, err := s.again(t).Member(t.Context(), identity)
		if err != nil {
			r.Fatal(err)
		}
		same(t, again, want)
	})
}

func TestNoUpdateIsLost(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	const writers, each = 10, 8
	var all sync.WaitGroup
	for writer := range writers {
		store := s.again(t)
		all.Go(func() {
			for i := range each {
				_, err := store.UpdateMember(t.Context(), identity, func(r *keystore.Record) error {
					r.Roles = append(r.Roles, keystore.Role{Name: strconv.Itoa(writer*each + i)})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
				if _, err := store.Member(t.Context(), identity); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	names := map[string]bool{}
	for _, role := range s.member(t, identity).Roles {
		names[role.Name] = true
	}
	if len(names) != writers*each {
		t.Fatalf("%d of %d updates are there", len(names), writers*each)
	}
	if s.count(t, "member WHERE version = 1 + $1", writers*each) != 1 {
		t.Fatal("the version doesn't count the updates")
	}
}

func TestAFailedChangeChangesNothing(t *testing.T) {
	t.Parallel()
	s, identity, no := setup(t), uuid.New(), errors.New("no")
	_, err := s.UpdateMember(t.Context(), identity, func(r *keystore.Record) error { r.Language = "fa"; return no })
	mustBe(t, err, no)
	same(t, s.member(t, identity), keystore.Record{})
}

func TestWhatIsReturnedIsACopy(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	want := keystore.Record{Roles: []keystore.Role{{Name: "operator"}}, Personas: []keystore.PersonaRef{{Community: uuid.New(), Persona: uuid.New()}}}
	if _, err := s.UpdateMember(t.Context(), identity, func(r *keystore.Record) error { *r = want; return nil }); err != nil {
		t.Fatal(err)
	}
	first := s.member(t, identity)
	first.Roles[0].Name, first.Personas[0].Persona = "researcher", uuid.Nil
	same(t, s.member(t, identity), keystore.Record{Roles: []keystore.Role{{Name: "operator"}}, Personas: slices.Clone(want.Personas)})
}

func TestAnotherProcessSeesAChangeWithinThirtySeconds(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	here, there := s.Store, s.again(t)
	for _, store := range []*keystore.Store{here, there} {
		if _, err := store.Member(t.Context(), identity); err != nil {
			t.Fatal(err)
		}
	}
	want, err := here.UpdateMember(t.Context(), identity, func(r *keystore.Record) error { r.Language = "fa"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	same(t, s.member(t, identity), want) // the process that changed it sees it at once
	s.clock.Add(29 * time.Second)
	if stale, err := there.Member(t.Context(), identity); err != nil || stale.Language != "" {
		t.Fatalf("it doesn't remember: %v", err)
	}
	s.clock.Add(time.Second)
	seen, err := there.Member(t.Context(), identity)
	if err != nil {
		t.Fatal(err)
	}
	same(t, seen, want)
}

func TestAClockSetBackForgets(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	s.member(t, identity)
	s.asOwner(t, "DELETE FROM member")
	s.member(t, identity)
	if s.count(t, "member") != 0 {
		t.Fatal("it doesn't remember")
	}
	s.clock.Add(-time.Hour)
	s.member(t, identity)
	if s.count(t, "member") != 1 {
		t.Fatal("a record from the future is believed")
	}
}

func TestTamperedMembersDoNotOpen(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]string{
		"broken secret":      `UPDATE member SET secret = set_byte(secret, 80, get_byte(secret, 80) # 1)`,
		"broken record":      `UPDATE member SET record = set_byte(record, 90, get_byte(record, 90) # 1)`,
		"another version":    `UPDATE member SET version = version + 1`,
		"another generation": `UPDATE member SET generation = 2`,
		"another's locator":  `UPDATE member a SET secret = b.secret, record = b.record FROM member b WHERE a.locator <> b.locator`,
		"another's record":   `UPDATE member a SET record = b.record FROM member b WHERE a.locator <> b.locator`,
		"no record":          `UPDATE member SET record = ''`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s, identity := setup(t), uuid.New()
			for _, id := range []uuid.UUID{identity, uuid.New()} {
				s.member(t, id)
			}
			s.asOwner(t, change)
			store := s.again(t)
			if _, err := store.Member(t.Context(), identity); !errors.Is(err, sealed.ErrOpen) {
				t.Errorf("Member: %v", err)
			}
			if _, err := store.MemberMAC(t.Context(), identity, "label"); !errors.Is(err, sealed.ErrOpen) {
				t.Errorf("MemberMAC: %v", err)
			}
			if _, err := store.UpdateMember(t.Context(), identity, func(*keystore.Record) error { return nil }); !errors.Is(err, sealed.ErrOpen) {
				t.Errorf("UpdateMember: %v", err)
			}
		})
	}
}

func TestMemberMACs(t *testing.T) {
	t.Parallel()
	s, a, b := setup(t), uuid.New(), uuid.New()
	mac := func(store *keystore.Store, identity uuid.UUID, label string) [32]byte {
		sum, err := store.MemberMAC(t.Context(), identity, label, []byte("part"))
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if mac(s.Store, a, "x") != mac(s.again(t), a, "x") {
		t.Error("two processes differ")
	}
	if mac(s.Store, a, "x") == mac(s.Store, b, "x") || mac(s.Store, a, "x") == mac(s.Store, a, "y") {
		t.Error("members or labels share a MAC")
	}
	before := mac(s.Store, a, "x")
	s.asOwner(t, "DELETE FROM member")
	if mac(s.again(t), a, "x") == before {
		t.Error("the MAC outlives the member's secret")
	}
}

func TestAStoreAndARecordCannotBePrinted(t *testing.T) {
	t.Parallel()
	s, id := setup(t), uuid.New()
	record := keystore.Record{Personas: []keystore.PersonaRef{{Community: id, Persona: id}}, Roles: []keystore.Role{{Name: "operator"}}}
	pending := keystore.Pending{Persona: id, Community: id, Identity: id}
	var out bytes.Buffer
	for _, value := range []any{s.Store, record, &record, []keystore.Record{record}, struct{ R keystore.Record }{record}, pending, &pending} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb, value)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("a line", "value", value)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("a line", "store", s.Store, "record", record, "pointer", &record)
	if _, err := json.Marshal(record); err == nil {
		t.Error("a record encodes")
	}
	for _, secret := range []string{id.String(), id.String()[:8], fmt.Sprintf("%x", id[:]), "operator", s.Deployment().String()} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q shows in %s", secret, out.String())
		}
	}
}

func TestTheLengthOfARecordDoesNotCountPersonas(t *testing.T) {
	t.Parallel()
	s, lengths := setup(t), map[int]bool{}
	for n := range 6 {
		identity := uuid.New()
		_, err := s.UpdateMember(t.Context(), identity, func(r *keystore.Record) error {
			for range n {
				r.Personas = append(r.Personas, keystore.PersonaRef{Community: uuid.New(), Persona: uuid.New()})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.db.Query(t.Context(), "SELECT octet_length(record) FROM member")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var length int
		if err := rows.Scan(&length); err != nil {
			t.Fatal(err)
		}
		lengths[length] = true
	}
	if rows.Err() != nil || len(lengths) != 1 {
		t.Fatalf("lengths %v, %v", lengths, rows.Err())
	}
}
