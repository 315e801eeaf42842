package blob

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// copyRequest reads Copy Blob and Copy Blob From URL. The latter, which is sync, reads a source of its account by the
// request's right only where that is a token's.
func (f *front) copyRequest(x *exchange, sync bool) (c blob.CopyBlob, err error) {
	if c.Source, err = f.source(x, !sync || x.access.By == blob.Bearer); err != nil {
		return c, err
	}
	e, err := x.creation(false)
	if err != nil {
		return c, err
	}
	c.Metadata, c.Tags, c.Immutability, c.LegalHold, c.Conditions = e.metadata, e.tags, e.immutability, e.legalHold, e.conditions
	c.EncryptionScope = x.in("X-Ms-Encryption-Scope")
	c.Tier, c.RehydratePriority = x.in("X-Ms-Access-Tier"), x.in("X-Ms-Rehydrate-Priority")
	if c.CopyTags, err = x.copyTags(e.tags != nil); err != nil {
		return c, err
	}
	if x.in("X-Ms-Seal-Blob") != "" {
		seal, err := x.flag("X-Ms-Seal-Blob")
		if err != nil {
			return c, err
		}
		c.Seal = &seal
	}
	return c, nil
}

// copyTags reads x-ms-copy-source-tag-option.
func (x *exchange) copyTags(given bool) (bool, error) {
	switch v := lower(x.in("X-Ms-Copy-Source-Tag-Option")); {
	case v == "" || v == "replace":
		return false, nil
	case v == "copy" && !given:
		return true, nil
	default:
		return false, invalidHeader("x-ms-copy-source-tag-option", v)
	}
}

// copyBlob is Copy Blob, which goes on after its answer, and with x-ms-requires-sync Copy Blob From URL.
func (f *front) copyBlob(x *exchange) (*answer, error) {
	sync, err := x.flag("X-Ms-Requires-Sync")
	if err != nil {
		return nil, err
	}
	c, err := f.copyRequest(x, sync)
	if err != nil {
		return nil, err
	}
	call := f.Service.CopyBlob
	if sync {
		call = f.Service.CopyFromURL
	}
	b, err := call(x.r.Context(), x.access, x.target, c)
	if err != nil {
		return nil, err
	}
	if sync {
		x.md5Header("Content-MD5", b.ContentMD5)
	}
	return x.copied(b), nil
}

// copied is the answer of a copy that goes on.
func (x *exchange) copied(b *blob.Blob) *answer {
	x.written(b)
	delete(x.header, "x-ms-request-server-encrypted")
	if b.Copy != nil {
		x.set("x-ms-copy-id", b.Copy.ID)
		x.set("x-ms-copy-status", b.Copy.Status)
	}
	return &answer{status: http.StatusAccepted}
}

// incrementalCopy is Incremental Copy Blob.
func (f *front) incrementalCopy(x *exchange) (*answer, error) {
	s, err := f.requiredSource(x)
	if err != nil {
		return nil, err
	}
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	b, err := f.Service.IncrementalCopy(x.r.Context(), x.access, x.target, s, conditions)
	if err != nil {
		return nil, err
	}
	a := x.copied(b)
	x.set("x-ms-copy-status", "pending") // Azure's always is; who asks next finds it done
	return a, nil
}

func (f *front) requiredSource(x *exchange) (blob.Source, error) {
	if x.in("X-Ms-Copy-Source") == "" {
		return blob.Source{}, missingHeader("x-ms-copy-source")
	}
	return f.source(x, true)
}

// abortCopy is Abort Copy Blob.
func (f *front) abortCopy(x *exchange) (*answer, error) {
	id := x.param("copyid")
	switch {
	case id == "":
		return nil, detailed(fault.Invalid, "MissingRequiredQueryParameter", &detail{elements: [][2]string{{"QueryParameterName", "copyid"}}})
	case uuid.Validate(id) != nil:
		return nil, invalidQuery("copyid", id, "The copy ID is not a GUID.")
	case lower(x.in("X-Ms-Copy-Action")) != "abort":
		return nil, invalidHeader("x-ms-copy-action", x.in("X-Ms-Copy-Action"))
	}
	conditions, err := x.conditions()
	if err == nil {
		err = f.Service.AbortCopy(x.r.Context(), x.access, x.target, id, conditions)
	}
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusNoContent}, nil
}

// putBlobFromURL is Put Blob From URL.
func (f *front) putBlobFromURL(x *exchange) (*answer, error) {
	s, err := f.source(x, false)
	if err != nil {
		return nil, err
	}
	if x.r.ContentLength != 0 {
		return nil, invalidHeader("Content-Length", x.in("Content-Length"))
	}
	e, err := x.creation(false)
	if err != nil {
		return nil, err
	}
	properties := true
	if v := x.in("X-Ms-Copy-Source-Blob-Properties"); v != "" {
		if properties, err = x.flag("X-Ms-Copy-Source-Blob-Properties"); err != nil {
			return nil, err
		}
	}
	r := blob.PutBlobFromURL{
		Source: s, CopyProperties: properties,
		Put: blob.PutBlob{
			Headers: e.headers, Metadata: e.metadata, Tags: e.tags, Tier: x.in("X-Ms-Access-Tier"), Key: e.key,
			EncryptionScope: x.in("X-Ms-Encryption-Scope"), Immutability: e.immutability, LegalHold: e.legalHold, Conditions: e.conditions,
		},
	}
	if r.CopyTags, err = x.copyTags(e.tags != nil); err != nil {
		return nil, err
	}
	result, err := f.Service.PutBlobFromURL(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	x.transferred(transfer{md5: s.MD5}, result.BodyMD5, result.BodyCRC)
	return x.created(result.Blob), nil
}

// putBlockFromURL is Put Block From URL.
func (f *front) putBlockFromURL(x *exchange) (*answer, error) {
	s, err := f.source(x, false)
	if err != nil {
		return nil, err
	}
	key, err := x.customerKey()
	if err != nil {
		return nil, err
	}
	result, err := f.Service.PutBlockFromURL(x.r.Context(), x.access, x.target, blob.PutBlock{
		ID: x.param("blockid"), LeaseID: x.in("X-Ms-Lease-Id"), Key: key,
		EncryptionScope: x.in("X-Ms-Encryption-Scope"),
	}, s)
	if err != nil {
		return nil, err
	}
	x.transferred(transfer{md5: s.MD5}, result.MD5, result.CRC64)
	x.set("x-ms-request-server-encrypted", "true")
	x.blockEncryption(key, result)
	return &answer{status: http.StatusCreated}, nil
}

// appendBlockFromURL is Append Block From URL.
func (f *front) appendBlockFromURL(x *exchange) (*answer, error) {
	s, err := f.source(x, false)
	if err != nil {
		return nil, err
	}
	r := blob.AppendBlock{Source: &s}
	if err := x.appendRequest(&r); err != nil {
		return nil, err
	}
	return f.appended(x, transfer{md5: s.MD5}, r)
}

// putPagesFromURL is Put Page From URL.
func (f *front) putPagesFromURL(x *exchange) (*answer, error) {
	s, err := f.source(x, false)
	if err != nil {
		return nil, err
	}
	if s.Range == nil {
		return nil, missingHeader("x-ms-source-range")
	}
	r := blob.PutPages{Source: &s}
	if err := x.pageRequest(&r); err != nil {
		return nil, err
	}
	return f.paged(x, transfer{md5: s.MD5}, r)
}
