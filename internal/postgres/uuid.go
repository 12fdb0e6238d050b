package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// readUUIDs teaches a connection the ids of our own type. Without it pgx spells each out as text and parses it again.
func readUUIDs(_ context.Context, conn *pgx.Conn) error {
	id := &pgtype.Type{Name: "uuid", OID: pgtype.UUIDOID, Codec: uuidCodec{}}
	conn.TypeMap().RegisterType(id)
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "_uuid", OID: pgtype.UUIDArrayOID, Codec: &pgtype.ArrayCodec{ElementType: id}})
	return nil
}

// uuidCodec is pgx's own for every other type.
type uuidCodec struct{ pgtype.UUIDCodec }

// PlanEncode is for pgx.
func (c uuidCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ours := value.(uuid.UUID); ours && format == pgtype.BinaryFormatCode {
		return sixteenBytes{}
	}
	return c.UUIDCodec.PlanEncode(m, oid, format, value)
}

// PlanScan is for pgx.
func (c uuidCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ours := target.(*uuid.UUID); ours && format == pgtype.BinaryFormatCode {
		return sixteenBytes{}
	}
	return c.UUIDCodec.PlanScan(m, oid, format, target)
}

type sixteenBytes struct{}

func (sixteenBytes) Encode(value any, buf []byte) ([]byte, error) {
	id, _ := value.(uuid.UUID) // PlanEncode saw to it
	return append(buf, id[:]...), nil
}

var errUUID = errors.New("postgres: neither NULL nor anything but sixteen bytes goes into an id")

func (sixteenBytes) Scan(src []byte, target any) error {
	id, ours := target.(*uuid.UUID)
	if !ours || len(src) != len(id) {
		return errUUID
	}
	copy(id[:], src)
	return nil
}
