package community

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Programme is who runs communities, pays for them and answers for them: shown before anybody joins.
type Programme struct {
	ID       uuid.UUID
	Language string
	Version  int32
	Replayed bool // this request had made it before, under the same idempotency key
	ProgrammeCard
}

// ProgrammeCard is what a programme says of itself.
type ProgrammeCard struct {
	Name        string   `json:"name"`
	Operator    string   `json:"operator"`
	Funder      string   `json:"funder"`
	Responsible []Person `json:"responsible"`
	Hours       string   `json:"hours"` // when someone is there
	Contact     string   `json:"contact"`
}

// Person answers for a programme.
type Person struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// tidy brings every line to the form in which titles are kept, and refuses what none can be.
func (c *ProgrammeCard) tidy() error {
	c.Responsible = slices.Clone(c.Responsible)
	lines := map[string]*string{"/name": &c.Name, "/operator": &c.Operator, "/funder": &c.Funder, "/hours": &c.Hours, "/contact": &c.Contact}
	for i := range c.Responsible {
		person := fmt.Sprintf("/responsible/%d", i)
		lines[person+"/name"], lines[person+"/role"] = &c.Responsible[i].Name, &c.Responsible[i].Role
	}
	for _, pointer := range slices.Sorted(maps.Keys(lines)) {
		line := lines[pointer]
		if *line == "" {
			continue // what may be left out is not this one's to say
		}
		tidied, err := markup.Title(*line)
		if err != nil {
			return at(err, pointer)
		}
		*line = tidied
	}
	return nil
}

type programmeRow struct {
	ID            uuid.UUID `db:"programme_id"`
	Language      string
	Card          []byte
	SealedVersion int32 `db:"sealed_version"`
	Version       int32
	RequestMAC    []byte `db:"request_mac"`
}

const programmeColumns = "programme_id, language, card, sealed_version, version, request_mac"

// CreateProgramme makes a programme. With an idempotency key, a repeated request returns the first programme.
func (d *Directory) CreateProgramme(ctx context.Context, actor member.Actor, language string, card ProgrammeCard, key string) (Programme, error) {
	decision, err := d.policy.Require(ctx, actor.Facts(authz.ProgrammeCreate, purposeSupport, uuid.Nil, d.clock()))
	if err != nil {
		return Programme{}, err
	}
	request, err := d.request(ctx, actor, "programme", key, language, card)
	if err != nil {
		return Programme{}, err
	}
	if err := card.tidy(); err != nil {
		return Programme{}, err
	}
	if first, found, err := d.programme(ctx, request.id); err != nil || found {
		first.Replayed = true
		return first.Programme, request.same(first.requestMAC, err)
	}
	ring, err := d.keys.CreateShared(ctx, "programme", request.id)
	if err != nil {
		return Programme{}, err
	}
	box, err := sealCard(ring, programmePlace(request.id, 1), card)
	if err != nil {
		return Programme{}, err
	}
	_, err = postgres.InTx(ctx, d.db, postgres.Unscoped, func(tx pgx.Tx) (struct{}, error) {
		_, err := tx.Exec(ctx, `INSERT INTO programme (programme_id, language, card, request_mac) VALUES ($1, $2, $3, $4)`,
			request.id, language, box, request.mac)
		if err != nil {
			return struct{}{}, constraints.Fault(err)
		}
		return struct{}{}, d.log.Append(ctx, tx, decision, audit.Event{Action: authz.ProgrammeCreate, Identity: actor.Identity, Subject: request.id})
	})
	return Programme{ID: request.id, Language: language, Version: 1, ProgrammeCard: card}, err
}

// Programme returns one programme's card.
func (d *Directory) Programme(ctx context.Context, actor member.Actor, id uuid.UUID) (Programme, error) {
	if _, err := d.policy.Require(ctx, actor.Facts(authz.ProgrammeRead, purposeSupport, id, d.clock())); err != nil {
		return Programme{}, err
	}
	p, found, err := d.programme(ctx, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound)
	}
	return p.Programme, err
}

// ProgrammePosition is a place in the list of programmes, which is in the order of their ids.
type ProgrammePosition struct {
	ID uuid.UUID `json:"i"`
}

// Programmes returns a page of the programmes of this installation.
func (d *Directory) Programmes(ctx context.Context, actor member.Actor, ask page.Ask[ProgrammePosition]) (page.Page[Programme, ProgrammePosition], error) {
	var none page.Page[Programme, ProgrammePosition]
	if _, err := d.policy.Require(ctx, actor.Facts(authz.ProgrammeList, purposeSupport, uuid.Nil, d.clock())); err != nil {
		return none, err
	}
	order, compare := "ASC", ">"
	if ask.Backward {
		order, compare = "DESC", "<"
	}
	var from ProgrammePosition
	if ask.From != nil {
		from = *ask.From
	}
	var rows []programmeRow
	err := postgres.Read(ctx, d.db, postgres.Unscoped, postgres.Many(&rows, `SELECT `+programmeColumns+` FROM programme
		WHERE $1 OR programme_id `+compare+` $2 ORDER BY programme_id `+order+` LIMIT $3`, ask.From == nil, from.ID, ask.Fetch()))
	if err != nil {
		return none, err
	}
	cut := page.Cut(rows, ask, func(r programmeRow) ProgrammePosition { return ProgrammePosition{r.ID} })
	programmes, err := d.openProgrammes(ctx, cut.Items)
	return page.With(cut, programmes), err
}

