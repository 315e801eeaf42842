package vault

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// Key is a version of a key as everybody with the right to read it may see it: its private half never leaves.
type Key struct {
	Name, Version string
	JWK           jwk.Wire // the public half, without kid
	Managed       bool     // of a certificate
	Attributes    Attributes
	Tags          map[string]string
	Recovery      Recovery
	Deleted       *Deletion // of a deleted one; nil otherwise
}

// keyPublic is what a version of a key keeps in the clear.
type keyPublic struct {
	JWK jwk.Wire `json:"jwk"` // with key_ops
}

func (v *version) keyPublic() (*keyPublic, error) {
	p := new(keyPublic)
	if err := json.Unmarshal(v.Public, p); err != nil {
		return nil, fault.Wrap("vault.keyPublic", err)
	}
	return p, nil
}

func (v *version) setKeyPublic(p *keyPublic) (err error) {
	v.Public, err = json.Marshal(p)
	return fault.Wrap("vault.setKeyPublic", err)
}

func (c *contents) keyView(o *object, v *version) (*Key, error) {
	p, err := v.keyPublic()
	if err != nil {
		return nil, err
	}
	return &Key{
		Name: o.Name, Version: v.ID, JWK: p.JWK, Managed: o.Managed,
		Attributes: v.Attributes, Tags: v.Tags, Recovery: c.recovery(), Deleted: o.Deleted,
	}, nil
}

// NewKey is what a version of a key is made of. A nil Enabled is true, nil Ops are all that the type allows.
type NewKey struct {
	Ops                []string
	Enabled            *bool
	NotBefore, Expires int64 // Unix seconds; 0 is none
	Tags               map[string]string
	Exportable         bool // asks for secure key release
	ReleasePolicy      bool // a release policy was given
}

// CreateKey generates a key: a new one, or a new version.
// Source: learn.microsoft.com/rest/api/keyvault/keys/create-key.
func (s *Service) CreateKey(ctx context.Context, a Access, name string, p jwk.Parameters, n NewKey) (*Key, error) {
	o, err := s.admit(ctx, a, CreateKey, name)
	if err != nil {
		return nil, err
	}
	if p, err = p.Complete(); err != nil {
		return nil, err
	}
	if err := checkKey(o.Vault, p.Type, &n); err != nil {
		return nil, err
	}
	// Making an RSA key takes a while, in which nobody else should wait for the store.
	k, err := jwk.Generate(s.Rand, p)
	if err != nil {
		return nil, fault.Wrap("vault.CreateKey", err)
	}
	return s.addKey(ctx, CreateKey, o, name, k, n)
}

// ImportKey takes a key that was made elsewhere: a new one, or a new version. hsm asks for one in hardware.
// Source: learn.microsoft.com/rest/api/keyvault/keys/import-key.
func (s *Service) ImportKey(ctx context.Context, a Access, name string, w jwk.Wire, hsm bool, n NewKey) (*Key, error) {
	o, err := s.admit(ctx, a, ImportKey, name)
	if err != nil {
		return nil, err
	}
	if hsm {
		w.Kty = w.Kty.Hardware()
	}
	k, err := jwk.Import(w)
	if err != nil {
		return nil, err
	}
	if err := checkKey(o.Vault, w.Kty, &n); err != nil {
		return nil, err
	}
	return s.addKey(ctx, ImportKey, o, name, k, n)
}

// admit checks a name and asks the door; what follows may take long and ends with changeIn.
func (s *Service) admit(ctx context.Context, a Access, op Operation, name string) (*opened, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	return s.permit(ctx, a, op, name)
}

func (s *Service) addKey(ctx context.Context, op Operation, o *opened, name string, k *jwk.Key, n NewKey) (*Key, error) {
	var out *Key
	err := s.changeIn(ctx, op, o, func(c *contents) error {
		o, err := c.claim(Keys, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managed(Keys, n.verb(op))
		}
		v, err := c.addKeyVersion(o, k, n)
		if err != nil {
			return err
		}
		out, err = c.keyView(o, v)
		return err
	})
	return out, err
}

func (n *NewKey) verb(op Operation) string {
	if op == ImportKey {
		return "import"
	}
	return "create"
}

