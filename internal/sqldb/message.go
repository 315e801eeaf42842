package sqldb

import (
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/sysview"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Lengths of messages: a RAISERROR's and THROW's is 2,047 characters, a PRINT's 4,000 of nvarchar.
const (
	maxMessage = 2047
	maxPrint   = 4000
)

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// print is PRINT: a message of class 0.
func (r *run) print(s *tsql.Print) error {
	v, t, err := r.evaluate(s.Value)
	if err != nil {
		return err
	}
	text := ""
	if !v.IsNull() {
		if v, err = value.Convert(v, t, value.Type{ID: value.NVarChar, Length: maxPrint}, value.NoStyle); err != nil {
			return err
		}
		text = v.Text()
	}
	m := value.Errorf(0, 0, 1, "%s", text).At(s.Span().Line)
	m.Procedure = r.scope.procedure()
	return r.out.message(m)
}

// raiseError is RAISERROR. Below class 11 it informs; from 20 on it ends the connection.
func (r *run) raiseError(s *tsql.RaiseError) error {
	message, t, err := r.evaluate(s.Message)
	if err != nil {
		return err
	}
	severity, err := r.integer(s.Severity)
	if err != nil {
		return err
	}
	state, err := r.integer(s.State)
	if err != nil {
		return err
	}
	number, text := int32(50000), message.Text()
	if t.ID == value.Int || t.ID == value.SmallInt || t.ID == value.TinyInt || t.ID == value.BigInt {
		number = int32(message.Int64())
		if number < 13000 {
			return value.Errorf(2732, 16, 1, "Error number %d is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.", number)
		}
		if known, class, ok := sysview.Message(number); ok {
			if severity < 0 {
				severity = int64(class)
			}
			if known, err = r.formatMessage(known, s.Args); err != nil {
				return err
			}
			return r.raise(s, number, known, severity, state)
		}
		return value.Errorf(18054, 16, 1, "Error %d, severity %d, state %d was raised, but no message with that error number was found in sys.messages. "+
			"If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.", number, severity, state)
	}
	if text, err = r.formatMessage(text, s.Args); err != nil {
		return err
	}
	return r.raise(s, number, text, severity, state)
}

// raise sends or fails with a message of RAISERROR's.
func (r *run) raise(s *tsql.RaiseError, number int32, text string, severity, state int64) error {
	severity = min(max(severity, 0), 25)
	if severity > 18 && !s.Log {
		return value.Errorf(2754, 16, 1, "Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.")
	}
	if state < 0 {
		state = 1
	}
	m := value.Errorf(number, uint8(severity), uint8(min(state, 255)), "%s", text).At(s.Span().Line)
	m.Procedure = r.scope.procedure()
	if severity > 10 {
		return m
	}
	if severity <= 10 && s.SetError {
		r.session.lastError = number
	}
	return r.out.message(m)
}

func (r *run) integer(x tsql.Expr) (int64, error) {
	v, t, err := r.evaluate(x)
	if err != nil {
		return 0, err
	}
	if v, err = convertTo(v, t, value.Type{ID: value.BigInt}); err != nil {
		return 0, err
	}
	return v.Int64(), nil
}

// formatMessage puts arguments into a message as C's printf does.
func (r *run) formatMessage(text string, args []tsql.Expr) (string, error) {
	values, types := make([]value.Value, len(args)), make([]value.Type, len(args))
	for i, x := range args {
		var err error
		if values[i], types[i], err = r.evaluate(x); err != nil {
			return "", err
		}
		if !values[i].IsNull() && !types[i].IsString() && values[i].Kind() != value.KindInteger {
			return "", value.Errorf(2748, 16, 1, "Cannot specify %s data type (parameter %d) as a substitution parameter.", types[i].Name(), i+4)
		}
	}
	return function.Message(text, values, types)
}

func cutMessage(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	runes := []rune(s)
	if len(runes) <= maxMessage {
		return s
	}
	return string(runes[:maxMessage-3]) + "..."
}

// throw is THROW: with arguments a new error of class 16, without those of the CATCH again.
func (r *run) throw(s *tsql.Throw) error {
	if s.Number == nil {
		if len(r.scope.caught) == 0 {
			return value.Errorf(10704, 15, 1, "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.")
		}
		again := *r.scope.caught[len(r.scope.caught)-1]
		return &again
	}
	number, err := r.integer(s.Number)
	if err != nil {
		return err
	}
	v, _, err := r.evaluate(s.Message)
	if err != nil {
		return err
	}
	state, err := r.integer(s.State)
	if err != nil {
		return err
	}
	if number < 50000 || number > 1<<31-1 {
		return value.Errorf(35100, 16, 10, "Error number %d in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.", number)
	}
	return value.Errorf(int32(number), 16, uint8(state), "%s", cutMessage(v.Text()))
}
