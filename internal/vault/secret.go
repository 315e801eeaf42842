package vault

import (
	"context"
	"maps"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// MaxSecret is the most bytes of a secret's value. Source: learn.microsoft.com "About Azure Key Vault secrets".
const MaxSecret = 25 << 10

// MaxContentType is the most bytes of a secret's content type.
const MaxContentType = 255

// Secret is a version of a secret.
type Secret struct {
	Name, Version string
	Value         string // "" in lists and in the answers of all but set and get
	ContentType   string
	KeyVersion    string // of a certificate's secret: the version of the key of the same name
	Previous      string // of a certificate's secret: the version before; "" where there was none
	Managed       bool   // of a certificate: it is changed through the certificate only
	Attributes    Attributes
	Tags          map[string]string
	Recovery      Recovery
	Deleted       *Deletion // of a deleted one; nil otherwise
}

func (c *contents) secretView(o *object, v *version) (*Secret, error) {
	return &Secret{
		Name: o.Name, Version: v.ID, ContentType: v.ContentType, KeyVersion: v.KeyVersion, Previous: v.Previous, Managed: o.Managed,
		Attributes: v.Attributes, Tags: v.Tags, Recovery: c.recovery(), Deleted: o.Deleted,
	}, nil
}

// NewSecret is what a version of a secret is made of. A nil Enabled is true.
type NewSecret struct {
	Value              string
	ContentType        string
	Enabled            *bool
	NotBefore, Expires int64 // Unix seconds; 0 is none
	Tags               map[string]string
}

// SetSecret adds a version to a secret, which it makes where there is none. It is a fault Conflict where a deleted
// secret has the name.
// Source: learn.microsoft.com/rest/api/keyvault/secrets/set-secret.
func (s *Service) SetSecret(ctx context.Context, a Access, name string, n NewSecret) (*Secret, error) {
	var out *Secret
	err := s.change(ctx, a, SetSecret, name, func(c *contents) error {
		if err := checkSecret(&n); err != nil {
			return err
		}
		o, err := c.claim(Secrets, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managed(Secrets, "set")
		}
		v := &version{
			Attributes:  Attributes{Enabled: n.Enabled == nil || *n.Enabled, NotBefore: n.NotBefore, Expires: n.Expires},
			ContentType: n.ContentType, Tags: maps.Clone(n.Tags),
		}
		if err := c.add(o, v, []byte(n.Value)); err != nil {
			return err
		}
		if out, err = c.secretView(o, v); err != nil {
			return err
		}
		out.Value = n.Value
		return nil
	})
	return out, err
}

func checkSecret(n *NewSecret) error {
	if len(n.Value) > MaxSecret {
		return fault.Newf(fault.Invalid, "vault", "SecretTooLarge",
			"Secret is beyond the maximum permitted length of %d characters.", MaxSecret)
	}
	if len(n.ContentType) > MaxContentType {
		return bad("The content type of the secret must not be longer than %d characters.", MaxContentType)
	}
	return checkAttributes(&Attributes{NotBefore: n.NotBefore, Expires: n.Expires}, n.Tags)
}

// GetSecret reads a version of a secret with its value; version "" is the newest. Versions that are not valid yet, or no
// more, are read like others: nbf and exp inform, where enabled forbids.
// Source: learn.microsoft.com "About Azure Key Vault secrets", date-time controlled operations.
func (s *Service) GetSecret(ctx context.Context, a Access, name, id string) (*Secret, error) {
	var out *Secret
	err := s.read(ctx, a, GetSecret, name, func(c *contents) error {
		o, err := c.live(Secrets, name)
		if err != nil {
			return err
		}
		v, err := c.version(o, id)
		if err != nil {
			return err
		}
		if !v.Attributes.Enabled {
			return disabled(Secrets, "get")
		}
		if out, err = c.secretView(o, v); err != nil {
			return err
		}
		text, err := c.secret(o, v)
		out.Value = string(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Patch changes what is not nil.
type Patch struct {
	ContentType        *string
	Enabled            *bool
	NotBefore, Expires *int64
	Tags               *map[string]string
}

// apply changes a version.
func (p *Patch) apply(v *version) {
	if p.ContentType != nil {
		v.ContentType = *p.ContentType
	}
	if p.Enabled != nil {
		v.Attributes.Enabled = *p.Enabled
	}
	if p.NotBefore != nil {
		v.Attributes.NotBefore = *p.NotBefore
	}
	if p.Expires != nil {
		v.Attributes.Expires = *p.Expires
	}
	if p.Tags != nil {
		v.Tags = maps.Clone(*p.Tags)
	}
}

// UpdateSecret changes attributes, content type and tags of a version, "" being the newest. The value never changes.
func (s *Service) UpdateSecret(ctx context.Context, a Access, name, id string, p Patch) (*Secret, error) {
	var out *Secret
	err := s.change(ctx, a, UpdateSecret, name, func(c *contents) error {
		o, err := c.live(Secrets, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managed(Secrets, "update")
		}
		v, err := c.version(o, id)
		if err != nil {
			return err
		}
		p.apply(v)
		if err := checkSecret(&NewSecret{
			ContentType: v.ContentType, NotBefore: v.Attributes.NotBefore, Expires: v.Attributes.Expires, Tags: v.Tags,
		}); err != nil {
			return err
		}
		v.Attributes.Updated = c.now.Unix()
		if err := c.keep(o, v); err != nil {
			return err
		}
		out, err = c.secretView(o, v)
		return err
	})
	return out, err
}

// DescribeSecret is the newest version of a secret without its value, for the resource provider: who may list secrets
// may see it.
func (s *Service) DescribeSecret(ctx context.Context, a Access, name string) (*Secret, error) {
	var out *Secret
	err := s.read(ctx, a, GetSecrets, name, func(c *contents) error {
		o, err := c.live(Secrets, name)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out, err = c.secretView(o, v)
		return err
	})
	return out, err
}
