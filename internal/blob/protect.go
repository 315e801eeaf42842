package blob

import "github.com/alcedo-cloud/alcedo/internal/fault"

// mayChange refuses what an immutability policy or a legal hold forbids: overwriting and deleting.
func (m *mutation) mayChange(b *Blob) error {
	if err := b.settled(); err != nil {
		return err
	}
	return protected(m.container, b, m.now)
}

// mayReplace is mayChange of the blob that is there, where another takes its place. Where versions are what is protected,
// and what is there stays as one, nothing is harmed: the next version may come. Source: "Version-level write once, read
// many (WORM) policies" of Azure Storage's documentation.
func (m *mutation) mayReplace() error {
	if m.container.VersionImmutability && (m.account.Properties.Versioning || m.base.VersionID != 0) {
		return m.base.settled()
	}
	if m.grows {
		return m.mayGrow(m.base)
	}
	return m.mayChange(m.base)
}

// mayGrow is mayChange of a blob that keeps all that it has and gets more: what protects it may let it. The container's
// holds and its policy say so each for itself. Source: "Allow protected append blobs writes" of "Time-based retention
// policies for immutable blob data" and allowProtectedAppendWritesAll of "Blob Containers - Set Legal Hold" in the REST
// reference.
func (m *mutation) mayGrow(b *Blob) error {
	if err := b.settled(); err != nil {
		return err
	}
	c, policy := m.container, m.container.Immutability
	if b.LegalHold || len(c.LegalHolds) > 0 && !c.HoldAppends {
		return errHeld
	}
	may := policy != nil && (policy.AllowProtectedAppends || policy.AllowProtectedAppend && b.Type == AppendBlob)
	if may && (b.Immutability == nil || c.VersionImmutability) {
		return nil
	}
	return retained(c, b, m.now)
}

// inherit gives a new version that has no policy of its own the container's, where versions are what is protected. Source:
// "Configure a default time-based retention policy for a container" of Azure Storage's documentation.
func (m *mutation) inherit(next *Blob) {
	policy := m.container.Immutability
	if next.Immutability != nil || policy == nil || !m.container.VersionImmutability {
		return
	}
	next.Immutability = &Immutability{Until: m.now + Ticks(policy.Days)*ticksADay, Mode: unlockedPolicy}
	if policy.Locked {
		next.Immutability.Mode = lockedPolicy
	}
}

// settled refuses to touch a blob while it is copied to.
func (b *Blob) settled() error {
	if b.Copy != nil && b.Copy.Status == copyPending {
		return refuse(fault.Conflict, "PendingCopyOperation")
	}
	return nil
}

// protected says what forbids to change or delete a blob, or a version of it, at a moment.
func protected(c *Container, b *Blob, now Ticks) error {
	if b.LegalHold || len(c.LegalHolds) > 0 {
		return errHeld
	}
	return retained(c, b, now)
}

var errHeld = refuse(fault.Conflict, "BlobImmutableDueToLegalHold")

// retained is protected as far as time-based policies go.
func retained(c *Container, b *Blob, now Ticks) error {
	policy := c.Immutability
	switch {
	case b.Immutability != nil && b.Immutability.Until > now:
		return refuse(fault.Conflict, "BlobImmutableDueToPolicy")
	case policy != nil && !c.VersionImmutability && b.Modified+Ticks(policy.Days)*ticksADay > now:
		return refuse(fault.Conflict, "BlobImmutableDueToPolicy")
	}
	return nil
}
