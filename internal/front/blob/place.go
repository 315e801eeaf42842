package blob

import (
	"net"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	rootContainer = "$root"
	webContainer  = "$web"
	maxPath       = 16 << 10 // bytes of an escaped path; a name has at most 1,024 characters
)

// place is what host and path name.
type place struct {
	account   string
	secondary bool
	web       bool // a website's host
	container string
	blob      string // decoded
	lone      bool   // the path has one segment: a container, or a blob of $root
}

// blobName reads a blob's name. Azure makes a slash of a backslash.
func blobName(escaped string) (string, error) {
	name, err := url.PathUnescape(escaped)
	return strings.ReplaceAll(name, `\`, "/"), err
}

// locate reads host and path. The account is the host's first label, or on a path-style listener the path's first
// segment.
func (f *front) locate(host string, u *url.URL) (place, error) {
	path := strings.TrimPrefix(u.EscapedPath(), "/")
	if len(path) > maxPath {
		return place{}, fault.New(fault.Invalid, "blob.locate", "InvalidUri", "")
	}
	var p place
	h, known := f.Cloud.Host(host)
	switch {
	case known && h.Kind == cloud.HostBlob:
		p.account, p.secondary = h.Account, h.Secondary
	case known && h.Kind == cloud.HostWeb:
		p.account, p.secondary, p.web = h.Account, h.Secondary, true
	case f.PathStyle && localName(host) != "":
		p.account, p.secondary = strings.CutSuffix(localName(host), "-secondary")
	case f.PathStyle:
		account, rest, _ := strings.Cut(path, "/")
		name, secondary := strings.CutSuffix(account, "-secondary")
		p.account, p.secondary, path = name, secondary, rest
	default:
		return place{}, fault.New(fault.Invalid, "blob.locate", "InvalidUri", "")
	}
	if p.web {
		name, err := blobName(path)
		if err != nil {
			return place{}, fault.New(fault.Invalid, "blob.locate", "InvalidUri", "")
		}
		p.container, p.blob = webContainer, name
		return p, nil
	}
	return p, p.split(path)
}

// localName is the first label of a host below localhost, which programs for Azurite may write in the place of Azure's:
// devstoreaccount1.blob.localhost. "" is none.
func localName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	label, rest, _ := strings.Cut(lower(host), ".")
	if rest == "localhost" || strings.HasSuffix(rest, ".localhost") {
		return label
	}
	return ""
}

// sameListener reports whether a URL leads to the listener that a request came to, by whatever name.
func sameListener(u *url.URL, host string) bool {
	_, port, _ := net.SplitHostPort(host)
	return strings.EqualFold(u.Host, host) || localName(u.Host) != "" && u.Port() == port
}

// split takes the container from the path's first segment and the blob from the rest.
func (p *place) split(path string) error {
	container, name, two := strings.Cut(path, "/")
	var err error
	if p.container, err = url.PathUnescape(container); err == nil {
		p.blob, err = blobName(name)
	}
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "blob.locate", Reason: "InvalidUri", Cause: err}
	}
	if two && p.container == "" {
		return fault.New(fault.Invalid, "blob.locate", "InvalidUri", "")
	}
	p.lone = p.blob == ""
	return nil
}
