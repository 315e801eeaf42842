package tds

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// fatalClass is the severity from which on the server closes the connection behind the message.
const fatalClass = 20

// errFatal ends a connection whose client has been told why.
var errFatal = errors.New("front/tds: a message of class 20 or above ended the connection")

// finish ends the answer to a request: with what the session returned, and with the last DONE where it has not said it.
func (c *connection) finish(err error) error {
	c.release() // before the client knows that it may send again
	a := c.answer
	if a.lost != nil {
		return a.lost
	}
	messages, fatal := c.explain(err)
	if fatal != nil {
		return fatal
	}
	buf := c.writer.Buffer()
	if a.ended {
		if len(messages) > 0 {
			c.log.Error("a request failed behind the end of its answer", "error", err)
		}
	} else {
		for _, m := range messages {
			buf = c.appendMessage(buf, m, 1)
			a.severe = a.severe || m.Class >= fatalClass
		}
		buf = a.close(buf, err != nil)
	}
	if err := c.writer.Commit(buf); err != nil {
		return err
	}
	if err := c.writer.End(); err != nil {
		return err
	}
	if len(a.described.token) > maxKept {
		a.described = description{}
	}
	if a.severe {
		c.hangUp()
		return errFatal
	}
	return nil
}

// explain is the one place in which a request's errors become messages. An error that it returns ends the connection
// without a word: the client has broken the protocol, or is gone.
func (c *connection) explain(err error) (messages []*value.Error, fatal error) {
	if messages = messagesOf(err); len(messages) > 0 || err == nil {
		return messages, nil
	}
	switch fault.KindOf(err) {
	case fault.Canceled:
		return nil, nil
	case fault.Invalid:
		return nil, err
	case fault.Throttled, fault.Unavailable:
		return []*value.Error{value.Errorf(40501, 20, 1, "The service is currently busy. Retry the request after 10 seconds. "+
			"Incident ID: %s. Code: %d.", "00000000-0000-0000-0000-000000000000", 0)}, nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, errTakenBack) {
		return nil, nil
	}
	c.log.Error("a request failed", "error", err)
	return []*value.Error{unexplained()}, nil
}

// unexplained is what a client is told of an error whose text is ours alone.
func unexplained() *value.Error {
	return value.Errorf(40197, fatalClass, 1, "The service has encountered an error processing your request. Please try again. "+
		"Error code %d.", 40143)
}

const streamIncorrect = "The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Parameter %d (\"%s\"): %s"

// callRefused words a call that could be read as far as a parameter that alcedo does not take. What breaks the protocol
// stays what it is.
func callRefused(err error, read []wire.Parameter) error {
	switch fault.ReasonOf(err) {
	case wire.ReasonTooMany:
		return value.Errorf(8003, 16, 1, "The incoming request has too many parameters. The server supports a maximum of %d parameters. "+
			"Reduce the number of parameters and resend the request.", wire.MaxParameters)
	case wire.ReasonUnsupported, wire.ReasonTooLarge:
	default:
		return err
	}
	name := ""
	if len(read) > 0 {
		name = read[len(read)-1].Name
	}
	return parameterRefused(len(read), name, err)
}

// parameterRefused words a parameter whose type there is not, or whose bytes are no value of its type.
func parameterRefused(ordinal int, name string, err error) error {
	var of notInstance
	if errors.As(err, &of) {
		return value.Errorf(8023, 16, 1, streamIncorrect, ordinal, clip(name), "The supplied value is not a valid instance of data type "+
			string(of)+". Check the source data for invalid values. An example of an invalid value is data of numeric type with scale "+
			"greater than precision.")
	}
	return value.Errorf(8009, 16, 1, streamIncorrect, ordinal, clip(name), sentence(err))
}

// sentence is the text of a fault as a sentence of a message.
func sentence(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || f.Message == "" {
		return "The value is invalid."
	}
	return strings.ToUpper(f.Message[:1]) + f.Message[1:] + "."
}
