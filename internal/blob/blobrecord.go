package blob

import (
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
)

// BlobType is x-ms-blob-type.
type BlobType string

// The types of blobs.
const (
	BlockBlob  BlobType = "BlockBlob"
	AppendBlob BlobType = "AppendBlob"
	PageBlob   BlobType = "PageBlob"
)

// HTTPHeaders are the headers that a blob is answered with.
type HTTPHeaders struct {
	ContentType        string
	ContentEncoding    string
	ContentLanguage    string
	ContentDisposition string
	CacheControl       string
	ContentMD5         []byte // 16 bytes, or none, unless a client has set it to something else
}

// Blob is a blob, a snapshot, a version or what was deleted of one, as it is kept.
type Blob struct {
	Name     string
	Type     BlobType
	ETag     ETag
	Created  Ticks
	Modified Ticks
	Size     int64 // Content-Length; of a page blob, what its pages span
	HTTPHeaders
	Metadata map[string]string // names keep the case they were sent in
	Tags     map[string]string
	Content  Content
	Lease    Lease

	Snapshot  Ticks // of a snapshot
	VersionID Ticks // of a version, the current one included; 0 where versioning was off
	Deleted   Ticks // when it was deleted softly
	Purge     Ticks // when what was deleted softly goes for good

	Tier              string // Hot, Cool, Cold, Archive, or P4…; "" lets the account's default show
	TierChanged       Ticks
	RehydrateTo       string // Hot, Cool, Cold while it comes back from Archive
	RehydratePriority string
	RehydrateDone     Ticks

	Copy            *Copy
	SequenceNumber  uint64 // of a page blob
	AppendedBlocks  uint64 // of an append blob
	Sealed          bool
	IncrementalCopy bool
	Expires         Ticks
	LastAccess      Ticks
	Immutability    *Immutability
	LegalHold       bool
	EncryptionScope string
	CustomerKey     []byte // SHA-256 of the key that its content is encrypted with; nil where the client gave none

	// What the service works out for an answer. None of it is stored.
	LeaseStatus   LeaseStatus
	Current       bool // of a version: the current one
	RemainingDays int  // of what was deleted softly
	Uncommitted   bool // nothing but blocks that wait for a block list
	VersionsOnly  bool // a name whose current version was deleted
	TierInferred  bool // Tier is the account's default
}

// Copy is x-ms-copy-*.
type Copy struct {
	ID          string
	Status      string // pending, success, aborted, failed
	Source      string
	Description string
	Copied      int64
	Total       int64
	Completed   Ticks
	Destination Ticks // x-ms-copy-destination-snapshot of an incremental copy
}

// Immutability is a blob's own time-based policy.
type Immutability struct {
	Until Ticks
	Mode  string // unlocked, locked
}

// Form says how a blob's bytes are kept.
type Form uint8

// The forms of contents.
const (
	NoContent Form = iota // no bytes
	Inline                // in the store, under keyData
	File                  // a content beside the store
	Manifest              // a list of pieces, under keyManifest
	Pages                 // a page blob's ranges
)

// Content is where a blob's bytes are. It never changes once it is committed, other than that pieces are added behind
// an append blob's: a holder reads no further than Size.
type Content struct {
	Form   Form
	ID     content.ID
	Size   int64
	CRC64  uint64 // of Inline and File
	Shared bool   // somebody else may hold it too: it is left to the sweep
}

// Tags of a blob's record. None is ever used again for something else.
const (
	bName byte = iota + 1
	bType
	bETag
	bCreated
	bModified
	bSize
	bContentType
	bContentEncoding
	bContentLanguage
	bContentDisposition
	bCacheControl
	bContentMD5
	bMetadata
	bTag
	bForm
	bContentID
	bContentSize
	bContentCRC
	bContentShared
	bLeaseID
	bLeaseDuration
	bLeaseEnds
	bLeaseBreaks
	bLeaseETag
	bSnapshot
	bVersion
	bDeleted
	bPurge
	bTier
	bTierChanged
	bRehydrateTo
	bRehydratePriority
	bRehydrateDone
	bCopyID
	bCopyStatus
	bCopySource
	bCopyDescription
	bCopyCopied
	bCopyTotal
	bCopyCompleted
	bCopyDestination
	bSequence
	bAppended
	bSealed
	bIncremental
	bExpires
	bLastAccess
	bImmutableUntil
	bImmutableMode
	bLegalHold
	bEncryptionScope
	bCustomerKey
)

