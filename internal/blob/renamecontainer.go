package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// RenameContainer is Rename Container: what is under the name source is under the target's name afterwards, with its
// blobs, its policies and its lease. The name must be free. leaseID is x-ms-source-lease-id. The caller needs the right to delete
// the one and to create the other. A container under an immutability policy or a legal hold keeps its name while there
// are blobs in it, and one with pending copies while they go on.
func (s *Service) RenameContainer(ctx context.Context, a Access, t Target, source, leaseID string) error {
	if _, err := s.permit(ctx, a, request{op: OpRenameContainer, target: t}); err != nil {
		return err
	}
	from := Target{Account: t.Account, Container: source}
	if _, err := s.permit(ctx, a, request{op: OpDeleteContainer, target: from}); err != nil {
		return err
	}
	if err := checkContainerName(t.Container); err != nil {
		return err
	}
	if checkContainerName(source) != nil {
		return invalidHeader("x-ms-source-container-name", source)
	}
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		found, err := readContainer(tx, from.Account, from.Container)
		if err != nil {
			return err
		}
		switch _, err := readContainer(tx, t.Account, t.Container); {
		case err == nil:
			return refuse(fault.Exists, "ContainerAlreadyExists")
		case !fault.Is(err, fault.NotFound):
			return err
		}
		now := s.tick(Ticks(found.ETag))
		if err := (Conditions{LeaseID: leaseID}).leaseForContainer(found.Lease, now, true); err != nil {
			return err
		}
		if err := s.mayRename(tx, found); err != nil {
			return err
		}
		found.Name = t.Container
		found.touch(now)
		if err := tx.Delete(keyContainer(from.Account, from.Container)); err != nil {
			return err
		}
		return tx.Put(keyContainer(t.Account, t.Container), found.encode())
	})
	return fault.Wrap("blob.RenameContainer", err)
}

// mayRename checks what holds a container to its name.
func (s *Service) mayRename(r store.Reader, c *Container) error {
	if c.Immutability != nil || len(c.LegalHolds) > 0 {
		if err := s.holdsBlobs(r, c); err != nil {
			return err
		}
	}
	jobs := keyIn("j", c.instance, "")
	for _, err := range r.Scan(jobs, store.End(jobs)) {
		if err != nil {
			return err
		}
		return refuse(fault.Conflict, "PendingCopyOperation") // its job knows the blob by the container's name
	}
	return nil
}
