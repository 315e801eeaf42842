package sas

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"strings"
	"time"
)

// Verify checks the signature against the account's keys, in constant time for each. It says nothing about time,
// protocol or address.
func (s Signed) Verify(keys [][]byte, t Target) error {
	text, err := s.StringToSign(t)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if len(key) > 0 && hmac.Equal(mac(key, text), s.Signature) {
			return nil
		}
	}
	return unauthenticated("Signature did not match. String to sign used was " + text)
}

// VerifyDelegated checks the signature of a user delegation SAS against the key that its fields name: Secret.Key.
func (s Signed) VerifyDelegated(key []byte, t Target) error { return s.Verify([][]byte{key}, t) }

// CheckTime refuses what has not begun or is over, the delegation key's own time included. A signature without a start
// has begun.
func (s Signed) CheckTime(now time.Time) error {
	if now.Before(s.Start.Time) || !now.Before(s.Expiry.Time) {
		start := ""
		if !s.Start.Time.IsZero() {
			start = httpTime(s.Start.Time)
		}
		return unauthenticated("Signature not valid in the specified time frame: Start [" + start + "] - Expiry [" +
			httpTime(s.Expiry.Time) + "] - Current [" + httpTime(now) + "]")
	}
	if s.Kind != UserDelegation {
		return nil
	}
	d := s.Delegation
	if now.Before(d.Start.Time) || !now.Before(d.Expiry.Time) {
		return unauthenticated("Signature not valid in the specified key time frame: Key start [" + httpTime(d.Start.Time) +
			"] - Key expiry [" + httpTime(d.Expiry.Time) + "] - Current [" + httpTime(now) + "]")
	}
	return nil
}

// CheckProtocol refuses plain HTTP where the signature is for HTTPS.
func (s Signed) CheckProtocol(https bool) error {
	if s.Protocol == "https" && !https {
		return denied(ProtocolMismatch, " using this protocol")
	}
	return nil
}

// CheckIP refuses a client that calls from elsewhere.
func (s Signed) CheckIP(client netip.Addr) error {
	client = client.Unmap().WithZone("")
	if s.IP.Text == "" || client.IsValid() && !client.Less(s.IP.From) && !s.IP.To.Less(client) &&
		client.Is4() == s.IP.From.Is4() {
		return nil
	}
	return denied(SourceIPMismatch, " using this source IP "+client.String())
}

// CheckPermission refuses an operation for which the signature has none of the letters, any of which would do.
func (s Signed) CheckPermission(anyOf string) error {
	if !strings.ContainsAny(s.Permissions, anyOf) {
		return denied(PermissionMismatch, " using this permission")
	}
	return nil
}

// CheckService refuses an account SAS that is not for the service: b, q, t or f.
func (s Signed) CheckService(letter string) error {
	if s.Kind == Account && !strings.Contains(s.Services, letter) {
		return denied(ServiceMismatch, " using this service")
	}
	return nil
}

// CheckResourceType refuses an account SAS that is not for the resource type: s, c or o.
func (s Signed) CheckResourceType(letter string) error {
	if s.Kind == Account && !strings.Contains(s.ResourceTypes, letter) {
		return denied(ResourceTypeMismatch, " using this resource type")
	}
	return nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text)) // a hash's Write never fails
	return h.Sum(nil)
}

// Sign computes the signature over the target, as sig shows it before escaping.
func (s Signed) Sign(key []byte, t Target) (string, error) {
	text, err := s.StringToSign(t)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(mac(key, text)), nil
}
