package tds

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// answer is the sink of a connection's requests: it appends tokens as the session makes them.
type answer struct {
	connection *connection
	lost       error // what writing met: the client is gone
	ended      bool  // the last DONE has been said
	severe     bool  // a message has ended the session
	calls      bool  // the request calls procedures
	noMetadata bool  // the client knows the columns
	described  description
}

// description is the wire's form of a result's columns. It is kept, since the next result often has the same.
type description struct {
	of       []plan.Column
	standard *collate.Collation
	columns  []column
	token    []byte // COLMETADATA
}

// is reports whether d describes columns.
func (d *description) is(columns []plan.Column, standard *collate.Collation) bool {
	return d.token != nil && d.standard == standard && slices.Equal(d.of, columns)
}

// maxKept is the longest COLMETADATA that is kept: more is not worth its memory in a session at rest.
const maxKept = 4 << 10

// begin makes a ready for another request.
func (a *answer) begin(t wire.PacketType) {
	*a = answer{connection: a.connection, described: a.described, calls: t == wire.PacketRPC}
}

// within is the sink for what others follow in the same request.
func (a *answer) within() sqldb.Sink { return within{a} }

type within struct{ *answer }

// Done says that more follows.
func (w within) Done(d sqldb.Done) error {
	d.More = true
	return w.answer.Done(d)
}

// commit hands what has been appended to the writer.
func (a *answer) commit(buf []byte) error {
	if err := a.connection.writer.Commit(buf); err != nil {
		a.lost = err
		return err
	}
	return nil
}

// Columns begins a result set.
func (a *answer) Columns(columns []plan.Column) error {
	standard := a.connection.collation()
	if !a.described.is(columns, standard) {
		a.describe(columns, standard)
	}
	buf := a.connection.writer.Buffer()
	if a.noMetadata {
		return a.commit(wire.AppendNoMetadata(buf))
	}
	return a.commit(append(buf, a.described.token...))
}

func (a *answer) describe(columns []plan.Column, standard *collate.Collation) {
	infos, made := make([]wire.Column, len(columns)), make([]column, len(columns))
	for i := range columns {
		infos[i], made[i] = describe(&columns[i], standard)
	}
	a.described = description{of: slices.Clone(columns), standard: standard, columns: made, token: appendSources(wire.AppendColMetadata(nil, infos), columns)}
}

// Row appends a row. One with NULLs goes as NBCROW where the client knows that token.
func (a *answer) Row(row []value.Value) error {
	buf := a.connection.writer.Buffer()
	columns := a.described.columns
	row = row[:len(columns)]
	compressed := a.connection.compressesNulls() && anyNull(row)
	if compressed {
		buf = wire.AppendNBCRow(buf, len(row), func(i int) bool { return row[i].IsNull() })
	} else {
		buf = wire.AppendRow(buf)
	}
	for i := range row {
		v, c := &row[i], &columns[i]
		switch {
		case v.IsNull() && compressed:
		case v.IsNull():
			if c.never {
				return fault.Newf(fault.Internal, "front/tds", "", "column %d is NULL against its type", i+1)
			}
			buf = wire.AppendNull(buf, &c.info)
		case c.long && len(v.Text()) > longValue:
			var err error
			if buf, err = a.longValue(buf, c, v); err != nil {
				return err
			}
		default:
			buf = c.encode(buf, v)
		}
	}
	return a.commit(buf)
}

// longValue and chunk are in bytes: nothing longer goes through the buffer at once.
const (
	longValue = 64 << 10
	chunk     = 16 << 10
)

// longValue appends a long value of a (max) type in chunks, and writes what is full between them.
func (a *answer) longValue(buf []byte, c *column, v *value.Value) ([]byte, error) {
	text, appendChunk := v.Text(), wire.AppendPLPChunk
	size := len(text)
	if c.info.Unicode() {
		size, appendChunk = 2*wire.Units(text), wire.AppendPLPChunkText
	} else if c.collation != nil && !c.collation.IsUTF8() && !ascii(text) {
		encoded := c.collation.Encode(nil, text)
		text, size = string(encoded), len(encoded)
	}
	buf = wire.AppendPLPStart(buf, uint64(size))
	for len(text) > 0 {
		n := cut(text, chunk)
		buf = appendChunk(buf, text[:n])
		text = text[n:]
		if err := a.commit(buf); err != nil {
			return nil, err
		}
		buf = a.connection.writer.Buffer()
	}
	return wire.AppendPLPEnd(buf), nil
}

