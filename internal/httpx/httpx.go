// Package httpx is what all HTTP fronts share: handlers that return (response, error), one adapter that writes, logs
// and recovers, limits, and the reading of paths, queries and bodies. It must never know a protocol's errors or a
// service.
package httpx

import (
	"net/http"
)

// Limits for every front; a front may be stricter.
const (
	MaxHeader = 64 << 10 // bytes of request header
	MaxBody   = 4 << 20  // bytes of a control-plane body, as Resource Manager's
)

// Response is an answer to be written. A nil Body writes none. A []byte or json.RawMessage is written as it is; anything
// else as JSON, without HTML escaping. Header values are set as they are, so keys must be in canonical form unless a
// protocol wants another; Content-Type is application/json; charset=utf-8 unless set. The adapter keeps neither the
// header nor the body, and changes neither, so that one Response may be answered to many.
type Response struct {
	Status int // 0 means 200
	Header http.Header
	Body   any
}

// Handler answers one request. What it returns as error is turned into a Response by the front's mapper.
type Handler func(r *http.Request) (*Response, error)

// ErrorMapper is a protocol's one place in which errors become wire errors. It gets a fault or any other error, which it
// answers as an internal error without its text.
type ErrorMapper func(r *http.Request, err error) *Response
