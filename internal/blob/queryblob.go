package blob

import (
	"context"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/blob/query"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// QueryBlob is Query Blob Contents.
type QueryBlob struct {
	Expression string // SQL
	Input      query.Format
	Output     query.Format
	Conditions Conditions
	Key        *CustomerKey
}

// Answer is a query that is to be run. It must be closed.
type Answer struct {
	Blob *Blob

	request  QueryBlob
	query    *query.Query
	download *Download
	sync     [16]byte
}

// QueryBlob begins to select from a blob's records.
func (s *Service) QueryBlob(ctx context.Context, a Access, t Target, r QueryBlob) (*Answer, error) {
	g, err := s.permitBlob(ctx, a, OpQueryBlob, t)
	if err != nil {
		return nil, err
	}
	q, err := query.Parse(r.Expression)
	if err != nil {
		return nil, err
	}
	answer := &Answer{request: r, query: q}
	if _, err := io.ReadFull(s.Rand, answer.sync[:]); err != nil {
		return nil, fault.Wrap("blob.QueryBlob", err)
	}
	d, err := s.download(ctx, g, t, GetBlob{Conditions: r.Conditions, Key: r.Key})
	if err != nil {
		return nil, err
	}
	if d.Blob.Type != BlockBlob {
		return nil, errors.Join(refuse(fault.Conflict, "InvalidBlobType"), d.Close())
	}
	answer.Blob, answer.download = d.Blob, d
	return answer, nil
}

// WriteTo runs the query, and writes its answer as the Avro file that clients of Query Blob Contents read.
func (a *Answer) WriteTo(w io.Writer) (int64, error) {
	out := &counting{to: w}
	r, in := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, err := a.download.WriteTo(in)
		in.CloseWithError(err)
	}()
	err := a.query.Run(r, a.request.Input, a.request.Output, query.NewAvro(out, a.Blob.Size, a.sync))
	r.CloseWithError(context.Canceled) // the download ends where the query was satisfied early
	<-ended
	return out.n, err
}

// Close ends the reading.
func (a *Answer) Close() error { return a.download.Close() }

type counting struct {
	to io.Writer
	n  int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}
