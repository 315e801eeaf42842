package blob

import (
	"context"
	"encoding/binary"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/content"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Limits of append blobs, those of x-ms-version 2022-11-02 and later.
const (
	maxAppendBlocks = 50_000
	maxAppendBlock  = 100 << 20
)

// AppendBlock is Append Block, and Append Block From URL where Source is set.
type AppendBlock struct {
	Body     io.Reader
	Length   int64
	MD5      []byte  // of the body, as the client says; nil where it does not
	CRC64    *uint64 // the same
	Position *int64  // x-ms-blob-condition-appendpos: where the block must begin
	MaxSize  *int64  // x-ms-blob-condition-maxsize: what the blob may have afterwards
	Source   *Source
	Key      *CustomerKey

	EncryptionScope string
	Conditions      Conditions
}

// AppendResult is what the answer says.
type AppendResult struct {
	Blob   *Blob
	Offset int64 // where the block begins
	MD5    []byte
	CRC64  uint64
}

// PutAppendBlob makes an empty append blob, in place of what is there.
func (s *Service) PutAppendBlob(ctx context.Context, a Access, t Target, c CreateBlob) (*Blob, error) {
	if c.Size != 0 {
		return nil, invalidHeader("x-ms-blob-content-length", "")
	}
	if c.Tier != "" {
		return nil, refuse(fault.Invalid, "AccessTierNotSupportedForBlobType")
	}
	return s.create(ctx, a, t, &c, AppendBlob)
}

// create makes a blob that has no bytes.
func (s *Service) create(ctx context.Context, a Access, t Target, c *CreateBlob, kind BlobType) (*Blob, error) {
	if err := c.check(t); err != nil {
		return nil, err
	}
	if err := c.Key.check(); err != nil {
		return nil, err
	}
	g, err := s.permitTagged(ctx, a, OpPutBlob, t, c.Tags)
	if err != nil {
		return nil, err
	}
	if kind == PageBlob && c.Tier != "" {
		if err := checkTier(g.account, kind, c.Tier); err != nil {
			return nil, err
		}
	}
	if c.EncryptionScope, err = a.scope(c.EncryptionScope); err != nil {
		return nil, err
	}
	id, err := s.newContentID()
	if err != nil {
		return nil, err
	}
	var made *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.mayCreate(g, c.Conditions); err != nil {
			return err
		}
		b := c.blob(kind)
		if kind == PageBlob {
			b.Size, b.SequenceNumber, b.Tier = c.Size, c.SequenceNumber, c.Tier
			b.Content = Content{Form: Pages, ID: id}
			if err := putLayer(m.tx, id, nil); err != nil {
				return err
			}
		} else {
			b.Content = Content{Form: Manifest, ID: id}
		}
		if err := m.dropBlocks(); err != nil {
			return err
		}
		if err := m.replace(b, nil); err != nil {
			return err
		}
		made = m.answer(b)
		return nil
	})
	return made, err
}

// newContentID names a content that lies in the store: the moment, which no other has, then random bytes. Contents that
// are written one after another are neighbours in the store then, which need not be sorted in among all others.
func (s *Service) newContentID() (id content.ID, err error) {
	binary.BigEndian.PutUint64(id[:8], uint64(s.tick(0)))
	_, err = io.ReadFull(s.Rand, id[8:])
	return id, fault.Wrap("blob.newContentID", err)
}

// AppendBlock writes a block behind what an append blob has.
func (s *Service) AppendBlock(ctx context.Context, a Access, t Target, r AppendBlock) (AppendResult, error) {
	if err := checkWriteTarget(t); err != nil {
		return AppendResult{}, err
	}
	g, err := s.permitBlob(ctx, a, OpAppendBlock, t)
	if err != nil {
		return AppendResult{}, err
	}
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil {
		return AppendResult{}, err
	}
	u := upload{body: r.Body, length: r.Length, most: maxAppendBlock, md5: r.MD5, crc: r.CRC64, sum: true}
	if r.Source != nil {
		src, err := s.openSource(ctx, *r.Source)
		if err != nil {
			return AppendResult{}, err
		}
		defer src.close()
		u = src.upload(u)
	}
	switch {
	case u.length == 0:
		return AppendResult{}, invalidHeader("Content-Length", "0")
	case u.length > maxAppendBlock:
		return AppendResult{}, refuse(fault.TooLarge, "RequestBodyTooLarge")
	}
	st, err := s.arrive(ctx, u, r.Key)
	if err != nil {
		return AppendResult{}, err
	}
	result := AppendResult{MD5: st.md5, CRC64: st.crc}
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		b, err := m.append(r, st.staged)
		if err != nil {
			return err
		}
		result.Offset, result.Blob = b.Size-st.content.Size, m.answer(b)
		return nil
	})
	if surelyFailed(err) {
		s.discard(st.staged)
	}
	return result, err
}

// append adds what was staged to the blob.
func (m *mutation) append(r AppendBlock, st *staged) (*Blob, error) {
	if err := m.writable(r.Conditions, AppendBlob, r.Key, r.EncryptionScope); err != nil {
		return nil, err
	}
	b := *m.base
	switch {
	case b.Sealed:
		return nil, refuse(fault.Conflict, "BlobIsSealed")
	case r.Position != nil && *r.Position != b.Size:
		return nil, refuse(fault.Precondition, "AppendPositionConditionNotMet")
	case r.MaxSize != nil && b.Size+st.content.Size > *r.MaxSize:
		return nil, refuse(fault.Precondition, "MaxBlobSizeConditionNotMet")
	case b.AppendedBlocks >= maxAppendBlocks:
		return nil, refuse(fault.Conflict, "BlockCountExceedsLimit")
	}
	if err := m.mayGrow(&b); err != nil {
		return nil, err
	}
	if err := st.put(m.tx); err != nil {
		return nil, err
	}
	if err := writeManifest(m.tx, b.Content.ID, []piece{{start: b.Size, content: st.content}}); err != nil {
		return nil, err
	}
	b.Size += st.content.Size
	b.Content.Size = b.Size
	b.AppendedBlocks++
	b.ContentMD5 = nil // it was of what the blob had before
	m.touch(&b)
	return &b, m.save(&b)
}

// SealAppendBlob makes an append blob read-only. Sealing twice is no error.
func (s *Service) SealAppendBlob(ctx context.Context, a Access, t Target, position *int64, c Conditions) (*Blob, error) {
	if err := checkWriteTarget(t); err != nil {
		return nil, err
	}
	g, err := s.permitBlob(ctx, a, OpSealBlob, t)
	if err != nil {
		return nil, err
	}
	var sealed *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.exists(); err != nil {
			return err
		}
		if m.base.Type != AppendBlob {
			return refuse(fault.Conflict, "InvalidBlobType")
		}
		if err := m.changeable(c); err != nil {
			return err
		}
		if position != nil && *position != m.base.Size {
			return refuse(fault.Precondition, "AppendPositionConditionNotMet")
		}
		b := *m.base
		if !b.Sealed {
			b.Sealed = true
			m.touch(&b)
			if err := m.save(&b); err != nil {
				return err
			}
		}
		sealed = m.answer(&b)
		return nil
	})
	return sealed, err
}
