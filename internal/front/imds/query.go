package imds

import (
	"errors"
	"net/url"
	"strings"
)

// maxParameters bounds how many parameters a query may have; no client sends more than eight.
const maxParameters = 32

var (
	errDuplicate = errors.New("duplicate query parameter names are not allowed")
	errEncoding  = errors.New("the query string is malformed")
	errTooMany   = errors.New("too many query parameters")
)

// query is a parsed query string: names and values in the order sent. It is kept in an array, because nearly every
// request has two or three parameters and is the hottest path of all.
type query struct {
	n     int
	pairs [maxParameters]struct{ name, value string }
}

// parseQuery takes a query string apart. Names are compared without case and may come only once. A value may hold
// characters that others would encode: Python sends resource=https://….
func parseQuery(raw string) (query, error) {
	var q query
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := unescape(name)
		if err != nil {
			return query{}, errEncoding
		}
		if value, err = unescape(value); err != nil {
			return query{}, errEncoding
		}
		if _, ok := q.get(name); ok {
			return query{}, errDuplicate
		}
		if q.n == maxParameters {
			return query{}, errTooMany
		}
		q.pairs[q.n].name, q.pairs[q.n].value = name, value
		q.n++
	}
	return q, nil
}

func unescape(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, nil
	}
	return url.QueryUnescape(s)
}

// get finds a parameter by name, without case.
func (q *query) get(name string) (value string, ok bool) {
	for i := range q.n {
		if strings.EqualFold(q.pairs[i].name, name) {
			return q.pairs[i].value, true
		}
	}
	return "", false
}

// value is get for those who do not care whether it was there.
func (q *query) value(name string) string {
	v, _ := q.get(name)
	return v
}
