package blob

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const maxSourceURL = 2 << 10

// source reads what a copy copies from. A source of this cloud is resolved: by the signature in its URL, by
// x-ms-copy-source-authorization, where own says so in the same account by the request's own right, else by nobody's.
func (f *front) source(x *exchange, own bool) (s blob.Source, err error) {
	s.URL = x.in("X-Ms-Copy-Source")
	s.Authorization = x.in("X-Ms-Copy-Source-Authorization")
	if len(s.URL) > maxSourceURL {
		return s, invalidHeader("x-ms-copy-source", s.URL)
	}
	if s.Conditions, err = x.sourceConditions(); err != nil {
		return s, err
	}
	if text := x.in("X-Ms-Source-Range"); text != "" {
		got, ok := parseRange(text)
		if !ok {
			return s, invalidHeader("x-ms-source-range", text)
		}
		s.Range = &blob.Range{Start: got.first, End: got.last}
	}
	if err := x.sourceChecksums(&s); err != nil {
		return s, err
	}
	if s.Key, err = x.customerKeyOf("X-Ms-Source-Encryption-"); err != nil {
		return s, err
	}
	target, inner, err := f.targetOf(x, s.URL)
	if err != nil || inner == nil {
		return s, err
	}
	access, err := f.sourceAccess(x, inner, s.Authorization, own)
	if err != nil {
		return s, cannotVerify(err)
	}
	s.Local = &blob.LocalSource{Access: access, Target: target}
	return s, nil
}

func (x *exchange) sourceChecksums(s *blob.Source) (err error) {
	if s.MD5, err = sum16("x-ms-source-content-md5", x.in("X-Ms-Source-Content-Md5")); err != nil {
		return err
	}
	var t transfer
	probe := &exchange{r: &http.Request{Header: http.Header{"X-Ms-Content-Crc64": {x.in("X-Ms-Source-Content-Crc64")}}}}
	err = probe.checksums(&t)
	s.CRC64 = t.crc64
	return err
}

// targetOf reads the URL of a blob. The exchange is nil where it is not of this cloud.
func (f *front) targetOf(x *exchange, text string) (blob.Target, *exchange, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return blob.Target{}, nil, invalidHeader("x-ms-copy-source", text)
	}
	if _, known := f.Cloud.Host(u.Host); !known && !(f.PathStyle && sameListener(u, x.r.Host)) {
		return blob.Target{}, nil, nil
	}
	r := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}, RemoteAddr: x.r.RemoteAddr, TLS: x.r.TLS}
	inner := &exchange{r: r.WithContext(x.r.Context()), at: x.at, id: x.id, version: x.version, header: make(http.Header)}
	if inner.query, err = url.ParseQuery(u.RawQuery); err != nil {
		return blob.Target{}, nil, invalidHeader("x-ms-copy-source", text)
	}
	if inner.place, err = f.locate(u.Host, u); err != nil {
		return blob.Target{}, nil, invalidHeader("x-ms-copy-source", text)
	}
	account, ok, err := f.Service.Account(r.Context(), inner.place.account)
	if err != nil {
		return blob.Target{}, nil, err
	}
	if !ok || inner.place.web {
		return blob.Target{}, nil, cannotVerify(refusal(fault.NotFound, "ResourceNotFound"))
	}
	inner.account = account
	inner.target = blob.Target{Account: account.Name, Container: inner.place.container, Blob: inner.place.blob}
	if inner.place.blob == "" {
		inner.target.Container, inner.target.Blob = rootContainer, inner.place.container
	}
	err = inner.moment(onBlob)
	return inner.target, inner, err
}

// sourceAccess says by what right a source of this cloud is read.
func (f *front) sourceAccess(x, inner *exchange, authorization string, own bool) (blob.Access, error) {
	if inner.account.SupportsHTTPSTrafficOnly && inner.r.URL.Scheme != "https" {
		return blob.Access{}, refusal(fault.Invalid, "AccountRequiresHttps")
	}
	inner.access = blob.Access{ClientIP: x.access.ClientIP, HTTPS: inner.r.URL.Scheme == "https", RequestID: x.id}
	if !inner.account.Network.Admits(x.access.ClientIP) {
		return blob.Access{}, refusal(fault.Denied, "AuthorizationFailure")
	}
	switch {
	case sas.Present(inner.query):
		err := f.bySAS(inner, "")
		return inner.access, err
	case authorization != "":
		scheme, raw, _ := strings.Cut(strings.TrimSpace(authorization), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return blob.Access{}, invalidHeader("x-ms-copy-source-authorization", scheme)
		}
		err := f.byToken(inner, strings.TrimSpace(raw))
		return inner.access, err
	case own && inner.account.Name == x.account.Name:
		return x.access, nil
	}
	return inner.access, nil
}

// cannotVerify says that a source cannot be read, and why.
func cannotVerify(cause error) error {
	return &fault.Error{Kind: fault.KindOf(cause), Op: "front/blob", Reason: "CannotVerifyCopySource", Cause: cause}
}