func (b *Blob) encode() []byte {
	w := newRecord(256)
	w.text(bName, b.Name)
	w.text(bType, string(b.Type))
	w.number(bETag, uint64(b.ETag))
	w.number(bCreated, uint64(b.Created))
	w.number(bModified, uint64(b.Modified))
	w.number(bSize, uint64(b.Size))
	w.text(bContentType, b.ContentType)
	w.text(bContentEncoding, b.ContentEncoding)
	w.text(bContentLanguage, b.ContentLanguage)
	w.text(bContentDisposition, b.ContentDisposition)
	w.text(bCacheControl, b.CacheControl)
	w.bytes(bContentMD5, b.ContentMD5)
	w.pairs(bMetadata, b.Metadata)
	w.pairs(bTag, b.Tags)
	w.content(b.Content)
	w.lease(b.Lease)
	w.number(bSnapshot, uint64(b.Snapshot))
	w.number(bVersion, uint64(b.VersionID))
	w.number(bDeleted, uint64(b.Deleted))
	w.number(bPurge, uint64(b.Purge))
	b.encodeRare(w)
	return w.b
}

// encodeRare writes what few blobs have.
func (b *Blob) encodeRare(w *recordWriter) {
	w.text(bTier, b.Tier)
	w.number(bTierChanged, uint64(b.TierChanged))
	w.text(bRehydrateTo, b.RehydrateTo)
	w.text(bRehydratePriority, b.RehydratePriority)
	w.number(bRehydrateDone, uint64(b.RehydrateDone))
	if c := b.Copy; c != nil {
		w.text(bCopyID, c.ID)
		w.text(bCopyStatus, c.Status)
		w.text(bCopySource, c.Source)
		w.text(bCopyDescription, c.Description)
		w.number(bCopyCopied, uint64(c.Copied))
		w.number(bCopyTotal, uint64(c.Total))
		w.number(bCopyCompleted, uint64(c.Completed))
		w.number(bCopyDestination, uint64(c.Destination))
	}
	w.number(bSequence, b.SequenceNumber)
	w.number(bAppended, b.AppendedBlocks)
	w.flag(bSealed, b.Sealed)
	w.flag(bIncremental, b.IncrementalCopy)
	w.number(bExpires, uint64(b.Expires))
	w.number(bLastAccess, uint64(b.LastAccess))
	if i := b.Immutability; i != nil {
		w.number(bImmutableUntil, uint64(i.Until))
		w.text(bImmutableMode, i.Mode)
	}
	w.flag(bLegalHold, b.LegalHold)
	w.text(bEncryptionScope, b.EncryptionScope)
	w.bytes(bCustomerKey, b.CustomerKey)
}

func (w *recordWriter) content(c Content) {
	if c.Form == NoContent {
		return
	}
	w.number(bForm, uint64(c.Form))
	w.bytes(bContentID, c.ID[:])
	w.number(bContentSize, uint64(c.Size))
	w.number(bContentCRC, c.CRC64)
	w.flag(bContentShared, c.Shared)
}

func (w *recordWriter) lease(l Lease) {
	if l.ID == "" {
		return
	}
	w.text(bLeaseID, l.ID)
	w.number(bLeaseDuration, uint64(l.Duration/time.Second))
	w.number(bLeaseEnds, uint64(l.Ends))
	w.number(bLeaseBreaks, uint64(l.Breaks))
	w.number(bLeaseETag, uint64(l.ETag))
}
