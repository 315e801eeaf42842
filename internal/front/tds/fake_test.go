package tds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// fakeVerifier knows one token.
type fakeVerifier struct{ err error }

const (
	goodToken = "eyJ.good.token"
	objectID  = "0b0d1c2e-0000-4000-8000-00000000000a"
)

func (v fakeVerifier) Verify(_ context.Context, raw string, service cloud.Service) (caller.Caller, error) {
	if v.err != nil {
		return caller.Caller{}, v.err
	}
	if raw != goodToken || service != cloud.SQL {
		return caller.Caller{}, fault.New(fault.Unauthenticated, "fake", "", "no such token")
	}
	return caller.Caller{Kind: caller.ManagedIdentity, ObjectID: objectID}, nil
}

// fakeSessions opens sessions whose statements are a few words.
type fakeSessions struct {
	mu     sync.Mutex
	logins []sqldb.Login
	open   []*fakeSession
	closed int
}

func (f *fakeSessions) Login(_ context.Context, l sqldb.Login) (sqldb.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logins = append(f.logins, l)
	switch {
	case l.Database == "nowhere":
		return nil, errors.Join(
			value.Errorf(4060, 11, 1, "Cannot open database \"nowhere\" requested by the login. The login failed."),
			value.Errorf(18456, 14, 1, "Login failed for user 'sa'."))
	case l.Database == "broken":
		return nil, errors.New("a disk is on fire")
	case l.Caller == nil && (l.User != "sa" || l.Password != "Pässw0rd!"):
		return nil, value.Errorf(18456, 14, 1, "Login failed for user '%s'.", l.User)
	}
	s := &fakeSession{sessions: f, id: 51 + len(f.open), database: l.Database, ended: make(chan struct{})}
	if s.database == "" {
		s.database = "master"
	}
	f.open = append(f.open, s)
	return s, nil
}

func (f *fakeSessions) last() *fakeSession {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.open[len(f.open)-1]
}

type fakeSession struct {
	sessions   *fakeSessions
	id         int
	database   string
	ended      chan struct{}
	descriptor uint64
	resets     []bool
	calls      []sqldb.Call
	requests   []sqldb.TransactionRequest
	loaded     [][]value.Value
	columns    []plan.Column
	bulkError  error
	stopAfter  int
}

func (s *fakeSession) ID() int            { return s.id }
func (s *fakeSession) Database() string   { return s.database }
func (s *fakeSession) Language() string   { return "us_english" }
func (s *fakeSession) Descriptor() uint64 { return s.descriptor }
func (s *fakeSession) Collation() *collate.Collation {
	c, _ := collate.Lookup("Latin1_General_100_CS_AS")
	return c
}
func (s *fakeSession) Ended() <-chan struct{} { return s.ended }

func (s *fakeSession) Close() error {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	s.sessions.closed++
	return nil
}

func (s *fakeSession) Reset(_ context.Context, keep bool, _ sqldb.Sink) error {
	s.resets = append(s.resets, keep)
	return nil
}

