// Package certificate is X.509 as Key Vault's certificates use it: policies with their defaults and rules, subjects, what
// is signed by them, and the formats that certificates come in and go out by (PKCS #12, PEM). It must never know a vault,
// a caller or a store, nor keep a private key.
package certificate

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// Policy says how a certificate is made and renewed, in the shape that it travels and is stored in.
// Source: learn.microsoft.com/rest/api/keyvault/certificates/create-certificate, CertificatePolicy.
type Policy struct {
	ID         string            `json:"id,omitempty"`
	Key        *KeyProperties    `json:"key_props,omitempty"`
	Secret     *SecretProperties `json:"secret_props,omitempty"`
	X509       *X509Properties   `json:"x509_props,omitempty"`
	Actions    []LifetimeAction  `json:"lifetime_actions,omitempty"`
	Issuer     *Issuer           `json:"issuer,omitempty"`
	Attributes *PolicyAttributes `json:"attributes,omitempty"`
}

// KeyProperties say what key a certificate has.
type KeyProperties struct {
	Exportable *bool    `json:"exportable,omitempty"`
	Kty        jwk.Type `json:"kty,omitempty"`
	Size       int      `json:"key_size,omitempty"`
	Reuse      *bool    `json:"reuse_key,omitempty"`
	Curve      string   `json:"crv,omitempty"`
}

// SecretProperties say in which format the secret has the certificate.
type SecretProperties struct {
	ContentType string `json:"contentType,omitempty"`
}

// The formats of a certificate's secret.
const (
	PKCS12 = "application/x-pkcs12"
	PEM    = "application/x-pem-file"
)

// X509Properties say what is in a certificate.
type X509Properties struct {
	Subject          string            `json:"subject,omitempty"`
	SANs             *AlternativeNames `json:"sans,omitempty"`
	EKUs             []string          `json:"ekus,omitempty"`
	KeyUsage         []string          `json:"key_usage,omitempty"`
	ValidityMonths   int               `json:"validity_months,omitempty"`
	BasicConstraints *BasicConstraints `json:"basic_constraints,omitempty"`
}

// AlternativeNames are the subject's other names.
type AlternativeNames struct {
	Emails []string `json:"emails,omitempty"`
	DNS    []string `json:"dns_names,omitempty"`
	UPNs   []string `json:"upns,omitempty"`
	URIs   []string `json:"uris,omitempty"`
	IPs    []string `json:"ipAddresses,omitempty"`
}

// BasicConstraints say whether a certificate is an authority's; Key Vault makes none that is.
type BasicConstraints struct {
	CA bool `json:"ca"`
}

// LifetimeAction is what happens when, in the life of a certificate.
type LifetimeAction struct {
	Trigger Trigger `json:"trigger"`
	Action  Action  `json:"action"`
}

// Trigger is one of two times.
type Trigger struct {
	LifetimePercentage int `json:"lifetime_percentage,omitempty"`
	DaysBeforeExpiry   int `json:"days_before_expiry,omitempty"`
}

// Action is what is done: AutoRenew or EmailContacts.
type Action struct {
	Type string `json:"action_type,omitempty"`
}

// The types of lifetime actions.
const (
	AutoRenew     = "AutoRenew"
	EmailContacts = "EmailContacts"
)

// Issuer names who issues a certificate: Self, Unknown, or an issuer of the vault.
type Issuer struct {
	Name            string `json:"name,omitempty"`
	CertificateType string `json:"cty,omitempty"`
	Transparency    *bool  `json:"cert_transparency,omitempty"`
}

// The issuers that every vault has.
const (
	Self    = "Self"
	Unknown = "Unknown"
)

// PolicyAttributes are when a policy was made and changed, in Unix seconds.
type PolicyAttributes struct {
	Enabled *bool `json:"enabled,omitempty"`
	Created int64 `json:"created,omitempty"`
	Updated int64 `json:"updated,omitempty"`
}

// Complete checks a policy and fills in Key Vault's defaults. It is a copy that shares nothing that it changes. Faults
// are Invalid.
func (p Policy) Complete() (Policy, error) {
	p.ID = ""
	if err := p.completeKey(); err != nil {
		return p, err
	}
	if p.Secret == nil || p.Secret.ContentType == "" {
		p.Secret = &SecretProperties{PKCS12}
	}
	if p.Secret.ContentType != PKCS12 && p.Secret.ContentType != PEM {
		return p, invalid("policy.secret_props.contentType")
	}
	if err := p.completeX509(); err != nil {
		return p, err
	}
	if p.Issuer == nil || p.Issuer.Name == "" {
		return p, required("policy.issuer.name")
	}
	issuer := *p.Issuer
	for _, known := range []string{Self, Unknown} {
		if strings.EqualFold(issuer.Name, known) {
			issuer.Name = known
		}
	}
	p.Issuer = &issuer
	return p, p.completeActions()
}

