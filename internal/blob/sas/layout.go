package sas

import "strings"

// StringToSign is the text over which the signature is computed, by the layout of its version, or a refusal where the
// signature cannot cover the target at all.
func (s Signed) StringToSign(t Target) (string, error) {
	if s.Kind == Account {
		return s.accountString(t.Account), nil
	}
	path, err := s.resourcePath(t)
	if err != nil {
		return "", err
	}
	fields := []string{s.Permissions, s.Start.Text, s.Expiry.Text, path}
	if s.Kind == UserDelegation {
		fields = append(fields, s.delegationFields()...)
	} else {
		fields = append(fields, s.Identifier)
	}
	if s.Version >= withIPAndProtocol {
		fields = append(fields, s.IP.Text, s.Protocol)
	}
	fields = append(fields, s.Version)
	if s.Version >= withResource {
		fields = append(fields, s.Resource, s.moment(t))
	}
	if s.Version >= withEncryptionScope {
		fields = append(fields, s.Scope)
	}
	if s.Kind == UserDelegation && s.Version >= withRequestParts {
		fields = append(fields, canonicalHeaders(s.Delegation.Headers, t), canonicalQuery(s.Delegation.Query, t))
	}
	if s.Version >= withOverrides {
		o := s.Overrides
		fields = append(fields, o.CacheControl, o.ContentDisposition, o.ContentEncoding, o.ContentLanguage, o.ContentType)
	}
	return strings.Join(fields, "\n"), nil
}

// accountString is the account SAS's, in which each field is followed by a newline.
func (s Signed) accountString(account string) string {
	fields := []string{
		account, s.Permissions, s.Services, s.ResourceTypes, s.Start.Text, s.Expiry.Text, s.IP.Text, s.Protocol, s.Version,
	}
	if s.Version >= withEncryptionScope {
		fields = append(fields, s.Scope)
	}
	return strings.Join(fields, "\n") + "\n"
}

func (s Signed) delegationFields() []string {
	d := s.Delegation
	fields := []string{d.ObjectID, d.TenantID, d.Start.Text, d.Expiry.Text, d.Service, d.Version}
	if s.Version >= withDirectory {
		fields = append(fields, d.AuthorizedID, d.UnauthorizedID, d.CorrelationID)
	}
	if s.Version >= withDelegatedUser {
		fields = append(fields, d.UserTenantID, d.UserObjectID)
	}
	return fields
}

// resourcePath is the canonicalized resource that the signature must have been made for, were it to cover the target.
func (s Signed) resourcePath(t Target) (string, error) {
	if t.Container == "" {
		return "", unauthenticated("Signature did not match. The signature is for a resource, the request for the account.")
	}
	path := "/" + t.Account + "/" + t.Container
	if s.Version >= withServiceInPath {
		path = "/blob" + path
	}
	switch s.Resource {
	case "c":
		return path, nil
	case "d":
		folder, ok := ancestor(t.Blob, s.Depth)
		if !ok {
			return "", unauthenticated("Signature did not match. The request is not in the signed directory.")
		}
		if folder == "" { // the root directory
			return path, nil
		}
		return path + "/" + folder, nil
	}
	if t.Blob == "" {
		return "", unauthenticated("Signature did not match. The signature is for a blob, the request for a container.")
	}
	return path + "/" + t.Blob, nil
}

// ancestor is the folder that many levels deep on the way to path, which may be the folder itself.
func ancestor(path string, depth int) (string, bool) {
	if depth == 0 {
		return "", true
	}
	end := 0
	for range depth {
		if end >= len(path) {
			return "", false
		}
		next := strings.IndexByte(path[end:], '/')
		if next < 0 {
			end = len(path) + 1
			continue
		}
		end += next + 1
	}
	return path[:end-1], end > 1
}

// moment is the slot that a snapshot's time and a version's id share.
func (s Signed) moment(t Target) string {
	switch s.Resource {
	case "bs":
		return t.Snapshot
	case "bv":
		return t.VersionID
	}
	return ""
}

func canonicalHeaders(names []string, t Target) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(name + ":" + valueOf(t.Header, name) + "\n")
	}
	return b.String()
}

func canonicalQuery(names []string, t Target) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("\n" + name + ":" + valueOf(t.Parameter, name))
	}
	return b.String()
}

func valueOf(f func(string) string, name string) string {
	if f == nil {
		return ""
	}
	return f(name)
}
