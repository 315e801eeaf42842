package sas

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// MaxDelegation is the longest life of a user delegation key.
const MaxDelegation = 7 * 24 * time.Hour

// Secret is what an account's user delegation keys are made from. Nothing is stored for a key: it is computed again
// from the fields that the signature repeats. Revoking keys is a new Epoch.
type Secret struct {
	Server  []byte // this instance's, 32 random bytes; never shown
	Account string
	Epoch   string // changes when the account is made anew and when its keys are revoked
}

// Key is the value of the user delegation key: 32 bytes, whose base64 form clients get and sign with. Times count as
// their texts, exactly as the key's answer wrote them.
func (s Secret) Key(d Delegation) []byte {
	h := hmac.New(sha256.New, s.Server)
	for _, field := range []string{
		"user delegation key", s.Account, s.Epoch, d.ObjectID, d.TenantID, d.Start.Text, d.Expiry.Text, d.Service,
		d.Version, d.UserTenantID,
	} {
		// Lengths keep fields apart, so that no two lists of fields give the same bytes.
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write([]byte(field))
	}
	return h.Sum(nil)
}

// guid is how Azure writes object and tenant ids in signatures.
var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (s *Signed) parseDelegation(q url.Values) (err error) {
	d := Delegation{
		ObjectID: q.Get("skoid"), TenantID: q.Get("sktid"), Service: q.Get("sks"), Version: q.Get("skv"),
		AuthorizedID: q.Get("saoid"), UnauthorizedID: q.Get("suoid"), CorrelationID: q.Get("scid"),
		UserTenantID: q.Get("skdutid"), UserObjectID: q.Get("sduoid"),
		Headers: names(q.Get("srh")), Query: names(q.Get("srq")),
	}
	if s.Identifier != "" {
		return unauthenticated("si is not allowed for a user delegation signature")
	}
	if err := d.checkIDs(); err != nil {
		return err
	}
	if err := s.unsigned(d); err != nil {
		return err
	}
	for _, field := range []struct{ name, value string }{
		{"skt", q.Get("skt")}, {"ske", q.Get("ske")}, {"sks", d.Service}, {"skv", d.Version},
	} {
		if field.value == "" {
			return mandatory(field.name)
		}
	}
	if d.Start, err = parseInstant("skt", q.Get("skt")); err != nil {
		return err
	}
	if d.Expiry, err = parseInstant("ske", q.Get("ske")); err != nil {
		return err
	}
	if d.Service != "b" {
		return malformed("sks")
	}
	s.Delegation = d
	return nil
}

// checkIDs asks for the delegator and its tenant, and reads no id that is no GUID.
func (d *Delegation) checkIDs() error {
	for _, id := range []struct{ name, value string }{
		{"skoid", d.ObjectID},
		{"sktid", d.TenantID},
		{"saoid", d.AuthorizedID},
		{"suoid", d.UnauthorizedID},
		{"scid", d.CorrelationID},
		{"skdutid", d.UserTenantID},
		{"sduoid", d.UserObjectID},
	} {
		if id.value == "" && (id.name == "skoid" || id.name == "sktid") {
			return mandatory(id.name)
		}
		if id.value != "" && !guid.MatchString(id.value) {
			return malformed(id.name)
		}
	}
	if d.AuthorizedID != "" && d.UnauthorizedID != "" {
		return unauthenticated("saoid and suoid exclude each other")
	}
	return nil
}

// unsigned refuses restrictions that the version's layout does not sign: anybody could have taken them away.
func (s *Signed) unsigned(d Delegation) error {
	for _, field := range []struct {
		name, since string
		set         bool
	}{
		{"saoid", withDirectory, d.AuthorizedID != ""},
		{"suoid", withDirectory, d.UnauthorizedID != ""},
		{"scid", withDirectory, d.CorrelationID != ""},
		{"skdutid", withDelegatedUser, d.UserTenantID != ""},
		{"sduoid", withDelegatedUser, d.UserObjectID != ""},
		{"srh", withRequestParts, len(d.Headers) > 0},
		{"srq", withRequestParts, len(d.Query) > 0},
	} {
		if field.set && s.Version < field.since {
			return malformed(field.name)
		}
	}
	return nil
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
