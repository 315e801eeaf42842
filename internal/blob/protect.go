package blob

import "github.com/alcedo-cloud/alcedo/internal/fault"

// mayChange refuses what an immutability policy or a legal hold forbids: overwriting and deleting.
func (m *mutation) mayChange(b *Blob) error {
	if b.Copy != nil && b.Copy.Status == copyPending {
		return refuse(fault.Conflict, "PendingCopyOperation")
	}
	return protected(m.container, b, m.now)
}

// protected says what forbids to change or delete a blob, or a version of it, at a moment.
func protected(c *Container, b *Blob, now Ticks) error {
	policy := c.Immutability
	switch {
	case b.LegalHold, len(c.LegalHolds) > 0:
		return refuse(fault.Conflict, "BlobImmutableDueToLegalHold")
	case b.Immutability != nil && b.Immutability.Until > now:
		return refuse(fault.Conflict, "BlobImmutableDueToPolicy")
	case policy != nil && !c.VersionImmutability && b.Modified+Ticks(policy.Days)*ticksADay > now:
		return refuse(fault.Conflict, "BlobImmutableDueToPolicy")
	}
	return nil
}
