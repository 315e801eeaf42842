package function

import (
	"io"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Environment is what functions ask of the session.
type Environment interface {
	// Now is the time at which the statement began, in ticks of 100 ns of UTC since 0001-01-01.
	Now() int64
	// Random gives NEWID, RAND and CRYPT_GEN_RANDOM their bits.
	Random() io.Reader
	// Ask answers one of the functions of Questions, by its name: "@@ROWCOUNT", "OBJECT_ID". args are as many as the
	// call has, already of the types of the question's Params; they may be NULL. The answer is of the question's Result
	// (a whole number will do for a decimal, and a plain value for a sql_variant), or NULL.
	Ask(name string, args []value.Value) (value.Value, error)
}
