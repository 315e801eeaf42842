package vault

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// RotationPolicy says when a key is rotated, and for how long a version that a rotation makes is valid.
// Source: learn.microsoft.com/rest/api/keyvault/keys/update-key-rotation-policy.
type RotationPolicy struct {
	Actions    []RotationAction `json:"actions"`
	ExpiryTime string           `json:"expiryTime,omitempty"` // ISO 8601; "" is for ever
	Created    int64            `json:"created,omitempty"`    // Unix seconds; 0 for the policy of a key that was given none
	Updated    int64            `json:"updated,omitempty"`
}

// RotationAction is one of a policy's actions, with one of two triggers, which are ISO 8601 durations.
type RotationAction struct {
	Type             string `json:"type"` // Rotate or Notify
	TimeAfterCreate  string `json:"timeAfterCreate,omitempty"`
	TimeBeforeExpiry string `json:"timeBeforeExpiry,omitempty"`
}

// The types of actions.
const (
	Rotate = "Rotate"
	Notify = "Notify"
)

// The bounds of a policy, in days. Source: learn.microsoft.com "Configure cryptographic key auto-rotation".
const (
	leastExpiry  = 28
	leastTrigger = 7
)

// keyData is what a key keeps beside its versions.
type keyData struct {
	Rotation *RotationPolicy `json:"rotation,omitempty"`
}

func (o *object) keyData() (keyData, error) {
	var d keyData
	if len(o.Data) == 0 {
		return d, nil
	}
	err := json.Unmarshal(o.Data, &d)
	return d, fault.Wrap("vault.keyData", err)
}

// check holds the rules of policies and spells the actions' types as Azure does.
func (p *RotationPolicy) check() error {
	var expiry duration
	if p.ExpiryTime != "" {
		ok := false
		if expiry, ok = parseDuration(p.ExpiryTime); !ok || !expiry.atLeast(leastExpiry) {
			return bad("Property expiryTime has invalid value: it must be an ISO 8601 duration of at least %d days.\r\n", leastExpiry)
		}
	}
	seen := map[string]bool{}
	for i := range p.Actions {
		action := &p.Actions[i]
		switch {
		case strings.EqualFold(action.Type, Rotate):
			action.Type = Rotate
		case strings.EqualFold(action.Type, Notify):
			action.Type = Notify
		default:
			return bad("Property lifetimeActions has invalid value: the type of an action must be 'Rotate' or 'Notify'.\r\n")
		}
		if seen[action.Type] {
			return bad("Property lifetimeActions has invalid value: there can be one action of type '%s'.\r\n", action.Type)
		}
		seen[action.Type] = true
		if err := action.check(p.ExpiryTime != "", expiry); err != nil {
			return err
		}
	}
	return nil
}

func (a *RotationAction) check(expires bool, expiry duration) error {
	if (a.TimeAfterCreate == "") == (a.TimeBeforeExpiry == "") {
		return bad("Property trigger has invalid value: it must have either 'timeAfterCreate' or 'timeBeforeExpiry'.\r\n")
	}
	if a.Type == Notify && a.TimeAfterCreate != "" {
		return bad("Property trigger has invalid value: an action of type 'Notify' can only have 'timeBeforeExpiry'.\r\n")
	}
	d, ok := parseDuration(a.TimeAfterCreate + a.TimeBeforeExpiry)
	if !ok || !d.atLeast(leastTrigger) {
		return bad("Property trigger has invalid value: it must be an ISO 8601 duration of at least %d days.\r\n", leastTrigger)
	}
	if a.Type == Rotate && a.TimeBeforeExpiry != "" && !expires {
		return bad("Property trigger has invalid value: 'timeBeforeExpiry' needs an 'expiryTime'.\r\n")
	}
	if expires && d.length() > expiry.length()-leastTrigger*24*time.Hour {
		return bad("Property trigger has invalid value: it must be at least %d days shorter than 'expiryTime'.\r\n", leastTrigger)
	}
	return nil
}

// standing is the policy of a key that was given none.
func standing() *RotationPolicy {
	return &RotationPolicy{Actions: []RotationAction{{Type: Notify, TimeBeforeExpiry: "P30D"}}}
}

// GetKeyRotationPolicy reads a key's policy.
func (s *Service) GetKeyRotationPolicy(ctx context.Context, a Access, name string) (*RotationPolicy, error) {
	var out *RotationPolicy
	err := s.read(ctx, a, GetKeyRotationPolicy, name, func(c *contents) error {
		o, err := c.live(Keys, name)
		if err != nil {
			return err
		}
		d, err := o.keyData()
		if out = d.Rotation; out == nil {
			out = standing()
		}
		return err
	})
	return out, err
}