// all has a column and a value of each type.
func all() ([]plan.Column, []value.Value) {
	types := []struct {
		t value.Type
		v value.Value
	}{
		{value.Type{ID: value.Bit}, value.OfBool(true)},
		{value.Type{ID: value.TinyInt}, value.OfInt(255)},
		{value.Type{ID: value.SmallInt}, value.OfInt(-32768)},
		{value.Type{ID: value.Int}, value.OfInt(-2147483648)},
		{value.Type{ID: value.BigInt}, value.OfInt(-9223372036854775808)},
		{value.Type{ID: value.Decimal, Precision: 9, Scale: 2}, value.OfDecimal(value.Int128Of(-1234567), 2)},
		{value.Type{ID: value.Decimal, Precision: 38, Scale: 10}, value.OfDecimal(value.Int128{Hi: 1 << 60, Lo: 7}, 10)},
		{value.Type{ID: value.Decimal, Precision: 5, Scale: 1}.AsNumeric(), value.OfDecimal(value.Int128Of(15), 1)},
		{value.Type{ID: value.SmallMoney}, value.OfMoney(-2147483648)},
		{value.Type{ID: value.Money}, value.OfMoney(922337203685477)},
		{value.Type{ID: value.Real}, value.OfFloat(0.5)},
		{value.Type{ID: value.Float}, value.OfFloat(-1e300)},
		{value.Type{ID: value.Date}, value.OfDate(3652058)},
		{value.Type{ID: value.Time, Scale: 7}, value.OfTime(863999999999)},
		{value.Type{ID: value.Time, Scale: 0}, value.OfTime(86399 * value.TicksPerSecond)},
		{value.Type{ID: value.SmallDateTime}, value.OfDateTime((693595+40000)*value.TicksPerDay + 61*value.TicksPerMinute)},
		{value.Type{ID: value.DateTime}, value.DateTimeOfUnits(-53690, 25919999)},
		{value.Type{ID: value.DateTime2, Scale: 7}, value.OfDateTime(3155378975999999999)},
		{value.Type{ID: value.DateTime2, Scale: 3}, value.OfDateTime(630000000001230000)},
		{value.Type{ID: value.DateTimeOffset, Scale: 5}, value.OfDateTimeOffset(637134336000012300, -330)},
		{value.Type{ID: value.Char, Length: 5}, value.OfString("abc  ")},
		{value.Type{ID: value.VarChar, Length: 20}, value.OfString("Zürich €")},
		{value.Type{ID: value.VarChar, Length: value.Max}, value.OfString(strings.Repeat("ü", 100))},
		{value.Type{ID: value.NChar, Length: 3}, value.OfString("日本 ")},
		{value.Type{ID: value.NVarChar, Length: 50}, value.OfString("naïve 😀 text")},
		{value.Type{ID: value.NVarChar, Length: value.Max}, value.OfString(strings.Repeat("語", 1000))},
		{value.Type{ID: value.Text}, value.OfString("text ß")},
		{value.Type{ID: value.NText}, value.OfString("ntext 語")},
		{value.Type{ID: value.Binary, Length: 4}, value.OfBytes("\x00\x01\x02\xff")},
		{value.Type{ID: value.VarBinary, Length: 100}, value.OfBytes("\xde\xad\xbe\xef")},
		{value.Type{ID: value.VarBinary, Length: value.Max}, value.OfBytes("")},
		{value.Type{ID: value.Image}, value.OfBytes("GIF89a")},
		{value.Type{ID: value.UniqueIdentifier}, value.OfGUID([16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})},
		{value.Type{ID: value.XML, Length: value.Max}, value.OfString("<a>é</a>")},
		{value.Type{ID: value.RowVersion}, value.OfBytes("\x00\x00\x00\x00\x00\x00\x07\xd1")},
		{value.Type{ID: value.Variant}, value.OfVariant(value.OfInt(42), value.Type{ID: value.Int})},
		{value.Type{ID: value.Variant}, value.OfVariant(value.OfString("in a variant"), value.Type{ID: value.NVarChar, Length: 20})},
		{value.Type{ID: value.Variant}, value.OfVariant(value.OfDecimal(value.Int128Of(15), 1), value.Type{ID: value.Decimal, Precision: 5, Scale: 1})},
		{value.Type{ID: value.Variant}, value.OfVariant(value.OfDateTime(630000000001230000), value.Type{ID: value.DateTime2, Scale: 3})},
	}
	var columns []plan.Column
	var row []value.Value
	for i, x := range types {
		columns = append(columns, plan.Column{Name: fmt.Sprintf("c%d_%s", i, x.t.Name()), Type: x.t})
		row = append(row, x.v)
	}
	return columns, row
}

