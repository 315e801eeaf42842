package vault

import "context"

// ListKeys lists the keys of a vault by their newest versions.
func (s *Service) ListKeys(ctx context.Context, a Access, p Page) ([]*Key, string, error) {
	return s.listKeys(ctx, a, GetKeys, "live", p)
}

// ListDeletedKeys lists the keys that can be recovered.
func (s *Service) ListDeletedKeys(ctx context.Context, a Access, p Page) ([]*Key, string, error) {
	return s.listKeys(ctx, a, GetDeletedKeys, "deleted", p)
}

func (s *Service) listKeys(ctx context.Context, a Access, op Operation, part string, p Page) (rows []*Key, next string, err error) {
	err = s.read(ctx, a, op, "", func(c *contents) (err error) {
		next, err = c.list(part, Keys, p, func(o *object, v *version) error {
			row, err := c.keyView(o, v)
			rows = append(rows, row)
			return err
		})
		return err
	})
	return rows, next, err
}

// ListKeyVersions lists the versions of a key. Of no key there are none.
func (s *Service) ListKeyVersions(ctx context.Context, a Access, name string, p Page) (rows []*Key, next string, err error) {
	err = s.read(ctx, a, GetKeyVersions, name, func(c *contents) error {
		o, err := c.find("live", Keys, name)
		if err != nil || o == nil {
			return err
		}
		next, err = c.listVersions(o, p, func(v *version) error {
			row, err := c.keyView(o, v)
			rows = append(rows, row)
			return err
		})
		return err
	})
	return rows, next, err
}