// UpdateKeyRotationPolicy sets a key's policy. A policy without a Notify keeps Azure's.
func (s *Service) UpdateKeyRotationPolicy(ctx context.Context, a Access, name string, p RotationPolicy) (*RotationPolicy, error) {
	p.Actions = slices.Clone(p.Actions)
	err := s.change(ctx, a, UpdateKeyRotationPolicy, name, func(c *contents) error {
		o, err := c.live(Keys, name)
		if err != nil {
			return err
		}
		if o.Managed {
			return managed(Keys, "setrotationpolicy")
		}
		if err := p.check(); err != nil {
			return err
		}
		d, err := o.keyData()
		if err != nil {
			return err
		}
		p.Created, p.Updated = c.now.Unix(), c.now.Unix()
		if d.Rotation != nil {
			p.Created = d.Rotation.Created
		}
		d.Rotation = &p
		if o.Data, err = json.Marshal(d); err != nil {
			return fault.Wrap("vault.UpdateKeyRotationPolicy", err)
		}
		return c.put(o)
	})
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// RotateKey makes a new version of a key, of the same sort.
func (s *Service) RotateKey(ctx context.Context, a Access, name string) (*Key, error) {
	o, err := s.admit(ctx, a, RotateKey, name)
	if err != nil {
		return nil, err
	}
	return s.rotate(ctx, o, name, nil)
}

// rotate makes the material outside of the transaction. still says in it whether the rotation is still wanted; nil is yes.
func (s *Service) rotate(ctx context.Context, o *opened, name string, still func(*contents, *object, *version) (bool, error)) (*Key, error) {
	var like jwk.Parameters
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		c := &contents{opened: o, service: s, r: r, now: s.Clock.Now()}
		o, v, err := c.newest(name)
		if err != nil {
			return err
		}
		k, err := c.material(o, v)
		if err == nil {
			like = k.Like()
		}
		return err
	})
	if err != nil {
		return nil, fault.Wrap("vault.RotateKey", err)
	}
	k, err := jwk.Generate(s.Rand, like)
	if err != nil {
		return nil, fault.Wrap("vault.RotateKey", err)
	}
	var out *Key
	err = s.changeIn(ctx, RotateKey, o, func(c *contents) error {
		o, v, err := c.newest(name)
		if err != nil {
			return err
		}
		if still != nil {
			if wanted, err := still(c, o, v); err != nil || !wanted {
				return err
			}
		}
		next, err := c.rotated(o, v, k)
		if err != nil {
			return err
		}
		out, err = c.keyView(o, next)
		return err
	})
	return out, err
}

// newest is a live key that may be rotated, with its newest version.
func (c *contents) newest(name string) (*object, *version, error) {
	o, err := c.live(Keys, name)
	if err != nil {
		return nil, nil, err
	}
	if o.Managed {
		return nil, nil, managed(Keys, "rotate")
	}
	v, err := c.version(o, "")
	return o, v, err
}

// rotated adds the version that follows v.
func (c *contents) rotated(o *object, v *version, k *jwk.Key) (*version, error) {
	public, err := v.keyPublic()
	if err != nil {
		return nil, err
	}
	d, err := o.keyData()
	if err != nil {
		return nil, err
	}
	n := NewKey{Ops: public.JWK.KeyOps, Tags: v.Tags}
	if d.Rotation != nil {
		if expiry, ok := parseDuration(d.Rotation.ExpiryTime); ok {
			n.Expires = expiry.after(c.now).Unix()
		}
	}
	return c.addKeyVersion(o, k, n)
}

// due reports whether a key's policy wants it rotated now. Disabled keys are left alone.
func (c *contents) due(o *object, v *version) (bool, error) {
	d, err := o.keyData()
	if err != nil || d.Rotation == nil || o.Managed || !v.Attributes.Enabled {
		return false, err
	}
	for _, action := range d.Rotation.Actions {
		if action.Type != Rotate {
			continue
		}
		if after, ok := parseDuration(action.TimeAfterCreate); ok {
			return !c.now.Before(after.after(time.Unix(v.Attributes.Created, 0).UTC())), nil
		}
		if before, ok := parseDuration(action.TimeBeforeExpiry); ok && v.Attributes.Expires != 0 {
			return !c.now.Before(before.before(time.Unix(v.Attributes.Expires, 0).UTC())), nil
		}
	}
	return false, nil
}

// sweepKeys rotates the keys of a vault whose policies want it.
func (s *Service) sweepKeys(ctx context.Context, o *opened) error {
	var names []string
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		c := &contents{opened: o, service: s, r: r, now: s.Clock.Now()}
		return c.objects("live", Keys, "", func(o *object) (bool, error) {
			if len(o.Data) == 0 { // most keys have no policy, and are not read further
				return true, nil
			}
			v, err := c.version(o, "")
			if err != nil {
				return false, err
			}
			due, err := c.due(o, v)
			if due {
				names = append(names, o.Name)
			}
			return true, err
		})
	})
	if err != nil {
		return fault.Wrap("vault.sweepKeys", err)
	}
	return each(names, func(name string) error {
		_, err := s.rotate(ctx, o, name, (*contents).due)
		return err
	})
}

// each does the same for all names; one's failure does not keep the others from their turn. What was deleted meanwhile is
// no failure.
func each(names []string, do func(string) error) error {
	var failed []error
	for _, name := range names {
		if err := do(name); err != nil && !fault.Is(err, fault.NotFound) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
