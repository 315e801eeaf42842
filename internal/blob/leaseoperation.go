package blob

import (
	"context"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func (s *Service) newLeaseID() (string, error) {
	id, err := uuid.NewRandomFromReader(s.Rand)
	return id.String(), fault.Wrap("blob.Lease", err)
}

// LeaseContainer acquires, renews, changes, releases or breaks a container's lease.
func (s *Service) LeaseContainer(ctx context.Context, a Access, t Target, r LeaseRequest, c Conditions) (LeaseResult, error) {
	op := OpLeaseContainer
	if r.Action == BreakLease {
		op = OpBreakContainerLease
	}
	var result LeaseResult
	c.LeaseID = "" // it is the lease's own affair
	_, err := s.changeContainer(ctx, a, op, t, c, func(_ *Account, found *Container, now Ticks) (err error) {
		found.Lease, result, err = found.Lease.apply(r, now, found.ETag, s.newLeaseID)
		result.ETag, result.Modified = found.ETag, found.Modified
		return err
	})
	return result, err
}

// LeaseBlob acquires, renews, changes, releases or breaks a blob's lease. The blob's ETag stays as it is.
func (s *Service) LeaseBlob(ctx context.Context, a Access, t Target, r LeaseRequest, c Conditions) (LeaseResult, error) {
	op := OpLeaseBlob
	if r.Action == BreakLease {
		op = OpBreakBlobLease
	}
	g, err := s.permitBlob(ctx, a, op, t)
	if err != nil {
		return LeaseResult{}, err
	}
	if t.Snapshot != 0 || t.VersionID != 0 {
		return LeaseResult{}, invalidQuery("snapshot", "lease")
	}
	var result LeaseResult
	err = s.mutate(ctx, g, t, func(m *mutation) (err error) {
		if err := m.exists(); err != nil {
			return err
		}
		if err := c.write(m.base.state()); err != nil {
			return err
		}
		m.base.Lease, result, err = m.base.Lease.apply(r, m.now, m.base.ETag, s.newLeaseID)
		if err != nil {
			return err
		}
		result.ETag, result.Modified = m.base.ETag, m.base.Modified
		return m.save(m.base)
	})
	return result, err
}
