package blob

import (
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

func (c *checker) extent(e extent) error {
	r, err := c.service.Content.Open(c.ctx, e.id)
	if fault.Is(err, fault.NotFound) {
		c.find(Missing, "the content %x of the pages from %d is not there", e.id, e.start)
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	if r.Size() < e.skew+e.end-e.start {
		c.find(Mismatch, "the content %x of the pages from %d has %d bytes", e.id, e.start, r.Size())
		return nil
	}
	d, err := digest(r)
	if err == nil && d.CRC64 != e.crc {
		c.find(Mismatch, "the checksum of content %x is %016X, not %016X", e.id, d.CRC64, e.crc)
	}
	return err
}

// content compares a content with its checksum.
func (c *checker) content(ref Content) error {
	var d content.Ref
	switch ref.Form {
	case Inline:
		item, err := c.reader.Get(keyData(ref.ID))
		if errors.Is(err, store.ErrNotFound) {
			c.find(Missing, "the inline content %x is not there", ref.ID)
			return nil
		}
		if err != nil {
			return err
		}
		d = content.Ref{Size: int64(len(item.Value)), CRC64: content.CRC64(item.Value)}
	case File:
		r, err := c.service.Content.Open(c.ctx, ref.ID)
		if fault.Is(err, fault.NotFound) {
			c.find(Missing, "the content %x is not there", ref.ID)
			return nil
		}
		if err != nil {
			return err
		}
		d, err = digest(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
	default:
		c.find(Damaged, "a piece of unknown form %d", ref.Form)
		return nil
	}
	switch {
	case d.Size != ref.Size:
		c.find(Mismatch, "the content %x has %d bytes, not %d", ref.ID, d.Size, ref.Size)
	case d.CRC64 != ref.CRC64:
		c.find(Mismatch, "the checksum of content %x is %016X, not %016X", ref.ID, d.CRC64, ref.CRC64)
	}
	return nil
}

// digest reads a whole content.
func digest(r content.Reader) (content.Ref, error) {
	d := content.NewDigest(content.Options{})
	_, err := io.Copy(d, io.NewSectionReader(r, 0, r.Size()))
	return d.Ref(content.ID{}), err
}
