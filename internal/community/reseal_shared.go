package community

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// ResealShared seals a community's card and every version of its ground rules under the newest generation of its key,
// where they are sealed under one before below. A community that is not there has nothing to seal.
func (d *Directory) ResealShared(ctx context.Context, id uuid.UUID, below int32) error {
	ring, err := d.keys.Shared(ctx, "community", id)
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, d.db, postgres.Communities(id), func(tx pgx.Tx) (struct{}, error) {
		if err := Take(ctx, tx, id); err != nil {
			return struct{}{}, err
		}
		err := resealCard(ctx, tx, ring, func(version int32) sealed.Place { return cardPlace(id, version) },
			`SELECT card, sealed_version FROM community WHERE community_id = $1 AND generation_of(card) < $2 FOR NO KEY UPDATE`,
			`UPDATE community SET card = $2, sealed_version = sealed_version + 1 WHERE community_id = $1`, id, below)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, resealRules(ctx, tx, ring, id, below)
	})
	return err
}

// ResealProgramme does for a programme's card what ResealShared does for a community's.
func (d *Directory) ResealProgramme(ctx context.Context, id uuid.UUID, below int32) error {
	ring, err := d.keys.Shared(ctx, "programme", id)
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, d.db, postgres.Unscoped, func(tx pgx.Tx) (struct{}, error) {
		return struct{}{}, resealCard(ctx, tx, ring, func(version int32) sealed.Place { return programmePlace(id, version) },
			`SELECT card, sealed_version FROM programme WHERE programme_id = $1 AND generation_of(card) < $2 FOR NO KEY UPDATE`,
			`UPDATE programme SET card = $2, sealed_version = sealed_version + 1 WHERE programme_id = $1`, id, below)
	})
	return err
}

type cardRow struct {
	Card    []byte
	Version int32 `db:"sealed_version"`
}

func resealCard(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, place func(version int32) sealed.Place, find, write string, id uuid.UUID, below int32) error {
	row, found, err := postgres.First[cardRow](tx.Query(ctx, find, id, below))
	if err != nil {
		return fmt.Errorf("community: reseal a card: %w", err)
	}
	if !found {
		return nil
	}
	box, err := ring.Reseal(place(row.Version), place(row.Version+1), row.Card)
	if err != nil {
		return fmt.Errorf("community: reseal a card: %w", err)
	}
	if _, err := tx.Exec(ctx, write, id, box); err != nil {
		return fmt.Errorf("community: reseal a card: %w", err)
	}
	return nil
}

// resealRules leaves each version in its place: its number is what it is bound to, and it never changes.
func resealRules(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, id uuid.UUID, below int32) error {
	all, err := postgres.Collect[rulesRow](tx.Query(ctx,
		`SELECT number, day, words FROM ground_rules WHERE community_id = $1 AND generation_of(words) < $2 FOR NO KEY UPDATE`, id, below))
	if err != nil {
		return fmt.Errorf("community: reseal ground rules: %w", err)
	}
	for _, rules := range all {
		place := rulesPlace(id, rules.Number)
		box, err := ring.Reseal(place, place, rules.Words)
		if err != nil {
			return fmt.Errorf("community: reseal ground rules: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE ground_rules SET words = $3 WHERE community_id = $1 AND number = $2`, id, rules.Number, box); err != nil {
			return fmt.Errorf("community: reseal ground rules: %w", err)
		}
	}
	return nil
}

// HashAnew recognises the names of a community by the newest generation of its key, and withdraws invitations, whose codes
// nobody here knows. It is for when nobody hashes under an older generation any more. Where two names met in the meantime
// that one generation would have kept apart, one of them is no longer protected, and its persona keeps it.
func (d *Directory) HashAnew(ctx context.Context, in uuid.UUID, generation int32) error {
	ring, err := d.keys.Shared(ctx, "community", in)
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, d.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		if err := Take(ctx, tx, in); err != nil {
			return struct{}{}, err
		}
		done, err := tx.Exec(ctx, `UPDATE community SET shared_generation = $2 WHERE community_id = $1 AND shared_generation < $2`, in, generation)
		if err != nil {
			return struct{}{}, fmt.Errorf("community: hash names: %w", err)
		}
		if done.RowsAffected() == 0 {
			return struct{}{}, nil
		}
		if _, err := tx.Exec(ctx, `DELETE FROM invitation WHERE community_id = $1`, in); err != nil {
			return struct{}{}, fmt.Errorf("community: withdraw invitations: %w", err)
		}
		return struct{}{}, d.hashNames(ctx, tx, in, ring)
	})
	return err
}

func (d *Directory) hashNames(ctx context.Context, tx pgx.Tx, in uuid.UUID, ring *sealed.Ring) error {
	named, err := postgres.Collect[nameRow](tx.Query(ctx,
		`SELECT persona_id, name, sealed_version FROM persona WHERE community_id = $1 AND name IS NOT NULL ORDER BY persona_id FOR NO KEY UPDATE`, in))
	if err != nil {
		return fmt.Errorf("community: hash names: %w", err)
	}
	ids, macs := make([]uuid.UUID, len(named)), make([][]byte, len(named))
	for i, row := range named {
		ids[i] = row.ID
	}
	rings, err := d.keys.Personas(ctx, ids)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, row := range named {
		if macs[i], err = nameAnew(ring, rings[i], in, row); err != nil {
			return err
		}
		if macs[i] == nil || seen[string(macs[i])] {
			macs[i] = make([]byte, 32)
			_, _ = rand.Read(macs[i]) // crypto/rand never fails; it ends the program instead
		}
		seen[string(macs[i])] = true
	}
	// A name may take the hash that another had only a moment ago: hashes of two generations never meet, so none does.
	_, err = tx.Exec(ctx, `UPDATE persona SET name_mac = anew.mac FROM unnest($2::uuid[], $3::bytea[]) AS anew (persona_id, mac)
		WHERE persona.community_id = $1 AND persona.persona_id = anew.persona_id AND name_mac <> anew.mac`, in, ids, macs)
	if err != nil {
		return fmt.Errorf("community: hash names: %w", err)
	}
	return nil
}

// nameAnew is nil for a persona whose key is gone: nobody knows its name any more.
func nameAnew(shared, own *sealed.Ring, in uuid.UUID, row nameRow) ([]byte, error) {
	if !own.Has(row.Name) {
		return nil, nil
	}
	name, err := persona.OpenName(own, in, row.ID, row.Version, row.Name)
	if err != nil {
		return nil, err
	}
	return persona.NameMAC(shared, name), nil
}
