package blob

import (
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Conditions are the conditional headers of a request. The zero value asks for nothing.
type Conditions struct {
	IfMatch           []Match // of If-Match
	IfNoneMatch       []Match
	IfModifiedSince   time.Time // to the second
	IfUnmodifiedSince time.Time
	IfTags            string // x-ms-if-tags, an expression over the blob's tags
	LeaseID           string // x-ms-lease-id
}

// Match is one entity tag of a header.
type Match struct {
	Any  bool // *
	ETag ETag // 0 where the text is no tag of ours: it matches nothing
}

func matches(tags []Match, e ETag) bool {
	for _, t := range tags {
		if t.Any || t.ETag == e && e != 0 {
			return true
		}
	}
	return false
}

func anyTag(tags []Match) bool {
	for _, t := range tags {
		if t.Any {
			return true
		}
	}
	return false
}

// state is what conditions are evaluated against.
type state struct {
	exists   bool
	etag     ETag
	modified Ticks
	tags     map[string]string
}

func (b *Blob) state() state {
	if b == nil {
		return state{}
	}
	return state{exists: true, etag: b.ETag, modified: b.Modified, tags: b.Tags}
}

func (c *Container) state() state { return state{exists: true, etag: c.ETag, modified: c.Modified} }

var errConditionNotMet = fault.New(fault.Precondition, "blob", "ConditionNotMet", "ConditionNotMet")

// errTagsNotMet is errConditionNotMet of x-ms-if-tags, which Azure words the same of a copy's source.
var errTagsNotMet = fault.New(fault.Precondition, "blob", "ConditionNotMet", "ConditionNotMet of tags")

// ErrNotModified is the refusal of a read whose If-None-Match or If-Modified-Since does not hold: 304 on the wire.
var ErrNotModified = fault.New(fault.Precondition, "blob", "NotModified", "NotModified")

// read evaluates the conditions of a read, as versions since 2013-08-15 do: If-Match and If-Unmodified-Since must both
// hold, and of If-None-Match and If-Modified-Since one.
func (c Conditions) read(s state) error {
	if err := c.tagged(s); err != nil {
		return err
	}
	if !s.exists {
		return nil // the read says itself what is missing
	}
	switch {
	case anyTag(c.IfNoneMatch):
		return refuse(fault.Invalid, "UnsatisfiableCondition")
	case len(c.IfMatch) > 0 && !matches(c.IfMatch, s.etag):
		return errConditionNotMet
	case !c.IfUnmodifiedSince.IsZero() && s.modified.Seconds().After(c.IfUnmodifiedSince):
		return errConditionNotMet
	}
	none, since := len(c.IfNoneMatch) > 0, !c.IfModifiedSince.IsZero()
	if !none && !since {
		return nil
	}
	if none && !matches(c.IfNoneMatch, s.etag) || since && s.modified.Seconds().After(c.IfModifiedSince) {
		return nil
	}
	return ErrNotModified
}

// write evaluates the conditions of a write. One tag a header, and only the pairs that Azure names: more than that is
// refused, since it could not be answered for.
func (c Conditions) write(s state) error {
	if err := c.combination(); err != nil {
		return err
	}
	if err := c.tagged(s); err != nil {
		return err
	}
	switch {
	case len(c.IfNoneMatch) > 0:
		if s.exists && matches(c.IfNoneMatch, s.etag) {
			return errConditionNotMet
		}
	case len(c.IfMatch) > 0:
		if !s.exists || !matches(c.IfMatch, s.etag) {
			return errConditionNotMet
		}
	case !s.exists:
	case !c.IfModifiedSince.IsZero():
		if !s.modified.Seconds().After(c.IfModifiedSince) {
			return errConditionNotMet
		}
	case !c.IfUnmodifiedSince.IsZero():
		if s.modified.Seconds().After(c.IfUnmodifiedSince) {
			return errConditionNotMet
		}
	}
	return nil
}

// create is write for what makes a blob: If-None-Match: * says that there must be none, and has an answer of its own.
func (c Conditions) create(s state) error {
	if anyTag(c.IfNoneMatch) && s.exists {
		return refuse(fault.Exists, "BlobAlreadyExists")
	}
	return c.write(s)
}

// fresh is what If-Modified-Since asks of a blob that blocks alone are there of: it is being modified now.
func (c Conditions) fresh(b *Blob, now Ticks) error {
	if b == nil && !c.IfModifiedSince.IsZero() && !now.Seconds().After(c.IfModifiedSince) {
		return errConditionNotMet
	}
	return nil
}

func (c Conditions) combination() error {
	if len(c.IfMatch) > 1 || len(c.IfNoneMatch) > 1 {
		return refuse(fault.Invalid, "MultipleConditionHeadersNotSupported")
	}
	n, forReads := 0, 0
	for i, present := range []bool{
		len(c.IfNoneMatch) > 0, !c.IfModifiedSince.IsZero(), len(c.IfMatch) > 0, !c.IfUnmodifiedSince.IsZero(),
	} {
		if present {
			n++
			if i < 2 {
				forReads++
			}
		}
	}
	if n > 2 || n == 2 && forReads == 1 {
		return refuse(fault.Invalid, "MultipleConditionHeadersNotSupported")
	}
	return nil
}

func (c Conditions) tagged(s state) error {
	if c.IfTags == "" {
		return nil
	}
	ok, err := matchTags(c.IfTags, s.tags)
	if err != nil {
		return err
	}
	if !ok && s.exists {
		return errTagsNotMet
	}
	return nil
}

// leaseForWrite checks the lease ID of a write against a blob's lease.
func (c Conditions) leaseForWrite(l Lease, now Ticks) error {
	state := l.State(now)
	active := state == LeaseLeased || state == LeaseBreaking
	if c.LeaseID == "" {
		if active {
			return refuse(fault.Precondition, "LeaseIdMissing")
		}
		return nil
	}
	return c.leaseGiven(l, active, "Blob")
}

// leaseForRead checks a lease ID only where one was sent.
func (c Conditions) leaseForRead(l Lease, now Ticks) error {
	if c.LeaseID == "" {
		return nil
	}
	state := l.State(now)
	return c.leaseGiven(l, state == LeaseLeased || state == LeaseBreaking, "Blob")
}

// leaseForContainer checks a container's lease: required says that the operation (its deletion) wants the ID of an
// active one.
func (c Conditions) leaseForContainer(l Lease, now Ticks, required bool) error {
	state := l.State(now)
	active := state == LeaseLeased || state == LeaseBreaking
	if c.LeaseID == "" {
		if active && required {
			return refuse(fault.Precondition, "LeaseIdMissing")
		}
		return nil
	}
	return c.leaseGiven(l, active, "Container")
}

func (c Conditions) leaseGiven(l Lease, active bool, on string) error {
	id, err := normalLeaseID(c.LeaseID, "x-ms-lease-id")
	switch {
	case err != nil:
		return err
	case !active && l.ID == id:
		return refuse(fault.Precondition, "LeaseLost")
	case !active:
		return refuse(fault.Precondition, "LeaseNotPresentWith"+on+"Operation")
	case l.ID != id:
		return refuse(fault.Precondition, "LeaseIdMismatchWith"+on+"Operation")
	}
	return nil
}
