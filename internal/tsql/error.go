package tsql

// Error is what SQL Server says of a text that is no Transact-SQL. All are of class 15, but for 191 and 8631.
type Error struct {
	Number int32
	Class  uint8
	State  uint8
	Line   int32 // 1-based in the batch
	Text   string
}

// Error is the message as a client shows it.
func (e *Error) Error() string { return e.Text }
