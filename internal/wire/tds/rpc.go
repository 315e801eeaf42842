package tds

// MaxParameters is how many parameters a call may have (SQL Server's limit; error 8003).
const MaxParameters = 2100

// The procedures that are called by number (MS-TDS 2.2.6.6).
const (
	ProcCursor           uint16 = 1
	ProcCursorOpen       uint16 = 2
	ProcCursorPrepare    uint16 = 3
	ProcCursorExecute    uint16 = 4
	ProcCursorPrepExec   uint16 = 5
	ProcCursorUnprepare  uint16 = 6
	ProcCursorFetch      uint16 = 7
	ProcCursorOption     uint16 = 8
	ProcCursorClose      uint16 = 9
	ProcExecuteSQL       uint16 = 10
	ProcPrepare          uint16 = 11
	ProcExecute          uint16 = 12
	ProcPrepExec         uint16 = 13
	ProcPrepExecRPC      uint16 = 14
	ProcUnprepare        uint16 = 15
	batchFlag            byte   = 0xFF // between two calls, since 7.2
	noExecFlag           byte   = 0xFE
	statusByReference    uint8  = 0x01
	statusDefault        uint8  = 0x02
	statusEncrypted      uint8  = 0x08
	optionRecompile      uint16 = 0x01
	optionNoMetadata     uint16 = 0x02
	optionReuseMetadata  uint16 = 0x04
	procByNumber         uint16 = 0xFFFF
	maxCallsInOneRequest        = 4096
	columnDefault        uint16 = 0x0200 // TVP: the column has no values
	tableEnd             byte   = 0x00
	tableRow             byte   = 0x01
	tableOrderUnique     byte   = 0x10
	tableColumnOrdering  byte   = 0x11
	tableNull                   = 0xFFFF
	maxTableColumns             = 1024
	maxTableCells               = 8 << 20 // a cell takes more room here than on the wire
)

// Parameter is an argument of a call. Data aliases the message.
type Parameter struct {
	Name    string // with its @, or empty
	Output  bool
	Default bool // the parameter's default is meant, Data is not
	Type    TypeInfo
	Data    []byte
	Null    bool
	Table   *Table // a table-valued parameter
}

// Table is the value of a table-valued parameter (MS-TDS 2.2.6.8). Each row has a cell for each column.
type Table struct {
	Database, Schema, Type string
	Null                   bool // no columns were sent: the table is empty
	Columns                []Column
	Rows                   [][]Cell
}

// Cell is one value of a row. Data aliases what it was read from.
type Cell struct {
	Data []byte
	Null bool
}

// Call is one procedure call of a request.
type Call struct {
	Procedure  string // empty where Number is set
	Number     uint16
	Recompile  bool
	NoMetadata bool
	Parameters []Parameter
}

// RPC reads the calls of a request one after another.
type RPC struct {
	Headers Headers
	d       *decoder
	calls   int
}

// DecodeRPC reads the headers of the message RPC (MS-TDS 2.2.6.6). The calls follow by Next.
func DecodeRPC(b []byte) (*RPC, error) {
	d := newDecoder("DecodeRPC", b)
	r := &RPC{d: d, Headers: d.headers()}
	if d.err == nil && !d.more() {
		d.fail(ReasonTruncated, "no call follows")
	}
	return r, d.err
}

// More reports whether a call follows.
func (r *RPC) More() bool { return r.d.more() }

