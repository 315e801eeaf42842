package blob

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// putPages is Put Page: writes a range of pages, or clears it.
func (f *front) putPages(x *exchange) (*answer, error) {
	t, err := x.upload(nil) // a range is as long as it says
	if err != nil {
		return nil, err
	}
	r := blob.PutPages{Body: t.body, Length: t.length, MD5: t.md5, CRC64: t.crc64}
	switch v := lower(x.in("X-Ms-Page-Write")); v {
	case "update":
	case "clear":
		r.Clear = true
	case "":
		return nil, missingHeader("x-ms-page-write")
	default:
		return nil, invalidHeader("x-ms-page-write", v)
	}
	if err := x.pageRequest(&r); err != nil {
		return nil, err
	}
	return f.paged(x, t, r)
}

func (x *exchange) pageRequest(r *blob.PutPages) (err error) {
	got, ok := parseRange(x.rangeHeader())
	if !ok || got.last < 0 {
		return badRange(x.rangeHeader())
	}
	r.Start, r.End = got.first, got.last
	for name, to := range map[string]**uint64{"Le": &r.Sequence.LessOrEqual, "Lt": &r.Sequence.Less, "Eq": &r.Sequence.Equal} {
		name = "X-Ms-If-Sequence-Number-" + name
		if strings.HasPrefix(x.in(name), "-") {
			return refusal(fault.Invalid, "InvalidInput") // Azure takes it for a number, and no sequence has it
		}
		if *to, err = x.sequence(name); err != nil {
			return err
		}
	}
	if r.Key, err = x.customerKey(); err != nil {
		return err
	}
	r.EncryptionScope = x.in("X-Ms-Encryption-Scope")
	r.Conditions, err = x.conditions()
	return err
}

func (f *front) paged(x *exchange, t transfer, r blob.PutPages) (*answer, error) {
	result, err := f.Service.PutPages(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	if !r.Clear {
		x.transferred(t, result.MD5, result.CRC64)
	}
	x.written(result.Blob)
	x.set("x-ms-blob-sequence-number", strconv.FormatUint(result.Blob.SequenceNumber, 10))
	return &answer{status: http.StatusCreated}, nil
}
