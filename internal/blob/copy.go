package blob

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// The states of a copy.
const (
	copyPending = "pending"
	copySuccess = "success"
	copyAborted = "aborted"
	copyFailed  = "failed"
)

// maxCopyFromURL is how many bytes Copy Blob From URL copies.
const maxCopyFromURL = 256 << 20

// CopyBlob is Copy Blob, and Copy Blob From URL.
type CopyBlob struct {
	Source            Source
	Metadata          map[string]string // nil: the source's
	Tags              map[string]string
	CopyTags          bool // x-ms-copy-source-tag-option: COPY
	Tier              string
	RehydratePriority string
	Seal              *bool // x-ms-seal-blob: of an append blob
	EncryptionScope   string
	Immutability      *Immutability
	LegalHold         bool
	Conditions        Conditions

	id string // a GUID, x-ms-copy-id
}

func (r *CopyBlob) check(t Target) error {
	if err := checkWriteTarget(t); err != nil {
		return err
	}
	if len(r.Source.URL) > 2<<10 || r.Source.URL == "" {
		return invalidHeader("x-ms-copy-source", r.Source.URL)
	}
	if r.CopyTags && len(r.Tags) > 0 {
		return refuse(fault.Invalid, "BothUserTagsAndSourceTagsCopyPresentException")
	}
	if r.RehydratePriority != "" && r.RehydratePriority != "Standard" && r.RehydratePriority != "High" {
		return invalidHeader("x-ms-rehydrate-priority", r.RehydratePriority)
	}
	if err := checkMetadata(r.Metadata); err != nil {
		return err
	}
	return tags.Validate(r.Tags)
}

// CopyBlob begins to copy a blob. A source inside this cloud is copied at once: nothing but references is. Another one
// is fetched while the copy is pending; Blob.Copy says how it stands.
func (s *Service) CopyBlob(ctx context.Context, a Access, t Target, r CopyBlob) (*Blob, error) {
	g, err := s.permitCopy(ctx, a, t, &r)
	if err != nil {
		return nil, err
	}
	if r.Source.Local != nil {
		return s.copyLocal(ctx, g, t, &r)
	}
	return s.beginCopy(ctx, g, t, &r)
}

// CopyFromURL copies a blob of at most 256 MiB before it answers.
func (s *Service) CopyFromURL(ctx context.Context, a Access, t Target, r CopyBlob) (*Blob, error) {
	g, err := s.permitCopy(ctx, a, t, &r)
	if err != nil {
		return nil, err
	}
	if r.Source.Local != nil && r.Source.MD5 == nil && r.Source.CRC64 == nil {
		return s.copyLocal(ctx, g, t, &r)
	}
	src, err := s.openSource(ctx, r.Source)
	if err != nil {
		return nil, err
	}
	defer src.close()
	if src.length > maxCopyFromURL {
		return nil, refuse(fault.Conflict, "CannotVerifyCopySource")
	}
	st, err := s.arrive(ctx, src.upload(upload{most: maxCopyFromURL, sum: true}), nil)
	if err != nil {
		return nil, err
	}
	var copied *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		b, err := m.copied(g, &r, src, st)
		if err == nil {
			copied = m.answer(b)
		}
		return err
	})
	if surelyFailed(err) {
		s.discard(st.staged)
	}
	return copied, err
}

func (s *Service) permitCopy(ctx context.Context, a Access, t Target, r *CopyBlob) (grant, error) {
	if err := r.check(t); err != nil {
		return grant{}, err
	}
	id, err := uuid.NewRandomFromReader(s.Rand)
	if err != nil {
		return grant{}, fault.Wrap("blob.CopyBlob", err)
	}
	r.id = id.String()
	g, err := s.permitTagged(ctx, a, OpPutBlob, t, r.Tags)
	if err != nil || r.Tier == "" {
		return g, err
	}
	if g.account.Kind == "Storage" {
		return g, refuse(fault.Invalid, "AccessTierNotSupported")
	}
	return g, nil
}

// copied writes a block blob whose bytes came from a source and have arrived.
func (m *mutation) copied(g grant, r *CopyBlob, src *opened, st arrival) (*Blob, error) {
	if err := m.mayCopy(g, r, BlockBlob); err != nil {
		return nil, err
	}
	b := newBlob(BlockBlob, src.headers, src.metadata)
	if b.ContentMD5 == nil {
		b.ContentMD5 = st.md5
	}
	if src.blob != nil && r.CopyTags {
		b.Tags = src.blob.Tags
	}
	b.Size, b.Content = st.content.Size, st.content
	m.finishCopy(b, r)
	if err := st.put(m.tx); err != nil {
		return nil, err
	}
	return b, m.place(b)
}

// mayCopy checks what stands between a copy and the blob in its place.
func (m *mutation) mayCopy(g grant, r *CopyBlob, kind BlobType) error {
	if err := m.mayCreate(g, r.Conditions); err != nil {
		return err
	}
	if m.base != nil && m.base.Type != kind {
		return refuse(fault.Conflict, "InvalidBlobType")
	}
	if r.Tier != "" {
		return checkTier(kind, r.Tier)
	}
	return nil
}

// finishCopy gives a copy what the request says of it.
func (m *mutation) finishCopy(b *Blob, r *CopyBlob) {
	if r.Metadata != nil {
		b.Metadata = r.Metadata
	}
	if len(r.Tags) > 0 {
		b.Tags = r.Tags
	}
	if r.Tier != "" {
		b.Tier, b.TierChanged = r.Tier, m.now
	}
	b.EncryptionScope, b.Immutability, b.LegalHold = r.EncryptionScope, r.Immutability, r.LegalHold
	b.Copy = &Copy{
		ID: r.id, Status: copySuccess, Source: r.Source.shown(), Copied: b.Size, Total: b.Size, Completed: m.now,
	}
}

// place writes a blob over what is there, with the blocks that wait.
func (m *mutation) place(b *Blob) error {
	if err := m.dropBlocks(); err != nil {
		return err
	}
	return m.replace(b, nil)
}

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
	if b.CustomerKey != nil {
		return nil, refuse(fault.Conflict, "BlobUsesCustomerSpecifiedEncryption")
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

// AbortCopy ends a copy that is pending. The blob stays, without content.
func (s *Service) AbortCopy(ctx context.Context, a Access, t Target, copyID string, c Conditions) error {
	if err := checkWriteTarget(t); err != nil {
		return err
	}
	g, err := s.permitBlob(ctx, a, OpAbortCopy, t)
	if err != nil {
		return err
	}
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.exists(); err != nil {
			return err
		}
		b := *m.base
		switch {
		case b.Copy == nil || b.Copy.Status != copyPending:
			return refuse(fault.Conflict, "NoPendingCopyOperation")
		case b.Copy.ID != copyID:
			return refuse(fault.Conflict, "CopyIdMismatch")
		}
		if err := c.leaseForWrite(b.Lease, m.now); err != nil {
			return err
		}
		ended := *b.Copy
		ended.Status, ended.Completed = copyAborted, m.now
		b.Copy = &ended
		m.touch(&b)
		if err := m.tx.Delete(keyJob(m.container.instance, m.name)); err != nil {
			return err
		}
		return m.save(&b)
	})
	if err == nil {
		s.copies.cancel(copyID)
	}
	return err
}
