package sqldb

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// announceBulk is INSERT BULK: the rows come in the next message.
func (r *run) announceBulk(s *tsql.InsertBulk) error {
	t, err := r.insertTarget(s.Table)
	if err != nil {
		return err
	}
	if err := r.permit([]plan.Need{{Permission: "INSERT", Object: t.ID, Through: r.chain()}}); err != nil {
		return err
	}
	_, identity, err := bulkColumns(t, s)
	if err != nil {
		return err
	}
	if err := r.mayLoad(t, bulkOptions(s.Options), identity); err != nil {
		return err
	}
	r.session.bulk = s
	return nil
}

// mayLoad asks for ALTER on the table where a load goes past what it would hold otherwise: its constraints, its triggers,
// or the identity's own numbers.
func (r *run) mayLoad(t *catalog.Table, o exec.BulkOptions, identity bool) error {
	past := identity || !o.Check && len(t.Checks)+len(t.ForeignKeys) > 0
	if !past && !o.Triggers {
		for _, other := range r.session.view().Objects() {
			m, ok := other.(*catalog.Module)
			past = past || ok && m.Kind == catalog.KindTrigger && m.ParentID == t.ID
		}
	}
	if t.Temporary || !past {
		return nil
	}
	return r.mustAlter(t)
}

// bulkColumns are the ordinals of the announced columns, and whether the identity is among them.
func bulkColumns(t *catalog.Table, s *tsql.InsertBulk) ([]int, bool, error) {
	if len(s.Columns) == 0 {
		out, err := insertColumns(t, nil)
		return out, false, err
	}
	var out []int
	identity := false
	for _, c := range s.Columns {
		column, at := t.Column(c.Name.Name)
		if at < 0 {
			return nil, false, value.Errorf(207, 16, 1, "Invalid column name '%s'.", c.Name.Name)
		}
		if column.Computed != nil || column.Type.ID == value.RowVersion {
			return nil, false, value.Errorf(271, 16, 1, "The column \"%s\" cannot be modified because it is either a computed column or is the result of a UNION operator.", c.Name.Name)
		}
		identity = identity || column.Identity != nil
		out = append(out, at)
	}
	return out, identity, nil
}

// Bulk loads the rows that INSERT BULK has announced: all of them or none.
func (s *session) Bulk(ctx context.Context, rows BulkRows, out Sink) error {
	return s.request(ctx, out, func(r *run) error {
		r.scope = &scope{}
		count, err := r.load(rows)
		failed := err != nil
		if failed {
			if err := drain(rows); err != nil {
				return err
			}
			var e *raised
			if err = r.failed(nil, err); err != nil && !errors.As(err, &e) {
				return err
			}
			return r.out.finish(true, s.count > 0)
		}
		s.affected = count
		return r.out.out.Done(Done{Command: commandInsert, Count: count, Counted: true, InTransaction: s.count > 0})
	})
}

// drain reads the rest of the rows, so that the connection goes on after them.
func drain(rows BulkRows) error {
	row := make([]value.Value, len(rows.Columns()))
	for {
		err := rows.Next(row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *run) load(rows BulkRows) (int64, error) {
	s := r.session.bulk
	r.session.bulk = nil
	if s == nil {
		return 0, value.Errorf(4022, 16, 1, "Bulk load data was expected but not sent. The batch will be terminated.")
	}
	t, err := r.insertTarget(s.Table)
	if err != nil {
		return 0, err
	}
	columns, identity, err := bulkColumns(t, s)
	if err != nil {
		return 0, err
	}
	sent := rows.Columns()
	if len(sent) == 0 && errors.Is(rows.Next(nil), io.EOF) {
		return 0, nil // a load of no rows
	}
	if len(sent) != len(columns) {
		return 0, value.Errorf(4816, 16, 1, "Invalid column type from bcp client for colid %d.", len(sent))
	}
	converters := make([]value.Conversion, len(columns))
	for i, at := range columns {
		if !value.Implicit(sent[i].Type, t.Columns[at].Type) {
			return 0, value.Errorf(4816, 16, 1, "Invalid column type from bcp client for colid %d.", i+1)
		}
		if !value.Same(sent[i].Type, t.Columns[at].Type) {
			converters[i] = value.Assigner(sent[i].Type, t.Columns[at].Type)
		}
	}
	var local bool
	rules, err := bind.Rules(r.environment(&local), t)
	if err != nil {
		return 0, err
	}
	next := func(dst []value.Value) error {
		if err := rows.Next(dst); err != nil {
			return err
		}
		for i, convert := range converters {
			if convert == nil {
				continue
			}
			v, err := convert(dst[i])
			if err != nil {
				return err
			}
			dst[i] = v
		}
		return nil
	}
	options := bulkOptions(s.Options)
	options.KeepIdentity = identity
	options.Sorted = sortedByKey(t, s.Options, columns, converters)
	var count int64
	err = r.within(func(tx *txn.Tx) error {
		return inStatement(tx, func(tx *txn.Tx) (err error) {
			count, err = exec.Bulk(r.execution(tx), t, rules, columns, next, options)
			return err
		})
	})
	return count, err
}

// sortedByKey reports that ORDER names the clustered key, so that the rows are held to it. Any other order says nothing to
// the table, nor does one of values that are converted on their way.
func sortedByKey(t *catalog.Table, options []tsql.Option, columns []int, converters []value.Conversion) bool {
	at := slices.IndexFunc(options, func(o tsql.Option) bool { return strings.EqualFold(o.Name, "ORDER") })
	key := t.Clustered()
	if at < 0 || key == nil || len(options[at].Options) != len(key.Keys) {
		return false
	}
	for i, o := range options[at].Options {
		column, ordinal := t.Column(o.Name)
		place := slices.Index(columns, ordinal)
		if ordinal < 0 || place < 0 || converters[place] != nil || column.ID != key.Keys[i].Column || (o.Word == "DESC") != key.Keys[i].Descending {
			return false
		}
	}
	return true
}

func bulkOptions(options []tsql.Option) exec.BulkOptions {
	var o exec.BulkOptions
	for i := range options {
		on := options[i].On()
		switch strings.ToUpper(options[i].Name) {
		case "CHECK_CONSTRAINTS":
			o.Check = on
		case "KEEP_NULLS":
			o.KeepNulls = on
		case "FIRE_TRIGGERS":
			o.Triggers = on
		case "TABLOCK":
			o.TableLock = on
		}
	}
	return o
}
