package blob

import (
	"context"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
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
	if err != nil {
		return g, err
	}
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil || r.Tier == "" {
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
		return checkTier(g.account, kind, r.Tier)
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
