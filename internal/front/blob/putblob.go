package blob

import (
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// httpHeaders reads the headers that a blob will be answered with. Put Blob takes Content-Type and its like in their
// place where there is no x-ms-blob-content-type.
func (x *exchange) httpHeaders(plainOnes bool) (h blob.HTTPHeaders, err error) {
	for _, field := range []struct {
		to         *string
		own, plain string
	}{
		{&h.ContentType, "X-Ms-Blob-Content-Type", "Content-Type"},
		{&h.ContentEncoding, "X-Ms-Blob-Content-Encoding", "Content-Encoding"},
		{&h.ContentLanguage, "X-Ms-Blob-Content-Language", "Content-Language"},
		{&h.CacheControl, "X-Ms-Blob-Cache-Control", "Cache-Control"},
		{&h.ContentDisposition, "X-Ms-Blob-Content-Disposition", ""},
	} {
		*field.to = x.in(field.own)
		if *field.to == "" && plainOnes && field.plain != "" {
			*field.to = x.in(field.plain)
		}
	}
	if text := x.in("X-Ms-Blob-Content-Md5"); text != "" { // kept as it is: Put Blob alone holds the content to it
		if h.ContentMD5, err = base64.StdEncoding.DecodeString(text); err != nil || len(h.ContentMD5) > maxKeptMD5 {
			return h, invalidMD5("x-ms-blob-content-md5", text)
		}
	}
	return h, nil
}

const maxKeptMD5 = 64 // bytes; an MD5 has 16

// extras is what the operations that make a blob have in common.
type extras struct {
	headers      blob.HTTPHeaders
	metadata     map[string]string
	tags         map[string]string
	immutability *blob.Immutability
	legalHold    bool
	conditions   blob.Conditions
	key          *blob.CustomerKey
}

// creation reads what Put Blob, Put Block List and the copies have in common.
func (x *exchange) creation(plainHeaders bool) (e extras, err error) {
	if e.headers, err = x.httpHeaders(plainHeaders); err != nil {
		return e, err
	}
	e.metadata = x.metadataOf()
	if text := x.in("X-Ms-Tags"); text != "" {
		if e.tags, err = tags.ParseHeader(text); err != nil {
			return e, err
		}
	}
	if e.immutability, err = x.immutability(); err != nil {
		return e, err
	}
	if e.legalHold, err = x.flag("X-Ms-Legal-Hold"); err != nil {
		return e, err
	}
	if e.key, err = x.customerKey(); err != nil {
		return e, err
	}
	e.conditions, err = x.conditions()
	return e, err
}

// immutability reads a blob's own retention policy; nil where there is none.
func (x *exchange) immutability() (*blob.Immutability, error) {
	until, err := x.date("X-Ms-Immutability-Policy-Until-Date")
	if err != nil || until.IsZero() {
		return nil, err
	}
	mode := lower(x.in("X-Ms-Immutability-Policy-Mode"))
	switch mode {
	case "":
		mode = "unlocked"
	case "locked", "unlocked":
	default:
		return nil, invalidHeader("x-ms-immutability-policy-mode", mode)
	}
	return &blob.Immutability{Until: blob.TicksOf(until), Mode: mode}, nil
}

// customerKey reads a customer-provided key; nil where there is none. It is only taken over TLS.
func (x *exchange) customerKey() (*blob.CustomerKey, error) {
	return x.customerKeyOf("X-Ms-Encryption-")
}

func (x *exchange) customerKeyOf(prefix string) (*blob.CustomerKey, error) {
	key, sum, algorithm := x.in(prefix+"Key"), x.in(prefix+"Key-Sha256"), x.in(prefix+"Algorithm")
	if key == "" && sum == "" && algorithm == "" {
		return nil, nil
	}
	if !x.access.HTTPS {
		return nil, refusal(fault.Invalid, "AccountRequiresHttps")
	}
	if algorithm != "AES256" {
		return nil, invalidHeader(lower(prefix)+"algorithm", algorithm)
	}
	k := new(blob.CustomerKey)
	var err error
	if k.Key, err = base64.StdEncoding.DecodeString(key); err != nil || len(k.Key) != 32 {
		return nil, invalidHeader(lower(prefix)+"key", "")
	}
	if k.SHA256, err = base64.StdEncoding.DecodeString(sum); err != nil || len(k.SHA256) != 32 {
		return nil, invalidHeader(lower(prefix)+"key-sha256", sum)
	}
	return k, nil
}

// putBlob is Put Blob of a block blob.
func (f *front) putBlob(x *exchange) (*answer, error) {
	e, err := x.creation(true)
	if err != nil {
		return nil, err
	}
	t, err := x.upload(putBlobLimits())
	if err != nil {
		return nil, err
	}
	held, err := x.heldTo(t, e.headers)
	if err != nil {
		return nil, err
	}
	result, err := f.Service.PutBlob(x.r.Context(), x.access, x.target, blob.PutBlob{
		Body: t.body, Length: t.length, MD5: held, CRC64: t.crc64, Headers: e.headers, Metadata: e.metadata, Tags: e.tags,
		Tier: x.in("X-Ms-Access-Tier"), EncryptionScope: x.in("X-Ms-Encryption-Scope"), Immutability: e.immutability,
		LegalHold: e.legalHold, Key: e.key, Conditions: e.conditions,
	})
	if err != nil {
		return nil, err
	}
	if t.crc64 == nil { // the blob's own, which Put Blob alone works out
		x.md5Header("Content-MD5", result.BodyMD5)
	}
	x.transferred(t, result.BodyMD5, result.BodyCRC)
	return x.created(result.Blob), nil
}

// heldTo is the MD5 that a new block blob's content is held to: x-ms-blob-content-md5, else Content-MD5.
func (x *exchange) heldTo(t transfer, h blob.HTTPHeaders) ([]byte, error) {
	if h.ContentMD5 == nil {
		return t.md5, nil
	}
	return sum16("x-ms-blob-content-md5", x.in("X-Ms-Blob-Content-Md5"))
}

// transferred sets the checksums of what came. Versions before 2019-02-02 know the MD5 alone; later ones answer it to
// who sent it, and the CRC64 to everybody else, since 2026-10-06 to everybody.
func (x *exchange) transferred(t transfer, md5 []byte, crc uint64) {
	sent := t.md5 != nil
	if sent || !x.since("2019-02-02") {
		x.md5Header("Content-MD5", md5)
	}
	if x.since("2026-10-06") || !sent && x.since("2019-02-02") {
		x.set("x-ms-content-crc64", crcText(crc))
	}
}

// created is the answer of what made or replaced a blob.
func (x *exchange) created(b *blob.Blob) *answer {
	x.written(b)
	return &answer{status: http.StatusCreated}
}

// written sets what every write of a blob's bytes answers.
func (x *exchange) written(b *blob.Blob) {
	x.changed(b.ETag, b.Modified)
	x.set("x-ms-request-server-encrypted", "true")
	x.encryptionHeader(b.CustomerKey, b.EncryptionScope)
	if b.VersionID != 0 && x.since("2019-12-12") {
		x.set("x-ms-version-id", b.VersionID.String())
	}
}

// number reads a header with a whole number that is not negative; nil where there is none.
func (x *exchange) number(name string) (*int64, error) {
	text := x.in(name)
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return nil, invalidHeader(lower(name), text)
	}
	return &n, nil
}
