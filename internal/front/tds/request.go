package tds

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// packet is one that has been read.
type packet struct {
	header  wire.Header
	payload []byte
}

// requests reads and answers requests until the client goes; the error that it returns says how.
func (c *connection) requests(ctx context.Context) error {
	c.answer = &answer{connection: c}
	c.watcher = newWatcher(c.packets, c.socket.SetReadDeadline)
	for {
		if ctx.Err() != nil { // before the wait: the watcher may have taken the guard's deadline away
			return ctx.Err()
		}
		c.wire.expect()
		h, payload, err := c.packets.Next()
		if err != nil {
			return err
		}
		c.wire.take()
		for next := (&packet{h, payload}); next != nil; {
			if next, err = c.handle(ctx, next); err != nil {
				return err
			}
		}
	}
}

// handle answers one message. It returns the first packet of the next one where that has come already.
func (c *connection) handle(ctx context.Context, p *packet) (*packet, error) {
	switch p.header.Type {
	case wire.PacketAttention: // too late: what it is about has been answered
		return nil, c.acknowledge()
	case wire.PacketSQLBatch, wire.PacketRPC, wire.PacketTransactionManager, wire.PacketBulkLoad:
	default:
		return nil, violation("a message of type %#02x after the login", uint8(p.header.Type))
	}
	m := wire.NewMessage(c.packets, p.header, p.payload)
	ctx = c.begun(ctx)
	c.answer.begin(p.header.Type)
	if p.header.Type == wire.PacketBulkLoad {
		return nil, c.bulk(ctx, m)
	}
	defer c.release()
	payload, err := c.payload(m)
	switch {
	case errors.Is(err, wire.ErrAttention):
		return nil, c.acknowledge()
	case fault.Is(err, fault.TooLarge):
		if err := m.Discard(); err != nil {
			return nil, err
		}
		return nil, c.finish(c.tooLarge())
	case err != nil:
		return nil, err
	case m.Header.Ignored(): // the client waits for the end of an answer all the same
		return nil, c.finish(errTakenBack)
	}
	c.watcher.begin(c.cancel)
	err = c.run(ctx, p.header, payload)
	next, watched := c.watched()
	if watched != nil {
		return nil, watched
	}
	if err := c.finish(err); err != nil {
		return nil, err
	}
	if next != nil && next.header.Type == wire.PacketAttention {
		return nil, c.acknowledge()
	}
	return next, nil
}

// begun is the context of a request. Only an attention cancels it, so one serves many requests.
func (c *connection) begun(ctx context.Context) context.Context {
	if c.under == nil || c.under.Err() != nil {
		c.under, c.cancel = context.WithCancel(ctx)
	}
	return c.under
}

// payload is the whole message, where the watcher's reading does not overwrite it. What it claims of the room for
// requests under way is given back by release.
func (c *connection) payload(m *wire.Message) ([]byte, error) {
	whole := m.Header.Last()
	limit := wire.AtMost(c.front.MaxMessage)
	payload, err := m.Payload(func(total int) error {
		grown := int64(total) - c.claimed
		c.claimed += grown
		if c.front.inFlight.Add(grown) > c.front.MaxInFlight {
			return fault.New(fault.TooLarge, "front/tds", wire.ReasonTooLarge, "there is no room for the request")
		}
		return limit(total)
	})
	if err != nil || !whole {
		return payload, err
	}
	c.scratch = append(c.scratch[:0], payload...)
	return c.scratch, nil
}

func (c *connection) release() {
	c.front.inFlight.Add(-c.claimed)
	c.claimed = 0
}

// tooLarge is the refusal of a request over the limit.
func (c *connection) tooLarge() error {
	return errors.Join(
		value.Errorf(701, 17, 123, "There is insufficient system memory in resource pool 'default' to run this query."),
		value.Errorf(0, 0, 1, "A request may have %d bytes, and all that are under way %d.", c.front.MaxMessage, c.front.MaxInFlight))
}

