package blob

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

func lower(s string) string { return strings.ToLower(s) }

// include is what a list shall show beside names and properties.
type include struct {
	snapshots, metadata, uncommitted, copies, deleted, tags, versions  bool
	deletedWithVersions, immutability, legalHold, permissions, systems bool

	// What a version of the protocol has not, its clients are not shown.
	creation, tiers, replication bool
}

// blobName writes a name. What XML cannot hold is percent-encoded since version 2021-02-12.
func (d *xmlDocument) blobName(element, name string) {
	if plain(name) {
		d.leaf(element, name)
		return
	}
	d.start(element, "Encoded", "true")
	d.text(url.PathEscape(name))
	d.end(element)
}

// blob writes one entry of List Blobs. Source: "List Blobs" of the REST reference.
func (d *xmlDocument) blob(b *blob.Blob, in include) {
	d.start("Blob")
	d.blobName("Name", b.Name)
	if b.Deleted != 0 {
		d.boolean("Deleted", true)
	}
	if b.Snapshot != 0 {
		d.leaf("Snapshot", b.Snapshot.String())
	}
	if b.VersionID != 0 {
		d.leaf("VersionId", b.VersionID.String())
		if b.Current {
			d.boolean("IsCurrentVersion", true)
		}
	}
	if in.deletedWithVersions && b.VersionsOnly {
		d.boolean("HasVersionsOnly", true)
	}
	d.start("Properties")
	d.blobState(b, in)
	d.blobContent(b)
	if in.tiers {
		d.blobTier(b)
	}
	d.blobLease(b)
	if in.copies {
		d.blobCopy(b)
	}
	d.blobKept(b, in)
	d.end("Properties")
	if in.metadata {
		d.metadata(b.Metadata)
	}
	if in.tags && len(b.Tags) > 0 {
		d.tags(b.Tags)
	}
	if in.replication {
		d.empty("OrMetadata")
	}
	d.end("Blob")
}

func (d *xmlDocument) blobState(b *blob.Blob, in include) {
	if b.Created != 0 && in.creation {
		d.stamp("Creation-Time", b.Created)
	}
	if b.Modified != 0 {
		d.stamp("Last-Modified", b.Modified)
	}
	if b.ETag != 0 {
		d.start("Etag")
		d.buf.Write(b.ETag.AppendBare(d.buf.AvailableBuffer()))
		d.end("Etag")
	}
	d.number("Content-Length", b.Size)
}

func (d *xmlDocument) blobContent(b *blob.Blob) {
	d.leaf("Content-Type", b.ContentType)
	d.leaf("Content-Encoding", b.ContentEncoding)
	d.leaf("Content-Language", b.ContentLanguage)
	d.empty("Content-CRC64")
	d.base64("Content-MD5", b.ContentMD5)
	d.leaf("Cache-Control", b.CacheControl)
	d.leaf("Content-Disposition", b.ContentDisposition)
	if b.Type == blob.PageBlob {
		d.leaf("x-ms-blob-sequence-number", strconv.FormatUint(b.SequenceNumber, 10))
	}
	d.leaf("BlobType", string(b.Type))
	if b.Sealed {
		d.boolean("Sealed", true)
	}
}

func (d *xmlDocument) blobTier(b *blob.Blob) {
	if b.Tier != "" {
		d.leaf("AccessTier", b.Tier)
		if b.TierInferred {
			d.boolean("AccessTierInferred", true)
		}
		if b.TierChanged != 0 {
			d.stamp("AccessTierChangeTime", b.TierChanged)
		}
	}
	d.leafIf("ArchiveStatus", archiveStatus(b))
	d.leafIf("RehydratePriority", b.RehydratePriority)
}

func (d *xmlDocument) blobLease(b *blob.Blob) {
	if b.Snapshot == 0 {
		d.lease(b.LeaseStatus)
	}
	d.boolean("ServerEncrypted", true)
	if len(b.CustomerKey) > 0 {
		d.base64("CustomerProvidedKeySha256", b.CustomerKey)
	}
	d.leafIf("EncryptionScope", b.EncryptionScope)
}

