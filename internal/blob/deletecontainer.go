package blob

import (
	"context"
	"encoding/binary"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// DeleteContainer deletes a container with all that is in it: softly where the account keeps deleted containers. It
// costs the same however many blobs there are.
func (s *Service) DeleteContainer(ctx context.Context, a Access, t Target, c Conditions) error {
	g, err := s.permit(ctx, a, request{op: OpDeleteContainer, target: t})
	if err != nil {
		return err
	}
	if err := checkContainerName(t.Container); err != nil {
		return err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		found, err := readContainer(tx, t.Account, t.Container)
		if err != nil {
			return err
		}
		now := s.tick(Ticks(found.ETag))
		if err := c.leaseForContainer(found.Lease, now, true); err != nil {
			return err
		}
		if err := c.write(found.state()); err != nil {
			return err
		}
		if found.Immutability != nil || len(found.LegalHolds) > 0 {
			if err := s.holdsBlobs(tx, found); err != nil {
				return err
			}
		}
		if err := tx.Delete(keyContainer(t.Account, t.Container)); err != nil {
			return err
		}
		keep := g.account.Properties.ContainerDeleteRetention
		if !keep.Enabled {
			return tx.Put(keyDead(found.instance), nil)
		}
		found.Deleted, found.Purge, found.Lease = now, now+Ticks(keep.Days)*ticksADay, Lease{}
		return tx.Put(keyDeletedContainer(t.Account, t.Container, now), found.encode())
	})
	return fault.Wrap("blob.DeleteContainer", err)
}

// holdsBlobs refuses to delete a container under a policy or a hold while there are blobs in it.
func (s *Service) holdsBlobs(r store.Reader, c *Container) error {
	start := keyIn("b", c.instance, "")
	for _, err := range r.Scan(start, store.End(start)) {
		if err != nil {
			return err
		}
		return refuse(fault.Conflict, "ContainerImmutableStorageProtected")
	}
	return nil
}

// RestoreContainer gives a container that was deleted softly its place back, under the target's name, which must be free
// again. version is Container.Version of the deleted one.
func (s *Service) RestoreContainer(ctx context.Context, a Access, t Target, name, version string) (*Container, error) {
	if _, err := s.permit(ctx, a, request{op: OpRestoreContainer, target: t}); err != nil {
		return nil, err
	}
	if err := checkContainerName(t.Container); err != nil {
		return nil, err
	}
	deleted, err := ParseContainerVersion(version)
	if err != nil || checkContainerName(name) != nil {
		return nil, invalidHeader("x-ms-deleted-container-version", version)
	}
	if name != t.Container {
		return nil, invalidHeader("x-ms-deleted-container-name", name)
	}
	var restored *Container
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		switch _, err := readContainer(tx, t.Account, t.Container); {
		case err == nil:
			return refuse(fault.Exists, "ContainerAlreadyExists")
		case !fault.Is(err, fault.NotFound):
			return err
		}
		key := keyDeletedContainer(t.Account, name, deleted)
		item, err := tx.Get(key)
		if fault.Is(err, fault.NotFound) {
			return refuse(fault.NotFound, "ContainerNotFound")
		}
		if err != nil {
			return err
		}
		if restored, err = decodeContainer(item.Value); err != nil {
			return err
		}
		now := s.tick(Ticks(restored.ETag))
		if restored.Purge <= now {
			return refuse(fault.NotFound, "ContainerNotFound")
		}
		restored.Deleted, restored.Purge = 0, 0
		restored.touch(now)
		restored.shown(now)
		if err := tx.Delete(key); err != nil {
			return err
		}
		return tx.Put(keyContainer(t.Account, t.Container), restored.encode())
	})
	if err != nil {
		return nil, fault.Wrap("blob.RestoreContainer", err)
	}
	return restored, nil
}

// A deleted container's version is its moment of deletion in hexadecimal.
func containerVersion(deleted Ticks) string { return "01" + hex16(uint64(deleted)) }

// ParseContainerVersion reads what Container.Version shows.
func ParseContainerVersion(text string) (Ticks, error) {
	raw, err := hexBytes(text)
	if err != nil || len(raw) != 9 || raw[0] != 1 {
		return 0, invalidHeader("x-ms-deleted-container-version", text)
	}
	return Ticks(binary.BigEndian.Uint64(raw[1:])), nil
}
