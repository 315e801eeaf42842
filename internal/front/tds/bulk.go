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
	rows, err := newBulkRows(m, c.front.MaxMessage, cancel)
	if err == nil {
		err = c.session.Bulk(ctx, rows, c.answer)
	}
	// What the session did not read must still be taken from the wire.
	discarded := error(nil)
	if rows == nil || !rows.attention {
		discarded = m.Discard()
	}
	attention := errors.Is(discarded, wire.ErrAttention) || rows != nil && rows.attention
	switch {
	case discarded != nil && !attention:
		return discarded
	case rows != nil && rows.broken != nil && !attention:
		return rows.broken
	}
	if fault.ReasonOf(err) == wire.ReasonUnsupported || fault.ReasonOf(err) == wire.ReasonTooLarge {
		err = value.Errorf(4804, 16, 1, "While reading current row from host, a premature end-of-message was encountered--an incoming data "+
			"stream was interrupted when the server expected to see more data. %s", sentence(err))
	}
	if err := c.finish(err); err != nil {
		return err
	}
	if attention {
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

func newBulkRows(m *wire.Message, limit int, cancel context.CancelFunc) (*bulkRows, error) {
	load, err := wire.NewBulkLoad(m, limit)
	if err != nil {
		return nil, err
	}
	columns, decoders, err := planColumns(load.Columns)
	if err != nil {
		return nil, err
	}
	return &bulkRows{
		load: load, message: m, cancel: cancel, columns: columns, decoders: decoders, cells: make([]wire.Cell, len(columns)),
	}, nil
}

// Columns are those of the stream.
func (r *bulkRows) Columns() []plan.Column { return r.columns }

// Next reads a row.
func (r *bulkRows) Next(dst []value.Value) error {
	more, err := r.load.Next(r.cells)
	if err != nil {
		return r.fail(err)
	}
	if r.message.Header.Ignored() { // the client has taken the rest back
		r.cancel()
		return context.Canceled
	}
	if !more {
		return io.EOF
	}
	return decodeRow(dst, r.cells, r.decoders)
}

func (r *bulkRows) fail(err error) error {
	switch {
	case errors.Is(err, wire.ErrAttention):
		r.attention = true
		r.cancel()
		return context.Canceled
	case fault.ReasonOf(err) == wire.ReasonUnsupported || fault.ReasonOf(err) == wire.ReasonTooLarge:
	default:
		r.broken = err
	}
	return err
}
