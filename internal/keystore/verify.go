package keystore

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
)

// verified is a row as Verify reads it: where it stands, its wrap, and what else
// it seals.
type verified struct {
	Kind       string
	Owner      []byte
	Generation int32
	Epoch      int32
	Version    int32
	Secret     []byte
	Box        []byte
}

func (v verified) key() keyRow { return keyRow{v.Generation, v.Epoch, v.Secret} }

// check reads a table page by page and opens each of its rows.
type check struct {
	table string
	sql   string
	args  func(after verified) []any
	open  func(ctx context.Context, row verified) error
}

const verifyPage = 500

// Verify opens every wrap, every member's record and API key, and every persona's account,
// and reports running totals for each table. It says nothing of what it opened
// or of whose it is. The KMS is asked for each epoch.
func (s *Store) Verify(ctx context.Context, report func(table string, opened, failed int)) error {
	if err := s.noteAlone(ctx, deedEverythingRead); err != nil {
		return err
	}
	if err := s.verifyEpochs(ctx, report); err != nil {
		return err
	}
	for _, c := range s.checks() {
		if err := s.verifyTable(ctx, c, report); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) verifyEpochs(ctx context.Context, report func(table string, opened, failed int)) error {
	var rows []epochRow
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, selectEpochs)); err != nil {
		return fmt.Errorf("keystore: verify: %w", err)
	}
	keeper, err := kms.Open(ctx, s.kms.Load().url)
	if err != nil {
		return err
	}
	defer keeper.Close() //nolint:errcheck // nothing is pending in a keeper
	opened, failed := 0, 0
	for _, row := range rows {
		if _, err := row.unwrap(ctx, keeper, s.deployment); err != nil {
			failed++
		} else {
			opened++
		}
	}
	report("epoch", opened, failed)
	return nil
}

// verifyTable reads a page again in which something failed: its epoch may have
// ended in between.
func (s *Store) verifyTable(ctx context.Context, c check, report func(table string, opened, failed int)) error {
	opened, failed := 0, 0
	after := verified{Owner: make([]byte, 16)}
	for {
		var rows []verified
		wrong := 0
		for range 2 {
			err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, c.sql, append(c.args(after), verifyPage)...))
			if err != nil {
				return fmt.Errorf("keystore: verify: %w", err)
			}
			if wrong = c.failures(ctx, rows); wrong == 0 {
				break
			}
		}
		opened, failed = opened+len(rows)-wrong, failed+wrong
		report(c.table, opened, failed)
		if len(rows) < verifyPage || ctx.Err() != nil {
			return ctx.Err()
		}
		after = rows[len(rows)-1]
	}
}

func (c check) failures(ctx context.Context, rows []verified) (failed int) {
	for _, row := range rows {
		if c.open(ctx, row) != nil {
			failed++
		}
	}
	return failed
}

func (s *Store) checks() []check {
	wrap := func(purpose func(kind string) string) func(ctx context.Context, row verified) error {
		return func(ctx context.Context, row verified) error {
			_, err := s.unwrap(ctx, purpose(row.Kind), row.Owner, row.key())
			return err
		}
	}
	return []check{
		{
			"root_key", `SELECT purpose AS kind, convert_to(purpose, 'UTF8') AS owner, generation, epoch, 0 AS version, secret, NULL::bytea AS box
				FROM root_key WHERE (purpose, generation) > ($1, $2) ORDER BY purpose, generation LIMIT $3`,
			func(after verified) []any { return []any{after.Kind, after.Generation} }, wrap(rootPurpose),
		},
		{
			"member", `SELECT '' AS kind, locator AS owner, generation, epoch, version, secret, record AS box
				FROM member WHERE locator > $1 ORDER BY locator LIMIT $2`,
			func(after verified) []any { return []any{after.Owner} },
			func(ctx context.Context, row verified) error {
				_, err := s.openMember(ctx, locator(row.Owner), memberRow{row.Generation, row.Epoch, row.Secret, row.Box, row.Version})
				return err
			},
		},
		{
			"persona", `SELECT '' AS kind, uuid_send(persona_id) AS owner, 0 AS generation, 0 AS epoch, 0 AS version, NULL::bytea AS secret, account AS box
				FROM persona WHERE persona_id > $1 ORDER BY persona_id LIMIT $2`,
			func(after verified) []any { return []any{uuid.UUID(after.Owner)} },
			func(_ context.Context, row verified) error {
				_, _, err := s.account(uuid.UUID(row.Owner), row.Box)
				return err
			},
		},
		{
			"persona_key", `SELECT '' AS kind, uuid_send(persona_id) AS owner, generation, epoch, 0 AS version, secret, NULL::bytea AS box
				FROM persona_key WHERE (persona_id, generation) > ($1, $2) ORDER BY persona_id, generation LIMIT $3`,
			func(after verified) []any { return []any{uuid.UUID(after.Owner), after.Generation} },
			wrap(func(string) string { return personaPurpose }),
		},
		{
			"shared_key", `SELECT kind, uuid_send(owner_id) AS owner, generation, epoch, 0 AS version, secret, NULL::bytea AS box
				FROM shared_key WHERE (kind, owner_id, generation) > ($1, $2, $3) ORDER BY kind, owner_id, generation LIMIT $4`,
			func(after verified) []any { return []any{after.Kind, uuid.UUID(after.Owner), after.Generation} }, wrap(sharedPurpose),
		},
		{
			"unmasking", `SELECT '' AS kind, uuid_send(unmasking_id) AS owner, 0 AS generation, 0 AS epoch, 0 AS version, uuid_send(persona_id) AS secret, reason AS box
				FROM unmasking WHERE unmasking_id > $1 ORDER BY unmasking_id LIMIT $2`,
			func(after verified) []any { return []any{uuid.UUID(after.Owner)} },
			func(_ context.Context, row verified) error {
				_, err := s.audit.Open(reasonPlace(uuid.UUID(row.Owner), uuid.UUID(row.Secret)), row.Box)
				return err
			},
		},
		s.checkGrants(),
		s.checkAPIKeys(),
	}
}
