package blob

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// copyLocal copies a blob of this cloud: the copy holds the same content.
func (s *Service) copyLocal(ctx context.Context, g grant, t Target, r *CopyBlob) (*Blob, error) {
	src := r.Source.Local
	if _, err := s.permitBlob(ctx, src.Access, OpGetBlob, src.Target); err != nil {
		return nil, sourceFault(err)
	}
	fork, err := s.newContentID()
	if err != nil {
		return nil, err
	}
	var copied *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		from, err := m.readSource(r.Source)
		if err != nil {
			return err
		}
		if err := m.mayCopy(g, r, from.Type); err != nil {
			return err
		}
		b, err := m.copyOf(from, r, fork)
		if err != nil {
			return err
		}
		if err := m.place(b); err != nil {
			return err
		}
		copied = m.answer(b)
		return nil
	})
	return copied, err
}

// readSource reads a source of this cloud in the copy's transaction, and sees that its content is known to be shared.
func (m *mutation) readSource(src Source) (*Blob, error) {
	t := src.Local.Target
	c, b, err := readTarget(m.tx, t, m.now)
	if err != nil {
		return nil, sourceFault(err)
	}
	if err := errors.Join(src.Conditions.read(b.state()), src.Conditions.leaseForRead(b.Lease, m.now)); err != nil {
		return nil, sourceFault(err)
	}
	b.settle(m.now)
	if err := b.readable(m.account, nil); err != nil {
		return nil, sourceFault(err)
	}
	if b.Copy != nil && b.Copy.Status == copyPending {
		return nil, refuse(fault.Conflict, "PendingCopyOperation")
	}
	if b.Content.Shared || b.Content.Form == NoContent {
		return b, nil
	}
	b.Content.Shared = true
	if m.base != nil && c.instance == m.container.instance && t.Blob == m.name && t.Snapshot == 0 && (t.VersionID == 0 || b.Current) {
		m.base.Content.Shared = true // the blob is copied onto itself
		return b, nil
	}
	return b, m.tx.Put(recordKey(c.instance, t, b), b.encode())
}

// recordKey is where the record that readTarget found lies.
func recordKey(i instance, t Target, b *Blob) []byte {
	switch {
	case t.Snapshot != 0:
		return keyHistory(i, t.Blob, t.Snapshot, snapshotKind)
	case t.VersionID != 0 && !b.Current:
		return keyHistory(i, t.Blob, t.VersionID, versionKind)
	}
	return keyBlob(i, t.Blob)
}

// copyOf makes the record of a copy.
func (m *mutation) copyOf(from *Blob, r *CopyBlob, fork content.ID) (*Blob, error) {
	b := newBlob(from.Type, from.HTTPHeaders, from.Metadata)
	b.Size, b.Content = from.Size, from.Content
	b.SequenceNumber, b.AppendedBlocks, b.Sealed = from.SequenceNumber, from.AppendedBlocks, from.Sealed
	if r.Seal != nil {
		b.Sealed = *r.Seal
	}
	if r.CopyTags {
		b.Tags = from.Tags
	}
	if from.Type == PageBlob {
		b.Tier = from.Tier
	}
	if from.Tier == "Archive" {
		if r.Tier == "" {
			return nil, refuse(fault.Conflict, "BlobArchived")
		}
		b.Tier = "Archive"
	}
	archived := b.Tier == "Archive" && r.Tier != "Archive"
	m.finishCopy(b, r)
	if archived {
		b.Tier = "Archive"
		b.rehydrate(SetTier{Tier: r.Tier, RehydratePriority: r.RehydratePriority}, m.now)
	}
	if from.Type == AppendBlob {
		return b, m.forkManifest(b, fork)
	}
	return b, nil
}

// forkManifest gives a copied append blob a manifest of its own: source and copy grow apart.
func (m *mutation) forkManifest(b *Blob, fork content.ID) error {
	pieces, err := readManifest(m.tx, b.Content.ID, 0, b.Size)
	if err != nil {
		return err
	}
	for i := range pieces {
		pieces[i].content.Shared = true
	}
	b.Content = Content{Form: Manifest, ID: fork, Size: b.Size}
	return writeManifest(m.tx, fork, pieces)
}
