package directory

import (
	"context"
	"crypto/sha1" // customKeyIdentifier is a SHA-1 thumbprint; nothing is trusted for it
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"slices"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// PasswordCredential is a client secret. Only its SHA-256 is kept: it was drawn at random, nobody chose it.
type PasswordCredential struct {
	KeyID       string    `json:"keyId"` // GUID
	DisplayName string    `json:"displayName,omitempty"`
	Hint        string    `json:"hint"` // the first three characters
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	Hash        []byte    `json:"hash"`
	SecretText  string    `json:"-"` // in the answer of AddPassword only
}

// KeyCredential is a client certificate.
type KeyCredential struct {
	KeyID               string    `json:"keyId"` // GUID
	DisplayName         string    `json:"displayName,omitempty"`
	Type                string    `json:"type"`  // AsymmetricX509Cert
	Usage               string    `json:"usage"` // Verify
	Start               time.Time `json:"start"`
	End                 time.Time `json:"end"`
	CustomKeyIdentifier []byte    `json:"customKeyIdentifier"`
	Key                 []byte    `json:"key"` // certificate, DER
}

// Certificate parses the key.
func (k KeyCredential) Certificate() (*x509.Certificate, error) { return x509.ParseCertificate(k.Key) }

// Reasons why a client's secret does not hold.
const (
	InvalidSecret = "InvalidSecret"
	ExpiredSecret = "ExpiredSecret"
)

// Limits of an application's or service principal's credentials.
const (
	maxCredentials = 100
	secretLife     = 2 * 365 * 24 * time.Hour // where no end is asked for
)

// AddPassword draws a secret for an application or a service principal. A zero end is two years from now. The result
// is the only time that the secret is shown.
func (s *Service) AddPassword(tx store.Tx, objectID, displayName string, end time.Time) (PasswordCredential, error) {
	return s.addPassword(tx, objectID, PasswordCredential{DisplayName: displayName, End: end})
}

func (s *Service) addPassword(tx store.Tx, objectID string, p PasswordCredential) (PasswordCredential, error) {
	const op = "directory.AddPassword"
	made, err := s.newSecret(p)
	if err != nil {
		return PasswordCredential{}, fault.Wrap(op, err)
	}
	stored := made
	stored.SecretText = ""
	err = s.changeCredentials(tx, objectID, func(passwords *[]PasswordCredential, _ *[]KeyCredential) error {
		if len(*passwords) >= maxCredentials {
			return invalid("passwordCredentials", "The directory object quota limit for the Principal has been exceeded.")
		}
		*passwords = append(*passwords, stored)
		return nil
	})
	return made, fault.Wrap(op, err)
}

// newSecret draws a secret and fills what p leaves open. The text has the form of Entra's own.
func (s *Service) newSecret(p PasswordCredential) (PasswordCredential, error) {
	hint, err := s.drawText(3)
	if err != nil {
		return p, err
	}
	rest, err := s.drawText(34)
	if err != nil {
		return p, err
	}
	if p.KeyID, err = s.newID(); err != nil {
		return p, err
	}
	now := s.clock.Now().Truncate(time.Second)
	if p.Start.IsZero() {
		p.Start = now
	}
	if p.End.IsZero() {
		p.End = p.Start.Add(secretLife)
	}
	if !p.End.After(p.Start) {
		return p, invalid("endDateTime", "The start date must be earlier than the end date of the credential.")
	}
	p.SecretText, p.Hint = hint+"8Q~"+rest, hint
	sum := sha256.Sum256([]byte(p.SecretText))
	p.Hash = sum[:]
	return p, nil
}

// AddKey adds a certificate to an application or a service principal. KeyID, Start, End, Type, Usage and
// CustomKeyIdentifier are filled in where they are empty.
func (s *Service) AddKey(tx store.Tx, objectID string, k KeyCredential) (KeyCredential, error) {
	const op = "directory.AddKey"
	filled, err := s.fillKey(k)
	if err != nil {
		return KeyCredential{}, err
	}
	err = s.changeCredentials(tx, objectID, func(_ *[]PasswordCredential, keys *[]KeyCredential) error {
		if len(*keys) >= maxCredentials {
			return invalid("keyCredentials", "The directory object quota limit for the Principal has been exceeded.")
		}
		*keys = append(*keys, filled)
		return nil
	})
	return filled, fault.Wrap(op, err)
}

func (s *Service) fillKey(k KeyCredential) (KeyCredential, error) {
	cert, err := k.Certificate()
	if err != nil {
		return k, invalid("keyCredentials", "Key credential is not a valid certificate: the value of 'key' must be a DER encoded X.509 certificate.")
	}
	if k.KeyID == "" {
		if k.KeyID, err = s.newID(); err != nil {
			return k, err
		}
	}
	if k.Start.IsZero() {
		k.Start = cert.NotBefore
	}
	if k.End.IsZero() {
		k.End = cert.NotAfter
	}
	if k.Type == "" {
		k.Type = "AsymmetricX509Cert"
	}
	if k.Usage == "" {
		k.Usage = "Verify"
	}
	if len(k.CustomKeyIdentifier) == 0 {
		sum := sha1.Sum(cert.Raw)
		k.CustomKeyIdentifier = sum[:]
	}
	return k, checkKeys([]KeyCredential{k})
}

// checkKeys holds the rules of key credentials.
func checkKeys(keys []KeyCredential) error {
	for _, k := range keys {
		cert, err := k.Certificate()
		switch {
		case err != nil:
			return invalid("keyCredentials", "Key credential is not a valid certificate: the value of 'key' must be a DER encoded X.509 certificate.")
		case k.Type != "AsymmetricX509Cert" || k.Usage != "Verify":
			return invalid("keyCredentials", "Invalid value specified for property 'type' or 'usage' of resource 'KeyCredential'.")
		case k.End.After(cert.NotAfter) || !k.End.After(k.Start):
			return invalid("keyCredentials", "Key credential end date is invalid.")
		case k.Start.Before(cert.NotBefore):
			return invalid("keyCredentials", "Key credential start date is invalid.")
		}
	}
	return nil
}

// changeCredentials has change edit the credentials of an application or a service principal.
func (s *Service) changeCredentials(
	tx store.Tx, objectID string, change func(*[]PasswordCredential, *[]KeyCredential) error,
) error {
	objectID = canonical(objectID)
	if app, ok, err := get[Application](tx, kindApplication, objectID); err != nil {
		return err
	} else if ok {
		next := *app
		next.Passwords, next.Keys = slices.Clone(app.Passwords), slices.Clone(app.Keys)
		if err := change(&next.Passwords, &next.Keys); err != nil {
			return err
		}
		return s.replace(tx, app, &next)
	}
	p, ok, err := get[ServicePrincipal](tx, kindServicePrincipal, objectID)
	if err != nil || !ok {
		return orNotFound(err, objectID)
	}
	if p.Type == ServicePrincipalIdentity {
		return denied("directory.changeCredentials")
	}
	next := *p
	next.Passwords, next.Keys = slices.Clone(p.Passwords), slices.Clone(p.Keys)
	if err := change(&next.Passwords, &next.Keys); err != nil {
		return err
	}
	return s.replace(tx, p, &next)
}

// VerifySecret says which of a client's secrets was shown. The refusals are faults Unauthenticated with the reasons
// InvalidSecret and ExpiredSecret.
func (s *Service) VerifySecret(ctx context.Context, appID, secret string) (PasswordCredential, error) {
	const op = "directory.VerifySecret"
	sum := sha256.Sum256([]byte(secret))
	passwords, _, err := s.credentials(ctx, appID)
	if err != nil {
		return PasswordCredential{}, fault.Wrap(op, err)
	}
	now := s.clock.Now()
	var expired bool
	for _, p := range passwords {
		if subtle.ConstantTimeCompare(sum[:], p.Hash) != 1 || now.Before(p.Start) {
			continue
		}
		if now.Before(p.End) {
			return p, nil
		}
		expired = true
	}
	if expired {
		return PasswordCredential{}, fault.New(fault.Unauthenticated, op, ExpiredSecret, "The provided client secret keys are expired.")
	}
	return PasswordCredential{}, fault.New(fault.Unauthenticated, op, InvalidSecret, "Invalid client secret provided.")
}

// KeyCredentials lists a client's certificates: the application's and the service principal's, expired ones too.
func (s *Service) KeyCredentials(ctx context.Context, appID string) ([]KeyCredential, error) {
	_, keys, err := s.credentials(ctx, appID)
	return keys, fault.Wrap("directory.KeyCredentials", err)
}

func (s *Service) credentials(ctx context.Context, appID string) ([]PasswordCredential, []KeyCredential, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, nil, err
	}
	appID = canonical(appID)
	st.mu.RLock()
	defer st.mu.RUnlock()
	var passwords []PasswordCredential
	var keys []KeyCredential
	if a, ok := st.applications[st.names[uniqueName{spaceApplication, appID}]]; ok {
		passwords, keys = append(passwords, a.Passwords...), append(keys, a.Keys...)
	}
	if p, ok := st.servicePrincipals[st.names[uniqueName{spacePrincipal, appID}]]; ok {
		passwords, keys = append(passwords, p.Passwords...), append(keys, p.Keys...)
	}
	return passwords, keys, nil
}