func (d *xmlDocument) lease(l blob.LeaseStatus) {
	if l.State == "" {
		return
	}
	status := "unlocked"
	if l.Locked {
		status = "locked"
	}
	d.leaf("LeaseStatus", status)
	d.leaf("LeaseState", string(l.State))
	d.leafIf("LeaseDuration", l.Duration)
}

func (d *xmlDocument) blobCopy(b *blob.Blob) {
	c := b.Copy
	if c == nil || c.ID == "" {
		return
	}
	d.leaf("CopyId", c.ID)
	d.leafIf("CopySource", c.Source)
	d.leaf("CopyStatus", c.Status)
	d.leaf("CopyProgress", strconv.FormatInt(c.Copied, 10)+"/"+strconv.FormatInt(c.Total, 10))
	if c.Completed != 0 {
		d.stamp("CopyCompletionTime", c.Completed)
	}
	d.leafIf("CopyStatusDescription", c.Description)
	if b.IncrementalCopy {
		d.boolean("IncrementalCopy", true)
	}
	if c.Destination != 0 {
		d.leaf("CopyDestinationSnapshot", c.Destination.String())
	}
}

func (d *xmlDocument) blobKept(b *blob.Blob, in include) {
	if b.Deleted != 0 {
		d.stamp("DeletedTime", b.Deleted)
		d.number("RemainingRetentionDays", int64(b.RemainingDays))
	}
	if b.LastAccess != 0 {
		d.stamp("LastAccessTime", b.LastAccess)
	}
	if b.Expires != 0 {
		d.stamp("Expiry-Time", b.Expires)
	}
	if n := len(b.Tags); n > 0 {
		d.number("TagCount", int64(n))
	}
	if i := b.Immutability; in.immutability && i != nil && i.Until != 0 {
		d.stamp("ImmutabilityPolicyUntilDate", i.Until)
		d.leafIf("ImmutabilityPolicyMode", i.Mode)
	}
	if in.legalHold && b.LegalHold {
		d.boolean("LegalHold", true)
	}
}

// metadata writes names in order, so that the same list is the same text.
func (d *xmlDocument) metadata(m map[string]string) {
	if len(m) == 0 {
		d.empty("Metadata")
		return
	}
	d.start("Metadata")
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if xmlName(name) {
			d.leaf(name, m[name])
		}
	}
	d.end("Metadata")
}

// xmlName reports whether a metadata name can be an element; the service refuses others, but one that an older release
// kept must not break a list.
func xmlName(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// tags writes a tag set, in the order of keys.
func (d *xmlDocument) tags(tags map[string]string) {
	d.start("Tags")
	d.start("TagSet")
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		d.start("Tag")
		d.leaf("Key", key)
		d.leaf("Value", tags[key])
		d.end("Tag")
	}
	d.end("TagSet")
	d.end("Tags")
}

// container writes one entry of List Containers. Source: "List Containers" of the REST reference.
func (d *xmlDocument) container(c *blob.Container, in include) {
	d.start("Container")
	d.leaf("Name", c.Name)
	if c.Deleted != 0 {
		d.boolean("Deleted", true)
		d.leafIf("Version", c.Version)
	}
	d.start("Properties")
	d.stamp("Last-Modified", c.Modified)
	d.leaf("Etag", c.ETag.String())
	d.lease(c.LeaseStatus)
	d.leafIf("PublicAccess", string(c.Public))
	d.leaf("DefaultEncryptionScope", defaultScope(c))
	d.boolean("DenyEncryptionScopeOverride", c.DenyEncryptionScopeOverride)
	d.boolean("HasImmutabilityPolicy", c.Immutability != nil)
	d.boolean("HasLegalHold", len(c.LegalHolds) > 0)
	d.boolean("ImmutableStorageWithVersioningEnabled", c.VersionImmutability)
	if c.Deleted != 0 {
		d.stamp("DeletedTime", c.Deleted)
		d.number("RemainingRetentionDays", int64(c.RemainingDays))
	}
	d.end("Properties")
	if in.metadata {
		d.metadata(c.Metadata)
	}
	d.end("Container")
}

func defaultScope(c *blob.Container) string {
	if c.DefaultEncryptionScope == "" {
		return "$account-encryption-key"
	}
	return c.DefaultEncryptionScope
}
