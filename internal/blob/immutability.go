package blob

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// The modes of a blob's immutability policy.
const (
	unlockedPolicy = "unlocked"
	lockedPolicy   = "locked"
)

// check brings the mode into the form that is kept, and refuses a policy that says nothing or ends before now.
func (i *Immutability) check(now Ticks) error {
	if i == nil {
		return nil
	}
	i.Mode = strings.ToLower(i.Mode)
	if i.Mode == "" {
		i.Mode = unlockedPolicy
	}
	switch {
	case i.Until <= now:
		return invalidHeader("x-ms-immutability-policy-until-date", i.Until.String())
	case i.Mode != unlockedPolicy && i.Mode != lockedPolicy:
		return invalidHeader("x-ms-immutability-policy-mode", i.Mode)
	}
	return nil
}

// versioned refuses where the container does not have immutability of versions.
func (m *mutation) versioned() error {
	if !m.container.VersionImmutability {
		return refuse(fault.Conflict, "ImmutableStorageWithVersioningNotEnabled")
	}
	return nil
}

// SetImmutability gives a blob or a version a policy of its own. An unlocked one may be changed at will; a locked one
// only be made longer.
func (s *Service) SetImmutability(ctx context.Context, a Access, t Target, i Immutability, c Conditions) (*Blob, error) {
	return s.protect(ctx, a, OpSetImmutability, t, func(m *mutation, b *Blob) error {
		if err := i.check(m.now); err != nil {
			return err
		}
		if !c.IfUnmodifiedSince.IsZero() && b.Modified.Seconds().After(c.IfUnmodifiedSince) {
			return errConditionNotMet
		}
		if have := b.Immutability; have != nil && have.Mode == lockedPolicy && (i.Mode != lockedPolicy || i.Until < have.Until) {
			return refuse(fault.Conflict, "ImmutabilityPolicyCannotBeShortened")
		}
		b.Immutability = &i
		return nil
	})
}

// DeleteImmutability takes a blob's or version's own policy away, unless it is locked.
func (s *Service) DeleteImmutability(ctx context.Context, a Access, t Target) error {
	_, err := s.protect(ctx, a, OpDeleteImmutability, t, func(_ *mutation, b *Blob) error {
		if b.Immutability != nil && b.Immutability.Mode == lockedPolicy {
			return refuse(fault.Conflict, "ImmutabilityPolicyDeleteOnLockedPolicy")
		}
		b.Immutability = nil
		return nil
	})
	return err
}

// SetLegalHold sets or clears a blob's or version's legal hold.
func (s *Service) SetLegalHold(ctx context.Context, a Access, t Target, hold bool) (*Blob, error) {
	return s.protect(ctx, a, OpSetLegalHold, t, func(_ *mutation, b *Blob) error {
		b.LegalHold = hold
		return nil
	})
}

func (s *Service) protect(ctx context.Context, a Access, op Operation, t Target, fn func(*mutation, *Blob) error) (*Blob, error) {
	g, err := s.permitBlob(ctx, a, op, t)
	if err != nil {
		return nil, err
	}
	var changed *Blob
	err = s.change(ctx, g, t, func(m *mutation, b *Blob) error {
		if err := m.versioned(); err != nil {
			return err
		}
		if err := fn(m, b); err != nil {
			return err
		}
		changed = m.answer(b)
		return nil
	})
	return changed, err
}
