package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// PageProperties is what Set Blob Properties changes of a page blob besides its headers.
type PageProperties struct {
	Headers        *HTTPHeaders // nil where none of them was sent: they stay
	Size           *int64       // x-ms-blob-content-length
	SequenceAction string       // x-ms-sequence-number-action; "" where it was not sent
	SequenceNumber *uint64
	Conditions     Conditions
}

// SetPageProperties changes the size and the sequence number of a page blob.
func (s *Service) SetPageProperties(ctx context.Context, a Access, t Target, r PageProperties) (*Blob, error) {
	fork, err := s.newContentID()
	if err != nil {
		return nil, err
	}
	return s.amend(ctx, a, OpSetBlobProperties, t, r.Conditions, func(m *mutation, b *Blob) error {
		if b.Type != PageBlob {
			return refuse(fault.Conflict, "InvalidBlobType")
		}
		if err := m.mayChange(m.base); err != nil {
			return err
		}
		if r.Headers != nil {
			if err := checkWritten(m.account, *r.Headers, nil, ""); err != nil {
				return err
			}
			b.HTTPHeaders = *r.Headers
		}
		if r.Size != nil {
			if err := m.resizePages(b, *r.Size, fork); err != nil {
				return err
			}
		}
		if r.SequenceAction != "" {
			if err := b.changeSequence(r.SequenceAction, r.SequenceNumber); err != nil {
				return err
			}
		}
		m.touch(b)
		return m.save(b)
	})
}