// cut is where s can be cut at n bytes without taking a character of UTF-8 apart. Of other bytes any place will do.
func cut(s string, n int) int {
	if len(s) <= n {
		return len(s)
	}
	for i := n; i > n-4; i-- {
		if s[i]&0xC0 != 0x80 {
			return i
		}
	}
	return n
}

// compressesNulls: NBCROW came with TDS 7.3.B.
func (c *connection) compressesNulls() bool { return c.version >= wire.Version73B || c.strict }

func anyNull(row []value.Value) bool {
	for i := range row {
		if row[i].IsNull() {
			return true
		}
	}
	return false
}

// Message appends an error or information. What a long request says is sent at once: RAISERROR … WITH NOWAIT asks for it.
func (a *answer) Message(m *value.Error) error {
	c := a.connection
	a.severe = a.severe || m.Class >= fatalClass
	if err := a.commit(c.appendMessage(c.writer.Buffer(), m, 1)); err != nil {
		return err
	}
	if c.watcher.late.Load() {
		return a.flush()
	}
	return nil
}

func (a *answer) flush() error {
	if err := a.connection.writer.Flush(); err != nil {
		a.lost = err
		return err
	}
	return nil
}

// Done appends the end of a statement, a procedure or the request.
func (a *answer) Done(d sqldb.Done) error {
	status := uint16(0)
	for _, s := range []struct {
		on  bool
		bit uint16
	}{
		{d.More, wire.DoneMore},
		{(d.Failed || d.Attention) && !a.severe, wire.DoneError}, // an attention is acknowledged in a message of its own
		{a.severe, wire.DoneServerError},                         // in its place: the results are to be discarded
		{d.InTransaction, wire.DoneInTransaction},
		{d.Counted, wire.DoneCount},
	} {
		if s.on {
			status |= s.bit
		}
	}
	kind := wire.Done
	switch d.Kind {
	case sqldb.DoneInProcedure:
		kind = wire.DoneInProc
	case sqldb.DoneProcedure:
		kind = wire.DoneProc
	}
	a.ended = !d.More
	return a.commit(wire.AppendDone(a.connection.writer.Buffer(), kind, status, d.Command, uint64(d.Count)))
}

// close appends the last DONE of a request whose session did not.
func (a *answer) close(buf []byte, failed bool) []byte {
	status, kind := uint16(0), wire.Done
	switch {
	case a.severe:
		status = wire.DoneServerError
	case failed:
		status = wire.DoneError
	}
	if a.connection.session.Descriptor() != 0 {
		status |= wire.DoneInTransaction
	}
	if a.calls {
		kind = wire.DoneProc
	}
	a.ended = true
	return wire.AppendDone(buf, kind, status, 0, 0)
}

// Change tells the client of its surroundings.
func (a *answer) Change(ch sqldb.Change) error {
	buf := a.connection.writer.Buffer()
	switch ch.Kind {
	case sqldb.ChangeBegin, sqldb.ChangeCommit, sqldb.ChangeRollback:
		buf = wire.AppendEnvTransaction(buf, uint8(ch.Kind), ch.Descriptor)
	case sqldb.ChangeReset:
		buf = wire.AppendEnvBytes(buf, uint8(ch.Kind), nil, nil)
	default:
		buf = wire.AppendEnvText(buf, uint8(ch.Kind), ch.New, ch.Old)
	}
	return a.commit(buf)
}

// Status appends the return status of a procedure.
func (a *answer) Status(code int32) error {
	return a.commit(wire.AppendReturnStatus(a.connection.writer.Buffer(), code))
}

// Output appends an OUTPUT parameter's value.
func (a *answer) Output(o sqldb.Output) error {
	t := o.Type
	t.Nullable = true
	d, made := describe(&plan.Column{Type: t}, a.connection.collation())
	buf := wire.AppendReturnValue(a.connection.writer.Buffer(), &wire.ReturnValue{
		Ordinal: uint16(o.Ordinal), Name: o.Name, UserType: d.UserType, Flags: d.Flags, Type: d.Type,
	})
	if o.Value.IsNull() {
		return a.commit(wire.AppendNull(buf, &d.Type))
	}
	return a.commit(made.encode(buf, &o.Value))
}
