package vault

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Issuer is an account with a certification authority. Its password goes in and never out.
type Issuer struct {
	Name       string          `json:"name"`
	Provider   string          `json:"provider"` // DigiCert, GlobalSign, …
	AccountID  string          `json:"accountId,omitempty"`
	Password   string          `json:"password,omitempty"`
	OrgDetails json.RawMessage `json:"orgDetails,omitempty"` // OrganizationDetails of the REST reference, as it came
	Enabled    bool            `json:"enabled"`
	Created    int64           `json:"created"` // Unix seconds
	Updated    int64           `json:"updated"`
}

// IssuerPatch changes what is not nil.
type IssuerPatch struct {
	Provider, AccountID, Password *string
	OrgDetails                    json.RawMessage
	Enabled                       *bool
}

// apply changes an issuer.
func (p *IssuerPatch) apply(i *Issuer) {
	if p.Provider != nil {
		i.Provider = *p.Provider
	}
	if p.AccountID != nil {
		i.AccountID = *p.AccountID
	}
	if p.Password != nil {
		i.Password = *p.Password
	}
	if p.OrgDetails != nil {
		i.OrgDetails = p.OrgDetails
	}
	if p.Enabled != nil {
		i.Enabled = *p.Enabled
	}
}

func (c *contents) issuerKey(name string) []byte {
	return store.Key("vault", "own", c.ID, "issuers", strings.ToLower(name))
}

func (c *contents) issuerPlace(name string) string {
	return c.ID + "/issuers/" + strings.ToLower(name)
}

func issuerNotFound() error {
	return fault.New(fault.NotFound, "vault.issuer", "CertificateIssuerNotFound", "Issuer not found")
}

func (c *contents) issuer(name string) (*Issuer, error) {
	item, err := c.r.Get(c.issuerKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, issuerNotFound()
	}
	if err != nil {
		return nil, err
	}
	return c.openIssuer(name, item.Value)
}

func (c *contents) openIssuer(name string, sealed []byte) (*Issuer, error) {
	text, err := unseal(c.aead, sealed, c.issuerPlace(name))
	if err != nil {
		return nil, fault.Wrap("vault.issuer", err)
	}
	i := new(Issuer)
	return i, fault.Wrap("vault.issuer", json.Unmarshal(text, i))
}

func (c *contents) putIssuer(i *Issuer) error {
	if i.Provider == "" {
		return bad("Property provider is required.\r\n")
	}
	text, err := json.Marshal(i)
	if err != nil {
		return fault.Wrap("vault.putIssuer", err)
	}
	sealed, err := c.service.seal(c.aead, text, c.issuerPlace(i.Name))
	if err != nil {
		return err
	}
	return c.tx.Put(c.issuerKey(i.Name), sealed)
}

// SetCertificateIssuer makes or replaces an issuer.
func (s *Service) SetCertificateIssuer(ctx context.Context, a Access, name string, p IssuerPatch) (*Issuer, error) {
	out := new(Issuer)
	err := s.issuerChange(ctx, a, SetCertificateIssuer, name, func(c *contents) error {
		*out = Issuer{Name: name, Enabled: true, Created: c.now.Unix(), Updated: c.now.Unix()}
		p.apply(out)
		return c.putIssuer(out)
	})
	return out.public(), err
}

// UpdateCertificateIssuer changes an issuer.
func (s *Service) UpdateCertificateIssuer(ctx context.Context, a Access, name string, p IssuerPatch) (*Issuer, error) {
	var out *Issuer
	err := s.issuerChange(ctx, a, UpdateCertificateIssuer, name, func(c *contents) (err error) {
		if out, err = c.issuer(name); err != nil {
			return err
		}
		p.apply(out)
		out.Updated = c.now.Unix()
		return c.putIssuer(out)
	})
	return out.public(), err
}

