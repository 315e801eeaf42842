package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// GetContainer gives a container's properties and metadata. Of the conditions, only the lease counts.
func (s *Service) GetContainer(ctx context.Context, a Access, t Target, c Conditions) (*Container, error) {
	return s.readContainer(ctx, a, OpGetContainer, t, c)
}

// GetContainerACL gives a container's public access and stored access policies.
func (s *Service) GetContainerACL(ctx context.Context, a Access, t Target, c Conditions) (*Container, error) {
	return s.readContainer(ctx, a, OpGetContainerACL, t, c)
}

func (s *Service) readContainer(ctx context.Context, a Access, op Operation, t Target, c Conditions) (*Container, error) {
	if _, err := s.permit(ctx, a, request{op: op, target: t}); err != nil {
		return nil, err
	}
	found, err := s.lookContainer(ctx, t)
	if err != nil {
		return nil, err
	}
	now := TicksOf(s.Clock.Now())
	if err := c.leaseForContainer(found.Lease, now, false); err != nil {
		return nil, err
	}
	return found.shown(now), nil
}

// lookContainer reads a container without asking anybody.
func (s *Service) lookContainer(ctx context.Context, t Target) (found *Container, err error) {
	if err := checkContainerName(t.Container); err != nil {
		return nil, err
	}
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		found, err = readContainer(r, t.Account, t.Container)
		return err
	})
	return found, fault.Wrap("blob.lookContainer", err)
}

func (s *Service) publicAccess(ctx context.Context, t Target) (PublicAccess, error) {
	c, err := s.lookContainer(ctx, t)
	if err != nil {
		return Private, err
	}
	return c.Public, nil
}

// Policy finds a stored access policy, for the check of a signature that names it. It asks for no right: the signature
// is the right.
func (s *Service) Policy(ctx context.Context, account, container, id string) (AccessPolicy, bool, error) {
	c, err := s.lookContainer(ctx, Target{Account: account, Container: container})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return AccessPolicy{}, false, nil
	}
	if err != nil {
		return AccessPolicy{}, false, err
	}
	for _, p := range c.Policies {
		if p.ID == id {
			return p, true, nil
		}
	}
	return AccessPolicy{}, false, nil
}

// changeContainer runs fn on a container in a transaction, once the door and the conditions let it, and saves it.
func (s *Service) changeContainer(ctx context.Context, a Access, op Operation, t Target, c Conditions, fn func(*Account, *Container, Ticks) error) (*Container, error) {
	g, err := s.permit(ctx, a, request{op: op, target: t})
	if err != nil {
		return nil, err
	}
	if err := checkContainerName(t.Container); err != nil {
		return nil, err
	}
	var changed *Container
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		var err error
		if changed, err = readContainer(tx, t.Account, t.Container); err != nil {
			return err
		}
		now := s.tick(Ticks(changed.ETag))
		if err := c.leaseForContainer(changed.Lease, now, false); err != nil {
			return err
		}
		if err := c.write(changed.state()); err != nil {
			return err
		}
		if err := fn(g.account, changed, now); err != nil {
			return err
		}
		changed.shown(now)
		return tx.Put(keyContainer(t.Account, t.Container), changed.encode())
	})
	if err != nil {
		return nil, fault.Wrap("blob.changeContainer", err)
	}
	return changed, nil
}

func (c *Container) touch(now Ticks) { c.ETag, c.Modified = ETag(now), now }

// SetContainerMetadata replaces a container's metadata.
func (s *Service) SetContainerMetadata(ctx context.Context, a Access, t Target, metadata map[string]string, c Conditions) (*Container, error) {
	return s.changeContainer(ctx, a, OpSetContainerMetadata, t, c, func(_ *Account, found *Container, now Ticks) error {
		if err := checkMetadata(metadata); err != nil {
			return err
		}
		found.Metadata = metadata
		found.touch(now)
		return nil
	})
}

// ChangeContainer lets Resource Manager change what the data plane cannot: immutability, legal holds, the default
// encryption scope. Its caller has been authorized by Resource Manager.
func (s *Service) ChangeContainer(ctx context.Context, t Target, fn func(*Container) error) (*Container, error) {
	operator := Access{By: Operator}
	return s.changeContainer(ctx, operator, OpSetContainerMetadata, t, Conditions{}, func(_ *Account, found *Container, now Ticks) error {
		if err := fn(found); err != nil {
			return err
		}
		found.touch(now)
		return nil
	})
}
