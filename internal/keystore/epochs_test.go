package keystore_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
)

// TestAttack14SwappedEpochs: what the KMS wraps says which epoch it is.
func TestAttack14SwappedEpochs(t *testing.T) {
	t.Parallel()
	for what, sql := range map[string]string{
		"boxes":        `UPDATE epoch a SET kek = b.kek FROM epoch b WHERE a.number <> b.number`,
		"key ids":      `UPDATE epoch SET key_id = gen_random_uuid() WHERE number = 1`,
		"fingerprints": `UPDATE epoch a SET fingerprint = b.fingerprint FROM epoch b WHERE a.number <> b.number`,
		"numbers":      `UPDATE epoch SET number = 3 WHERE number = 2`,
		"a broken box": `UPDATE epoch SET kek = set_byte(kek, 40, get_byte(kek, 40) # 1) WHERE number = 2`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			newEpoch(t, s.asKeeper(t), "")
			s.asOwner(t, sql)
			_, err := keystore.Open(t.Context(), s.db, s.kms, s.clock.Now)
			mustBe(t, err, keystore.ErrKMS)
			id, err := s.BeginPersona(t.Context(), uuid.New(), uuid.New())
			if err != nil {
				t.Fatalf("a process that serves already ends with it: %v", err)
			}
			ringOf(t, s.Store, id.ID)
		})
	}
}

// TestAttack14NoKMSWhenAnEpochIsLearnt: a process that serves reads what it knows,
// refuses what it doesn't, and goes on once the KMS is back.
func TestAttack14NoKMSWhenAnEpochIsLearnt(t *testing.T) {
	t.Parallel()
	s := setup(t)
	other, keeper := s.again(t), s.asKeeper(t)
	id := s.begin(t, uuid.New(), uuid.New()).ID
	newEpoch(t, keeper, "")
	begun, err := s.again(t).BeginPersona(t.Context(), uuid.New(), uuid.New())
	if err != nil {
		t.Fatal(err)
	}
	fresh := begun.ID
	path := strings.TrimPrefix(s.kms, "file://")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if ring, err := other.Persona(t.Context(), fresh); err == nil || ring != nil || errors.Is(err, fault.New(fault.NotFound)) {
		t.Fatalf("a key that can't be opened looks erased: %v", err)
	}
	ringOf(t, other, id)
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	ringOf(t, other, fresh)
}
