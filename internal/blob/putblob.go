package blob

import (
	"context"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// maxPutBlob is how many bytes Put Blob takes at once, since version 2019-12-12.
const maxPutBlob = 5000 << 20

// PutBlob is Put Blob for a block blob.
type PutBlob struct {
	Body   io.Reader
	Length int64   // of the body, in bytes
	MD5    []byte  // Content-MD5 of the transaction; nil where it was not sent
	CRC64  *uint64 // x-ms-content-crc64

	Headers         HTTPHeaders // ContentMD5: x-ms-blob-content-md5
	Metadata        map[string]string
	Tags            map[string]string
	Tier            string // Hot, Cool, Cold, Archive; "" for the account's default
	EncryptionScope string
	Key             *CustomerKey
	Immutability    *Immutability
	LegalHold       bool
	Conditions      Conditions
}

// PutResult is a blob that was written, and the checksums of the body.
type PutResult struct {
	*Blob
	BodyMD5 []byte
	BodyCRC uint64
}

// PutBlob creates a block blob, or replaces what is there.
func (s *Service) PutBlob(ctx context.Context, a Access, t Target, r PutBlob) (PutResult, error) {
	g, err := s.permitTagged(ctx, a, OpPutBlob, t, r.Tags)
	if err != nil {
		return PutResult{}, err
	}
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil {
		return PutResult{}, err
	}
	if err := s.checkPut(ctx, g, t, &r); err != nil {
		return PutResult{}, err
	}
	st, err := s.arrive(ctx, upload{
		body: r.Body, length: r.Length, most: maxPutBlob, md5: r.MD5, crc: r.CRC64, sum: r.Headers.ContentMD5 == nil,
	}, r.Key)
	if err != nil {
		return PutResult{}, err
	}
	defer st.recycle()
	var b *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.mayCreate(g, r.Conditions); err != nil {
			return err
		}
		b = newBlob(BlockBlob, r.Headers, r.Metadata)
		b.Size, b.Content = st.content.Size, st.content
		b.Tags, b.Tier, b.EncryptionScope = r.Tags, r.Tier, r.EncryptionScope
		b.Immutability, b.LegalHold, b.CustomerKey = r.Immutability, r.LegalHold, r.Key.fingerprint()
		if b.Tier != "" {
			b.TierChanged = m.now
		}
		if b.ContentMD5 == nil {
			b.ContentMD5 = st.md5
		}
		if err := m.admit(b); err != nil {
			return err
		}
		if err := m.dropBlocks(); err != nil {
			return err
		}
		if err := st.put(m.tx); err != nil {
			return err
		}
		if err := m.replace(b, nil); err != nil {
			return err
		}
		b.shown(m.account, m.now)
		b.Current = b.VersionID != 0
		return nil
	})
	if err != nil {
		if surelyFailed(err) {
			s.discard(st.staged)
		}
		return PutResult{}, err
	}
	return PutResult{Blob: b, BodyMD5: st.md5, BodyCRC: st.crc}, nil
}

// newBlob is a blob that has nothing yet.
func newBlob(kind BlobType, h HTTPHeaders, metadata map[string]string) *Blob {
	if h.ContentType == "" {
		h.ContentType = "application/octet-stream"
	}
	return &Blob{Type: kind, HTTPHeaders: h, Metadata: metadata}
}

// checkPut refuses what can be refused before the body is read.
func (s *Service) checkPut(ctx context.Context, g grant, t Target, r *PutBlob) error {
	switch {
	case t.Snapshot != 0 || t.VersionID != 0:
		return invalidQuery("snapshot", "write")
	case r.Length < 0:
		return refuse(fault.Invalid, "MissingContentLengthHeader")
	case r.Length > maxPutBlob:
		return refuse(fault.TooLarge, "RequestBodyTooLarge")
	}
	if err := checkWritten(g.account, r.Headers, r.Metadata, r.Tier); err != nil {
		return err
	}
	if err := tags.Validate(r.Tags); err != nil {
		return err
	}
	if r.Length <= maxInline {
		return nil
	}
	return s.precheck(ctx, g, t, func(m *mutation) error { return m.mayCreate(g, r.Conditions) })
}

// precheck asks before a long body is read what the transaction will ask again.
func (s *Service) precheck(ctx context.Context, g grant, t Target, fn func(*mutation) error) error {
	return g.refuse(ctx, store.View(ctx, s.Store, func(r store.Reader) error {
		m := &mutation{ctx: ctx, account: g.account, name: t.Blob, now: TicksOf(s.Clock.Now())}
		var err error
		if m.container, err = readContainer(r, t.Account, t.Container); err != nil {
			return err
		}
		if m.base, err = readBase(r, m.container.instance, t.Blob); err != nil {
			return err
		}
		m.settle()
		return fn(m)
	}))
}

// mayCreate checks everything that stands between a request and a blob in the place of what is there.
func (m *mutation) mayCreate(g grant, c Conditions) error {
	if err := m.mayWrite(g, c); err != nil || m.base == nil {
		return err
	}
	return m.mayReplace()
}

// mayWrite is mayCreate but for what protects the blob that is there, which replace asks.
func (m *mutation) mayWrite(g grant, c Conditions) error {
	if err := c.create(m.base.state()); err != nil {
		return err
	}
	if m.base == nil {
		if c.LeaseID != "" {
			return refuse(fault.Precondition, "LeaseNotPresentWithBlobOperation")
		}
		return nil
	}
	if g.newOnly {
		return errNewOnly
	}
	return c.leaseForWrite(m.base.Lease, m.now)
}

// checkWritten checks the properties that a new blob is given.
func checkWritten(account *Account, h HTTPHeaders, metadata map[string]string, tier string) error {
	if err := checkMetadata(metadata); err != nil {
		return err
	}
	switch tier {
	case "", "Hot", "Cool", "Cold", "Archive":
	default:
		return invalidHeader("x-ms-access-tier", tier)
	}
	if tier != "" && account.Kind == "Storage" {
		return refuse(fault.Invalid, "AccessTierNotSupported")
	}
	return nil
}
