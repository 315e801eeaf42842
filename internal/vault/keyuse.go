package vault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// KeyVersion names a version of a key, "" being the newest.
type KeyVersion struct {
	Name, Version string
}

// use finds the material of a key for an operation, which key_ops must list and the times of the key allow.
func (s *Service) use(ctx context.Context, a Access, op Operation, key KeyVersion) (*jwk.Key, KeyVersion, string, error) {
	var k *jwk.Key
	var used KeyVersion
	var uri string
	err := s.read(ctx, a, op, key.Name, func(c *contents) error {
		o, err := c.live(Keys, key.Name)
		if err != nil {
			return err
		}
		v, err := c.version(o, key.Version)
		if err != nil {
			return err
		}
		ops, err := c.keyOps(o, v)
		if err != nil {
			return err
		}
		if err := c.usable(v, s.operations[op].permission, ops); err != nil {
			return err
		}
		used, uri = KeyVersion{o.Name, v.ID}, c.URI
		k, err = c.material(o, v)
		return err
	})
	return k, used, uri + "keys/" + used.Name + "/" + used.Version, err
}

// usable holds enabled, nbf, exp and key_ops. A key before or after its time still opens and verifies what was closed and
// signed. Source: learn.microsoft.com "About keys", date-time controlled operations.
func (c *contents) usable(v *version, verb string, ops []string) error {
	if !v.Attributes.Enabled {
		return disabled(Keys, verb)
	}
	if opens := verb == "decrypt" || verb == "unwrapKey" || verb == "verify" || verb == "release"; !opens {
		now := c.now.Unix()
		if v.Attributes.NotBefore != 0 && now < v.Attributes.NotBefore {
			return forbidden("KeyNotYetValid", "Operation "+verb+" is not allowed on a key that is not yet valid.")
		}
		if v.Attributes.Expires != 0 && now >= v.Attributes.Expires {
			return forbidden("KeyExpired", "Operation "+verb+" is not allowed on an expired key.")
		}
	}
	if !slices.Contains(ops, verb) {
		return forbidden("KeyOperationForbidden", "Operation "+verb+" is not permitted on this key.")
	}
	return nil
}

// keyOps is the key_ops of a version. To decode its public half takes longer than to see that it is the one that was
// decoded last.
func (c *contents) keyOps(o *object, v *version) ([]string, error) {
	place := c.place(o, v)
	seen := c.service.parsed.get(place)
	if seen != nil && seen.public != nil && bytes.Equal(seen.public, v.Public) {
		return seen.ops, nil
	}
	public, err := v.keyPublic()
	if err != nil {
		return nil, err
	}
	if seen != nil {
		c.service.parsed.put(place, &usedKey{seen.key, v.Public, public.JWK.KeyOps})
	}
	return public.JWK.KeyOps, nil
}

// material opens and reads a version's key, or takes it from among those used lately. A version's material never
// changes, and its id is never given twice.
func (c *contents) material(o *object, v *version) (*jwk.Key, error) {
	place := c.place(o, v)
	if seen := c.service.parsed.get(place); seen != nil {
		return seen.key, nil
	}
	text, err := c.secret(o, v)
	if err != nil {
		return nil, err
	}
	k, err := jwk.Unmarshal(text)
	if err != nil {
		return nil, fault.Wrap("vault.material", err)
	}
	c.service.parsed.put(place, &usedKey{key: k})
	return k, nil
}

// usedKey is a version's key, and what its public half was when key_ops were last read from it: an update changes that, and
// never the key. It does not change.
type usedKey struct {
	key    *jwk.Key
	public []byte // nil: not read yet
	ops    []string
}

// keyCache keeps keys that were used lately: reading an RSA key takes longer than signing with it. It holds at most two
// generations of maxCached; the older goes when the younger is full.
type keyCache struct {
	mu           sync.Mutex
	young, older map[string]*usedKey
}

const maxCached = 512

func (k *keyCache) get(place string) *usedKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	if found := k.young[place]; found != nil {
		return found
	}
	found := k.older[place]
	if found != nil {
		k.keep(place, found)
	}
	return found
}

func (k *keyCache) put(place string, key *usedKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keep(place, key)
}

