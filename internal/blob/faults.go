package blob

import (
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Faults carry Azure's error code as their reason: the front writes status and sentence from it.
func refuse(kind fault.Kind, code string) error {
	return fault.New(kind, "blob", code, code)
}

func invalidHeader(name, value string) error {
	f := fault.Newf(fault.Invalid, "blob", "InvalidHeaderValue", "the value %q of %s is not valid", short(value), name)
	f.Target = name
	return f
}

func invalidHeaderNumber(name string, value int) error {
	return invalidHeader(name, strconv.Itoa(value))
}

func invalidQuery(name, value string) error {
	f := fault.Newf(fault.Invalid, "blob", "InvalidQueryParameterValue", "the value %q of %s is not valid", short(value), name)
	f.Target = name
	return f
}

// short keeps what a client sent from filling messages.
func short(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}