// Next reads a call.
func (r *RPC) Next() (Call, error) {
	d := r.d
	if r.calls++; r.calls > maxCallsInOneRequest {
		d.fail(ReasonTooLarge, "more than %d calls in one request", maxCallsInOneRequest)
	}
	var c Call
	if n := d.u16(); n == procByNumber {
		if c.Number = d.u16(); d.err == nil && (c.Number == 0 || c.Number > ProcUnprepare) {
			d.fail(ReasonMalformed, "procedure number %d is unknown", c.Number)
		}
	} else {
		c.Procedure = d.text(int(n))
	}
	options := d.u16()
	c.Recompile, c.NoMetadata = options&optionRecompile != 0, options&optionNoMetadata != 0
	_ = options & optionReuseMetadata // the server may always send it again
	for d.more() {
		switch first := d.b[d.pos]; first {
		case batchFlag, noExecFlag: // no name of a parameter is that long
			d.u8()
			if !d.more() {
				return c, d.err // one at the end separates nothing
			}
			return c, d.err
		}
		if len(c.Parameters) == MaxParameters {
			d.fail(ReasonTooMany, "a call has more than %d parameters", MaxParameters)
			break
		}
		c.Parameters = append(c.Parameters, d.parameter())
	}
	return c, d.err
}

// parameter reads one argument.
func (d *decoder) parameter() Parameter {
	var p Parameter
	p.Name = d.bVarChar()
	status := d.u8()
	p.Output, p.Default = status&statusByReference != 0, status&statusDefault != 0
	if status&statusEncrypted != 0 {
		d.fail(ReasonUnsupported, "encrypted parameters are not supported")
	}
	if d.err != nil {
		return p
	}
	if d.more() && TypeID(d.b[d.pos]) == TypeTable {
		d.u8()
		p.Type.ID = TypeTable
		p.Table = d.table()
		return p
	}
	if p.Type = d.typeInfo(); d.err == nil {
		p.Data, p.Null = d.value(&p.Type, inParameter)
	}
	return p
}

// table reads the rest of a table-valued parameter.
func (d *decoder) table() *Table {
	t := &Table{Database: d.bVarChar(), Schema: d.bVarChar(), Type: d.bVarChar()}
	defaults := d.tableColumns(t)
	for {
		switch token := d.u8(); {
		case d.err != nil:
			return t
		case token == tableEnd:
			d.tableRows(t, defaults)
			return t
		case token == tableOrderUnique:
			d.take(3 * int(d.u16())) // column number and flags; the table's own order is asked by nobody
		case token == tableColumnOrdering:
			d.take(2 * int(d.u16()))
			d.fail(ReasonUnsupported, "a column ordering in a table-valued parameter is not supported")
		default:
			d.fail(ReasonMalformed, "token %#02x before the rows of a table", token)
		}
	}
}

// tableColumns reads a table's columns, and which of them have no values in the rows.
func (d *decoder) tableColumns(t *Table) (defaults []bool) {
	n := int(d.u16())
	if n == tableNull {
		t.Null = true
		return nil
	}
	if n > maxTableColumns {
		d.fail(ReasonMalformed, "a table of %d columns", n)
	}
	for i := 0; i < n && d.err == nil; i++ {
		c := Column{UserType: d.u32(), Flags: d.u16()}
		c.Type = d.typeInfo()
		c.Name = d.bVarChar()
		t.Columns = append(t.Columns, c)
		defaults = append(defaults, c.Flags&columnDefault != 0)
	}
	return defaults
}

func (d *decoder) tableRows(t *Table, defaults []bool) {
	for d.err == nil {
		switch token := d.u8(); {
		case d.err != nil || token == tableEnd:
			return
		case token != tableRow || t.Null:
			d.fail(ReasonMalformed, "token %#02x among the rows of a table", token)
			return
		}
		if len(t.Columns) == 0 {
			d.fail(ReasonMalformed, "a row without columns")
			return
		}
		if (len(t.Rows)+1)*len(t.Columns) > maxTableCells {
			d.fail(ReasonTooLarge, "a table of more than %d values", maxTableCells)
			return
		}
		row := make([]Cell, len(t.Columns))
		for i := range t.Columns {
			if defaults[i] {
				row[i].Null = true
				continue
			}
			row[i].Data, row[i].Null = d.value(&t.Columns[i].Type, inParameter)
		}
		t.Rows = append(t.Rows, row)
	}
}
