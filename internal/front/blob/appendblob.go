package blob

import (
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// putEmpty is Put Blob of an append or page blob, which begins without bytes.
func (f *front) putEmpty(kind blob.BlobType) func(x *exchange) (*answer, error) {
	return func(x *exchange) (*answer, error) {
		c, err := x.createBlob(kind)
		if err != nil {
			return nil, err
		}
		put := f.Service.PutAppendBlob
		if kind == blob.PageBlob {
			put = f.Service.PutPageBlob
		}
		b, err := put(x.r.Context(), x.access, x.target, c)
		if err != nil {
			return nil, err
		}
		return x.created(b), nil
	}
}

func (x *exchange) createBlob(kind blob.BlobType) (c blob.CreateBlob, err error) {
	if x.r.ContentLength != 0 {
		return c, invalidHeader("Content-Length", strconv.FormatInt(x.r.ContentLength, 10))
	}
	e, err := x.creation(true)
	if err != nil {
		return c, err
	}
	c = blob.CreateBlob{
		Headers: e.headers, Metadata: e.metadata, Tags: e.tags, Tier: x.in("X-Ms-Access-Tier"),
		EncryptionScope: x.in("X-Ms-Encryption-Scope"), Key: e.key, Immutability: e.immutability, LegalHold: e.legalHold,
		Conditions: e.conditions,
	}
	size, err := x.number("X-Ms-Blob-Content-Length")
	if err != nil {
		return c, err
	}
	if kind == blob.PageBlob && size == nil {
		return c, missingHeader("x-ms-blob-content-length")
	}
	if size != nil {
		c.Size = *size
	}
	sequence, err := x.sequence("X-Ms-Blob-Sequence-Number")
	if sequence != nil {
		c.SequenceNumber = *sequence
	}
	return c, err
}

// appendBlock is Append Block.
func (f *front) appendBlock(x *exchange) (*answer, error) {
	t, err := x.upload(appendBlockLimits())
	if err != nil {
		return nil, err
	}
	r := blob.AppendBlock{Body: t.body, Length: t.length, MD5: t.md5, CRC64: t.crc64}
	if err := x.appendRequest(&r); err != nil {
		return nil, err
	}
	return f.appended(x, t, r)
}

func (x *exchange) appendRequest(r *blob.AppendBlock) (err error) {
	if r.Position, err = x.number("X-Ms-Blob-Condition-Appendpos"); err != nil {
		return err
	}
	if r.MaxSize, err = x.number("X-Ms-Blob-Condition-Maxsize"); err != nil {
		return err
	}
	if r.Key, err = x.customerKey(); err != nil {
		return err
	}
	r.EncryptionScope = x.in("X-Ms-Encryption-Scope")
	r.Conditions, err = x.conditions()
	return err
}

func (f *front) appended(x *exchange, t transfer, r blob.AppendBlock) (*answer, error) {
	result, err := f.Service.AppendBlock(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	x.transferred(t, result.MD5, result.CRC64)
	x.written(result.Blob)
	x.set("x-ms-blob-append-offset", strconv.FormatInt(result.Offset, 10))
	x.set("x-ms-blob-committed-block-count", strconv.FormatUint(result.Blob.AppendedBlocks, 10))
	return &answer{status: http.StatusCreated}, nil
}

// sealBlob is Append Blob Seal.
func (f *front) sealBlob(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	position, err := x.number("X-Ms-Blob-Condition-Appendpos")
	if err != nil {
		return nil, err
	}
	b, err := f.Service.SealAppendBlob(x.r.Context(), x.access, x.target, position, conditions)
	if err != nil {
		return nil, err
	}
	x.changed(b.ETag, b.Modified)
	x.set("x-ms-blob-sealed", strconv.FormatBool(b.Sealed))
	return &answer{status: http.StatusOK}, nil
}
