package keystore_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/migrations"
)

// keeper is the store of a rollover, with the rights of its role.
func (s setting) asKeeper(t *testing.T) *keystore.Store {
	t.Helper()
	db, err := postgres.Open(t.Context(), pgtest.As(t, migrations.Keys, migrations.Keys.Keeper, s.url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	store, err := keystore.Open(t.Context(), db, s.kms, s.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func newEpoch(t *testing.T, keeper *keystore.Store, kms string) int32 {
	t.Helper()
	number, err := keeper.NewEpoch(t.Context(), kms)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func rewrapAll(t *testing.T, keeper *keystore.Store, limit int) (total int) {
	t.Helper()
	for {
		done, err := keeper.Rewrap(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		if done > limit {
			t.Fatalf("%d at once, of at most %d", done, limit)
		}
		if total += done; done == 0 {
			return total
		}
	}
}

func destroyOld(t *testing.T, keeper *keystore.Store) []int32 {
	t.Helper()
	destroyed, err := keeper.DestroyEpochs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return destroyed
}

// inhabit fills a keystore with something of everything, and returns what looks
// whether it still opens.
func (s setting) inhabit(t *testing.T) (check func(t *testing.T, stores ...*keystore.Store)) {
	t.Helper()
	identity, community := uuid.New(), uuid.New()
	personas, _ := s.everything(t, identity, community, uuid.New(), uuid.New())
	shared, err := s.CreateShared(t.Context(), "community", community)
	if err != nil {
		t.Fatal(err)
	}
	box, record := mustSeal(t, shared), s.member(t, identity)
	boxes := make([][]byte, len(personas))
	for i, id := range personas {
		boxes[i] = mustSeal(t, ringOf(t, s.Store, id))
	}
	return func(t *testing.T, stores ...*keystore.Store) {
		t.Helper()
		for _, store := range stores {
			for i, id := range personas {
				mustOpen(t, ringOf(t, store, id), boxes[i])
			}
			ring, err := store.Shared(t.Context(), "community", community)
			if err != nil {
				t.Fatal(err)
			}
			mustOpen(t, ring, box)
			r, err := store.Member(t.Context(), identity)
			if err != nil {
				t.Fatal(err)
			}
			same(t, r, record)
		}
	}
}

func TestARolloverKeepsTheLivingAndEndsTheOldEpoch(t *testing.T) {
	t.Parallel()
	s := setup(t)
	check, other, keeper := s.inhabit(t), s.watching(t), s.asKeeper(t)
	wraps := s.count(t, "root_key") + s.count(t, "member") + s.count(t, "persona_key") + s.count(t, "shared_key")
	if number := newEpoch(t, keeper, ""); number != 2 {
		t.Fatalf("epoch %d", number)
	}
	if destroyed := destroyOld(t, keeper); destroyed != nil {
		t.Fatalf("an epoch that wraps something was destroyed: %d", destroyed)
	}
	if n := rewrapAll(t, keeper, 3); n != wraps {
		t.Fatalf("%d of %d", n, wraps)
	}
	check(t, s.Store, other, s.again(t)) // the first has never heard of the second epoch
	if destroyed := destroyOld(t, keeper); !slices.Equal(destroyed, []int32{1}) {
		t.Fatalf("destroyed: %d", destroyed)
	}
	check(t, s.Store, other, s.again(t))
	if s.count(t, "epoch") != 1 || s.count(t, "persona_key WHERE epoch <> 2") != 0 {
		t.Fatal("something is left of the first epoch")
	}
	for i, store := range []*keystore.Store{s.Store, other} { // which still wrap under the first
		p, err := store.BeginPersona(t.Context(), uuid.New(), uuid.New())
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		ringOf(t, s.again(t), p.ID)
		if _, err := store.CreateShared(t.Context(), "programme", uuid.New()); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	if n, err := keeper.Rewrap(t.Context(), 100); n != 0 || err != nil {
		t.Fatalf("%d are left, %v", n, err)
	}
}

func TestTheEpochInUseIsNeverDestroyed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	keeper := s.asKeeper(t)
	if destroyed := destroyOld(t, keeper); destroyed != nil || s.count(t, "epoch") != 1 {
		t.Fatalf("%d", destroyed)
	}
	s.asOwner(t, "DELETE FROM root_key")
	if destroyed := destroyOld(t, keeper); destroyed != nil || s.count(t, "epoch") != 1 {
		t.Fatalf("%d", destroyed)
	}
}

func TestARolloverGoesOnUnderWritersAndTwoKeepers(t *testing.T) {
	t.Parallel()
	s := setup(t)
	check, keepers := s.inhabit(t), []*keystore.Store{s.asKeeper(t), s.asKeeper(t)}
	stop := make(chan struct{})
	var writers, all sync.WaitGroup
	for _, store := range []*keystore.Store{s.watching(t), s.watching(t)} {
		writers.Go(func() {
			for {
				identity, community := uuid.New(), uuid.New()
				p, err := store.BeginPersona(t.Context(), identity, community)
				if err == nil {
					err = store.CompletePersona(t.Context(), identity, community, p.ID)
				}
				if err == nil {
					_, err = store.Renew(t.Context(), p.ID)
				}
				if err != nil {
					t.Error(err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for range 3 {
		newEpoch(t, keepers[0], "")
		for _, keeper := range keepers {
			all.Go(func() { rewrapAll(t, keeper, 7) })
		}
		all.Wait()
		destroyOld(t, keepers[0])
	}
	close(stop)
	writers.Wait()
	rewrapAll(t, keepers[1], 100)
	destroyOld(t, keepers[1])
	if s.count(t, "epoch") != 1 {
		t.Fatalf("%d epochs", s.count(t, "epoch"))
	}
	check(t, s.Store, s.again(t))
	verified(t, s.again(t), map[string]int{})
}

func TestOfTwoNewEpochsOneIsMade(t *testing.T) {
	t.Parallel()
	s := setup(t)
	var mu sync.Mutex
	var all sync.WaitGroup
	made := 0
	for range 4 {
		keeper := s.asKeeper(t)
		all.Go(func() {
			_, err := keeper.NewEpoch(t.Context(), "")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case !errors.Is(err, fault.New(fault.AlreadyExists)):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := s.count(t, "epoch"); made < 1 || n != made+1 {
		t.Fatalf("%d made, %d there", made, n)
	}
}

func TestTheKeeperReadsNothingThatKeysSeal(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.inhabit(t)
	conn := s.connect(t, pgtest.As(t, migrations.Keys, migrations.Keys.Keeper, s.url))
	for _, sql := range []string{
		"SELECT record FROM member", "SELECT account FROM persona", "SELECT hash FROM recovery_secret", "SELECT reason FROM unmasking", "SELECT wish FROM break_glass",
		"DELETE FROM member", "DELETE FROM persona", "DELETE FROM persona_key", "DELETE FROM root_key", "UPDATE member SET record = ''", "UPDATE persona SET dirty = false",
		"UPDATE persona_key SET generation = 9", "INSERT INTO persona_key SELECT persona_id, 9, epoch, secret FROM persona_key", "UPDATE epoch SET number = 9",
		"TRUNCATE persona_key", "CREATE TABLE more ()",
	} {
		refused(t, conn, sql)
	}
}

// TestAttack11OldKeysAndBackupsStayShut: a backup of the whole keystore, with the
// epochs in it, opens nothing once the epoch has ended under another KMS, and the
// old KMS key is destroyed. Without another KMS the keys of a backup still open
// if its epochs come with them, which is why a backup is kept no longer than they.
func TestAttack11OldKeysAndBackupsStayShut(t *testing.T) {
	t.Parallel()
	s := setup(t)
	check := s.inhabit(t)
	erased, renewed := s.begin(t, uuid.New(), uuid.New()).ID, s.begin(t, uuid.New(), uuid.New()).ID
	old := mustSeal(t, ringOf(t, s.Store, renewed))
	s.alter(t, `CREATE TABLE backup_epoch AS TABLE epoch; CREATE TABLE backup_persona AS TABLE persona; CREATE TABLE backup_key AS TABLE persona_key`)

	if err := s.ErasePersona(t.Context(), erased); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Renew(t.Context(), renewed); err != nil {
		t.Fatal(err)
	}
	if err := s.Retire(t.Context(), renewed, 2); err != nil {
		t.Fatal(err)
	}
	fresh := setting{db: s.db, url: s.url, kms: newKMS(t), clock: s.clock}
	keeper := s.asKeeper(t)
	newEpoch(t, keeper, fresh.kms)
	rewrapAll(t, keeper, 100)
	if destroyed := destroyOld(t, keeper); !slices.Equal(destroyed, []int32{1}) {
		t.Fatalf("destroyed: %d", destroyed)
	}
	if err := os.Remove(strings.TrimPrefix(s.kms, "file://")); err != nil {
		t.Fatal(err)
	}
	check(t, fresh.again(t))

	// Keys alone come back from the backup: there is no epoch that they could name.
	restore := s.connect(t, pgtest.Owner(t, migrations.Keys, s.url))
	if _, err := restore.Exec(t.Context(), `INSERT INTO persona_key SELECT persona_id, 9, epoch, secret FROM backup_key WHERE persona_id = $1`, renewed); err == nil {
		t.Fatal("a key under an epoch that has ended came back")
	}
	// Under the number of the epoch that there is, it is another's.
	s.asOwner(t, `INSERT INTO persona (persona_id, claim, account) SELECT persona_id, claim, account FROM backup_persona WHERE persona_id = $1`, erased)
	s.asOwner(t, `INSERT INTO persona_key SELECT persona_id, generation, 2, secret FROM backup_key WHERE persona_id = $1`, erased)
	if _, err := fresh.again(t).Persona(t.Context(), erased); !errors.Is(err, sealed.ErrOpen) {
		t.Fatalf("an erased persona opens: %v", err)
	}
	mustNotOpen(t, ringOf(t, fresh.again(t), renewed), old)
	// The old epoch comes back as well: this KMS doesn't open it, and nothing goes on.
	s.asOwner(t, `INSERT INTO epoch SELECT * FROM backup_epoch`)
	_, err := keystore.Open(t.Context(), s.db, fresh.kms, s.clock.Now)
	mustBe(t, err, keystore.ErrKMS)
}

// TestAttack13AProcessThatEndsBetweenTwoStepsLosesNothing: every step of a
// rotation and a rollover is taken by a process that knows only what stands in the
// rows; what was sealed at any time opens at any later time.
func TestAttack13AProcessThatEndsBetweenTwoStepsLosesNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	check := s.inhabit(t)
	id := s.begin(t, uuid.New(), uuid.New()).ID
	type words struct {
		generation int32
		box        []byte
	}
	var written []words
	step := func(do func(store, keeper *keystore.Store)) {
		t.Helper()
		do(s.again(t), s.asKeeper(t))
		store := s.again(t)
		keys := s.keysOf(t, id)
		for _, w := range written {
			if w.generation >= keys.Oldest {
				mustOpen(t, ringOf(t, store, id), w.box)
			}
		}
		written = append(written, words{keys.Newest, mustSeal(t, ringOf(t, store, id))})
		check(t, store)
	}
	nothing := func(_, _ *keystore.Store) {}
	renew := func(store, _ *keystore.Store) {
		if _, err := store.Renew(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	rewrap := func(_, keeper *keystore.Store) {
		if n, err := keeper.Rewrap(t.Context(), 2); err != nil || n != 2 {
			t.Fatalf("%d, %v", n, err)
		}
	}
	members := func(store, _ *keystore.Store) {
		if _, _, err := store.RenewMembers(t.Context(), nil, 1); err != nil {
			t.Fatal(err)
		}
	}
	destroy := func(_, keeper *keystore.Store) { destroyOld(t, keeper) }
	for range 2 {
		step(nothing)
		step(renew)
		step(func(_, keeper *keystore.Store) { newEpoch(t, keeper, "") })
		step(destroy)
		step(rewrap)
		step(members)
		step(renew)
		step(rewrap)
		step(destroy)
		step(func(store, _ *keystore.Store) {
			if err := store.Retire(t.Context(), id, s.keysOf(t, id).Newest); err != nil {
				t.Fatal(err)
			}
		})
		step(func(_, keeper *keystore.Store) { rewrapAll(t, keeper, 2) })
		step(destroy)
		if s.count(t, "epoch") != 1 {
			t.Fatal("the old epoch is still there")
		}
	}
	verified(t, s.again(t), map[string]int{})
}
