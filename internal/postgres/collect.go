package postgres

import "github.com/jackc/pgx/v5"

// Collect reads every row of a query in an open transaction by the names of T's fields: Collect[T](tx.Query(…)).
func Collect[T any](rows pgx.Rows, err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	var all []T
	err = eachRow(rows, func(row T) { all = append(all, row) })
	return all, err
}

// First reads the first row like Collect. Where there is none, found is false and row is the zero T.
func First[T any](rows pgx.Rows, err error) (row T, found bool, _ error) {
	all, err := Collect[T](rows, err)
	if err != nil || len(all) == 0 {
		return row, false, err
	}
	return all[0], true, nil
}
