package vault

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// maxBackup bounds the bytes that a backup may unfold to, and maxVersions how many versions one may have.
// Source of the latter: learn.microsoft.com "Azure Key Vault backup and restore".
const (
	maxBackup   = 64 << 20
	maxVersions = 500
)

// backupPlace is what backups are sealed for: it ends with the format's number.
const backupPlace = "backup 1 "

// backedUp is an object with its versions outside of its vault.
type backedUp struct {
	Subscription string          `json:"subscription"`
	Geography    string          `json:"geography"`
	Object       *object         `json:"object"`
	Versions     []backedVersion `json:"versions"`
}

type backedVersion struct {
	version
	Secret []byte `json:"secret"`
}

// backupObject seals an object with all its versions. Who has the result can do nothing but restore it.
func (c *contents) backupObject(o *object) ([]byte, error) {
	b := backedUp{Subscription: c.Subscription(), Geography: c.Geography, Object: o}
	err := c.versions(o, "", func(v *version) (bool, error) {
		if len(b.Versions) == maxVersions {
			return false, bad("The %s %s has more than %d versions and cannot be backed up.", o.on.singular(), o.Name, maxVersions)
		}
		secret, err := c.secret(o, v)
		b.Versions = append(b.Versions, backedVersion{*v, secret})
		b.Versions[len(b.Versions)-1].Sealed = nil
		return true, err
	})
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if err := json.NewEncoder(zip).Encode(&b); err != nil {
		return nil, fault.Wrap("vault.backupObject", err)
	}
	if err := zip.Close(); err != nil {
		return nil, fault.Wrap("vault.backupObject", err)
	}
	return c.service.seal(c.service.backup, packed.Bytes(), backupPlace+string(o.on))
}

// NotBackup is the reason of the fault that a backup gets that is none of this cloud's, or of another type of object. It
// is the code of Key Vault's error. Source: recordings of @azure/keyvault-keys.
const NotBackup = "Malformed backup blob"

func notBackup() error {
	return fault.New(fault.Invalid, "vault.openBackup", NotBackup, "Backup blob contains invalid or corrupt version.")
}

// openBackup opens a backup of a type of objects. Anything else is a fault Invalid.
func (s *Service) openBackup(t Type, sealed []byte) (*backedUp, error) {
	damaged := notBackup()
	packed, err := unseal(s.backup, sealed, backupPlace+string(t))
	if err != nil {
		return nil, damaged
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, damaged
	}
	text, err := io.ReadAll(io.LimitReader(zip, maxBackup+1))
	if err != nil || len(text) > maxBackup {
		return nil, damaged
	}
	b := new(backedUp)
	if err := json.Unmarshal(text, b); err != nil || b.Object == nil || len(b.Versions) == 0 {
		return nil, damaged
	}
	b.Object.on = t
	return b, nil
}

// restoreObject puts a backed up object into the vault, with the versions that it had. A backup does not leave its
// subscription, nor its geography. The name must be free.
func (c *contents) restoreObject(b *backedUp) (*object, error) {
	o := *b.Object
	if b.Subscription != c.Subscription() {
		return nil, bad("The backup of the %s was made in another subscription, and cannot be restored in this one.", o.on.singular())
	}
	if b.Geography != c.Geography {
		return nil, bad("The backup of the %s was made in the geography '%s', and cannot be restored in '%s'.",
			o.on.singular(), b.Geography, c.Geography)
	}
	if err := checkName(o.Name); err != nil {
		return nil, err
	}
	there, err := c.claim(o.on, o.Name)
	if err != nil {
		return nil, err
	}
	if there.Current != "" {
		return nil, fault.Newf(fault.Conflict, "vault.restoreObject", "", "The %s %s already exists in this vault: a backup is restored "+
			"only where no object has its name.", o.on.singular(), o.Name)
	}
	newest := o.Current
	o.Deleted, o.Current = nil, ""
	for i := range b.Versions {
		v, secret := b.Versions[i].version, b.Versions[i].Secret
		if v.ID == newest {
			err = c.lead(&o, &v, secret)
		} else if err = c.seal(&o, &v, secret); err == nil {
			err = c.keep(&o, &v)
		}
		if err != nil {
			return nil, err
		}
	}
	if o.Current == "" {
		return nil, fault.Wrap("vault.restoreObject", errors.New("a backup lacks the newest version"))
	}
	return &o, nil
}

// backupWhole seals an object for its owner to keep.
func (s *Service) backupWhole(ctx context.Context, a Access, t target) ([]byte, error) {
	var out []byte
	err := s.read(ctx, a, t.op, t.name, func(c *contents) error {
		o, err := c.live(t.on, t.name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managed(t.on, "backup")
		}
		out, err = c.backupObject(o)
		return err
	})
	return out, err
}

// restoreWhole makes an object of what backupWhole gave.
func restoreWhole(sealed []byte) func(*contents, target) (*object, error) {
	return func(c *contents, t target) (*object, error) {
		b, err := c.service.openBackup(t.on, sealed)
		if err != nil {
			return nil, err
		}
		return c.restoreObject(b)
	}
}

// BackupSecret seals a secret with all its versions.
func (s *Service) BackupSecret(ctx context.Context, a Access, name string) ([]byte, error) {
	return s.backupWhole(ctx, a, target{BackupSecret, Secrets, name})
}

// RestoreSecret makes a secret of a backup.
func (s *Service) RestoreSecret(ctx context.Context, a Access, sealed []byte) (*Secret, error) {
	return changed(ctx, s, a, target{RestoreSecret, Secrets, ""}, restoreWhole(sealed), (*contents).secretView)
}

// BackupKey seals a key with all its versions and its rotation policy.
func (s *Service) BackupKey(ctx context.Context, a Access, name string) ([]byte, error) {
	return s.backupWhole(ctx, a, target{BackupKey, Keys, name})
}

// RestoreKey makes a key of a backup.
func (s *Service) RestoreKey(ctx context.Context, a Access, sealed []byte) (*Key, error) {
	return changed(ctx, s, a, target{RestoreKey, Keys, ""}, restoreWhole(sealed), (*contents).keyView)
}
