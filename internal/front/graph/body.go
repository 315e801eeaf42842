package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sort"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// maxBody bounds a request's body. The largest is a getByIds of a thousand GUIDs, or a picture-less user.
const maxBody = 1 << 20

// object is the JSON object of a body.
type object map[string]json.RawMessage

// readObject reads the body, which must be one JSON object.
func readObject(r *http.Request) (object, error) {
	data, err := httpx.ReadContent(r, maxBody)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, badRequest("BadRequest", "Empty Payload. JSON content expected.")
	}
	unreadable := badRequest("BadRequest",
		"Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	dec := json.NewDecoder(bytes.NewReader(data))
	var out object
	if err := dec.Decode(&out); err != nil || out == nil {
		return nil, unreadable
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, unreadable
	}
	return out, nil
}

// optional is readObject for actions that may come without a body.
func optional(r *http.Request) (object, error) {
	if r.ContentLength == 0 {
		return object{}, nil
	}
	return readObject(r)
}

// member decodes the property of that name into v and reports whether it was there and not null.
func (o object) member(name string, v any) (bool, error) {
	raw, ok := o[name]
	if !ok || string(raw) == "null" {
		return false, nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return false, badRequest("Request_BadRequest", "Invalid value specified for property '%s'.", name)
	}
	return true, nil
}

// apply sets the properties of body on o. Annotations (their names have an at sign) are left out, and so are the
// properties named in except.
func (e *entity) apply(o any, body object, except ...string) error {
	names := make([]string, 0, len(body))
	for name := range body {
		names = append(names, name)
	}
	sort.Strings(names) // so that of several faults the same one is told each time
next:
	for _, name := range names {
		for _, x := range except {
			if name == x {
				continue next
			}
		}
		if strings.Contains(name, "@") {
			continue
		}
		p, ok := e.property(name)
		if !ok || p.name != name {
			return badRequest("Request_BadRequest",
				"The property '%s' does not exist on type 'microsoft.graph.%s'. Make sure to only use property names that are defined by the type.", clip(name), e.typ)
		}
		if p.set == nil {
			return badRequest("Request_BadRequest", "Property '%s' is read-only and cannot be set.", name)
		}
		if err := p.set(o, body[name]); err != nil {
			return err
		}
	}
	return nil
}

// reference is the object id at the end of the @odata.id of a $ref body.
func reference(r *http.Request) (string, error) {
	body, err := readObject(r)
	if err != nil {
		return "", err
	}
	var url string
	if ok, err := body.member("@odata.id", &url); err != nil {
		return "", err
	} else if !ok {
		return "", badRequest("Request_BadRequest", "A value is required for property '@odata.id' of the reference.")
	}
	return referred(url)
}

// referred takes the object id from a URL like https://graph/v1.0/directoryObjects/{id} or .../directoryObjects('{id}').
func referred(url string) (string, error) {
	url = strings.TrimSuffix(url, "/")
	id := url[strings.LastIndexByte(url, '/')+1:]
	if open := strings.IndexByte(id, '('); open >= 0 && strings.HasSuffix(id, ")") {
		id = unquote(id[open+1 : len(id)-1])
	}
	if !isGUID(id) {
		return "", badRequest("Request_BadRequest", "Invalid URL format specified in @odata.id for entity reference link.")
	}
	return id, nil
}

// isGUID reports whether s is a GUID in its usual form.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9' || s[i] > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}