func (d *Directory) openProgrammes(ctx context.Context, rows []programmeRow) ([]Programme, error) {
	ids, cards := make([]uuid.UUID, len(rows)), make([][]byte, len(rows))
	for i, row := range rows {
		ids[i], cards[i] = row.ID, row.Card
	}
	rings, err := d.sharedFor(ctx, "programme", ids, cards)
	if err != nil {
		return nil, err
	}
	programmes := make([]Programme, 0, len(rows))
	for i, row := range rows {
		p, err := openProgramme(rings[i], row)
		if err != nil {
			return nil, err
		}
		programmes = append(programmes, p.Programme)
	}
	return programmes, nil
}

// EditProgramme changes what a programme says of itself. version is the one that the editor read.
func (d *Directory) EditProgramme(ctx context.Context, actor member.Actor, id uuid.UUID, version int32, change func(*ProgrammeCard)) (Programme, error) {
	decision, err := d.policy.Require(ctx, actor.Facts(authz.ProgrammeEdit, purposeSupport, id, d.clock()))
	if err != nil {
		return Programme{}, err
	}
	return postgres.InTx(ctx, d.db, postgres.Unscoped, func(tx pgx.Tx) (Programme, error) {
		row, err := oneRow[programmeRow](tx.Query(ctx, `SELECT `+programmeColumns+` FROM programme WHERE programme_id = $1 FOR UPDATE`, id))
		if err != nil {
			return Programme{}, err
		}
		if row.Version != version {
			return Programme{}, fault.New(fault.ETagStale)
		}
		ring, err := d.keys.SharedFor(ctx, "programme", id, row.Card)
		if err != nil {
			return Programme{}, err
		}
		p, err := openProgramme(ring, row)
		if err != nil {
			return Programme{}, err
		}
		change(&p.ProgrammeCard)
		if err := p.tidy(); err != nil {
			return Programme{}, err
		}
		box, err := sealCard(ring, programmePlace(id, row.SealedVersion+1), p.ProgrammeCard)
		if err != nil {
			return Programme{}, err
		}
		_, err = tx.Exec(ctx, `UPDATE programme SET card = $2, sealed_version = sealed_version + 1, version = version + 1 WHERE programme_id = $1`, id, box)
		if err != nil {
			return Programme{}, fmt.Errorf("community: edit a programme: %w", err)
		}
		p.Version++
		return p.Programme, d.log.Append(ctx, tx, decision, audit.Event{Action: authz.ProgrammeEdit, Identity: actor.Identity, Subject: id})
	})
}

type openedProgramme struct {
	Programme
	requestMAC []byte
}

func (d *Directory) programme(ctx context.Context, id uuid.UUID) (openedProgramme, bool, error) {
	var row programmeRow
	var found bool
	err := postgres.Read(ctx, d.db, postgres.Unscoped,
		postgres.One(&row, &found, `SELECT `+programmeColumns+` FROM programme WHERE programme_id = $1`, id))
	if err != nil || !found {
		return openedProgramme{}, false, err
	}
	ring, err := d.keys.SharedFor(ctx, "programme", id, row.Card)
	if err != nil {
		return openedProgramme{}, false, err
	}
	p, err := openProgramme(ring, row)
	return p, err == nil, err
}

func openProgramme(ring *sealed.Ring, row programmeRow) (openedProgramme, error) {
	p := openedProgramme{Programme{ID: row.ID, Language: row.Language, Version: row.Version}, row.RequestMAC}
	return p, openCard(ring, programmePlace(row.ID, row.SealedVersion), row.Card, &p.ProgrammeCard)
}

func programmePlace(id uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "programme", Column: "card", Row: id, Version: version}
}

func sealCard(ring *sealed.Ring, place sealed.Place, card any) ([]byte, error) {
	words, err := json.Marshal(card)
	if err != nil {
		return nil, fmt.Errorf("community: card: %w", err)
	}
	box, err := ring.Seal(place, words)
	if err != nil {
		return nil, fmt.Errorf("community: card: %w", err)
	}
	return box, nil
}

func openCard(ring *sealed.Ring, place sealed.Place, box []byte, card any) error {
	words, err := ring.Open(place, box)
	if err != nil {
		return fmt.Errorf("community: card: %w", err)
	}
	if err := json.Unmarshal(words, card); err != nil {
		return fmt.Errorf("community: card of an unknown form in %s", place.Table) // the cause would quote it
	}
	return nil
}

// oneRow collects the single row that there must be; none is fault.NotFound.
func oneRow[T any](rows pgx.Rows, err error) (T, error) {
	row, found, err := postgres.First[T](rows, err)
	if err != nil {
		return row, fmt.Errorf("community: %w", err)
	}
	if !found {
		return row, fault.New(fault.NotFound)
	}
	return row, nil
}
