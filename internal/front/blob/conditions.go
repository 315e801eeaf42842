package blob

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// maxTags bounds the entity tags of one header.
const maxTags = 64

// conditions reads the conditional headers.
func (x *exchange) conditions() (blob.Conditions, error) {
	c, err := x.conditionsOf("")
	c.LeaseID = x.in("X-Ms-Lease-Id")
	return c, err
}

// sourceConditions reads those that are about the source of a copy.
func (x *exchange) sourceConditions() (blob.Conditions, error) {
	c, err := x.conditionsOf("X-Ms-Source-")
	c.LeaseID = x.in("X-Ms-Source-Lease-Id")
	return c, err
}

// tagConditions reads those of an operation on tags, which has names of its own for what is about the blob.
func (x *exchange) tagConditions() (blob.Conditions, error) {
	c, err := x.conditionsOf("X-Ms-Blob-")
	c.IfTags, c.LeaseID = x.in("X-Ms-If-Tags"), x.in("X-Ms-Lease-Id")
	return c, err
}

// conditionsOf reads the headers with that prefix in canonical form. Source: "Specifying conditional headers for Blob
// service operations" of the REST reference.
func (x *exchange) conditionsOf(prefix string) (c blob.Conditions, err error) {
	if c.IfMatch, err = x.entityTags(prefix + "If-Match"); err != nil {
		return c, err
	}
	if c.IfNoneMatch, err = x.entityTags(prefix + "If-None-Match"); err != nil {
		return c, err
	}
	if c.IfModifiedSince, err = x.date(prefix + "If-Modified-Since"); err != nil {
		return c, err
	}
	if c.IfUnmodifiedSince, err = x.date(prefix + "If-Unmodified-Since"); err != nil {
		return c, err
	}
	if prefix == "" {
		c.IfTags = x.in("X-Ms-If-Tags")
	} else {
		c.IfTags = x.in(prefix + "If-Tags")
	}
	return c, nil
}

// date reads a header with an HTTP date; none gives the zero time.
func (x *exchange) date(name string) (time.Time, error) {
	text := x.in(name)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}, invalidHeader(name, text)
	}
	return t.UTC(), nil
}

// entityTags reads a list of entity tags. One that is none of ours matches nothing, and is no error.
func (x *exchange) entityTags(name string) ([]blob.Match, error) {
	text := strings.TrimSpace(x.in(name))
	if text == "" {
		return nil, nil
	}
	var tags []blob.Match
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" || len(tags) == maxTags {
			return nil, invalidHeader(name, text)
		}
		if part == "*" {
			tags = append(tags, blob.Match{Any: true})
			continue
		}
		tags = append(tags, blob.Match{ETag: entityTag(part)})
	}
	return tags, nil
}

// entityTag reads "0x8DC…", with or without quotes; 0 is none of ours.
func entityTag(text string) blob.ETag {
	text = strings.Trim(strings.TrimPrefix(text, "W/"), `"`)
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return 0
	}
	return blob.ETag(n)
}