func (k *keyCache) keep(place string, key *usedKey) {
	if k.young == nil || len(k.young) >= maxCached {
		k.older, k.young = k.young, make(map[string]*usedKey)
	}
	k.young[place] = key
}

// worded names the key in the refusal of an algorithm that it cannot serve.
func worded(err error, kid string) error {
	var m *jwk.Mismatch
	if errors.As(err, &m) {
		return bad("%s", m.For(kid))
	}
	return fault.Wrap("vault", err)
}

// Encrypt closes a value with a key; wrapping says that the value is a key, and asks for wrapKey.
func (s *Service) Encrypt(ctx context.Context, a Access, key KeyVersion, alg string, plain jwk.Box, wrapping bool) (jwk.Box, KeyVersion, error) {
	op := Encrypt
	if wrapping {
		op = WrapKey
	}
	k, used, kid, err := s.use(ctx, a, op, key)
	if err != nil {
		return jwk.Box{}, used, err
	}
	closed, err := k.Encrypt(s.Rand, alg, plain, wrapping)
	return closed, used, worded(err, kid)
}

// Decrypt opens what Encrypt closed; wrapping asks for unwrapKey.
func (s *Service) Decrypt(ctx context.Context, a Access, key KeyVersion, alg string, closed jwk.Box, wrapping bool) ([]byte, KeyVersion, error) {
	op := Decrypt
	if wrapping {
		op = UnwrapKey
	}
	k, used, kid, err := s.use(ctx, a, op, key)
	if err != nil {
		return nil, used, err
	}
	value, err := k.Decrypt(alg, closed, wrapping)
	return value, used, worded(err, kid)
}

// Sign signs a digest.
func (s *Service) Sign(ctx context.Context, a Access, key KeyVersion, alg string, digest []byte) ([]byte, KeyVersion, error) {
	k, used, kid, err := s.use(ctx, a, Sign, key)
	if err != nil {
		return nil, used, err
	}
	sig, err := k.Sign(ctx, jwk.Means{Random: s.Rand, Batch: s.Signatures}, alg, digest)
	return sig, used, worded(err, kid)
}

// Verify reports whether a signature is the key's.
func (s *Service) Verify(ctx context.Context, a Access, key KeyVersion, alg string, digest, sig []byte) (bool, error) {
	k, _, kid, err := s.use(ctx, a, Verify, key)
	if err != nil {
		return false, err
	}
	good, err := k.Verify(alg, digest, sig)
	return good, worded(err, kid)
}

// ReleaseKey is refused: no key here is exportable, and Key Vault releases no other.
func (s *Service) ReleaseKey(ctx context.Context, a Access, name, id string) error {
	return s.read(ctx, a, ReleaseKey, name, func(c *contents) error {
		o, err := c.live(Keys, name)
		if err != nil {
			return err
		}
		if _, err := c.version(o, id); err != nil {
			return err
		}
		return forbidden("KeyOperationForbidden", "Operation release is not permitted on this key.")
	})
}

// GetKeyAttestation is refused: only a hardware security module can attest a key.
func (s *Service) GetKeyAttestation(ctx context.Context, a Access, name, id string) error {
	if _, err := s.GetKey(ctx, a, name, id); err != nil {
		return err
	}
	return fault.New(fault.Unsupported, "vault.GetKeyAttestation", "NotSupported", "Key attestation is not supported by this vault.")
}

// MaxRandom is the most bytes that GetRandomBytes gives. Source: learn.microsoft.com/rest/api/keyvault/keys/get-random-bytes.
const MaxRandom = 128

// RandomBytes gives count random bytes.
func (s *Service) RandomBytes(ctx context.Context, a Access, count int) ([]byte, error) {
	if _, err := s.permit(ctx, a, GetRandomBytes, ""); err != nil {
		return nil, err
	}
	if count < 1 || count > MaxRandom {
		return nil, bad("Property count has invalid value\r\n")
	}
	b := make([]byte, count)
	if _, err := io.ReadFull(s.Rand, b); err != nil {
		return nil, fault.Wrap("vault.RandomBytes", err)
	}
	return b, nil
}
