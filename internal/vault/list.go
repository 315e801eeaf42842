package vault

import "context"

// listed lists the objects of a type by their newest versions, live or deleted. keep says which are shown; nil shows all.
func listed[V any](ctx context.Context, s *Service, a Access, t target, part string, p Page, show view[V], keep func(V) bool) (rows []V, next string, err error) {
	err = s.read(ctx, a, t.op, "", func(c *contents) (err error) {
		next, err = c.list(part, t.on, p, func(o *object, v *version) error {
			row, err := show(c, o, v)
			if err == nil && (keep == nil || keep(row)) {
				rows = append(rows, row)
			}
			return err
		})
		return err
	})
	return rows, next, err
}

// listedVersions lists the versions of an object. Of no object there are none; Key Vault answers an empty list.
func listedVersions[V any](ctx context.Context, s *Service, a Access, t target, p Page, show view[V]) (rows []V, next string, err error) {
	err = s.read(ctx, a, t.op, t.name, func(c *contents) error {
		o, err := c.find("live", t.on, t.name)
		if err != nil || o == nil {
			return err
		}
		next, err = c.listVersions(o, p, func(v *version) error {
			row, err := show(c, o, v)
			rows = append(rows, row)
			return err
		})
		return err
	})
	return rows, next, err
}

// ListSecrets lists the secrets of a vault by their newest versions.
func (s *Service) ListSecrets(ctx context.Context, a Access, p Page) (rows []*Secret, next string, err error) {
	return listed(ctx, s, a, target{GetSecrets, Secrets, ""}, "live", p, (*contents).secretView, nil)
}

// ListDeletedSecrets lists the secrets that can be recovered.
func (s *Service) ListDeletedSecrets(ctx context.Context, a Access, p Page) (rows []*Secret, next string, err error) {
	return listed(ctx, s, a, target{GetDeletedSecrets, Secrets, ""}, "deleted", p, (*contents).secretView, nil)
}

// ListSecretVersions lists the versions of a secret.
func (s *Service) ListSecretVersions(ctx context.Context, a Access, name string, p Page) (rows []*Secret, next string, err error) {
	return listedVersions(ctx, s, a, target{GetSecretVersions, Secrets, name}, p, (*contents).secretView)
}

// ListKeys lists the keys of a vault by their newest versions.
func (s *Service) ListKeys(ctx context.Context, a Access, p Page) (rows []*Key, next string, err error) {
	return listed(ctx, s, a, target{GetKeys, Keys, ""}, "live", p, (*contents).keyView, nil)
}

// ListDeletedKeys lists the keys that can be recovered.
func (s *Service) ListDeletedKeys(ctx context.Context, a Access, p Page) (rows []*Key, next string, err error) {
	return listed(ctx, s, a, target{GetDeletedKeys, Keys, ""}, "deleted", p, (*contents).keyView, nil)
}

// ListKeyVersions lists the versions of a key.
func (s *Service) ListKeyVersions(ctx context.Context, a Access, name string, p Page) (rows []*Key, next string, err error) {
	return listedVersions(ctx, s, a, target{GetKeyVersions, Keys, name}, p, (*contents).keyView)
}

// ListCertificates lists the certificates of a vault by their newest versions. Those that were never issued are there
// only with pending.
func (s *Service) ListCertificates(ctx context.Context, a Access, p Page, pending bool) (rows []*Certificate, next string, err error) {
	return listed(ctx, s, a, target{GetCertificates, Certificates, ""}, "live", p, (*contents).certificateView, issuedOr(pending))
}

// ListDeletedCertificates lists the certificates that can be recovered.
func (s *Service) ListDeletedCertificates(ctx context.Context, a Access, p Page, pending bool) (rows []*Certificate, next string, err error) {
	return listed(ctx, s, a, target{GetDeletedCertificates, Certificates, ""}, "deleted", p, (*contents).certificateView, issuedOr(pending))
}

func issuedOr(pending bool) func(*Certificate) bool {
	return func(c *Certificate) bool { return pending || c.DER != nil }
}

// ListCertificateVersions lists the versions of a certificate.
func (s *Service) ListCertificateVersions(ctx context.Context, a Access, name string, p Page) (rows []*Certificate, next string, err error) {
	return listedVersions(ctx, s, a, target{GetCertificateVersions, Certificates, name}, p, (*contents).certificateView)
}
