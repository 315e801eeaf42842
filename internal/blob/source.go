package blob

import (
	"context"
	"errors"
	"io"
	"net/url"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Source is where a copy reads from: x-ms-copy-source and what goes with it.
type Source struct {
	URL string // as it was sent
	// Local is the blob of this cloud that URL names, and by what right it is read: what the URL's SAS or
	// x-ms-copy-source-authorization give, else nobody's. nil: it is not of this cloud.
	Local *LocalSource
	// Authorization is x-ms-copy-source-authorization, for what is not of this cloud.
	Authorization string
	Range         *Range     // x-ms-source-range; nil for all of it
	Conditions    Conditions // x-ms-source-if-…
	MD5           []byte     // x-ms-source-content-md5
	CRC64         *uint64    // x-ms-source-content-crc64
	Key           *CustomerKey
}

// LocalSource is a source inside this cloud.
type LocalSource struct {
	Access Access
	Target Target
}

// Fetcher reads sources that are not of this cloud. A refusal is a fault of kind Denied or NotFound; the conditions are
// the other side's to evaluate, and refused as Precondition.
type Fetcher interface {
	Fetch(ctx context.Context, s Source) (Fetched, error)
}

// Fetched is a source that is being read. Body must be closed.
type Fetched struct {
	Body     io.ReadCloser
	Length   int64 // -1 where the other side does not say
	Headers  HTTPHeaders
	Metadata map[string]string
}

// shown is the source as x-ms-copy-source answers it: without the signature of a SAS.
func (s *Source) shown() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return s.URL
	}
	q := u.Query()
	if !q.Has("sig") {
		return s.URL
	}
	q.Del("sig")
	u.RawQuery = q.Encode()
	return u.String()
}

// opened is a source that is being read.
type opened struct {
	from     Source
	body     io.Reader
	length   int64
	blob     *Blob // of a source inside this cloud; nil otherwise
	headers  HTTPHeaders
	metadata map[string]string
	close    func()
}

// upload makes the source the body of an upload.
func (o *opened) upload(u upload) upload {
	u.body, u.length, u.md5, u.crc = o.body, o.length, o.from.MD5, o.from.CRC64
	return u
}

// openSource begins to read a source. What stands against it is answered as CannotVerifyCopySource, with the kind of
// what was found.
func (s *Service) openSource(ctx context.Context, src Source) (*opened, error) {
	if src.Local == nil {
		return s.fetchSource(ctx, src)
	}
	d, err := s.GetBlob(ctx, src.Local.Access, src.Local.Target, GetBlob{Range: src.Range, Conditions: src.Conditions, Key: src.Key})
	if err != nil {
		return nil, sourceFault(err)
	}
	// A download writes; a body is read. The pipe's writer ends when the reader is closed.
	r, w := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, err := d.WriteTo(w)
		w.CloseWithError(err)
	}()
	return &opened{
		from: src, body: r, length: d.Length, blob: d.Blob, headers: d.Blob.HTTPHeaders, metadata: d.Blob.Metadata,
		close: func() {
			r.CloseWithError(context.Canceled)
			<-ended
			// What was read has arrived; that a snapshot of the store does not close cleanly harms no copy.
			_ = d.Close()
		},
	}, nil
}

func (s *Service) fetchSource(ctx context.Context, src Source) (*opened, error) {
	if s.Fetch == nil {
		return nil, cannotVerify(fault.NotFound, errors.New("no sources outside of this cloud are read"))
	}
	got, err := s.Fetch.Fetch(ctx, src)
	if err != nil {
		return nil, sourceFault(err)
	}
	return &opened{
		from: src, body: got.Body, length: got.Length, headers: got.Headers, metadata: got.Metadata,
		close: func() { _ = got.Body.Close() },
	}, nil
}

// sourceFault words what stands against reading a source.
func sourceFault(err error) error {
	switch kind := fault.KindOf(err); {
	case errors.Is(err, errTagsNotMet):
		return errConditionNotMet
	case errors.Is(err, ErrNotModified), kind == fault.Precondition:
		return &fault.Error{Kind: fault.Precondition, Op: "blob.source", Reason: "SourceConditionNotMet", Message: "SourceConditionNotMet", Cause: err}
	case kind == fault.NotFound, kind == fault.Denied, kind == fault.Unauthenticated, kind == fault.Conflict, kind == fault.Invalid:
		if reason := fault.ReasonOf(err); reason == "BlobArchived" || reason == "InvalidRange" || reason == "BlobUsesCustomerSpecifiedEncryption" {
			return err
		}
		return cannotVerify(kind, err)
	}
	return fault.Wrap("blob.source", err)
}

func cannotVerify(kind fault.Kind, cause error) error {
	return &fault.Error{Kind: kind, Op: "blob.source", Reason: "CannotVerifyCopySource", Message: "CannotVerifyCopySource", Cause: cause}
}