// DeleteCertificateIssuer removes an issuer.
func (s *Service) DeleteCertificateIssuer(ctx context.Context, a Access, name string) (*Issuer, error) {
	var out *Issuer
	err := s.issuerChange(ctx, a, DeleteCertificateIssuer, name, func(c *contents) (err error) {
		if out, err = c.issuer(name); err != nil {
			return err
		}
		return c.tx.Delete(c.issuerKey(name))
	})
	return out.public(), err
}

// issuerChange checks an issuer's name and opens the door at the vault: issuers are no objects of their own.
func (s *Service) issuerChange(ctx context.Context, a Access, op Operation, name string, fn func(*contents) error) error {
	if err := checkName(name); err != nil {
		return err
	}
	return s.change(ctx, a, op, "", fn)
}

// GetCertificateIssuer reads an issuer.
func (s *Service) GetCertificateIssuer(ctx context.Context, a Access, name string) (*Issuer, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	var out *Issuer
	err := s.read(ctx, a, GetCertificateIssuer, "", func(c *contents) (err error) {
		out, err = c.issuer(name)
		return err
	})
	return out.public(), err
}

// ListCertificateIssuers lists the issuers of a vault.
func (s *Service) ListCertificateIssuers(ctx context.Context, a Access, p Page) (rows []*Issuer, next string, err error) {
	err = s.read(ctx, a, GetCertificateIssuers, "", func(c *contents) error {
		prefix := store.Prefix("vault", "own", c.ID, "issuers")
		for item, err := range c.r.Scan(append(append([]byte(nil), prefix...), from(strings.ToLower(p.After))...), store.End(prefix)) {
			if err != nil {
				return err
			}
			if len(rows) == p.size() {
				next = rows[len(rows)-1].Name
				return nil
			}
			names := store.Parts(item.Key)
			i, err := c.openIssuer(names[len(names)-1], item.Value)
			if err != nil {
				return err
			}
			rows = append(rows, i.public())
		}
		return nil
	})
	return rows, next, err
}

// public is an issuer without its password.
func (i *Issuer) public() *Issuer {
	if i == nil {
		return nil
	}
	shown := *i
	shown.Password = ""
	return &shown
}

// Contact is somebody to be written to about certificates.
type Contact struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
}

const maxContacts = 100

func (c *contents) contactsKey() []byte { return store.Key("vault", "own", c.ID, "contacts") }

func (c *contents) contacts() ([]Contact, error) {
	item, err := c.r.Get(c.contactsKey())
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "vault.contacts", "ContactsNotFound", "Contacts not found")
	}
	if err != nil {
		return nil, err
	}
	var out []Contact
	return out, fault.Wrap("vault.contacts", json.Unmarshal(item.Value, &out))
}

// SetCertificateContacts replaces the contacts of a vault.
func (s *Service) SetCertificateContacts(ctx context.Context, a Access, contacts []Contact) ([]Contact, error) {
	err := s.change(ctx, a, SetCertificateContacts, "", func(c *contents) error {
		if len(contacts) == 0 || len(contacts) > maxContacts {
			return bad("Property contacts has invalid value\r\n")
		}
		for _, one := range contacts {
			if !strings.Contains(one.Email, "@") {
				return bad("Property contacts.email has invalid value\r\n")
			}
		}
		text, err := json.Marshal(contacts)
		if err != nil {
			return fault.Wrap("vault.SetCertificateContacts", err)
		}
		return c.tx.Put(c.contactsKey(), text)
	})
	return contacts, err
}

// GetCertificateContacts reads the contacts of a vault.
func (s *Service) GetCertificateContacts(ctx context.Context, a Access) (out []Contact, err error) {
	err = s.read(ctx, a, GetCertificateContacts, "", func(c *contents) (err error) {
		out, err = c.contacts()
		return err
	})
	return out, err
}

// DeleteCertificateContacts removes the contacts of a vault, and gives those that were.
func (s *Service) DeleteCertificateContacts(ctx context.Context, a Access) (out []Contact, err error) {
	err = s.change(ctx, a, DeleteCertificateContacts, "", func(c *contents) (err error) {
		if out, err = c.contacts(); err != nil {
			return err
		}
		return c.tx.Delete(c.contactsKey())
	})
	return out, err
}
