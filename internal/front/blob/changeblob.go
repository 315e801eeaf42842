package blob

import (
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// setBlobMetadata is Set Blob Metadata.
func (f *front) setBlobMetadata(x *exchange) (*answer, error) {
	r, err := x.metadataRequest()
	if err != nil {
		return nil, err
	}
	b, err := f.Service.SetBlobMetadata(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	x.written(b)
	return &answer{status: http.StatusOK}, nil
}

func (x *exchange) metadataRequest() (r blob.SetMetadata, err error) {
	r.Metadata, r.EncryptionScope = x.metadataOf(), x.in("X-Ms-Encryption-Scope")
	if r.Key, err = x.customerKey(); err != nil {
		return r, err
	}
	r.Conditions, err = x.conditions()
	return r, err
}

// deleteBlob is Delete Blob.
func (f *front) deleteBlob(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	r := blob.DeleteBlob{Conditions: conditions}
	if r.TierModifiedSince, err = x.date("X-Ms-Access-Tier-If-Modified-Since"); err != nil {
		return nil, err
	}
	if r.TierUnmodifiedSince, err = x.date("X-Ms-Access-Tier-If-Unmodified-Since"); err != nil {
		return nil, err
	}
	switch v := lower(x.in("X-Ms-Delete-Snapshots")); v {
	case "":
	case "include":
		r.Snapshots = blob.IncludeSnapshots
	case "only":
		r.Snapshots = blob.OnlySnapshots
	default:
		return nil, invalidHeader("x-ms-delete-snapshots", v)
	}
	switch v := lower(x.param("deletetype")); v {
	case "":
	case "permanent":
		r.Permanent = true
	default:
		return nil, invalidQuery("deletetype", v, "Unexpected value.")
	}
	permanent, err := f.Service.DeleteBlob(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	if x.since("2017-07-29") {
		x.set("x-ms-delete-type-permanent", strconv.FormatBool(permanent))
	}
	return &answer{status: http.StatusAccepted}, nil
}

// snapshotBlob is Snapshot Blob.
func (f *front) snapshotBlob(x *exchange) (*answer, error) {
	r, err := x.metadataRequest()
	if err != nil {
		return nil, err
	}
	b, err := f.Service.SnapshotBlob(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	x.written(b)
	x.set("x-ms-request-server-encrypted", strconv.FormatBool(len(r.Metadata) > 0)) // of what came with the request
	x.set("x-ms-snapshot", b.Snapshot.String())
	return &answer{status: http.StatusCreated}, nil
}

// undeleteBlob is Undelete Blob.
func (f *front) undeleteBlob(x *exchange) (*answer, error) {
	if err := f.Service.UndeleteBlob(x.r.Context(), x.access, x.target); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK}, nil
}

// setTier is Set Blob Tier.
func (f *front) setTier(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	r := blob.SetTier{Tier: x.in("X-Ms-Access-Tier"), RehydratePriority: x.in("X-Ms-Rehydrate-Priority"), Conditions: conditions}
	if r.Tier == "" {
		return nil, missingHeader("x-ms-access-tier")
	}
	accepted, err := f.Service.SetTier(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	if accepted {
		return &answer{status: http.StatusAccepted}, nil
	}
	return &answer{status: http.StatusOK}, nil
}

// setExpiry is Set Blob Expiry.
func (f *front) setExpiry(x *exchange) (*answer, error) {
	option := x.in("X-Ms-Expiry-Option")
	if option == "" {
		return nil, missingHeader("x-ms-expiry-option")
	}
	b, err := f.Service.SetExpiry(x.r.Context(), x.access, x.target, option, x.in("X-Ms-Expiry-Time"))
	if err != nil {
		return nil, err
	}
	x.changed(b.ETag, b.Modified)
	return &answer{status: http.StatusOK}, nil
}

// setImmutability is Set Blob Immutability Policy.
func (f *front) setImmutability(x *exchange) (*answer, error) {
	policy, err := x.immutability()
	if err != nil {
		return nil, err
	}
	if policy == nil {
		return nil, missingHeader("x-ms-immutability-policy-until-date")
	}
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	b, err := f.Service.SetImmutability(x.r.Context(), x.access, x.target, *policy, conditions)
	if err != nil {
		return nil, err
	}
	x.set("x-ms-immutability-policy-until-date", stamp(b.Immutability.Until))
	x.set("x-ms-immutability-policy-mode", b.Immutability.Mode)
	return &answer{status: http.StatusOK}, nil
}

// deleteImmutability is Delete Blob Immutability Policy.
func (f *front) deleteImmutability(x *exchange) (*answer, error) {
	if err := f.Service.DeleteImmutability(x.r.Context(), x.access, x.target); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK}, nil
}

// setLegalHold is Set Blob Legal Hold.
func (f *front) setLegalHold(x *exchange) (*answer, error) {
	if x.in("X-Ms-Legal-Hold") == "" {
		return nil, missingHeader("x-ms-legal-hold")
	}
	hold, err := x.flag("X-Ms-Legal-Hold")
	if err != nil {
		return nil, err
	}
	b, err := f.Service.SetLegalHold(x.r.Context(), x.access, x.target, hold)
	if err != nil {
		return nil, err
	}
	x.set("x-ms-legal-hold", strconv.FormatBool(b.LegalHold))
	return &answer{status: http.StatusOK}, nil
}

// sequence reads a header with a page blob's sequence number; nil where there is none.
func (x *exchange) sequence(name string) (*uint64, error) {
	n, err := x.number(name)
	if n == nil || err != nil {
		return nil, err
	}
	u := uint64(*n)
	return &u, nil
}

func badRange(text string) error {
	if text == "" {
		return missingHeader("Range")
	}
	return detailed(fault.Invalid, "InvalidHeaderValue", &detail{elements: [][2]string{{"HeaderName", "Range"}, {"HeaderValue", short(text)}}})
}

// setBlobProperties is Set Blob Properties: headers that are not sent are cleared, unless only a page blob's size or
// sequence number is set.
func (f *front) setBlobProperties(x *exchange) (*answer, error) {
	headers, err := x.httpHeaders(false)
	if err != nil {
		return nil, err
	}
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	p := blob.PageProperties{SequenceAction: lower(x.in("X-Ms-Sequence-Number-Action")), Conditions: conditions}
	if p.Size, err = x.number("X-Ms-Blob-Content-Length"); err != nil {
		return nil, err
	}
	if p.SequenceNumber, err = x.sequence("X-Ms-Blob-Sequence-Number"); err != nil {
		return nil, err
	}
	var b *blob.Blob
	if p.Size == nil && p.SequenceAction == "" {
		b, err = f.Service.SetBlobProperties(x.r.Context(), x.access, x.target, headers, conditions)
	} else {
		if x.sendsHeaders() {
			p.Headers = &headers
		}
		b, err = f.Service.SetPageProperties(x.r.Context(), x.access, x.target, p)
	}
	if err != nil {
		return nil, err
	}
	x.changed(b.ETag, b.Modified)
	if b.Type == blob.PageBlob {
		x.set("x-ms-blob-sequence-number", strconv.FormatUint(b.SequenceNumber, 10))
	}
	return &answer{status: http.StatusOK}, nil
}

// sendsHeaders reports whether a request has any of the headers that a blob is answered with.
func (x *exchange) sendsHeaders() bool {
	for _, name := range []string{"Type", "Encoding", "Language", "Disposition", "Md5"} {
		if _, ok := x.r.Header["X-Ms-Blob-Content-"+name]; ok {
			return true
		}
	}
	_, ok := x.r.Header["X-Ms-Blob-Cache-Control"]
	return ok
}
