package main

import (
	"context"
	"database/sql"
	"errors"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/azuread"
)

// sqlAnswer is what a batch gave: the rows of its result sets, or the refusal.
type sqlAnswer struct {
	Rows   [][]any `json:"rows"`
	Number int32   `json:"number,omitempty"` // of an error
	Class  uint8   `json:"class,omitempty"`
	Text   string  `json:"text,omitempty"`
}

// sql DSN BATCH…: runs batches one after another on one connection. The DSN's fedauth says how to sign in; without it
// user id and password do.
func (p *program) sql(ctx context.Context, a []string) (any, error) {
	db, err := sql.Open(azuread.DriverName, a[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // the program ends
	db.SetMaxOpenConns(1)
	out := []sqlAnswer{}
	for _, batch := range a[1:] {
		one, err := query(ctx, db, batch)
		var refused mssql.Error
		switch {
		case errors.As(err, &refused):
			one = sqlAnswer{Number: refused.Number, Class: refused.Class, Text: refused.Message}
		case err != nil:
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func query(ctx context.Context, db *sql.DB, batch string) (answer sqlAnswer, err error) {
	answer.Rows = [][]any{}
	rows, err := db.QueryContext(ctx, batch)
	if err != nil {
		return answer, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for more := true; more; more = rows.NextResultSet() {
		columns, err := rows.Columns()
		if err != nil {
			return answer, err
		}
		for rows.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				return answer, err
			}
			for i, v := range row {
				if b, ok := v.([]byte); ok {
					row[i] = string(b)
				}
			}
			answer.Rows = append(answer.Rows, row)
		}
	}
	return answer, rows.Err()
}