// acknowledge answers an attention, in a message of its own.
func (c *connection) acknowledge() error {
	status := wire.DoneAttention
	if c.session.Descriptor() != 0 {
		status |= wire.DoneInTransaction
	}
	if err := c.writer.Commit(wire.AppendDone(c.writer.Buffer(), wire.Done, status, 0, 0)); err != nil {
		return err
	}
	return c.writer.End()
}

// watched ends the watcher's look.
func (c *connection) watched() (*packet, error) {
	h, payload, came, err := c.watcher.end()
	if err != nil || !came {
		return nil, err
	}
	return &packet{h, payload}, nil
}

// errTakenBack ends the answer to a message that the client has taken back.
var errTakenBack = errors.New("front/tds: the client has taken the request back")

// run decodes a request and has the session run it.
func (c *connection) run(ctx context.Context, h wire.Header, payload []byte) error {
	c.known = c.session.Descriptor()
	if reset, keep := h.Reset(); reset {
		if err := c.session.Reset(ctx, keep, c.answer.within()); err != nil {
			return err
		}
		if err := c.answer.Change(sqldb.Change{Kind: sqldb.ChangeReset}); err != nil {
			return err
		}
	}
	switch h.Type {
	case wire.PacketSQLBatch:
		headers, text, err := wire.DecodeSQLBatch(payload)
		if err != nil {
			return err
		}
		if err := c.descriptor(headers); err != nil {
			return err
		}
		return c.session.Batch(ctx, text, c.answer)
	case wire.PacketRPC:
		return c.calls(ctx, payload)
	}
	return c.transaction(ctx, payload)
}

// descriptor checks that the client means the transaction that there is. One that is outside of any may say 0 always,
// and one whose request also resets the session names the transaction that the reset has ended.
func (c *connection) descriptor(h wire.Headers) error {
	if h.Transaction != 0 && h.Transaction != c.session.Descriptor() && h.Transaction != c.known {
		return value.Errorf(3989, 16, 1, "New request is not allowed to start because it should come with valid transaction descriptor.")
	}
	return nil
}

// calls runs the procedure calls of a request one after another.
func (c *connection) calls(ctx context.Context, payload []byte) error {
	rpc, err := wire.DecodeRPC(payload)
	if err != nil {
		return err
	}
	if err := c.descriptor(rpc.Headers); err != nil {
		return err
	}
	for rpc.More() && ctx.Err() == nil {
		decoded, err := rpc.Next()
		if err != nil {
			return callRefused(err, decoded.Parameters)
		}
		call := sqldb.Call{
			Procedure: decoded.Procedure, Number: decoded.Number, Recompile: decoded.Recompile, NoMetadata: decoded.NoMetadata,
			Arguments: make([]sqldb.Argument, len(decoded.Parameters)),
		}
		for i := range decoded.Parameters {
			if call.Arguments[i], err = argument(&decoded.Parameters[i], i); err != nil {
				return err
			}
		}
		c.answer.noMetadata = decoded.NoMetadata
		out := sqldb.Sink(c.answer)
		if rpc.More() {
			out = c.answer.within()
		}
		if err := c.session.Call(ctx, call, out); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// transaction runs a request to the transaction manager.
func (c *connection) transaction(ctx context.Context, payload []byte) error {
	r, err := wire.DecodeTransactionRequest(payload)
	if err != nil {
		return err
	}
	out := sqldb.TransactionRequest{Name: r.Name, Isolation: uint8(r.Isolation)}
	switch r.Kind {
	case wire.TransactionBegin:
		out.Action = sqldb.Begin
	case wire.TransactionCommit:
		out.Action = sqldb.Commit
	case wire.TransactionRollback:
		out.Action = sqldb.Rollback
	case wire.TransactionSave:
		out.Action = sqldb.Save
	default:
		return value.Errorf(40510, 16, 1, "Statement 'distributed transaction' is not supported in this version of SQL Server.")
	}
	if out.BeginNext = r.BeginsNext; r.BeginsNext {
		out.Isolation = uint8(r.NextIsolation)
	}
	return c.session.Transaction(ctx, out, c.answer)
}