// addKeyVersion stores a key as the newest version of an object.
func (c *contents) addKeyVersion(o *object, k *jwk.Key, n NewKey) (*version, error) {
	public := k.Public()
	if public.KeyOps = n.Ops; n.Ops == nil {
		public.KeyOps = possibleOps(k.Type())
	}
	v := &version{
		Attributes: Attributes{Enabled: n.Enabled == nil || *n.Enabled, NotBefore: n.NotBefore, Expires: n.Expires},
		Tags:       maps.Clone(n.Tags),
	}
	if err := v.setKeyPublic(&keyPublic{JWK: public}); err != nil {
		return nil, err
	}
	material, err := k.Marshal()
	if err != nil {
		return nil, fault.Wrap("vault.addKeyVersion", err)
	}
	return v, c.add(o, v, material)
}

// possibleOps are the operations that a type of keys can have, and has where nothing else is said.
func possibleOps(t jwk.Type) []string {
	if t.Software() == jwk.EC {
		return []string{"sign", "verify"}
	}
	return []string{"encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"}
}

// checkKey holds the rules for what is given beside the material.
func checkKey(v *Vault, t jwk.Type, n *NewKey) error {
	if t == jwk.OctHSM { // of managed HSM pools alone
		return bad("Property kty has invalid value\r\n")
	}
	if t.HSM() && v.SKU != "premium" {
		return bad("Hardware key operation not allowed on standard vault")
	}
	if err := checkRelease(v, n); err != nil {
		return err
	}
	if err := checkOps(t, n.Ops); err != nil {
		return err
	}
	return checkAttributes(&Attributes{NotBefore: n.NotBefore, Expires: n.Expires}, n.Tags)
}

// checkRelease refuses secure key release as Key Vault refuses it, and where Key Vault would take it, says that it is
// not here. Source: github.com/Azure/azure-sdk-for-java pull 23276, azure-sdk-for-python issue 29945, azure-cli issue 28288.
func checkRelease(v *Vault, n *NewKey) error {
	switch {
	case n.Exportable && v.SKU != "premium":
		return bad("AKV.SKR.1001: The exportable attribute is only supported with premium vaults and API version >= '7.3-preview'.")
	case n.Exportable && !n.ReleasePolicy:
		return bad("Exportable keys must have release policy")
	case n.ReleasePolicy && !n.Exportable:
		return bad("AKV.SKR.1005: Non-exportable keys must not have release policy")
	case n.Exportable:
		return fault.New(fault.Unsupported, "vault.checkRelease", "NotSupported", "Secure key release is not supported by this vault.")
	}
	return nil
}

func checkOps(t jwk.Type, ops []string) error {
	possible := append(possibleOps(t), "import", "export")
	for i, op := range ops {
		if !slices.Contains(possible, op) || slices.Contains(ops[:i], op) {
			return bad("Property key_ops has invalid value\r\n")
		}
	}
	return nil
}

// GetKey reads a version of a key, "" being the newest. A disabled key is read like others.
func (s *Service) GetKey(ctx context.Context, a Access, name, id string) (*Key, error) {
	var out *Key
	err := s.read(ctx, a, GetKey, name, func(c *contents) error {
		o, err := c.live(Keys, name)
		if err != nil {
			return err
		}
		v, err := c.version(o, id)
		if err != nil {
			return err
		}
		out, err = c.keyView(o, v)
		return err
	})
	return out, err
}

// KeyPatch changes what is not nil.
type KeyPatch struct {
	Patch
	Ops *[]string
}

// UpdateKey changes attributes, operations and tags of a version, "" being the newest. The material never changes.
func (s *Service) UpdateKey(ctx context.Context, a Access, name, id string, p KeyPatch) (*Key, error) {
	var out *Key
	err := s.change(ctx, a, UpdateKey, name, func(c *contents) error {
		o, err := c.live(Keys, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managed(Keys, "update")
		}
		v, err := c.version(o, id)
		if err != nil {
			return err
		}
		if err := p.apply(v); err != nil {
			return err
		}
		v.Attributes.Updated = c.now.Unix()
		if err := c.keep(o, v); err != nil {
			return err
		}
		out, err = c.keyView(o, v)
		return err
	})
	return out, err
}

func (p *KeyPatch) apply(v *version) error {
	p.Patch.apply(v)
	if err := checkAttributes(&v.Attributes, v.Tags); err != nil {
		return err
	}
	if p.Ops == nil {
		return nil
	}
	public, err := v.keyPublic()
	if err != nil {
		return err
	}
	if err := checkOps(public.JWK.Kty, *p.Ops); err != nil {
		return err
	}
	public.JWK.KeyOps = slices.Clone(*p.Ops)
	return v.setKeyPublic(public)
}
