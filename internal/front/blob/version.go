package blob

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	oldestVersion  = "2009-09-19"
	maxTimeSeconds = 3600
)

// readVersion finds the version that the request is answered by: x-ms-version, else of a signature's api-version or
// sv, else the account's default. Versions that are newer than this front are served as the newest it knows, and
// repeated. Source: "Versioning for Azure Storage" of the REST reference.
func (x *exchange) readVersion() error {
	if x.nested {
		return nil // the batch's
	}
	if v := x.in("X-Ms-Version"); v != "" {
		if !isVersion(v) {
			return invalidHeader("x-ms-version", v)
		}
		x.version = v
		return nil
	}
	for _, name := range []string{"api-version", "sv"} {
		if v := x.param(name); v != "" {
			if !isVersion(v) {
				return invalidQuery(name, v, "The version is not supported.")
			}
			x.version = v
			return nil
		}
	}
	x.version = x.account.Properties.DefaultServiceVersion
	if x.version == "" {
		x.version = oldestVersion
	}
	return nil
}

// isVersion reports whether v is a date that versions can have; as texts they compare as dates.
func isVersion(v string) bool {
	_, err := time.Parse(time.DateOnly, v)
	return err == nil && len(v) == len(time.DateOnly) && v >= oldestVersion
}

// limitTime obeys the parameter timeout, in seconds: it is how long the operation has until its answer begins. To send a
// body may take longer, and what is sent comes from the same context, so that end does not end that.
func (x *exchange) limitTime() (end context.CancelFunc, err error) {
	text := x.param("timeout")
	if text == "" {
		return func() {}, nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 {
		return nil, invalidQuery("timeout", text, "Timeout value must be a positive integer.")
	}
	if seconds == 0 || seconds > maxTimeSeconds {
		return func() {}, nil
	}
	limit, stop := context.WithTimeout(x.r.Context(), time.Duration(seconds)*time.Second)
	ctx, cancel := context.WithCancelCause(x.r.Context())
	release := context.AfterFunc(limit, func() { cancel(limit.Err()) })
	x.r = x.r.WithContext(ctx)
	return func() { release(); stop() }, nil
}

// timedOut gives Azure's words to an operation that its timeout ended.
func timedOut(x *exchange, err error) error {
	if err != nil && errors.Is(context.Cause(x.r.Context()), context.DeadlineExceeded) {
		return &fault.Error{Kind: fault.Unavailable, Op: "front/blob", Reason: "OperationTimedOut", Cause: err}
	}
	return err
}
