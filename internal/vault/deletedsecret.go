package vault

import (
	"context"
)

// DeleteSecret deletes a secret with all its versions. It can be recovered until it is purged.
func (s *Service) DeleteSecret(ctx context.Context, a Access, name string) (*Secret, error) {
	return s.secretChange(ctx, a, DeleteSecret, name, func(c *contents) (*object, error) {
		o, err := c.live(Secrets, name)
		if err != nil {
			return nil, err
		}
		if o.Managed {
			return nil, managed("delete", name)
		}
		return o, c.remove(o)
	})
}

// RecoverSecret takes a deleted secret back.
func (s *Service) RecoverSecret(ctx context.Context, a Access, name string) (*Secret, error) {
	return s.secretChange(ctx, a, RecoverSecret, name, func(c *contents) (*object, error) {
		o, err := c.deleted(Secrets, name)
		if err != nil {
			return nil, err
		}
		if o.Managed {
			return nil, managed("recover", name)
		}
		return o, c.recover(o)
	})
}

// secretChange runs a change of a whole secret and gives its newest version.
func (s *Service) secretChange(ctx context.Context, a Access, op Operation, name string, fn func(*contents) (*object, error)) (*Secret, error) {
	var out *Secret
	err := s.change(ctx, a, op, name, func(c *contents) error {
		o, err := fn(c)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out = c.secretView(o, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// GetDeletedSecret describes a deleted secret.
func (s *Service) GetDeletedSecret(ctx context.Context, a Access, name string) (*Secret, error) {
	var out *Secret
	err := s.read(ctx, a, GetDeletedSecret, name, func(c *contents) error {
		o, err := c.deleted(Secrets, name)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out = c.secretView(o, v)
		return nil
	})
	return out, err
}

// ListDeletedSecrets lists the secrets that can be recovered.
func (s *Service) ListDeletedSecrets(ctx context.Context, a Access, p Page) (rows []*Secret, next string, err error) {
	err = s.read(ctx, a, GetDeletedSecrets, "", func(c *contents) (err error) {
		next, err = c.list("deleted", Secrets, p, func(o *object, v *version) error {
			rows = append(rows, c.secretView(o, v))
			return nil
		})
		return err
	})
	return rows, next, err
}

// PurgeSecret removes a deleted secret for good.
func (s *Service) PurgeSecret(ctx context.Context, a Access, name string) error {
	return s.change(ctx, a, PurgeDeletedSecret, name, func(c *contents) error {
		if c.PurgeProtection {
			return purgeProtected(c.Vault)
		}
		o, err := c.deleted(Secrets, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managed("purge", name)
		}
		return c.purge(o)
	})
}
