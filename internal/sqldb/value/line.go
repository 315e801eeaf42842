package value

// At gives the error a line, 1-based in its batch or module.
func (e *Error) At(line int32) *Error {
	e.Line = line
	return e
}
