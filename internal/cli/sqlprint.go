package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	mssql "github.com/microsoft/go-mssqldb"

	"github.com/alcedo-cloud/alcedo/internal/sqlclient"
)

// printer shows the results of batches: tables, CSV, or JSON with one array of objects for each result.
type printer struct {
	out, err io.Writer
	form     string
	names    []string
	types    []string
	table    table.Writer
	csv      *csv.Writer
	rows     []map[string]any
	results  []any
}

func (sh *shell) printer(form string) (*printer, error) {
	switch form {
	case "table", "csv", "json":
		return &printer{out: sh.out, err: sh.err, form: form}, nil
	}
	return nil, fmt.Errorf("--output %s: use table, csv or json", form)
}

// Columns begins a result.
func (p *printer) Columns(names, types []string) error {
	p.names, p.types = append([]string(nil), names...), append([]string(nil), types...)
	switch p.form {
	case "csv":
		p.csv = csv.NewWriter(p.out)
		return p.csv.Write(p.names)
	case "json":
		p.rows = []map[string]any{}
	default:
		p.table = table.NewWriter()
		p.table.SetStyle(table.StyleLight)
		p.table.Style().Format.Header = 0
		header := make(table.Row, len(names))
		for i, n := range names {
			header[i] = n
		}
		p.table.AppendHeader(header)
	}
	return nil
}

// Row is one of its rows.
func (p *printer) Row(values []any) error {
	if p.form == "json" {
		row := make(map[string]any, len(values))
		for i, v := range values {
			row[p.key(i)] = p.plain(v, p.types[i])
		}
		p.rows = append(p.rows, row)
		return nil
	}
	texts, cells := make([]string, len(values)), make(table.Row, len(values))
	for i, v := range values {
		text, null := sqlclient.Text(v, p.types[i])
		cells[i] = text
		if !null || p.form == "table" {
			texts[i] = text
		}
	}
	if p.form == "csv" {
		return p.csv.Write(texts)
	}
	p.table.AppendRow(cells)
	return nil
}

// key names a column that has no name by its place.
func (p *printer) key(i int) string {
	if p.names[i] == "" {
		return fmt.Sprintf("column%d", i+1)
	}
	return p.names[i]
}

// plain is a value as JSON has it: numbers and booleans stay what they are, decimals keep their digits.
func (p *printer) plain(v any, kind string) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v
	}
	text, _ := sqlclient.Text(v, kind)
	switch kind {
	case "DECIMAL", "MONEY", "SMALLMONEY":
		return json.Number(text)
	}
	return text
}

// EndRows shows what was gathered.
func (p *printer) EndRows() error {
	switch p.form {
	case "csv":
		p.csv.Flush()
		return p.csv.Error()
	case "json":
		p.results = append(p.results, p.rows)
		return nil
	}
	_, err := fmt.Fprintln(p.out, p.table.Render())
	return err
}

// Affected is a statement's row count.
func (p *printer) Affected(n int64) error {
	if p.form != "table" {
		return nil
	}
	word := "rows"
	if n == 1 {
		word = "row"
	}
	_, err := fmt.Fprintf(p.out, "(%d %s)\n", n, word)
	return err
}

// Message is what the server says: errors as sqlcmd shows them.
func (p *printer) Message(m mssql.Error) error {
	if m.Class <= 10 {
		_, err := fmt.Fprintln(p.to(), m.Message)
		return err
	}
	at := ""
	if m.ProcName != "" {
		at = ", Procedure " + m.ProcName
	}
	_, err := fmt.Fprintf(p.err, "Msg %d, Level %d, State %d%s, Line %d\n%s\n", m.Number, m.Class, m.State, at, m.LineNo, m.Message)
	return err
}

// to is where information goes: beside a table, but not into data that a program reads.
func (p *printer) to() io.Writer {
	if p.form == "table" {
		return p.out
	}
	return p.err
}

// finish writes what JSON had to gather: the rows of the one result, or an array of results.
func (p *printer) finish() error {
	if p.form != "json" || len(p.results) == 0 {
		return nil
	}
	var all any = p.results
	if len(p.results) == 1 {
		all = p.results[0]
	}
	p.results = nil
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(all)
}