// Batch does what the first word of the text says.
func (s *fakeSession) Batch(ctx context.Context, text string, out sqldb.Sink) error {
	word, rest, _ := strings.Cut(text, " ")
	switch strings.ToLower(word) {
	case "set", "insert":
		return out.Done(sqldb.Done{})
	case "select":
		if strings.HasPrefix(rest, "* from ") {
			columns, _ := all()
			for i := range columns {
				columns[i].Type.Nullable = true
			}
			return result(out, columns)
		}
	case "rows":
		return s.rows(ctx, rest, out)
	case "types", "nullable", "nulls":
		columns, row := all()
		for i := range columns {
			columns[i].Type.Nullable = word != "types"
			if word == "nulls" {
				row[i] = value.Null()
			}
		}
		return result(out, columns, row)
	case "type":
		var n int
		if _, err := fmt.Sscan(rest, &n); err != nil {
			return err
		}
		columns, row := all()
		return result(out, columns[n:n+1], row[n:n+1])
	case "wait":
		<-ctx.Done()
		if rest == "quiet" {
			return ctx.Err()
		}
		return out.Done(sqldb.Done{Attention: true})
	case "error":
		m := value.Errorf(547, 16, 0, "%s", rest)
		m.Line, m.Procedure = 7, "proc"
		return errors.Join(out.Message(m), out.Done(sqldb.Done{Failed: true}))
	case "fail":
		return value.Errorf(102, 15, 1, "Incorrect syntax near '%s'.", rest)
	case "fatal":
		return value.Errorf(596, 21, 1, "Cannot continue the execution because the session is in the kill state.")
	case "goodbye":
		close(s.ended)
		<-ctx.Done()
		return value.Errorf(18456, 20, 1, "Login failed for user '<token-identified principal>'.")
	case "internal":
		return errors.New("secret detail")
	case "panic":
		panic("as asked")
	case "print":
		return errors.Join(out.Message(value.Errorf(0, 0, 1, "%s", rest)), out.Done(sqldb.Done{}))
	case "late": // a word once the request has become long, and then nothing
		time.Sleep(2 * watchAfter)
		for a := out.(*answer); !a.connection.watcher.late.Load(); {
			time.Sleep(time.Millisecond)
		}
		if err := out.Message(value.Errorf(50000, 0, 1, "a word")); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	case "begin":
		s.descriptor = 77
		return errors.Join(out.Change(sqldb.Change{Kind: sqldb.ChangeBegin, Descriptor: 77}), out.Done(sqldb.Done{InTransaction: true}))
	case "use":
		return errors.Join(out.Change(sqldb.Change{Kind: sqldb.ChangeDatabase, New: rest, Old: s.database}), out.Done(sqldb.Done{}))
	case "long":
		return s.long(rest, out)
	case "silent":
		return nil
	}
	return echo(text, out)
}

func echo(text string, out sqldb.Sink) error {
	return result(out, []plan.Column{{Name: "text", Type: value.Type{ID: value.NVarChar, Length: value.Max}}}, []value.Value{value.OfString(text)})
}

func result(out sqldb.Sink, columns []plan.Column, rows ...[]value.Value) error {
	if err := out.Columns(columns); err != nil {
		return err
	}
	for _, row := range rows {
		if err := out.Row(row); err != nil {
			return err
		}
	}
	return out.Done(sqldb.Done{Command: 0xC1, Count: int64(len(rows)), Counted: true})
}

func (s *fakeSession) rows(ctx context.Context, rest string, out sqldb.Sink) error {
	var n int
	if _, err := fmt.Sscan(rest, &n); err != nil {
		return err
	}
	err := out.Columns([]plan.Column{
		{Name: "id", Type: value.Type{ID: value.Int}, Identity: true},
		{Name: "name", Type: value.Type{ID: value.NVarChar, Length: 50, Nullable: true}},
		{Name: "price", Type: value.Type{ID: value.Decimal, Precision: 10, Scale: 2, Nullable: true}},
		{Name: "at", Type: value.Type{ID: value.DateTime2, Scale: 3}},
	})
	if err != nil {
		return err
	}
	row := []value.Value{{}, value.OfString("product number one"), {}, value.OfDateTime(630000000001230000)}
	for i := range n {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row[0], row[2] = value.OfInt(int64(i)), value.OfDecimal(value.Int128Of(int64(i)), 2)
		if err := out.Row(row); err != nil {
			return err
		}
	}
	return out.Done(sqldb.Done{Command: 0xC1, Count: int64(n), Counted: true})
}

