package sqldb

import (
	"context"
	"math"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// createSchema is CREATE SCHEMA, with what it creates within.
func (r *run) createSchema(s *tsql.CreateSchema) error {
	if err := r.mustBe("CREATE SCHEMA"); err != nil {
		return err
	}
	err := r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		d := e.Database()
		owner := r.session.who.user
		if s.Owner.Name != "" {
			p, ok := d.Principal(s.Owner.Name)
			if !ok || !r.mayMakeOwner(d, p) {
				return noPrincipal(s.Owner.Name)
			}
			owner = p.ID
		}
		name := s.Name.Name
		if name == "" {
			name = s.Owner.Name
		}
		if _, taken := d.Schema(name); taken {
			return value.Errorf(2714, 16, 6, "There is already an object named '%s' in the database.", name)
		}
		e.PutSchema(&catalog.Schema{ID: e.NextSchema(), Name: name, Owner: owner})
		return nil
	})
	if err != nil {
		return err
	}
	for _, element := range s.Elements {
		if err := r.plain(element); err != nil {
			return err
		}
	}
	return nil
}

// transfer is ALTER SCHEMA … TRANSFER. Permissions on the object are dropped, as Azure drops them.
func (r *run) transfer(s *tsql.TransferObject) error {
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		d := e.Database()
		schema, ok := d.Schema(s.Schema.Name)
		if !ok {
			return value.Errorf(15151, 16, 1, "Cannot alter the schema '%s', because it does not exist or you do not have permission.", s.Schema.Name)
		}
		o, ok := r.find(s.Object)
		if !ok || s.Class != "OBJECT" {
			return value.Errorf(15151, 16, 1, "Cannot find the object '%s', because it does not exist or you do not have permission.", nameText(s.Object))
		}
		if err := r.mustAlterSchema(schema); err != nil {
			return err
		}
		if who := r.session.who; !who.server && !who.rights(d).has("CONTROL", on(d, o, 0)) {
			return value.Errorf(15151, 16, 1, "Cannot find the object '%s', because it does not exist or you do not have permission.", nameText(s.Object))
		}
		if _, taken := d.Object(schema.ID, o.Head().Name); taken {
			return value.Errorf(15530, 16, 1, "The object with name \"%s\" already exists.", o.Head().Name)
		}
		e.PutObject(moved(o, func(h *catalog.Header) { h.SchemaID = schema.ID }))
		for _, p := range d.Permissions() {
			if p.Class == catalog.ClassObject && p.Major == o.Head().ID {
				e.Revoke(*p)
			}
		}
		return nil
	})
}

// moved is a copy of an object with another header; a table's constraints go with it.
func moved(o catalog.Object, change func(h *catalog.Header)) catalog.Object {
	switch t := o.(type) {
	case *catalog.Table:
		c := t.Clone()
		change(&c.Header)
		for _, column := range c.Columns {
			if column.Default != nil {
				column.Default.SchemaID = c.SchemaID
			}
		}
		for _, k := range c.Checks {
			k.SchemaID = c.SchemaID
		}
		for _, k := range c.ForeignKeys {
			k.SchemaID = c.SchemaID
		}
		for _, x := range c.Indexes {
			if x.Constraint != nil {
				h := *x.Constraint
				h.SchemaID = c.SchemaID
				x.Constraint = &h
			}
		}
		return c
	case *catalog.Module:
		c := *t
		change(&c.Header)
		return &c
	case *catalog.Sequence:
		c := *t
		change(&c.Header)
		return &c
	case *catalog.Synonym:
		c := *t
		change(&c.Header)
		return &c
	case *catalog.TableType:
		c := *t
		change(&c.Header)
		return &c
	case *catalog.AliasType:
		c := *t
		change(&c.Header)
		return &c
	}
	return o
}

