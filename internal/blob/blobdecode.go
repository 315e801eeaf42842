package blob

import "time"

func decodeBlob(record []byte) (*Blob, error) {
	b := new(Blob)
	if err := b.decode(record); err != nil {
		return nil, err
	}
	return b, nil
}

// decode makes b what the record says. It keeps nothing of what b was, nor of the record's memory.
func (b *Blob) decode(record []byte) error {
	*b = Blob{}
	r := readRecord(record)
	for r.next() {
		if !b.decodeField(&r) && !b.decodeHeader(&r) && !b.Lease.decodeField(&r) && !b.decodeRare(&r) && !b.decodeCopy(&r) {
			return errRecord
		}
	}
	return r.err
}

func (b *Blob) decodeField(r *recordReader) bool {
	switch r.tag {
	case bName:
		b.Name = r.text()
	case bType:
		b.Type = blobType(r.val)
	case bETag:
		b.ETag = ETag(r.number())
	case bCreated:
		b.Created = Ticks(r.number())
	case bModified:
		b.Modified = Ticks(r.number())
	case bSize:
		b.Size = int64(r.number())
	case bMetadata:
		b.Metadata = r.pair(b.Metadata)
	case bTag:
		b.Tags = r.pair(b.Tags)
	case bForm:
		b.Content.Form = Form(r.number())
	case bContentID:
		r.fixed(b.Content.ID[:])
	case bContentSize:
		b.Content.Size = int64(r.number())
	case bContentCRC:
		b.Content.CRC64 = r.number()
	case bContentShared:
		b.Content.Shared = r.flag()
	case bSnapshot:
		b.Snapshot = Ticks(r.number())
	case bVersion:
		b.VersionID = Ticks(r.number())
	case bDeleted:
		b.Deleted = Ticks(r.number())
	case bPurge:
		b.Purge = Ticks(r.number())
	default:
		return false
	}
	return true
}

// blobType saves the copy of a text that is nearly always the same.
func blobType(v []byte) BlobType {
	for _, t := range [...]BlobType{BlockBlob, AppendBlob, PageBlob} {
		if string(v) == string(t) {
			return t
		}
	}
	return BlobType(v)
}

func (b *Blob) decodeHeader(r *recordReader) bool {
	switch r.tag {
	case bContentType:
		b.ContentType = "application/octet-stream"
		if string(r.val) != b.ContentType {
			b.ContentType = r.text()
		}
	case bContentEncoding:
		b.ContentEncoding = r.text()
	case bContentLanguage:
		b.ContentLanguage = r.text()
	case bContentDisposition:
		b.ContentDisposition = r.text()
	case bCacheControl:
		b.CacheControl = r.text()
	case bContentMD5:
		b.ContentMD5 = r.clone()
	default:
		return false
	}
	return true
}

func (l *Lease) decodeField(r *recordReader) bool {
	switch r.tag {
	case bLeaseID:
		l.ID = r.text()
	case bLeaseDuration:
		l.Duration = time.Duration(r.number()) * time.Second
	case bLeaseEnds:
		l.Ends = Ticks(r.number())
	case bLeaseBreaks:
		l.Breaks = Ticks(r.number())
	case bLeaseETag:
		l.ETag = ETag(r.number())
	default:
		return false
	}
	return true
}

func (b *Blob) decodeRare(r *recordReader) bool {
	switch r.tag {
	case bTier:
		b.Tier = r.text()
	case bTierChanged:
		b.TierChanged = Ticks(r.number())
	case bRehydrateTo:
		b.RehydrateTo = r.text()
	case bRehydratePriority:
		b.RehydratePriority = r.text()
	case bRehydrateDone:
		b.RehydrateDone = Ticks(r.number())
	case bSequence:
		b.SequenceNumber = r.number()
	case bAppended:
		b.AppendedBlocks = r.number()
	case bSealed:
		b.Sealed = r.flag()
	case bIncremental:
		b.IncrementalCopy = r.flag()
	case bExpires:
		b.Expires = Ticks(r.number())
	case bLastAccess:
		b.LastAccess = Ticks(r.number())
	case bImmutableUntil:
		b.immutability().Until = Ticks(r.number())
	case bImmutableMode:
		b.immutability().Mode = r.text()
	case bLegalHold:
		b.LegalHold = r.flag()
	case bEncryptionScope:
		b.EncryptionScope = r.text()
	case bCustomerKey:
		b.CustomerKey = r.clone()
	default:
		return false
	}
	return true
}

func (b *Blob) immutability() *Immutability {
	if b.Immutability == nil {
		b.Immutability = new(Immutability)
	}
	return b.Immutability
}

func (b *Blob) decodeCopy(r *recordReader) bool {
	if r.tag < bCopyID || r.tag > bCopyDestination {
		return false
	}
	if b.Copy == nil {
		b.Copy = new(Copy)
	}
	switch r.tag {
	case bCopyID:
		b.Copy.ID = r.text()
	case bCopyStatus:
		b.Copy.Status = r.text()
	case bCopySource:
		b.Copy.Source = r.text()
	case bCopyDescription:
		b.Copy.Description = r.text()
	case bCopyCopied:
		b.Copy.Copied = int64(r.number())
	case bCopyTotal:
		b.Copy.Total = int64(r.number())
	case bCopyCompleted:
		b.Copy.Completed = Ticks(r.number())
	case bCopyDestination:
		b.Copy.Destination = Ticks(r.number())
	}
	return true
}
