// Package fetch reads copy sources that are not of this cloud, by HTTP. It must never know what becomes of the bytes,
// nor decide who may copy.
package fetch

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const op = "fetch.Fetch"

// Client is a blob.Fetcher. It is safe for concurrent use.
type Client struct{ http *http.Client }

var _ blob.Fetcher = (*Client)(nil)

// New returns a client that asks by c.
func New(c *http.Client) *Client { return &Client{http: c} }

// Fetch begins to read a source by GET. What the other side refuses is a fault of the kind that its status says.
func (c *Client) Fetch(ctx context.Context, s blob.Source) (blob.Fetched, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return blob.Fetched{}, &fault.Error{
			Kind: fault.Invalid, Op: op, Reason: "InvalidHeaderValue", Target: "x-ms-copy-source",
			Message: "the copy source is no URL of HTTP", Cause: err,
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return blob.Fetched{}, fault.Wrap(op, err)
	}
	setHeaders(r.Header, s)
	got, err := c.http.Do(r)
	if err != nil {
		return blob.Fetched{}, &fault.Error{Kind: fault.NotFound, Op: op, Message: "the copy source cannot be reached", Cause: err}
	}
	want := http.StatusOK
	if s.Range != nil {
		want = http.StatusPartialContent
	}
	if got.StatusCode != want {
		refusal := refused(got.StatusCode)
		if err := got.Body.Close(); err != nil {
			return blob.Fetched{}, fault.Wrap(op, err)
		}
		return blob.Fetched{}, refusal
	}
	return blob.Fetched{Body: got.Body, Length: got.ContentLength, Headers: headers(got.Header, s.Range == nil), Metadata: metadata(got.Header)}, nil
}

func setHeaders(h http.Header, s blob.Source) {
	// Nothing may be unpacked on the way: the bytes are copied as they are kept.
	h.Set("Accept-Encoding", "identity")
	if s.Authorization != "" {
		h.Set("Authorization", s.Authorization)
		h.Set("X-Ms-Version", "2021-12-02")
	}
	if r := s.Range; r != nil && r.End == -1 {
		h.Set("Range", fmt.Sprintf("bytes=%d-", r.Start))
	} else if r != nil {
		h.Set("Range", fmt.Sprintf("bytes=%d-%d", r.Start, r.End))
	}
	for name, tags := range map[string][]blob.Match{"If-Match": s.Conditions.IfMatch, "If-None-Match": s.Conditions.IfNoneMatch} {
		for _, t := range tags {
			if t.Any {
				h.Add(name, "*")
			} else {
				h.Add(name, t.ETag.String())
			}
		}
	}
	if t := s.Conditions.IfModifiedSince; !t.IsZero() {
		h.Set("If-Modified-Since", t.UTC().Format(http.TimeFormat))
	}
	if t := s.Conditions.IfUnmodifiedSince; !t.IsZero() {
		h.Set("If-Unmodified-Since", t.UTC().Format(http.TimeFormat))
	}
}

// refused is what a status means for a copy.
func refused(status int) error {
	kind := fault.Invalid
	switch {
	case status == http.StatusUnauthorized:
		kind = fault.Unauthenticated
	case status == http.StatusForbidden:
		kind = fault.Denied
	case status == http.StatusNotFound, status == http.StatusGone:
		kind = fault.NotFound
	case status == http.StatusConflict:
		kind = fault.Conflict
	case status == http.StatusPreconditionFailed, status == http.StatusNotModified:
		kind = fault.Precondition
	case status >= 500, status == http.StatusTooManyRequests:
		kind = fault.Unavailable
	}
	return fault.Newf(kind, op, "", "the copy source answers %d", status)
}

// headers are those that a copy keeps. The MD5 is of the whole.
func headers(h http.Header, whole bool) blob.HTTPHeaders {
	out := blob.HTTPHeaders{
		ContentType: h.Get("Content-Type"), ContentEncoding: h.Get("Content-Encoding"), ContentLanguage: h.Get("Content-Language"),
		ContentDisposition: h.Get("Content-Disposition"), CacheControl: h.Get("Cache-Control"),
	}
	if sum, err := base64.StdEncoding.DecodeString(h.Get("Content-MD5")); err == nil && len(sum) == 16 && whole {
		out.ContentMD5 = sum
	}
	return out
}

// metadata is what another blob service says of the source.
func metadata(h http.Header) map[string]string {
	var out map[string]string
	for name, values := range h {
		key, ok := strings.CutPrefix(name, "X-Ms-Meta-")
		if !ok || key == "" {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[strings.ToLower(key)] = values[0]
	}
	return out
}