// createSequence is CREATE and ALTER SEQUENCE.
func (r *run) createSequence(s *tsql.CreateSequence) error {
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		schema, err := r.target(e.Database(), s.Name)
		if err != nil {
			return err
		}
		if err := r.mustAlterSchema(schema); err != nil {
			return err
		}
		q := &catalog.Sequence{Increment: 1}
		old, exists := e.Database().Object(schema.ID, s.Name.Name.Name)
		was, is := old.(*catalog.Sequence)
		switch {
		case s.Alter && (!exists || !is):
			return value.Errorf(208, 16, 1, "Invalid object name '%s'.", nameText(s.Name))
		case s.Alter:
			c := *was
			q = &c
		default:
			if err := free(e.Database(), schema.ID, s.Name.Name.Name); err != nil {
				return err
			}
			q.Header = r.header(e, schema.ID, s.Name.Name.Name, catalog.KindSequence)
		}
		if err := r.sequence(q, s); err != nil {
			return err
		}
		e.PutObject(q)
		if !s.Alter {
			return r.session.service.engine.Start(r.ctx, sequenceCounter(r.session.db.id, q))
		}
		if s.Restart {
			c, engine := sequenceCounter(r.session.db.id, q), r.session.service.engine
			ctx, log := context.WithoutCancel(r.ctx), r.session.service.Log
			tx.AfterCommit(func() {
				if err := engine.Reseed(ctx, c, q.Start, false); err != nil {
					log.Error("a sequence was not restarted", "sequence", q.Name, "error", err)
				}
			})
		}
		return nil
	})
}

func sequenceCounter(db int32, q *catalog.Sequence) txn.Counter {
	return txn.Counter{Database: db, Object: q.ID, Kind: txn.Sequence, Seed: q.Start, Increment: q.Increment}
}

// sequence fills in a sequence's numbers: what is not given comes from its type.
func (r *run) sequence(q *catalog.Sequence, s *tsql.CreateSequence) error {
	if !s.Alter {
		q.Type = value.Type{ID: value.BigInt}
		if s.Type != nil {
			t, err := r.typeOf(*s.Type)
			if err != nil {
				return err
			}
			q.Type = t
		}
		q.Min, q.Max = bounds(q.Type)
	}
	for _, each := range []struct {
		x  tsql.Expr
		to *int64
	}{{s.Increment, &q.Increment}, {s.Min, &q.Min}, {s.Max, &q.Max}} {
		if each.x == nil {
			continue
		}
		n, err := r.integer(each.x)
		if err != nil {
			return err
		}
		*each.to = n
	}
	if q.Increment == 0 {
		return value.Errorf(11700, 16, 1, "The increment for sequence object '%s' cannot be zero.", nameText(s.Name))
	}
	if s.Start != nil {
		n, err := r.integer(s.Start)
		if err != nil {
			return err
		}
		q.Start = n
	} else if !s.Alter || s.Restart {
		q.Start = q.Min
		if q.Increment < 0 {
			q.Start = q.Max
		}
	}
	if q.Start < q.Min || q.Start > q.Max {
		return value.Errorf(11703, 16, 1, "The start value for sequence object '%s' must be between the minimum and maximum value of the sequence object.", nameText(s.Name))
	}
	if s.Cycle != tsql.Unspecified {
		q.Cycle = s.Cycle == tsql.Yes
	}
	return nil
}

