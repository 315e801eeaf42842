package blob

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Bounds of stored access policies.
const (
	maxPolicies = 5
	maxPolicyID = 64
)

// SetContainerACL replaces a container's public access and its stored access policies.
func (s *Service) SetContainerACL(ctx context.Context, a Access, t Target, public PublicAccess, policies []AccessPolicy, c Conditions) (*Container, error) {
	return s.changeContainer(ctx, a, OpSetContainerACL, t, c, func(account *Account, found *Container, now Ticks) error {
		if err := checkPublic(account, public); err != nil {
			return err
		}
		if err := checkPolicies(policies); err != nil {
			return err
		}
		found.Public, found.Policies = public, policies
		found.touch(now)
		return nil
	})
}

func checkPolicies(policies []AccessPolicy) error {
	if len(policies) > maxPolicies {
		return refuse(fault.Invalid, "InvalidXmlDocument")
	}
	seen := map[string]bool{}
	for _, p := range policies {
		if p.ID == "" || utf8.RuneCountInString(p.ID) > maxPolicyID || seen[p.ID] {
			return refuse(fault.Invalid, "InvalidXmlDocument")
		}
		seen[p.ID] = true
		for _, moment := range []string{p.Start, p.Expiry} {
			if moment != "" && !validPolicyTime(moment) {
				return refuse(fault.Invalid, "InvalidXmlNodeValue")
			}
		}
		for _, letter := range p.Permission {
			if !validPermission(letter) {
				return refuse(fault.Invalid, "InvalidXmlNodeValue")
			}
		}
	}
	return nil
}

// validPolicyTime knows the ISO 8601 forms that the REST reference allows.
func validPolicyTime(text string) bool {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z", "2006-01-02"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

func validPermission(letter rune) bool {
	for _, known := range "racwdxyltmeopif" {
		if letter == known {
			return true
		}
	}
	return false
}
