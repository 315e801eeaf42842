package vault

import "context"

// target is what an operation is about: the objects of a type with one name.
type target struct {
	op   Operation
	on   Type
	name string // "" where the object is not known before, as in a restore
}

// view is how an object is shown by one of its versions.
type view[V any] func(*contents, *object, *version) (V, error)

// changed runs a change of a whole object and shows its newest version.
func changed[V any](ctx context.Context, s *Service, a Access, t target, change func(*contents, target) (*object, error), show view[V]) (V, error) {
	var out V
	err := s.change(ctx, a, t.op, t.name, func(c *contents) error {
		o, err := change(c, t)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out, err = show(c, o, v)
		return err
	})
	if err != nil {
		var none V
		return none, err
	}
	return out, nil
}

// deletedOne shows a deleted object by its newest version.
func deletedOne[V any](ctx context.Context, s *Service, a Access, t target, show view[V]) (V, error) {
	var out V
	err := s.read(ctx, a, t.op, t.name, func(c *contents) error {
		o, err := c.deleted(t.on, t.name)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out, err = show(c, o, v)
		return err
	})
	return out, err
}

// removeWhole deletes an object with all its versions. It can be recovered until it is purged.
func (c *contents) removeWhole(t target) (*object, error) {
	o, err := c.live(t.on, t.name)
	if err != nil {
		return nil, err
	}
	return o, c.eachPart("live", t, o, (*contents).remove)
}

// recoverWhole takes a deleted object back.
func (c *contents) recoverWhole(t target) (*object, error) {
	o, err := c.deleted(t.on, t.name)
	if err != nil {
		return nil, err
	}
	return o, c.eachPart("deleted", t, o, (*contents).recover)
}

// purgeWhole removes a deleted object for good.
func (s *Service) purgeWhole(ctx context.Context, a Access, t target) error {
	return s.change(ctx, a, t.op, t.name, func(c *contents) error {
		if c.PurgeProtection {
			return purgeProtected(c.Vault)
		}
		o, err := c.deleted(t.on, t.name)
		if err != nil {
			return err
		}
		return c.eachPart("deleted", t, o, (*contents).purge)
	})
}

// eachPart does the same to an object and, where it is a certificate, to its key and its secret; a pending one has
// neither. Key and secret of a certificate go no way of their own.
func (c *contents) eachPart(part string, t target, o *object, do func(*contents, *object) error) error {
	if o.Managed {
		return managed(o.on, c.service.operations[t.op].permission)
	}
	if err := do(c, o); err != nil || o.on != Certificates {
		return err
	}
	for _, on := range []Type{Keys, Secrets} {
		other, err := c.find(part, on, o.Name)
		if err != nil {
			return err
		}
		if other == nil || !other.Managed {
			continue
		}
		if err := do(c, other); err != nil {
			return err
		}
	}
	return nil
}

// DeleteSecret deletes a secret with all its versions. It can be recovered until it is purged.
func (s *Service) DeleteSecret(ctx context.Context, a Access, name string) (*Secret, error) {
	return changed(ctx, s, a, target{DeleteSecret, Secrets, name}, (*contents).removeWhole, (*contents).secretView)
}

// GetDeletedSecret describes a deleted secret.
func (s *Service) GetDeletedSecret(ctx context.Context, a Access, name string) (*Secret, error) {
	return deletedOne(ctx, s, a, target{GetDeletedSecret, Secrets, name}, (*contents).secretView)
}

// RecoverSecret takes a deleted secret back.
func (s *Service) RecoverSecret(ctx context.Context, a Access, name string) (*Secret, error) {
	return changed(ctx, s, a, target{RecoverSecret, Secrets, name}, (*contents).recoverWhole, (*contents).secretView)
}

// PurgeSecret removes a deleted secret for good.
func (s *Service) PurgeSecret(ctx context.Context, a Access, name string) error {
	return s.purgeWhole(ctx, a, target{PurgeDeletedSecret, Secrets, name})
}

// DeleteKey deletes a key with all its versions. It can be recovered until it is purged.
func (s *Service) DeleteKey(ctx context.Context, a Access, name string) (*Key, error) {
	return changed(ctx, s, a, target{DeleteKey, Keys, name}, (*contents).removeWhole, (*contents).keyView)
}

// GetDeletedKey describes a deleted key.
func (s *Service) GetDeletedKey(ctx context.Context, a Access, name string) (*Key, error) {
	return deletedOne(ctx, s, a, target{GetDeletedKey, Keys, name}, (*contents).keyView)
}

// RecoverKey takes a deleted key back.
func (s *Service) RecoverKey(ctx context.Context, a Access, name string) (*Key, error) {
	return changed(ctx, s, a, target{RecoverDeletedKey, Keys, name}, (*contents).recoverWhole, (*contents).keyView)
}

// PurgeKey removes a deleted key for good.
func (s *Service) PurgeKey(ctx context.Context, a Access, name string) error {
	return s.purgeWhole(ctx, a, target{PurgeDeletedKey, Keys, name})
}

// DeleteCertificate deletes a certificate with all its versions, its key and its secret. It can be recovered until it is
// purged.
func (s *Service) DeleteCertificate(ctx context.Context, a Access, name string) (*Certificate, error) {
	return changed(ctx, s, a, target{DeleteCertificate, Certificates, name}, (*contents).removeWhole, (*contents).certificateView)
}

// GetDeletedCertificate describes a deleted certificate.
func (s *Service) GetDeletedCertificate(ctx context.Context, a Access, name string) (*Certificate, error) {
	return deletedOne(ctx, s, a, target{GetDeletedCertificate, Certificates, name}, (*contents).certificateView)
}

// RecoverCertificate takes a deleted certificate back.
func (s *Service) RecoverCertificate(ctx context.Context, a Access, name string) (*Certificate, error) {
	return changed(ctx, s, a, target{RecoverDeletedCertificate, Certificates, name}, (*contents).recoverWhole, (*contents).certificateView)
}

// PurgeCertificate removes a deleted certificate for good.
func (s *Service) PurgeCertificate(ctx context.Context, a Access, name string) error {
	return s.purgeWhole(ctx, a, target{PurgeDeletedCertificate, Certificates, name})
}
