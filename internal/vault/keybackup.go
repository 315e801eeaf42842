package vault

import "context"

// BackupKey seals a key with all its versions and its rotation policy.
func (s *Service) BackupKey(ctx context.Context, a Access, name string) ([]byte, error) {
	var out []byte
	err := s.read(ctx, a, BackupKey, name, func(c *contents) error {
		o, err := c.live(Keys, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managedKey("backup", name)
		}
		out, err = c.backupObject(o)
		return err
	})
	return out, err
}

// RestoreKey makes a key of a backup.
func (s *Service) RestoreKey(ctx context.Context, a Access, sealed []byte) (*Key, error) {
	return s.keyChange(ctx, a, RestoreKey, "", func(c *contents) (*object, error) {
		b, err := s.openBackup(Keys, sealed)
		if err != nil {
			return nil, err
		}
		return c.restoreObject(b)
	})
}
