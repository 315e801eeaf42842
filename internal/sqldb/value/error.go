package value

import "fmt"

// Error is a message of SQL Server's that ends a statement. Number, Class and State are sent to the client with it.
// Line and Procedure are filled in by who knows them; Line is 1-based, 0 where nobody said.
type Error struct {
	Number       int32
	Class, State uint8
	Line         int32
	Procedure    string
	Text         string
}

// Error is the text, as the client reads it.
func (e *Error) Error() string { return e.Text }

// Errorf makes an Error. The format is Go's; the text must read as SQL Server's does.
func Errorf(number int32, class, state uint8, format string, args ...any) *Error {
	return &Error{Number: number, Class: class, State: state, Text: fmt.Sprintf(format, args...)}
}