func (s *fakeSession) long(rest string, out sqldb.Sink) error {
	var n int
	if _, err := fmt.Sscan(rest, &n); err != nil {
		return err
	}
	long := value.Type{ID: value.NVarChar, Length: value.Max, Nullable: true}
	bin := value.Type{ID: value.VarBinary, Length: value.Max, Nullable: true}
	text := value.Type{ID: value.VarChar, Length: value.Max, Nullable: true}
	return result(out, []plan.Column{{Name: "n", Type: long}, {Name: "null", Type: long}, {Name: "b", Type: bin}, {Name: "v", Type: text}, {Name: "i", Type: value.Type{ID: value.Int}}},
		[]value.Value{value.OfString(strings.Repeat("a語😀", n)), value.Null(), value.OfBytes(strings.Repeat("\x01\xfe", n)), value.OfString(strings.Repeat("ü€", n)), value.OfInt(9)})
}

// Call answers with its arguments: a row of them, and the output parameters as they came.
func (s *fakeSession) Call(ctx context.Context, c sqldb.Call, out sqldb.Sink) error {
	s.calls = append(s.calls, c)
	if c.Procedure == "wait" {
		<-ctx.Done()
		return ctx.Err()
	}
	var columns []plan.Column
	var row []value.Value
	for _, a := range c.Arguments {
		if a.Table != nil {
			continue
		}
		columns = append(columns, plan.Column{Name: a.Name, Type: a.Type})
		row = append(row, a.Value)
	}
	if err := out.Columns(columns); err != nil {
		return err
	}
	if err := out.Row(row); err != nil {
		return err
	}
	if err := out.Done(sqldb.Done{Kind: sqldb.DoneInProcedure, Command: 0xC1, Count: 1, Counted: true, More: true}); err != nil {
		return err
	}
	if err := out.Status(3); err != nil {
		return err
	}
	for i, a := range c.Arguments {
		if a.Output {
			if err := out.Output(sqldb.Output{Ordinal: i, Name: a.Name, Type: a.Type, Value: a.Value}); err != nil {
				return err
			}
		}
	}
	return out.Done(sqldb.Done{Kind: sqldb.DoneProcedure})
}

func (s *fakeSession) Transaction(_ context.Context, r sqldb.TransactionRequest, out sqldb.Sink) error {
	s.requests = append(s.requests, r)
	kind := sqldb.ChangeBegin
	switch r.Action {
	case sqldb.Begin:
		s.descriptor = 1 << 40
	case sqldb.Commit:
		kind = sqldb.ChangeCommit
	case sqldb.Rollback:
		kind = sqldb.ChangeRollback
	case sqldb.Save:
		return out.Done(sqldb.Done{})
	}
	d := s.descriptor
	if kind != sqldb.ChangeBegin {
		s.descriptor = 0
	}
	return errors.Join(out.Change(sqldb.Change{Kind: kind, Descriptor: d}), out.Done(sqldb.Done{}))
}

func (s *fakeSession) Bulk(_ context.Context, rows sqldb.BulkRows, out sqldb.Sink) error {
	s.columns = rows.Columns()
	row := make([]value.Value, len(s.columns))
	for n := 0; ; n++ {
		if s.bulkError != nil && n == s.stopAfter {
			return s.bulkError
		}
		err := rows.Next(row)
		if errors.Is(err, io.EOF) {
			return out.Done(sqldb.Done{Command: 0xF0, Count: int64(n), Counted: true})
		}
		if err != nil {
			return err
		}
		if len(s.loaded) < 100 {
			s.loaded = append(s.loaded, append([]value.Value(nil), row...))
		}
	}
}
