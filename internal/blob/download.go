package blob

import (
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/content"
)

// WriteTo writes the range to w. Where w can read from a file by itself, as a connection can, bytes do not pass through
// here.
func (d *Download) WriteTo(w io.Writer) (int64, error) {
	if d.Blob.Content.Form == Pages {
		return d.writePages(w)
	}
	if d.data != nil {
		n, err := w.Write(d.data)
		return int64(n), err
	}
	var total int64
	end := d.Start + d.Length
	at := d.Start
	for _, p := range d.pieces {
		if p.start > at {
			n, err := writeZeros(w, min(p.start, end)-at)
			at, total = at+n, total+n
			if err != nil {
				return total, err
			}
		}
		from, to := max(at, p.start), min(end, p.end())
		if from >= to {
			continue
		}
		n, err := d.writePiece(w, p, from-p.start, to-from)
		at, total = at+n, total+n
		if err != nil {
			return total, err
		}
	}
	if at < end {
		n, err := writeZeros(w, end-at)
		return total + n, err
	}
	return total, nil
}

// writePiece writes length bytes of a piece from off on.
func (d *Download) writePiece(w io.Writer, p piece, off, length int64) (int64, error) {
	if p.content.Form == Inline {
		item, err := d.snap.Get(keyData(p.content.ID))
		if err != nil {
			return 0, lost(err)
		}
		if int64(len(item.Value)) < off+length {
			return 0, errRecord
		}
		data := item.Value[off : off+length]
		if err := d.key.apply(p.content.ID, off, data); err != nil {
			return 0, err
		}
		n, err := w.Write(data)
		return int64(n), err
	}
	r, err := d.service.Content.Open(d.ctx, p.content.ID)
	if err != nil {
		return 0, lost(err)
	}
	n, err := d.copyRange(w, r, p.content.ID, off, length)
	return n, errors.Join(err, r.Close())
}

// copyRange writes length bytes of an open content from off on, decrypted where the client gave a key.
func (d *Download) copyRange(w io.Writer, r content.Reader, id content.ID, off, length int64) (int64, error) {
	if f, ok := r.File(); ok && d.key == nil {
		if _, err := f.Seek(off, io.SeekStart); err != nil {
			return 0, err
		}
		if into, ok := w.(io.ReaderFrom); ok {
			n, err := into.ReadFrom(io.LimitReader(f, length))
			return n, whole(n, length, err)
		}
	}
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	from, err := d.key.reader(io.NewSectionReader(r, off, length), id, off)
	if err != nil {
		return 0, err
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{from}, *buf)
	return n, whole(n, length, err)
}

// whole makes an error of a content that ends too early.
func whole(n, want int64, err error) error {
	if err == nil && n < want {
		return io.ErrUnexpectedEOF
	}
	return err
}

// writeZeros writes what a sparse blob has between its pieces.
func writeZeros(w io.Writer, n int64) (int64, error) {
	var zeros [4096]byte
	var total int64
	for total < n {
		k, err := w.Write(zeros[:min(n-total, int64(len(zeros)))])
		total += int64(k)
		if err != nil {
			return total, err
		}
	}
	return total, nil
}
