package sql

import (
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// The provider's refusals. Their codes are those of the REST reference's pages.

// invalid is a parameter that breaks a rule which has no code of its own.
func invalid(parameter string) error {
	f := fault.Newf(fault.Invalid, "sql", "InvalidParameterValue",
		"Invalid value given for parameter %s. Specify a valid parameter value.", parameter)
	f.Target = parameter
	return f
}

func refuse(code, format string, args ...any) error {
	return fault.Newf(fault.Invalid, "sql", code, format, args...)
}

// unsupported is what Azure SQL has and alcedo has not.
func unsupported(code, format string, args ...any) error {
	return fault.Newf(fault.Invalid, "sql", code, format, args...)
}

// missing is a child that the core does not keep.
func missing(id resource.ID) error {
	return fault.Newf(fault.NotFound, "sql", "ResourceNotFound",
		"The requested resource of type '%s' with name '%s' was not found.", id.FullType(), id.Name())
}

func reservedName() error {
	return refuse("CannotUseReservedDatabaseName", "Cannot use reserved database name in this operation.")
}

// stored is the defect of a document whose own id cannot be read.
func stored(id string) error {
	return fault.Newf(fault.Internal, "sql", "", "stored id %q", id)
}

// read decodes properties of a document, or a body, into what the type knows. Other members are ignored, as the provider
// ignores them.
func read(from, into any) error {
	text, ok := from.(json.RawMessage)
	if !ok {
		var err error
		if text, err = json.Marshal(from); err != nil {
			return fault.Wrap("sql.read", err)
		}
	}
	if len(text) == 0 {
		return refuse("InvalidResourceRequestBody", "The resource or resource properties in the request body is empty or invalid.")
	}
	err := json.Unmarshal(text, into)
	if wrong, ok := err.(*json.UnmarshalTypeError); ok {
		return invalid(wrong.Field) // the decoder's own text may quote a password
	}
	if err != nil {
		return refuse("InvalidResourceRequestBody", "The resource or resource properties in the request body is empty or invalid.")
	}
	return nil
}

func text(v any) string {
	s, ok := v.(string)
	if !ok {
		return ""
	}
	return s
}

// worded gives the service's refusals the provider's codes.
func worded(op string, err error) error {
	if fault.ReasonOf(err) == "CollationInvalid" {
		return refuse("InvalidCollation", "Collation is not valid.")
	}
	return fault.Wrap(op, err)
}