func bounds(t value.Type) (low, high int64) {
	switch t.ID {
	case value.TinyInt:
		return 0, 255
	case value.SmallInt:
		return math.MinInt16, math.MaxInt16
	case value.Int:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

// nextValue is NEXT VALUE FOR.
func (r *run) nextValue(id int32) (value.Value, error) {
	d := r.session.view()
	o, _ := d.ObjectByID(id)
	q, ok := o.(*catalog.Sequence)
	if !ok {
		return value.Null(), value.Errorf(11719, 15, 1, "NEXT VALUE FOR function needs a sequence object.")
	}
	who := r.session.who
	chained := r.chain() != 0 && r.chain() == d.Owner(q)
	if !who.server && !chained && !who.rights(d).has("UPDATE", on(d, q, 0)) {
		return value.Null(), denied(d, q, "UPDATE")
	}
	engine, c := r.session.service.engine, sequenceCounter(r.session.db.id, q)
	n, err := engine.Take(r.ctx, c, 1)
	if err == nil && n >= q.Min && n <= q.Max {
		return value.OfInt(n), nil
	}
	if !q.Cycle {
		return value.Null(), value.Errorf(11728, 16, 1, "The sequence object '%s' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.", q.Name)
	}
	c.Seed = q.Min
	if q.Increment < 0 {
		c.Seed = q.Max
	}
	if err := engine.Reseed(r.ctx, c, c.Seed, false); err != nil {
		return value.Null(), err
	}
	n, err = engine.Take(r.ctx, c, 1)
	return value.OfInt(n), err
}

// createType is CREATE TYPE … FROM and AS TABLE.
func (r *run) createType(s *tsql.CreateType) error {
	if err := r.mustBe("CREATE TYPE"); err != nil {
		return err
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		schema, err := r.target(e.Database(), s.Name)
		if err != nil {
			return err
		}
		if err := r.mustAlterSchema(schema); err != nil {
			return err
		}
		name := s.Name.Name.Name
		if _, taken := e.Database().Type(schema.ID, name); taken {
			return value.Errorf(219, 16, 1, "The type '%s' already exists, or you do not have permission to create it.", nameText(s.Name))
		}
		id := nextType(e.Database())
		if s.Table != nil {
			t, err := r.builder(nil, schema.ID).table(name, s.Table)
			if err != nil {
				return err
			}
			o := &catalog.TableType{Header: r.header(e, schema.ID, name, catalog.KindTableType), TypeID: id, Table: t}
			e.PutObject(o)
			return nil
		}
		t, err := r.typeOf(*s.From)
		if err != nil {
			return err
		}
		t.Nullable = s.Null != tsql.No
		e.PutObject(&catalog.AliasType{Header: r.header(e, schema.ID, name, ""), TypeID: id, Type: t})
		return nil
	})
}

// nextType is the next user_type_id: those of users begin at 257.
func nextType(d *catalog.Database) int32 {
	id := int32(257)
	for {
		if _, taken := d.TypeByID(id); !taken {
			return id
		}
		id++
	}
}

// createSynonym is CREATE SYNONYM; what it names need not exist.
func (r *run) createSynonym(s *tsql.CreateSynonym) error {
	if err := r.mustBe("CREATE SYNONYM"); err != nil {
		return err
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		schema, err := r.target(e.Database(), s.Name)
		if err != nil {
			return err
		}
		if err := r.mustAlterSchema(schema); err != nil {
			return err
		}
		if err := free(e.Database(), schema.ID, s.Name.Name.Name); err != nil {
			return err
		}
		base := r.scope.batch.Slice(s.For.At)
		e.PutObject(&catalog.Synonym{Header: r.header(e, schema.ID, s.Name.Name.Name, catalog.KindSynonym), Base: strings.TrimSpace(base)})
		return nil
	})
}

// kill is KILL.
func (r *run) kill(s *tsql.Kill) error {
	who := r.session.who
	if !who.server && !allowed(r.session.view(), who, "KILL DATABASE CONNECTION") {
		return value.Errorf(6102, 14, 1, "User does not have permission to use the KILL statement.")
	}
	id, err := r.integer(s.Session)
	if err != nil {
		return err
	}
	service := r.session.service
	service.mu.Lock()
	other := service.sessions[int(id)]
	service.mu.Unlock()
	switch {
	case int(id) == r.session.id:
		return value.Errorf(6104, 16, 1, "Cannot use KILL to kill your own process.")
	case other == nil || other.serverName != r.session.serverName || other.db != r.session.db && !who.server:
		return value.Errorf(6106, 16, 2, "Process ID %d is not an active process ID.", id)
	}
	other.end()
	return nil
}
