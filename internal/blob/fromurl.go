package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// PutBlobFromURL makes a block blob of what a source has: Put Blob From URL.
type PutBlobFromURL struct {
	Source         Source
	CopyProperties bool // x-ms-copy-source-blob-properties: the source's headers, where none are sent
	CopyTags       bool // x-ms-copy-source-tag-option: COPY
	Put            PutBlob
}

// PutBlobFromURL copies at most 5,000 MiB before it answers. Headers and metadata are those of the request; the
// source's headers only where CopyProperties says so.
func (s *Service) PutBlobFromURL(ctx context.Context, a Access, t Target, r PutBlobFromURL) (PutResult, error) {
	if r.CopyTags && len(r.Put.Tags) > 0 {
		return PutResult{}, refuse(fault.Invalid, "BothUserTagsAndSourceTagsCopyPresentException")
	}
	// The destination is asked about before the source is read.
	if _, err := s.permitTagged(ctx, a, OpPutBlob, t, r.Put.Tags); err != nil {
		return PutResult{}, err
	}
	src, err := s.openSource(ctx, r.Source)
	if err != nil {
		return PutResult{}, err
	}
	defer src.close()
	put := r.Put
	put.Body, put.Length, put.MD5, put.CRC64 = src.body, src.length, r.Source.MD5, r.Source.CRC64
	if r.CopyProperties {
		md5 := put.Headers.ContentMD5
		put.Headers = merged(put.Headers, src.headers)
		put.Headers.ContentMD5 = md5 // of the bytes as they arrive, which may be a range
	}
	if r.CopyTags && src.blob != nil {
		put.Tags = src.blob.Tags
	}
	return s.PutBlob(ctx, a, t, put)
}

// merged fills in what a request leaves open.
func merged(sent, source HTTPHeaders) HTTPHeaders {
	for _, f := range []struct{ to, from *string }{
		{&sent.ContentType, &source.ContentType},
		{&sent.ContentEncoding, &source.ContentEncoding},
		{&sent.ContentLanguage, &source.ContentLanguage},
		{&sent.ContentDisposition, &source.ContentDisposition},
		{&sent.CacheControl, &source.CacheControl},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	return sent
}

// PutBlockFromURL takes in a block from a source.
func (s *Service) PutBlockFromURL(ctx context.Context, a Access, t Target, r PutBlock, from Source) (BlockResult, error) {
	if _, err := s.permitBlob(ctx, a, OpPutBlock, t); err != nil {
		return BlockResult{}, err
	}
	src, err := s.openSource(ctx, from)
	if err != nil {
		return BlockResult{}, err
	}
	defer src.close()
	r.Body, r.Length, r.MD5, r.CRC64 = src.body, src.length, from.MD5, from.CRC64
	return s.PutBlock(ctx, a, t, r)
}
