package postgres

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// eachRow calls take with every row, read by name into the fields of a T: a column goes to the field that has its name
// in a db tag, or else is called alike. A column without a field and a field without a column are errors, as they are to
// pgx.RowToStructByName, which looks the names up again for each row.
func eachRow[T any](rows pgx.Rows, take func(T)) error {
	defer rows.Close()
	var row, zero T
	into, err := destinations(reflect.ValueOf(&row).Elem(), rows.FieldDescriptions())
	if err != nil {
		return failed(rows, err)
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		take(row)
		row = zero
	}
	return rows.Err()
}

// eachRowWithin reads the columns of an S from the first row alone, and calls take with the T of every row that has one.
func eachRowWithin[S, T any](rows pgx.Rows, around *S, found func(), take func(T)) error {
	defer rows.Close()
	var row, zero T
	columns, n := rows.FieldDescriptions(), len(fieldsOf(reflect.TypeFor[S]()))
	if n >= len(columns) {
		return failed(rows, fmt.Errorf("postgres: no column is left for %T", row))
	}
	outer, err := destinations(reflect.ValueOf(around).Elem(), columns[:n])
	if err != nil {
		return failed(rows, err)
	}
	inner, err := destinations(reflect.ValueOf(&row).Elem(), columns[n:])
	if err != nil {
		return failed(rows, err)
	}
	into := slices.Concat(outer, make([]any, len(inner))) // a nil is passed over
	for rows.Next() {
		there := rows.RawValues()[n] != nil
		if there {
			copy(into[n:], inner)
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		found()
		if there {
			take(row)
			row = zero
		}
		clear(into)
	}
	return rows.Err()
}

// failed is why a statement has other columns than were expected: it may have failed, and then has none.
func failed(rows pgx.Rows, mismatch error) error {
	rows.Close()
	return cmp.Or(rows.Err(), mismatch)
}

func destinations(row reflect.Value, columns []pgconn.FieldDescription) ([]any, error) {
	fields := fieldsOf(row.Type())
	if len(fields) != len(columns) {
		return nil, fmt.Errorf("postgres: %d columns for the %d fields of %s", len(columns), len(fields), row.Type())
	}
	into := make([]any, len(columns))
	taken := make([]bool, len(fields))
	for i, column := range columns {
		f, ok := fields[column.Name]
		if !ok {
			f, ok = fields[squeezed(column.Name)]
		}
		if !ok || taken[f.number] {
			return nil, fmt.Errorf("postgres: no field of %s for column %s", row.Type(), column.Name)
		}
		taken[f.number] = true
		into[i] = row.FieldByIndex(f.index).Addr().Interface()
	}
	return into, nil
}

type field struct {
	number int
	index  []int
}

var known sync.Map // of struct types to their fields

// fieldsOf are the exported fields of a struct, also of those embedded in it, by the name of their column.
func fieldsOf(row reflect.Type) map[string]field {
	if found, ok := known.Load(row); ok {
		return found.(map[string]field)
	}
	fields := map[string]field{}
	gather(fields, row, nil)
	known.Store(row, fields)
	return fields
}

func gather(fields map[string]field, row reflect.Type, above []int) {
	for f := range row.Fields() {
		index := append(slices.Clone(above), f.Index...)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			gather(fields, f.Type, index)
			continue
		}
		if !f.IsExported() {
			continue
		}
		name, tagged := f.Tag.Lookup("db")
		if !tagged {
			name = squeezed(f.Name)
		}
		fields[name] = field{len(fields), index}
	}
}

func squeezed(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
