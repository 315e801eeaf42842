package tds

// The headers of ALL_HEADERS (MS-TDS 2.2.5.3).
const (
	headerQueryNotification = 1
	headerTransaction       = 2
	headerTraceActivity     = 3
)

// Headers are what stands before a batch, a remote procedure call and a request to the transaction manager.
type Headers struct {
	Transaction uint64 // the descriptor from ENVCHANGE; 0 outside of a transaction
	Outstanding uint32 // requests under way on the connection: 1 without MARS
	Notifies    bool   // a query notification is asked for
	ActivityID  []byte // 16 bytes and a sequence number of 4, or none
}

// headers reads ALL_HEADERS.
func (d *decoder) headers() Headers {
	var h Headers
	total := int64(d.u32())
	if d.err == nil && (total < 4 || total-4 > int64(d.left())) {
		d.fail(ReasonMalformed, "headers of %d bytes do not fit the message", total)
	}
	end := d.pos + int(total) - 4
	for d.err == nil && d.pos < end {
		length := int64(d.u32())
		kind := d.u16()
		if d.err == nil && (length < 6 || length-6 > int64(end-d.pos)) {
			d.fail(ReasonMalformed, "a header of %d bytes does not fit", length)
		}
		if d.err != nil {
			break
		}
		data := newDecoder(d.op, d.take(int(length)-6))
		switch kind {
		case headerQueryNotification:
			h.Notifies = true
		case headerTransaction:
			h.Transaction, h.Outstanding = data.u64(), data.u32()
		case headerTraceActivity:
			h.ActivityID = append([]byte(nil), data.take(20)...)
		}
		d.err = data.err
	}
	return h
}

// DecodeSQLBatch reads the message SQLBATCH (MS-TDS 2.2.6.7).
func DecodeSQLBatch(b []byte) (Headers, string, error) {
	d := newDecoder("DecodeSQLBatch", b)
	h := d.headers()
	if d.err == nil && d.left()%2 != 0 {
		d.fail(ReasonMalformed, "a batch of %d bytes is no text", d.left())
	}
	if d.err != nil {
		return Headers{}, "", d.err
	}
	return h, DecodeText(d.b[d.pos:]), nil
}

// The requests to the transaction manager (MS-TDS 2.2.6.9).
const (
	TransactionGetAddress uint16 = 0
	TransactionPropagate  uint16 = 1
	TransactionBegin      uint16 = 5
	TransactionPromote    uint16 = 6
	TransactionCommit     uint16 = 7
	TransactionRollback   uint16 = 8
	TransactionSave       uint16 = 9
)

// Isolation is a level of isolation as requests name it.
type Isolation uint8

// The levels of isolation.
const (
	IsolationCurrent         Isolation = 0 // as the session has it
	IsolationReadUncommitted Isolation = 1
	IsolationReadCommitted   Isolation = 2
	IsolationRepeatableRead  Isolation = 3
	IsolationSerializable    Isolation = 4
	IsolationSnapshot        Isolation = 5
)

// TransactionRequest is a request to the transaction manager.
type TransactionRequest struct {
	Headers   Headers
	Kind      uint16
	Name      string    // of the transaction or the savepoint
	Isolation Isolation // of Begin
	// Commit and Rollback may begin the next transaction at once.
	BeginsNext    bool
	NextName      string
	NextIsolation Isolation
}

// DecodeTransactionRequest reads the message. Requests of distributed transactions come without their data.
func DecodeTransactionRequest(b []byte) (TransactionRequest, error) {
	d := newDecoder("DecodeTransactionRequest", b)
	r := TransactionRequest{Headers: d.headers(), Kind: d.u16()}
	switch r.Kind {
	case TransactionBegin:
		r.Isolation = d.isolation()
		r.Name = d.transactionName()
	case TransactionCommit, TransactionRollback:
		r.Name = d.transactionName()
		if d.u8()&1 != 0 {
			r.BeginsNext = true
			r.NextIsolation = d.isolation()
			r.NextName = d.transactionName()
		}
	case TransactionSave:
		r.Name = d.transactionName()
	case TransactionGetAddress, TransactionPropagate, TransactionPromote:
	default:
		d.fail(ReasonMalformed, "request %d is unknown", r.Kind)
	}
	return r, d.err
}

func (d *decoder) isolation() Isolation {
	level := Isolation(d.u8())
	if level > IsolationSnapshot {
		d.fail(ReasonMalformed, "isolation level %d is unknown", level)
	}
	return level
}

// transactionName is B_VARBYTE that holds UTF-16: its length counts bytes. go-mssqldb counts units instead; where the
// bytes at hand fit that reading only, it is meant.
func (d *decoder) transactionName() string {
	n := int(d.u8())
	if n%2 != 0 || d.src == nil && d.left() == 2*n && n > 0 {
		n *= 2
	}
	return DecodeText(d.take(n))
}
