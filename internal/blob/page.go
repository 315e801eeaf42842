package blob

import (
	"context"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Limits of page blobs.
const (
	maxPageBlob = 8 << 40
	maxPutPages = 4 << 20
)

// PutPages is Put Page, update or clear, and Put Page From URL where Source is set.
type PutPages struct {
	Start, End int64 // the first and the last byte
	Clear      bool
	Body       io.Reader
	Length     int64
	MD5        []byte
	CRC64      *uint64
	Sequence   SequenceConditions
	Source     *Source
	Key        *CustomerKey

	EncryptionScope string
	Conditions      Conditions
}

// SequenceConditions are x-ms-if-sequence-number-le, -lt and -eq.
type SequenceConditions struct{ LessOrEqual, Less, Equal *uint64 }

func (c SequenceConditions) check(have uint64) error {
	if c.LessOrEqual != nil && have > *c.LessOrEqual || c.Less != nil && have >= *c.Less || c.Equal != nil && have != *c.Equal {
		return refuse(fault.Precondition, "SequenceNumberConditionNotMet")
	}
	return nil
}

// PageResult is what the answer says.
type PageResult struct {
	Blob  *Blob
	MD5   []byte
	CRC64 uint64
}

// PutPageBlob makes a page blob whose pages are all clear, in place of what is there.
func (s *Service) PutPageBlob(ctx context.Context, a Access, t Target, c CreateBlob) (*Blob, error) {
	if err := checkPageBlobSize(c.Size); err != nil {
		return nil, err
	}
	if c.SequenceNumber > 1<<63-1 {
		return nil, invalidHeader("x-ms-blob-sequence-number", "")
	}
	return s.create(ctx, a, t, &c, PageBlob)
}

func checkPageBlobSize(size int64) error {
	if size < 0 || size > maxPageBlob || size%pageSize != 0 {
		return invalidHeader("x-ms-blob-content-length", "")
	}
	return nil
}

// check looks at what needs no store.
func (r *PutPages) check(t Target) error {
	if err := checkWriteTarget(t); err != nil {
		return err
	}
	if r.Start < 0 || r.End < r.Start || r.Start%pageSize != 0 || (r.End+1)%pageSize != 0 {
		return refuse(fault.Invalid, "InvalidPageRange")
	}
	size := r.End + 1 - r.Start
	switch {
	case r.Clear && r.Length > 0:
		return invalidHeader("Content-Length", "")
	case r.Clear:
		return nil
	case size > maxPutPages:
		return refuse(fault.TooLarge, "RequestBodyTooLarge")
	case r.Source == nil && r.Length != size:
		return invalidHeader("Content-Length", "")
	}
	return nil
}

// PutPages writes or clears a run of pages.
func (s *Service) PutPages(ctx context.Context, a Access, t Target, r PutPages) (PageResult, error) {
	if err := r.check(t); err != nil {
		return PageResult{}, err
	}
	g, err := s.permitBlob(ctx, a, OpPutPage, t)
	if err != nil {
		return PageResult{}, err
	}
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil {
		return PageResult{}, err
	}
	var st arrival
	if !r.Clear {
		if st, err = s.arrivePages(ctx, a, r); err != nil {
			return PageResult{}, err
		}
	}
	fork, err := s.newContentID()
	if err != nil {
		return PageResult{}, err
	}
	result := PageResult{CRC64: st.crc}
	if st.staged != nil {
		result.MD5 = st.md5
	}
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.writable(r.Conditions, PageBlob, r.Key, r.EncryptionScope); err != nil {
			return err
		}
		b := *m.base
		if err := r.Sequence.check(b.SequenceNumber); err != nil {
			return err
		}
		if b.IncrementalCopy {
			return refuse(fault.Conflict, "OperationNotAllowedOnIncrementalCopyBlob")
		}
		if err := m.mayChange(&b); err != nil {
			return err
		}
		if err := checkPageRange(r.Start, r.End+1, b.Size); err != nil {
			return err
		}
		if err := m.putPages(&b, r, st, fork); err != nil {
			return err
		}
		m.touch(&b)
		result.Blob = m.answer(&b)
		return m.save(&b)
	})
	if surelyFailed(err) {
		s.discard(st.staged)
	}
	return result, err
}

// arrivePages takes the pages' bytes in.
func (s *Service) arrivePages(ctx context.Context, a Access, r PutPages) (arrival, error) {
	size := r.End + 1 - r.Start
	u := upload{body: r.Body, length: size, md5: r.MD5, crc: r.CRC64, sum: true}
	if r.Source != nil {
		src, err := s.openSource(ctx, *r.Source)
		if err != nil {
			return arrival{}, err
		}
		defer src.close()
		if u = src.upload(u); u.length != size {
			return arrival{}, refuse(fault.Invalid, "InvalidPageRange")
		}
	}
	return s.arrive(ctx, u, r.Key)
}

// putPages writes what arrived, or a run that is cleared, into the blob's uppermost layer.
func (m *mutation) putPages(b *Blob, r PutPages, st arrival, fork layerID) error {
	lowest, err := m.ownLayer(b, fork)
	if err != nil {
		return err
	}
	e := extent{start: r.Start, end: r.End + 1}
	if !r.Clear {
		e.form, e.id = st.content.Form, st.content.ID
		if e.form == Inline {
			e.data = st.data
		} else {
			e.crc = st.content.CRC64
		}
	}
	return putExtent(m.tx, b.Content.ID, e, lowest)
}

// ownLayer sees that the blob's uppermost layer is its own, and says whether there is none below it.
func (m *mutation) ownLayer(b *Blob, fork layerID) (lowest bool, err error) {
	chain, err := layers(m.tx, b.Content.ID)
	if err != nil {
		return false, err
	}
	if !b.Content.Shared {
		return len(chain) == 1, nil
	}
	b.Content = Content{Form: Pages, ID: fork}
	return false, putLayer(m.tx, fork, chain)
}

// resizePages changes the size of a page blob. What lies behind a smaller size is gone, and stays clear when the blob
// grows again. fork is the ID of a layer, used where one is needed.
func (m *mutation) resizePages(b *Blob, size int64, fork layerID) error {
	if err := checkPageBlobSize(size); err != nil {
		return err
	}
	if size < b.Size {
		lowest, err := m.ownLayer(b, fork)
		if err != nil {
			return err
		}
		if err := putExtent(m.tx, b.Content.ID, extent{start: size, end: b.Size}, lowest); err != nil {
			return err
		}
	}
	b.Size = size
	return nil
}

// changeSequence is x-ms-sequence-number-action: max, update or increment.
func (b *Blob) changeSequence(action string, number *uint64) error {
	switch {
	case action == "increment" && number == nil:
		if b.SequenceNumber == 1<<63-1 {
			return refuse(fault.Conflict, "SequenceNumberIncrementTooLarge")
		}
		b.SequenceNumber++
		return nil
	case action == "increment":
		return invalidHeader("x-ms-blob-sequence-number", "")
	case action != "max" && action != "update":
		return invalidHeader("x-ms-sequence-number-action", action)
	case number == nil:
		return fault.New(fault.Invalid, "blob.SetBlobProperties", "MissingRequiredHeader", "x-ms-blob-sequence-number is required")
	case *number > 1<<63-1:
		return invalidHeader("x-ms-blob-sequence-number", "")
	case action == "update":
		b.SequenceNumber = *number
	default:
		b.SequenceNumber = max(b.SequenceNumber, *number)
	}
	return nil
}
