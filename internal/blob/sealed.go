package blob

import (
	"context"
	"crypto/cipher"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// arrival is a body that has been staged. Its checksums are of what the client sent; those of the staged content are of
// what is kept, which a customer's key has encrypted.
type arrival struct {
	*staged
	crc uint64
}

// arrive stages a body, encrypted where a key is given.
func (s *Service) arrive(ctx context.Context, u upload, key *CustomerKey) (arrival, error) {
	if err := s.Content.Room(); err != nil {
		return arrival{}, fault.Wrap("blob.arrive", err)
	}
	if key == nil {
		st, err := s.stage(ctx, u)
		if err != nil {
			return arrival{}, err
		}
		return arrival{st, st.content.CRC64}, nil
	}
	if err := key.check(); err != nil {
		return arrival{}, err
	}
	if u.length >= 0 && u.length <= maxInline {
		return s.sealSmall(u, key)
	}
	return s.sealFile(ctx, u, key)
}

func (s *Service) sealSmall(u upload, key *CustomerKey) (arrival, error) {
	data, err := readSmall(u.body, u.length, true)
	if err != nil {
		return arrival{}, err
	}
	d := content.NewDigest(content.Options{MD5: true})
	if _, err := d.Write(data); err != nil {
		return arrival{}, fault.Wrap("blob.seal", err)
	}
	st := &staged{data: data}
	if len(data) > 0 {
		st.content = Content{Form: Inline, Size: int64(len(data))}
		if st.content.ID, err = s.newContentID(); err != nil {
			return arrival{}, err
		}
		if err := key.apply(st.content.ID, 0, data); err != nil {
			return arrival{}, err
		}
		st.content.CRC64 = content.CRC64(data)
	}
	return finishSealed(u, st, d)
}

func (s *Service) sealFile(ctx context.Context, u upload, key *CustomerKey) (arrival, error) {
	w, err := s.Content.Create(ctx, content.Options{})
	if err != nil {
		return arrival{}, fault.Wrap("blob.seal", err)
	}
	cipherStream, err := key.stream(w.ID(), 0)
	if err != nil {
		return arrival{}, errors.Join(err, w.Abort())
	}
	d := content.NewDigest(content.Options{MD5: true})
	n, err := stream(&sealing{to: w, plain: d, stream: cipherStream}, u.body, u)
	switch {
	case err != nil:
	case u.length >= 0 && n < u.length:
		err = bodyFault(io.ErrUnexpectedEOF)
	case u.length < 0 && n > u.most:
		err = refuse(fault.TooLarge, "RequestBodyTooLarge")
	}
	if err != nil {
		return arrival{}, errors.Join(err, w.Abort())
	}
	ref, err := w.Commit()
	if err != nil {
		return arrival{}, fault.Wrap("blob.seal", err)
	}
	st := &staged{content: Content{Form: File, ID: ref.ID, Size: ref.Size, CRC64: ref.CRC64}}
	got, err := finishSealed(u, st, d)
	if err != nil {
		s.discard(st)
	}
	return got, err
}

// finishSealed compares the plain bytes' checksums with what the client says.
func finishSealed(u upload, st *staged, d *content.Digest) (arrival, error) {
	plain := d.Ref(st.content.ID)
	st.md5 = plain.MD5[:]
	said := *st
	said.content.CRC64 = plain.CRC64
	if err := u.check(&said); err != nil {
		return arrival{}, err
	}
	return arrival{st, plain.CRC64}, nil
}

// sealing encrypts in place what is written through it: the bytes are the copy buffer's.
type sealing struct {
	to     io.Writer
	plain  io.Writer
	stream cipher.Stream
}

func (w *sealing) Write(p []byte) (int, error) {
	if _, err := w.plain.Write(p); err != nil {
		return 0, err
	}
	w.stream.XORKeyStream(p, p)
	return w.to.Write(p)
}
