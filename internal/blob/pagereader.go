package blob

import (
	"errors"
	"io"
)

// writePages writes the range of a page blob: what the layers show, and zeros between. The extents are walked over as
// they are written, so that a disk of any size is read in constant memory.
func (d *Download) writePages(w io.Writer) (int64, error) {
	chain, err := layers(d.snap, d.Blob.Content.ID)
	if err != nil {
		return 0, lost(err)
	}
	at, end := d.Start, d.Start+d.Length
	var failed error
	_, err = visitExtents(d.snap, chain, d.Start, end, func(e extent) bool {
		if e.form == NoContent {
			return true
		}
		n, err := writeZeros(w, e.start-at)
		at += n
		if err == nil {
			n, err = d.writeExtent(w, e)
			at += n
		}
		failed = err
		return err == nil
	})
	if err = errors.Join(failed, err); err != nil {
		return at - d.Start, err
	}
	n, err := writeZeros(w, end-at)
	return at + n - d.Start, err
}

func (d *Download) writeExtent(w io.Writer, e extent) (int64, error) {
	if e.form == Inline {
		data := e.data
		if d.key != nil {
			data = append([]byte(nil), data...)
			if err := d.key.apply(e.id, e.skew, data); err != nil {
				return 0, err
			}
		}
		n, err := w.Write(data)
		return int64(n), err
	}
	r, err := d.service.Content.Open(d.ctx, e.id)
	if err != nil {
		return 0, lost(err)
	}
	n, err := d.copyRange(w, r, e.id, e.skew, e.end-e.start)
	return n, errors.Join(err, r.Close())
}
