package sas

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The orders in which permission letters are written. Azure refuses a service SAS whose letters are in another order.
const (
	servicePermissions = "racwdxyltfmeopi"
	accountPermissions = "rwdxylacuptfi"
)

const maxFieldLength = 4096 // longer than any value that a client of Azure makes

// Parse reads the signature of a request. The query's values are decoded. A refusal is Unauthenticated with the reason
// AuthenticationFailed and a *Refusal as its cause.
func Parse(q url.Values) (Signed, error) {
	if err := single(q); err != nil {
		return Signed{}, err
	}
	s := Signed{
		Version: q.Get("sv"), Services: q.Get("ss"), ResourceTypes: q.Get("srt"), Resource: q.Get("sr"),
		Permissions: q.Get("sp"), Protocol: q.Get("spr"), Identifier: q.Get("si"), Scope: q.Get("ses"),
		Overrides: Overrides{
			CacheControl: q.Get("rscc"), ContentDisposition: q.Get("rscd"), ContentEncoding: q.Get("rsce"),
			ContentLanguage: q.Get("rscl"), ContentType: q.Get("rsct"),
		},
	}
	switch {
	case q.Has("skoid"):
		s.Kind = UserDelegation
	case q.Has("ss") || q.Has("srt"):
		s.Kind = Account
	}
	if err := s.parseVersion(); err != nil {
		return Signed{}, err
	}
	if err := s.parseCommon(q); err != nil {
		return Signed{}, err
	}
	switch s.Kind {
	case Account:
		return s, s.checkAccount()
	case UserDelegation:
		if err := s.parseDelegation(q); err != nil {
			return Signed{}, err
		}
	}
	return s, s.checkResource(q.Get("sdd"))
}

// single refuses a parameter that is given twice, since which of them was signed cannot be told, and monstrous values.
func single(q url.Values) error {
	for name, values := range q {
		if !strings.Contains(parameters, " "+name+" ") {
			continue
		}
		if len(values) > 1 {
			return malformed(name)
		}
		if len(values[0]) > maxFieldLength || strings.Contains(values[0], "\n") {
			return malformed(name)
		}
	}
	return nil
}

func (s *Signed) parseVersion() error {
	if s.Version == "" {
		return mandatory("sv")
	}
	if _, err := time.Parse(time.DateOnly, s.Version); err != nil || s.Version < oldest {
		return malformed("sv")
	}
	if s.Kind == UserDelegation && s.Version < withResource {
		return malformed("sv")
	}
	if s.Kind == Account && s.Version < withIPAndProtocol {
		return malformed("sv")
	}
	return nil
}

func (s *Signed) parseCommon(q url.Values) (err error) {
	if s.Signature, err = base64.StdEncoding.DecodeString(q.Get("sig")); err != nil || len(s.Signature) == 0 {
		return unauthenticated("Signature did not match. The signature is not valid base 64.")
	}
	if s.Start, err = parseInstant("st", q.Get("st")); err != nil {
		return err
	}
	if s.Expiry, err = parseInstant("se", q.Get("se")); err != nil {
		return err
	}
	if s.IP, err = parseIPRange(q.Get("sip")); err != nil {
		return err
	}
	if s.Protocol != "" && s.Protocol != "https" && s.Protocol != "https,http" {
		return malformed("spr")
	}
	s.forgetUnsigned()
	if s.Identifier == "" || s.Kind != Service {
		return s.checkComplete()
	}
	return nil
}

// forgetUnsigned clears what the version's layout does not sign: anybody could have added it.
func (s *Signed) forgetUnsigned() {
	if s.Version < withOverrides || s.Kind == Account {
		s.Overrides = Overrides{}
	}
	if s.Version < withIPAndProtocol {
		s.IP, s.Protocol = IPRange{}, ""
	}
	if s.Version < withEncryptionScope {
		s.Scope = ""
	}
	if s.Kind == Account {
		s.Resource, s.Identifier = "", ""
	}
}

// checkComplete asks for what a signature must say, by itself or by its policy.
func (s *Signed) checkComplete() error {
	if s.Expiry.Text == "" {
		return mandatory("se")
	}
	if s.Permissions == "" {
		return mandatory("sp")
	}
	if !s.Start.Time.IsZero() && !s.Expiry.Time.After(s.Start.Time) {
		return unauthenticated("Signed expiry time [" + httpTime(s.Expiry.Time) + "] must be after signed start time [" +
			httpTime(s.Start.Time) + "]")
	}
	if s.Kind != Account && !Ordered(s.Permissions) {
		return malformed("sp")
	}
	return nil
}

func (s *Signed) checkAccount() error {
	for _, field := range []struct{ name, value, letters string }{
		{"ss", s.Services, "bqtf"}, {"srt", s.ResourceTypes, "sco"}, {"sp", s.Permissions, accountPermissions},
	} {
		if field.value == "" {
			return mandatory(field.name)
		}
		if !among(field.value, field.letters) {
			return malformed(field.name)
		}
	}
	return nil
}

func (s *Signed) checkResource(depth string) error {
	first := map[string]string{
		"b": oldest, "c": oldest, "bs": withResource, "bv": withVersionResources, "d": withDirectory,
	}
	if s.Resource == "" {
		return mandatory("sr")
	}
	if since, ok := first[s.Resource]; !ok || s.Version < since {
		return malformed("sr")
	}
	if s.Permissions != "" && !Ordered(s.Permissions) {
		return malformed("sp")
	}
	if s.Resource != "d" {
		return nil
	}
	var err error
	if s.Depth, err = strconv.Atoi(depth); err != nil || s.Depth < 0 {
		return malformed("sdd")
	}
	return nil
}

// Ordered reports whether the permission letters of a service or user delegation SAS are known, and in Azure's order
// without repetition.
func Ordered(permissions string) bool { return inOrder(permissions, servicePermissions) }

func inOrder(permissions, letters string) bool {
	last := -1
	for _, letter := range permissions {
		i := strings.IndexRune(letters, letter)
		if i <= last {
			return false
		}
		last = i
	}
	return true
}

func among(value, letters string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return !strings.ContainsRune(letters, r) })
}

// instants are the forms of ISO 8601 that Azure reads. Go's parser takes fractions of a second where none is written.
func instants() []string {
	return []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", time.DateOnly}
}

// ParseInstant reads a time of a signature or of a stored access policy.
func ParseInstant(text string) (Instant, bool) {
	for _, layout := range instants() {
		if t, err := time.Parse(layout, text); err == nil {
			return Instant{Text: text, Time: t.UTC()}, true
		}
	}
	return Instant{}, false
}

func parseInstant(name, text string) (Instant, error) {
	if text == "" {
		return Instant{}, nil
	}
	i, ok := ParseInstant(text)
	if !ok {
		return Instant{}, malformed(name)
	}
	return i, nil
}

func parseIPRange(text string) (IPRange, error) {
	if text == "" {
		return IPRange{}, nil
	}
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	from, err := netip.ParseAddr(first)
	if err != nil {
		return IPRange{}, malformed("sip")
	}
	to, err := netip.ParseAddr(last)
	if err != nil || from.Is4() != to.Is4() || to.Less(from) {
		return IPRange{}, malformed("sip")
	}
	return IPRange{Text: text, From: from.WithZone(""), To: to.WithZone("")}, nil
}

// httpTime is how Azure's details write times: Sat, 23 Sep 2017 00:00:00 GMT.
func httpTime(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }
