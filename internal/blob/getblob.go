package blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// maxRangeSum is how long a range may be whose checksum is asked for.
const maxRangeSum = 4 << 20

// Range is a range of bytes.
type Range struct {
	Start int64
	End   int64 // the last byte; -1 for the end of the blob
}

// GetBlob is Get Blob.
type GetBlob struct {
	Range      *Range // nil for all of it
	Conditions Conditions
	RangeMD5   bool // x-ms-range-get-content-md5
	RangeCRC64 bool // x-ms-range-get-content-crc64
	Key        *CustomerKey
}

// Download is a blob that is being read. It must be closed.
type Download struct {
	Blob    *Blob
	Start   int64 // of the range, in the blob
	Length  int64 // of the range
	Partial bool  // a range was asked for: 206
	MD5     []byte
	CRC64   *uint64

	service *Service
	ctx     context.Context
	key     *CustomerKey
	data    []byte // of what is inline: the range
	pieces  []piece
	snap    store.Snapshot // while there are pieces in the store
	pin     uint64         // 0 where no file is read
}

// GetBlob begins to read a blob, a snapshot or a version.
func (s *Service) GetBlob(ctx context.Context, a Access, t Target, r GetBlob) (*Download, error) {
	g, err := s.permitBlob(ctx, a, OpGetBlob, t)
	if err != nil {
		return nil, err
	}
	d, err := s.download(ctx, g, t, r)
	if err != nil {
		return nil, err
	}
	if err := s.accessed(ctx, g, t, d.Blob); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// download is GetBlob behind the door: copies read their sources by it.
func (s *Service) download(ctx context.Context, g grant, t Target, r GetBlob) (*Download, error) {
	now := TicksOf(s.Clock.Now())
	d := &Download{service: s, ctx: ctx, pin: s.pins.pin()}
	snap, err := s.Store.Snapshot(ctx)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.snap = snap
	if err := d.locate(t, r, g.account, now); err != nil {
		return nil, errors.Join(fault.Wrap("blob.GetBlob", err), d.Close())
	}
	if err := d.sums(r); err != nil {
		return nil, errors.Join(fault.Wrap("blob.GetBlob", err), d.Close())
	}
	if err := d.release(); err != nil {
		return nil, errors.Join(fault.Wrap("blob.GetBlob", err), d.Close())
	}
	return d, nil
}

// locate finds the blob and where the bytes of the range are.
func (d *Download) locate(t Target, r GetBlob, account *Account, now Ticks) error {
	_, b, err := readTarget(d.snap, t, now)
	if err != nil {
		return err
	}
	if err := r.Conditions.leaseForRead(b.Lease, now); err != nil {
		return err
	}
	if err := r.Conditions.read(b.state()); err != nil {
		return err
	}
	if b.settle(now); b.Tier == "Archive" {
		return refuse(fault.Conflict, "BlobArchived")
	}
	if err := b.readable(account, r.Key); err != nil {
		return err
	}
	d.key = r.Key
	d.Blob = b.shown(account, now)
	if err := d.cut(r.Range); err != nil {
		return err
	}
	return d.find()
}

// PastEnd is the cause of a fault InvalidRange: where the blob ends that the range does not meet.
type PastEnd struct{ Size int64 }

func (e PastEnd) Error() string { return fmt.Sprintf("the blob has %d bytes", e.Size) }

// cut works out the range.
func (d *Download) cut(r *Range) error {
	size := d.Blob.Size
	if r == nil {
		d.Length = size
		return nil
	}
	if r.Start < 0 || r.Start >= size || r.End != -1 && r.End < r.Start {
		return &fault.Error{Kind: fault.Invalid, Op: "blob.GetBlob", Reason: "InvalidRange", Message: "InvalidRange", Cause: PastEnd{size}}
	}
	end := size - 1
	if r.End != -1 {
		end = min(r.End, end)
	}
	d.Start, d.Length, d.Partial = r.Start, end-r.Start+1, true
	return nil
}

// find lists the pieces that the range is in.
func (d *Download) find() error {
	c := d.Blob.Content
	switch c.Form {
	case NoContent:
		return nil
	case Inline:
		item, err := d.snap.Get(keyData(c.ID))
		if err != nil {
			return lost(err)
		}
		if int64(len(item.Value)) != c.Size {
			return errRecord
		}
		d.data = item.Value[d.Start : d.Start+d.Length]
		return d.key.apply(c.ID, d.Start, d.data)
	case File:
		d.pieces = []piece{{content: c}}
		return nil
	case Manifest:
		pieces, err := readManifest(d.snap, c.ID, d.Start, d.Start+d.Length)
		d.pieces = pieces
		return err
	}
	return nil // pages are looked for as they are written
}

// lost gives a content that a record references and nobody has the right kind: it is our loss, not a name that is free.
func lost(err error) error {
	if fault.Is(err, fault.NotFound) {
		return &fault.Error{Kind: fault.Internal, Op: "blob.GetBlob", Cause: err}
	}
	return err
}

// sums works out the checksums of the range that were asked for.
func (d *Download) sums(r GetBlob) error {
	if !r.RangeMD5 && !r.RangeCRC64 {
		return nil
	}
	if r.RangeMD5 && r.RangeCRC64 || r.Range == nil {
		return invalidHeader("x-ms-range-get-content-md5", "true")
	}
	if d.Length > maxRangeSum {
		return refuse(fault.Invalid, "OutOfRangeQueryParameterValue")
	}
	var buf bytes.Buffer
	if _, err := d.WriteTo(&buf); err != nil {
		return err
	}
	if r.RangeMD5 {
		sum := md5.Sum(buf.Bytes())
		d.MD5 = sum[:]
	} else {
		crc := content.CRC64(buf.Bytes())
		d.CRC64 = &crc
	}
	return nil
}

// release gives back early what reading the rest does not need.
func (d *Download) release() error {
	inStore := d.Blob.Content.Form == Pages
	inFiles := inStore
	for _, p := range d.pieces {
		inStore = inStore || p.content.Form == Inline
		inFiles = inFiles || p.content.Form == File
	}
	if !inFiles {
		d.service.pins.unpin(d.pin)
		d.pin = 0
	}
	if inStore {
		return nil
	}
	err := d.snap.Close()
	d.snap = nil
	return err
}

// Close ends the reading. It may be called more than once.
func (d *Download) Close() error {
	if d.pin != 0 {
		d.service.pins.unpin(d.pin)
		d.pin = 0
	}
	if d.snap == nil {
		return nil
	}
	err := d.snap.Close()
	d.snap = nil
	return err
}
