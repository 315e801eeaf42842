package tsql

// Options are the session's settings that change how a text is read.
type Options struct {
	QuotedIdentifier bool // "…" is an identifier; else a string
}
