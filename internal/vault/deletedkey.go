package vault

import "context"

// DeleteKey deletes a key with all its versions. It can be recovered until it is purged.
func (s *Service) DeleteKey(ctx context.Context, a Access, name string) (*Key, error) {
	return s.keyChange(ctx, a, DeleteKey, name, func(c *contents) (*object, error) {
		o, err := c.live(Keys, name)
		if err != nil {
			return nil, err
		}
		if o.Managed {
			return nil, managedKey("delete", name)
		}
		return o, c.remove(o)
	})
}

// RecoverKey takes a deleted key back.
func (s *Service) RecoverKey(ctx context.Context, a Access, name string) (*Key, error) {
	return s.keyChange(ctx, a, RecoverDeletedKey, name, func(c *contents) (*object, error) {
		o, err := c.deleted(Keys, name)
		if err != nil {
			return nil, err
		}
		if o.Managed {
			return nil, managedKey("recover", name)
		}
		return o, c.recover(o)
	})
}

// keyChange runs a change of a whole key and gives its newest version.
func (s *Service) keyChange(ctx context.Context, a Access, op Operation, name string, fn func(*contents) (*object, error)) (*Key, error) {
	var out *Key
	err := s.change(ctx, a, op, name, func(c *contents) error {
		o, err := fn(c)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out, err = c.keyView(o, v)
		return err
	})
	return out, err
}

// GetDeletedKey describes a deleted key.
func (s *Service) GetDeletedKey(ctx context.Context, a Access, name string) (*Key, error) {
	var out *Key
	err := s.read(ctx, a, GetDeletedKey, name, func(c *contents) error {
		o, err := c.deleted(Keys, name)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out, err = c.keyView(o, v)
		return err
	})
	return out, err
}

// PurgeKey removes a deleted key for good.
func (s *Service) PurgeKey(ctx context.Context, a Access, name string) error {
	return s.change(ctx, a, PurgeDeletedKey, name, func(c *contents) error {
		if c.PurgeProtection {
			return purgeProtected(c.Vault)
		}
		o, err := c.deleted(Keys, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managedKey("purge", name)
		}
		return c.purge(o)
	})
}