func (p *Policy) completeKey() error {
	key := KeyProperties{}
	if p.Key != nil {
		key = *p.Key
	}
	if key.Kty == "" {
		key.Kty = jwk.RSA
	}
	if key.Kty.Software() == jwk.Oct {
		return invalid("policy.key_props")
	}
	parameters, err := key.Parameters().Complete()
	if err != nil {
		return err
	}
	key.Size, key.Curve = parameters.Size, parameters.Curve
	if key.Exportable == nil {
		key.Exportable = pointer(!key.Kty.HSM())
	}
	if key.Kty.HSM() && *key.Exportable {
		return fault.New(fault.Invalid, "certificate.Complete", "", "Private key of type '"+string(key.Kty)+"' must not be exportable.\r\n")
	}
	if key.Reuse == nil {
		key.Reuse = pointer(false)
	}
	p.Key = &key
	return nil
}

// Parameters are what to make a key of.
func (k *KeyProperties) Parameters() jwk.Parameters {
	return jwk.Parameters{Type: k.Kty, Size: k.Size, Curve: k.Curve}
}

func (p *Policy) completeX509() error {
	if p.X509 == nil {
		return required("policy.x509_props")
	}
	x := *p.X509
	if x.SANs == nil {
		x.SANs = &AlternativeNames{}
	}
	if x.Subject == "" && x.SANs.empty() {
		return required("policy.x509_props.subject")
	}
	if _, err := ParseSubject(x.Subject); err != nil {
		return err
	}
	if err := x.SANs.check(); err != nil {
		return err
	}
	if x.EKUs == nil {
		x.EKUs = []string{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"} // serverAuth, clientAuth
	}
	if _, _, err := extendedUsages(x.EKUs); err != nil {
		return err
	}
	if x.KeyUsage == nil {
		x.KeyUsage = []string{"digitalSignature", "keyEncipherment"}
		if p.Key.Kty.Software() == jwk.EC {
			x.KeyUsage = []string{"digitalSignature"}
		}
	}
	if _, err := keyUsages(x.KeyUsage); err != nil {
		return err
	}
	if x.ValidityMonths == 0 {
		x.ValidityMonths = 12
	}
	if x.ValidityMonths < 0 || x.ValidityMonths > 1200 {
		return invalid("policy.x509_props.validity_months")
	}
	if x.BasicConstraints != nil && x.BasicConstraints.CA {
		return invalid("policy.x509_props.basic_constraints")
	}
	x.BasicConstraints = &BasicConstraints{}
	p.X509 = &x
	return nil
}

func (a *AlternativeNames) empty() bool {
	return len(a.Emails)+len(a.DNS)+len(a.UPNs)+len(a.URIs)+len(a.IPs) == 0
}

// check refuses names that cannot be in a certificate: they are IA5 strings, UPNs apart.
func (a *AlternativeNames) check() error {
	for property, names := range map[string][]string{"emails": a.Emails, "dns_names": a.DNS, "uris": a.URIs, "upns": a.UPNs} {
		for _, name := range names {
			ascii := property == "upns" || strings.IndexFunc(name, func(r rune) bool { return r > 0x7e || r < 0x20 }) < 0
			if name == "" || len(name) > 255 || !ascii {
				return invalid("policy.x509_props.sans." + property)
			}
		}
	}
	for _, ip := range a.IPs {
		if net.ParseIP(ip) == nil {
			return invalid("policy.x509_props.sans.ipAddresses")
		}
	}
	for _, text := range a.URIs {
		if u, err := url.Parse(text); err != nil || u.Scheme == "" {
			return invalid("policy.x509_props.sans.uris")
		}
	}
	return nil
}

func (p *Policy) completeActions() error {
	if p.Actions == nil {
		action := AutoRenew
		if p.Issuer.Name == Unknown {
			action = EmailContacts
		}
		p.Actions = []LifetimeAction{{Trigger{LifetimePercentage: 80}, Action{action}}}
	}
	p.Actions = slices.Clone(p.Actions)
	for i := range p.Actions {
		a := &p.Actions[i]
		switch {
		case strings.EqualFold(a.Action.Type, AutoRenew):
			a.Action.Type = AutoRenew
		case strings.EqualFold(a.Action.Type, EmailContacts):
			a.Action.Type = EmailContacts
		default:
			return invalid("policy.lifetime_actions.action.action_type")
		}
		percent, days := a.Trigger.LifetimePercentage, a.Trigger.DaysBeforeExpiry
		if (percent == 0) == (days == 0) || percent < 0 || percent > 99 || days < 0 || days > p.X509.ValidityMonths*27 {
			return invalid("policy.lifetime_actions.trigger")
		}
	}
	return nil
}

func pointer(b bool) *bool { return &b }

func invalid(property string) *fault.Error {
	return fault.New(fault.Invalid, "certificate", "", "Property "+property+" has invalid value\r\n")
}

func required(property string) *fault.Error {
	return fault.New(fault.Invalid, "certificate", "", "Property "+property+" is required.\r\n")
}
