package blob

import (
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// blobHeader sets what Get Blob, Get Blob Properties and Get Blob Metadata say of a blob. Source: "Get Blob Properties"
// of the REST reference.
func (x *exchange) blobHeader(b *blob.Blob) {
	x.changed(b.ETag, b.Modified)
	x.set("x-ms-blob-type", string(b.Type))
	x.set("x-ms-server-encrypted", "true")
	x.set("Accept-Ranges", "bytes")
	if b.Created != 0 && x.since("2017-11-09") {
		x.set("x-ms-creation-time", stamp(b.Created))
	}
	x.metadata(b.Metadata)
	x.leaseHeader(b)
	x.typeHeader(b)
	x.copyHeader(b.Copy)
	x.versionHeader(b)
	x.keptHeader(b)
	x.encryptionHeader(b.CustomerKey, b.EncryptionScope)
}

// leaseHeader shows the lease; a snapshot has none.
func (x *exchange) leaseHeader(b *blob.Blob) {
	if b.Snapshot != 0 {
		return
	}
	x.leaseStatus(b.LeaseStatus)
}

func (x *exchange) leaseStatus(l blob.LeaseStatus) {
	if l.State == "" {
		return
	}
	status := "unlocked"
	if l.Locked {
		status = "locked"
	}
	x.set("x-ms-lease-status", status)
	x.set("x-ms-lease-state", string(l.State))
	x.setIf("x-ms-lease-duration", l.Duration)
}

func (x *exchange) typeHeader(b *blob.Blob) {
	switch b.Type {
	case blob.PageBlob:
		x.set("x-ms-blob-sequence-number", strconv.FormatUint(b.SequenceNumber, 10))
		if b.IncrementalCopy {
			x.set("x-ms-incremental-copy", "true")
		}
	case blob.AppendBlob:
		x.set("x-ms-blob-committed-block-count", strconv.FormatUint(b.AppendedBlocks, 10))
		if b.Sealed {
			x.set("x-ms-blob-sealed", "true")
		}
	}
}

// contentHeader sets the headers that the blob was given, with what a SAS overrides.
func (x *exchange) contentHeader(b *blob.Blob) {
	h := b.HTTPHeaders
	x.setIf("Cache-Control", x.overridden("rscc", h.CacheControl))
	x.setIf("Content-Disposition", x.overridden("rscd", h.ContentDisposition))
	x.setIf("Content-Encoding", x.overridden("rsce", h.ContentEncoding))
	x.setIf("Content-Language", x.overridden("rscl", h.ContentLanguage))
	x.setIf("Content-Type", x.overridden("rsct", h.ContentType))
}

// overridden is what a SAS puts in a header's place; its signature covers it.
func (x *exchange) overridden(name, value string) string {
	if x.shared == nil {
		return value
	}
	if v := x.param(name); v != "" {
		return v
	}
	return value
}

func (x *exchange) copyHeader(c *blob.Copy) {
	if c == nil || c.ID == "" || !x.since("2012-02-12") {
		return
	}
	x.set("x-ms-copy-id", c.ID)
	x.setIf("x-ms-copy-source", c.Source)
	x.set("x-ms-copy-status", c.Status)
	x.setIf("x-ms-copy-status-description", c.Description)
	x.set("x-ms-copy-progress", strconv.FormatInt(c.Copied, 10)+"/"+strconv.FormatInt(c.Total, 10))
	if c.Completed != 0 {
		x.set("x-ms-copy-completion-time", stamp(c.Completed))
	}
	if c.Destination != 0 {
		x.set("x-ms-copy-destination-snapshot", c.Destination.String())
	}
}

func (x *exchange) versionHeader(b *blob.Blob) {
	if b.VersionID != 0 && x.since("2019-12-12") {
		x.set("x-ms-version-id", b.VersionID.String())
		if b.Current {
			x.set("x-ms-is-current-version", "true")
		}
	}
	if n := len(b.Tags); n > 0 && x.since("2019-12-12") {
		x.set("x-ms-tag-count", strconv.Itoa(n))
	}
}

// keptHeader says how the blob is kept: tier, expiry, immutability.
func (x *exchange) keptHeader(b *blob.Blob) {
	if b.LastAccess != 0 && x.since("2020-02-10") {
		x.set("x-ms-last-access-time", stamp(b.LastAccess))
	}
	if b.Expires != 0 {
		x.set("x-ms-expiry-time", stamp(b.Expires))
	}
	if i := b.Immutability; i != nil && i.Until != 0 {
		x.set("x-ms-immutability-policy-until-date", stamp(i.Until))
		x.setIf("x-ms-immutability-policy-mode", i.Mode)
	}
	if b.LegalHold {
		x.set("x-ms-legal-hold", "true")
	}
}

// tierHeader is what Get Blob Properties, and Get Blob since 2026-10-06, say of the tier.
func (x *exchange) tierHeader(b *blob.Blob) {
	if b.Tier == "" || !x.since("2017-04-17") {
		return
	}
	x.set("x-ms-access-tier", b.Tier)
	if b.TierInferred {
		x.set("x-ms-access-tier-inferred", "true")
	}
	if b.TierChanged != 0 {
		x.set("x-ms-access-tier-change-time", stamp(b.TierChanged))
	}
	x.setIf("x-ms-archive-status", archiveStatus(b))
	x.setIf("x-ms-rehydrate-priority", b.RehydratePriority)
}

func archiveStatus(b *blob.Blob) string {
	if b.RehydrateTo == "" {
		return ""
	}
	return "rehydrate-pending-to-" + lower(b.RehydrateTo)
}

// encryptionHeader says with which key a content is or was encrypted.
func (x *exchange) encryptionHeader(key []byte, scope string) {
	if len(key) > 0 {
		x.set("x-ms-encryption-key-sha256", base64.StdEncoding.EncodeToString(key))
	}
	x.setIf("x-ms-encryption-scope", scope)
}

// changed sets ETag and Last-Modified.
func (x *exchange) changed(tag blob.ETag, at blob.Ticks) {
	x.set("ETag", tag.String())
	x.set("Last-Modified", stamp(at))
}

// metadata sets a header for each name. Names keep their case on HTTP/1.1.
func (x *exchange) metadata(m map[string]string) {
	for name, value := range m {
		x.set("x-ms-meta-"+name, value)
	}
}

// md5Header sets Content-MD5 and its like.
func (x *exchange) md5Header(name string, sum []byte) {
	if len(sum) > 0 {
		x.set(name, base64.StdEncoding.EncodeToString(sum))
	}
}

// stamp is a moment as headers have it, to the second.
func stamp(t blob.Ticks) string { return t.Time().Format(http.TimeFormat) }
