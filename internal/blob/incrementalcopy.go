package blob

import (
	"context"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// IncrementalCopy copies a snapshot of a page blob to a page blob that only such copies write to, and makes a snapshot
// of it: Blob.Copy.Destination. Layers are shared, so only what differs costs anything, and Get Page Ranges compares the
// copies' snapshots as it does the source's.
func (s *Service) IncrementalCopy(ctx context.Context, a Access, t Target, src Source, c Conditions) (*Blob, error) {
	if err := checkWriteTarget(t); err != nil {
		return nil, err
	}
	g, err := s.permitBlob(ctx, a, OpPutBlob, t)
	if err != nil {
		return nil, err
	}
	switch {
	case src.Local == nil:
		return nil, refuse(fault.Conflict, "CopyAcrossAccountsNotSupported")
	case src.Local.Target.Snapshot == 0:
		return nil, refuse(fault.Conflict, "IncrementalCopySourceMustBeSnapshot")
	}
	if _, err := s.permitBlob(ctx, src.Local.Access, OpGetBlob, src.Local.Target); err != nil {
		return nil, sourceFault(err)
	}
	id, err := uuid.NewRandomFromReader(s.Rand)
	if err != nil {
		return nil, fault.Wrap("blob.IncrementalCopy", err)
	}
	var copied *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		from, err := m.readSource(src)
		if err != nil {
			return err
		}
		if from.Type != PageBlob {
			return refuse(fault.Conflict, "InvalidSourceBlobType")
		}
		b, err := m.incremental(g, from, src, c)
		if err != nil {
			return err
		}
		b.Copy = &Copy{
			ID: id.String(), Status: copySuccess, Source: src.shown(), Copied: b.Size, Total: b.Size,
			Completed: m.now, Destination: m.now,
		}
		snapshot := *b
		snapshot.Snapshot, snapshot.Lease = m.now, Lease{}
		if err := m.tx.Put(keyHistory(m.container.instance, m.name, m.now, snapshotKind), snapshot.encode()); err != nil {
			return err
		}
		copied = m.answer(b)
		return m.save(b)
	})
	return copied, err
}

// incremental makes the destination's record, or brings it up to the next snapshot.
func (m *mutation) incremental(g grant, from *Blob, src Source, c Conditions) (*Blob, error) {
	if err := m.mayCreate(g, c); err != nil {
		return nil, err
	}
	if m.base == nil {
		b := newBlob(PageBlob, from.HTTPHeaders, from.Metadata)
		b.Name, b.Created, b.IncrementalCopy = m.name, m.now, true
		b.Size, b.Content, b.SequenceNumber = from.Size, from.Content, from.SequenceNumber
		m.touch(b)
		return b, m.demoteDeleted()
	}
	b := *m.base
	if b.Type != PageBlob || !b.IncrementalCopy || b.Copy == nil {
		return nil, refuse(fault.Conflict, "IncrementalCopyBlobMismatch")
	}
	before, beforeAt := sourceSnapshot(b.Copy.Source)
	now, nowAt := sourceSnapshot(src.shown())
	switch {
	case before != now:
		return nil, refuse(fault.Conflict, "IncrementalCopyBlobMismatch")
	case nowAt <= beforeAt:
		return nil, refuse(fault.Conflict, "IncrementalCopyOfEarlierSnapshotNotAllowed")
	}
	b.HTTPHeaders, b.Metadata, b.SequenceNumber = from.HTTPHeaders, from.Metadata, from.SequenceNumber
	b.Size, b.Content = from.Size, from.Content
	m.touch(&b)
	return &b, nil
}

// sourceSnapshot takes a source's URL apart: host and path, which say which blob it is, and the snapshot.
func sourceSnapshot(text string) (blob string, at Ticks) {
	u, err := url.Parse(text)
	if err != nil {
		return text, 0
	}
	// What is no snapshot is the earliest one: nothing is before it.
	at, err = ParseTicks(u.Query().Get("snapshot"))
	if err != nil {
		at = 0
	}
	return strings.ToLower(u.Host) + u.Path, at
}
