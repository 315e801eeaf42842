package sysview_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

// nobody is a directory without principals.
type nobody struct{}

func (nobody) Principal(context.Context, string) (directory.Principal, bool, error) {
	return directory.Principal{}, false, nil
}

func (nobody) PrincipalByAppID(context.Context, string) (directory.Principal, bool, error) {
	return directory.Principal{}, false, nil
}

func (nobody) PrincipalsByName(context.Context, string) ([]directory.Principal, error) {
	return nil, nil
}
func (nobody) Active(context.Context, string) (bool, error)     { return false, nil }
func (nobody) Groups(context.Context, string) ([]string, error) { return nil, nil }

// sink gathers what a request answers.
type sink struct {
	columns []plan.Column
	results [][]string // the rows of all results, cells joined
	lines   []string
	errors  []string
}

func (s *sink) Columns(c []plan.Column) error { s.columns = c; return nil }

func (s *sink) Row(row []value.Value) error {
	var cells []string
	for i, v := range row {
		t := s.columns[i].Type
		if v.IsNull() {
			cells = append(cells, "NULL")
			continue
		}
		if t.ID == value.Variant {
			v, t = v.Variant()
		}
		if s.columns[i].Type.ID == value.VarBinary || t.ID == value.Binary {
			cells = append(cells, fmt.Sprintf("%x", v.Text()))
			continue
		}
		text, err := value.Convert(v, t, value.Type{ID: value.NVarChar, Length: value.Max}, value.NoStyle)
		if err != nil {
			return err
		}
		cells = append(cells, text.Text())
	}
	s.results = append(s.results, cells)
	s.lines = append(s.lines, strings.Join(cells, "|"))
	return nil
}

func (s *sink) Message(m *value.Error) error {
	s.errors = append(s.errors, fmt.Sprintf("Msg %d, Level %d, Line %d: %s", m.Number, m.Class, m.Line, m.Text))
	return nil
}
func (s *sink) Done(sqldb.Done) error     { return nil }
func (s *sink) Change(sqldb.Change) error { return nil }
func (s *sink) Status(int32) error        { return nil }
func (s *sink) Output(sqldb.Output) error { return nil }

// open gives a session in a database of a fresh server.
func open(t *testing.T) sqldb.Session {
	t.Helper()
	st := storetest.Memory(t)
	service, err := sqldb.New(sqldb.Config{Store: st, Clock: clock.System{}, Rand: rand.Reader, Directory: nobody{}, Suffix: "database.windows.net"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	hash, err := service.Hash("Secret-1234")
	if err != nil {
		t.Fatal(err)
	}
	anywhere := sqldb.FirewallRule{Name: "all", Start: netip.MustParseAddr("0.0.0.0"), End: netip.MustParseAddr("255.255.255.255")}
	err = st.Update(t.Context(), func(tx store.Tx) error {
		if err := service.PutServer(tx, sqldb.Server{Name: "srv", AdminLogin: "sa1", AdminPassword: hash, PublicNetwork: true, Firewall: []sqldb.FirewallRule{anywhere}}); err != nil {
			return err
		}
		_, err := service.CreateDatabase(tx, "srv", "shop", sqldb.DatabaseSettings{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := service.Login(t.Context(), sqldb.Login{Server: "srv", Database: "shop", User: "sa1", Password: "Secret-1234", Client: netip.MustParseAddr("127.0.0.1"), Host: "h", App: "a"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs a batch and gives its rows; errors fail the test.
func run(t *testing.T, s sqldb.Session, text string) *sink {
	t.Helper()
	out := &sink{}
	if err := s.Batch(t.Context(), text, out); err != nil {
		t.Errorf("%s: %v", text, err)
	}
	if len(out.errors) > 0 {
		t.Errorf("%s\n\t%s", text, strings.Join(out.errors, "\n\t"))
	}
	return out
}
