package blob

import (
	"errors"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

const (
	maxPolicies = 5
	maxPolicyID = 64
	maxACL      = 64 << 10
)

// readPolicies reads the stored access policies of Set Container ACL. No body at all removes them.
func readPolicies(x *exchange) ([]blob.AccessPolicy, error) {
	body, err := httpx.ReadBody(x.r, maxACL)
	if err != nil {
		return nil, bodyFault(err)
	}
	if len(body) == 0 {
		return nil, nil
	}
	root, err := parseXML(body, "SignedIdentifiers")
	if err != nil {
		return nil, err
	}
	return parsePolicies(root)
}

func parsePolicies(root *element) ([]blob.AccessPolicy, error) {
	if len(root.children) > maxPolicies {
		return nil, badXML(errors.New("more than five policies"))
	}
	var policies []blob.AccessPolicy
	seen := make(map[string]bool)
	for _, e := range root.children {
		if e.name != "SignedIdentifier" {
			return nil, badXML(errors.New("an element " + short(e.name)))
		}
		rule := e.child("AccessPolicy")
		p := blob.AccessPolicy{
			ID: e.value("Id"), Start: rule.value("Start"), Expiry: rule.value("Expiry"), Permission: rule.value("Permission"),
		}
		if p.ID == "" || utf8.RuneCountInString(p.ID) > maxPolicyID || seen[p.ID] {
			return nil, badXML(errors.New("an Id that is missing, too long or twice there"))
		}
		seen[p.ID] = true
		for name, text := range map[string]string{"Start": p.Start, "Expiry": p.Expiry} {
			if _, ok := sas.ParseInstant(text); text != "" && !ok {
				return nil, badXML(errors.New("a policy's " + name + " that is no time"))
			}
		}
		if !sas.Ordered(p.Permission) {
			return nil, badXML(errors.New("permissions that are unknown or out of order"))
		}
		policies = append(policies, p)
	}
	return policies, nil
}
