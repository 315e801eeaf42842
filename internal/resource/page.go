package resource

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// maxPage is how many rows one answer has at most; $top may ask for fewer.
const maxPage = 1000

// page is one page of a list that goes over keys of the store.
type page struct {
	size int
	from []byte // the key at which it begins; nil is the beginning
	next []byte // where the next one begins; nil where this is the last. It never names a row that was not shown
}

// newPage reads $top and $skiptoken.
func newPage(q url.Values) (*page, error) {
	p := &page{size: maxPage}
	if top := q.Get("$top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 {
			return nil, fault.Newf(fault.Invalid, "resource.newPage", "InvalidQueryParameterValue",
				"The value '%s' of the query parameter '$top' is not valid. It must be a whole number above 0.", top)
		}
		p.size = min(n, maxPage)
	}
	if token := q.Get("$skiptoken"); token != "" {
		from, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(from) == 0 {
			return nil, fault.Newf(fault.Invalid, "resource.newPage", "InvalidSkipToken", "The $skiptoken '%s' is not valid.", token)
		}
		p.from = from
	}
	return p, nil
}

// start is where to begin in the keys that start with prefix. A token cannot lead out of them.
func (p *page) start(prefix []byte) []byte {
	if bytes.HasPrefix(p.from, prefix) {
		return p.from
	}
	return prefix
}

// more says that there is a row after the one whose key is last.
func (p *page) more(last []byte) { p.next = append(append([]byte(nil), last...), 0) }

// answer is the page with the link to the next one, which is absolute and has the client's other parameters.
func (p *page) answer(rows []json.RawMessage, base, path, version string, q url.Values) *Answer {
	size := 16
	for _, row := range rows {
		size += len(row) + 1
	}
	b := append(make([]byte, 0, size), `{"value":[`...)
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, row...)
	}
	b = append(b, ']')
	if p.next != nil {
		query := url.Values{"api-version": {version}}
		for name, values := range q {
			query[name] = values
		}
		query["$skiptoken"] = []string{base64.RawURLEncoding.EncodeToString(p.next)}
		link, err := encode(base + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode())
		if err == nil { // a string always encodes
			b = append(append(b, `,"nextLink":`...), link...)
		}
	}
	return &Answer{Status: 200, Body: json.RawMessage(append(b, '}'))}
}
