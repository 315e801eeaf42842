package blob

import (
	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// CreateBlob is Put Blob of an append or page blob: one that has no bytes yet.
type CreateBlob struct {
	Headers         HTTPHeaders
	Metadata        map[string]string
	Tags            map[string]string
	Tier            string // of a page blob: P4 to P80
	Size            int64  // x-ms-blob-content-length, of a page blob: a multiple of 512, at most 8 TiB
	SequenceNumber  uint64 // of a page blob
	EncryptionScope string
	Key             *CustomerKey
	Immutability    *Immutability
	LegalHold       bool
	Conditions      Conditions
}

// check looks at what needs no store.
func (c *CreateBlob) check(t Target) error {
	if err := checkWriteTarget(t); err != nil {
		return err
	}
	if err := checkMetadata(c.Metadata); err != nil {
		return err
	}
	return tags.Validate(c.Tags)
}

// blob is the record of a new blob of that type.
func (c *CreateBlob) blob(t BlobType) *Blob {
	b := newBlob(t, c.Headers, c.Metadata)
	b.Tags, b.Immutability, b.LegalHold = c.Tags, c.Immutability, c.LegalHold
	b.EncryptionScope, b.CustomerKey = c.EncryptionScope, c.Key.fingerprint()
	return b
}

// checkWriteTarget refuses to write to what never changes, and names that cannot be.
func checkWriteTarget(t Target) error {
	if t.Snapshot != 0 || t.VersionID != 0 {
		return invalidQuery("snapshot", (t.Snapshot + t.VersionID).String())
	}
	return checkBlobName(t.Container, t.Blob)
}

// writable checks that a change of the blob's bytes may go on: it is there, of the type, its conditions, its lease and
// what protects it let it pass, and key and encryption scope are those it was made with.
func (m *mutation) writable(c Conditions, t BlobType, key *CustomerKey, scope string) error {
	if err := m.exists(); err != nil {
		return err
	}
	if m.base.Type != t {
		return refuse(fault.Conflict, "InvalidBlobType")
	}
	if err := m.changeable(c); err != nil {
		return err
	}
	if err := m.base.opens(key); err != nil {
		return err
	}
	return m.sameScope(scope)
}

// changeable checks conditions and lease of a blob that is there.
func (m *mutation) changeable(c Conditions) error {
	if err := m.exists(); err != nil {
		return err
	}
	if err := c.write(m.base.state()); err != nil {
		return err
	}
	return c.leaseForWrite(m.base.Lease, m.now)
}

// answer gives a copy of a record with what an answer shows besides.
func (m *mutation) answer(b *Blob) *Blob {
	c := *b
	c.Current = c.VersionID != 0
	return c.shown(m.account, m.now)
}

// admit checks what a new blob says of its protection: its encryption scope, which the container may dictate, and its
// own immutability policy.
func (m *mutation) admit(b *Blob) error {
	var err error
	if b.EncryptionScope, err = m.encryptionScope(b.EncryptionScope, b.CustomerKey); err != nil {
		return err
	}
	if b.Immutability == nil && !b.LegalHold {
		return nil
	}
	if err := m.versioned(); err != nil {
		return err
	}
	return b.Immutability.check(m.now)
}
