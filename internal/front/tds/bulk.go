package tds

import (
	"context"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// bulk hands the rows of a bulk load to the session as they come: the session's pace is the client's.
func (c *connection) bulk(ctx context.Context, m *wire.Message) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows := &bulkRows{message: m, cancel: cancel}
	err := rows.begin(c.front.MaxMessage)
	if err == nil {
		err = c.session.Bulk(ctx, rows, c.answer)
	}
	if rows.broken != nil {
		return rows.broken
	}
	// What the session did not read must be taken from the wire all the same.
	if !rows.attention {
		switch lost := m.Discard(); {
		case errors.Is(lost, wire.ErrAttention):
			rows.attention = true
		case lost != nil:
			return lost
		}
	}
	if err := c.finish(err); err != nil {
		return err
	}
	if rows.attention {
		return c.acknowledge()
	}
	return nil
}

// bulkRows reads rows off the wire.
type bulkRows struct {
	load      *wire.BulkLoad
	message   *wire.Message
	cancel    context.CancelFunc
	columns   []plan.Column
	decoders  []decoder
	cells     []wire.Cell
	attention bool  // the client has cancelled
	broken    error // the stream cannot be trusted any more
}

// begin reads the columns.
func (r *bulkRows) begin(limit int) error {
	load, err := wire.NewBulkLoad(r.message, limit)
	if r.load = load; err != nil {
		return r.fail(err)
	}
	r.cells = make([]wire.Cell, len(load.Columns))
	if r.columns, r.decoders, err = planColumns(load.Columns); err != nil {
		return columnType(len(r.columns))
	}
	return nil
}

// Columns are those of the stream.
func (r *bulkRows) Columns() []plan.Column { return r.columns }

// Next reads a row.
func (r *bulkRows) Next(dst []value.Value) error {
	more, err := r.load.Next(r.cells)
	switch {
	case err != nil:
		return r.fail(err)
	case r.message.Header.Ignored():
		return r.fail(errTakenBack)
	case !more:
		return io.EOF
	}
	if column, err := decodeRow(dst, r.cells, r.decoders); err != nil {
		return columnLength(column)
	}
	return nil
}

// columnType refuses a column, counted from 0, whose type there is not.
func columnType(column int) error {
	return value.Errorf(4816, 16, 1, "Invalid column type from bcp client for colid %d.", column+1)
}

// columnLength refuses a value that its type cannot have.
func columnLength(column int) error {
	return value.Errorf(4815, 16, 1, "Received an invalid column length from the bcp client for colid %d.", column+1)
}

// fail tells a client that has changed its mind from one that has broken the protocol.
func (r *bulkRows) fail(err error) error {
	switch reason := fault.ReasonOf(err); {
	case errors.Is(err, wire.ErrAttention):
		r.attention = true
	case r.message.Header.Ignored():
	case reason == wire.ReasonUnsupported:
		return columnType(r.load.Column())
	case reason == wire.ReasonTooLarge:
		return columnLength(r.load.Column())
	default:
		r.broken = err
		return err
	}
	r.cancel()
	return context.Canceled
}
