// Package sqlclient is the command line's client of Azure SQL: Microsoft's driver, a connection's token or password, and
// the results and messages of a batch in their order. It has no other door than everybody's.
package sqlclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/golang-sql/sqlexp"
	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/batch"
	"github.com/microsoft/go-mssqldb/msdsn"
)

// Options say where to connect and as whom.
type Options struct {
	Server   string // host name, with a port or without
	Database string
	// Token gives an access token for Azure SQL; nil logs in with User and Password.
	Token          func(ctx context.Context) (string, error)
	User, Password string
	// Address is host:port to which the connection is made instead of the server's name; "" resolves the name.
	Address string
	Roots   *x509.CertPool // that vouch for the server; nil takes the machine's
}

// Connection is one session.
type Connection struct {
	db   *sql.DB
	conn *sql.Conn
}

// Open connects and logs in.
func Open(ctx context.Context, o Options) (*Connection, error) {
	host, _, err := net.SplitHostPort(o.Server)
	if err != nil {
		host = o.Server
	}
	query := url.Values{"database": {o.Database}, "encrypt": {"true"}, "app name": {"alcedo"}, "dial timeout": {"15"}}
	u := url.URL{Scheme: "sqlserver", Host: o.Server, RawQuery: query.Encode()}
	if o.Token == nil {
		u.User = url.UserPassword(o.User, o.Password)
	}
	config, err := msdsn.Parse(u.String())
	if err != nil {
		return nil, err
	}
	config.TLSConfig = &tls.Config{RootCAs: o.Roots, ServerName: host, MinVersion: tls.VersionTLS12, DynamicRecordSizingDisabled: true}
	connector := mssql.NewConnectorConfig(config)
	if o.Token != nil {
		if connector, err = mssql.NewSecurityTokenConnector(config, o.Token); err != nil {
			return nil, err
		}
	}
	if o.Address != "" {
		connector.Dialer = &dialer{o.Address, host}
	}
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Connection{db, conn}, nil
}

// dialer connects to one address, whatever the driver asks for. HostName keeps the driver from resolving the name.
type dialer struct{ address, host string }

func (d *dialer) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	var nd net.Dialer
	return nd.DialContext(ctx, network, d.address)
}

// HostName is the server's name.
func (d *dialer) HostName() string { return d.host }

// Close ends the session.
func (c *Connection) Close() error { return errors.Join(c.conn.Close(), c.db.Close()) }

// Split cuts a script at its GO lines, as sqlcmd does.
func Split(script string) []string {
	var out []string
	for _, b := range batch.Split(script, "GO") {
		if strings.TrimSpace(b) != "" {
			out = append(out, strings.TrimPrefix(strings.TrimPrefix(b, "\r"), "\n")) // lines count from the one after GO
		}
	}
	return out
}

// Receiver is told what a batch answers, in order.
type Receiver interface {
	Columns(names, types []string) error
	Row(values []any) error
	// EndRows follows the last row of a result.
	EndRows() error
	Affected(rows int64) error
	Message(m mssql.Error) error
}

// Run runs a batch. Errors of the server's are messages; an error here is the connection's or the receiver's. failed
// reports whether the server sent any of class 11 and above.
func (c *Connection) Run(ctx context.Context, text string, to Receiver) (failed bool, err error) {
	messages := &sqlexp.ReturnMessage{}
	rows, err := c.conn.QueryContext(ctx, text, messages)
	if err != nil {
		return tell(err, to)
	}
	defer rows.Close()
	for more := true; more; {
		switch m := messages.Message(ctx).(type) {
		case sqlexp.MsgNotice:
			if e, ok := m.Message.(mssql.Error); ok {
				err = to.Message(e)
			} else {
				err = to.Message(mssql.Error{Message: m.Message.String()})
			}
		case sqlexp.MsgError:
			failed = true
			var bad bool
			if bad, err = tell(m.Error, to); bad {
				failed = true
			}
		case sqlexp.MsgRowsAffected:
			err = to.Affected(m.Count)
		case sqlexp.MsgNext:
			err = result(rows, to)
		case sqlexp.MsgNextResultSet:
			more = rows.NextResultSet()
		}
		if err != nil {
			return failed, err
		}
	}
	return failed, nil
}

func tell(err error, to Receiver) (bool, error) {
	var e mssql.Error
	if errors.As(err, &e) {
		return true, to.Message(e)
	}
	return true, err
}

func result(rows *sql.Rows, to Receiver) error {
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	names, kinds := make([]string, len(types)), make([]string, len(types))
	for i, t := range types {
		names[i], kinds[i] = t.Name(), t.DatabaseTypeName()
	}
	if err := to.Columns(names, kinds); err != nil {
		return err
	}
	values, pointers := make([]any, len(types)), make([]any, len(types))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		if err := to.Row(values); err != nil {
			return err
		}
	}
	return to.EndRows()
}

// Text is a value as it is shown; null says that it is NULL.
func Text(v any, kind string) (text string, null bool) {
	switch v := v.(type) {
	case nil:
		return "NULL", true
	case []byte:
		switch kind {
		case "DECIMAL", "MONEY", "SMALLMONEY":
			return string(v), false
		case "UNIQUEIDENTIFIER":
			var id mssql.UniqueIdentifier
			if id.Scan(v) == nil {
				return id.String(), false
			}
		}
		return "0x" + strings.ToUpper(hexadecimal(v)), false
	case bool:
		if v {
			return "1", false
		}
		return "0", false
	case int64:
		return strconv.FormatInt(v, 10), false
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), false
	case time.Time:
		return moment(v, kind), false
	case string:
		return v, false
	}
	return "", false
}

func hexadecimal(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

func moment(t time.Time, kind string) string {
	switch kind {
	case "DATE":
		return t.Format("2006-01-02")
	case "TIME":
		return t.Format("15:04:05.9999999")
	case "DATETIMEOFFSET":
		return t.Format("2006-01-02 15:04:05.9999999 -07:00")
	case "SMALLDATETIME":
		return t.Format("2006-01-02 15:04:05")
	case "DATETIME":
		return t.Format("2006-01-02 15:04:05.000")
	}
	return t.Format("2006-01-02 15:04:05.9999999")
}
