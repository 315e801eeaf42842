package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// BlockFrom says where a block list looks for a block.
type BlockFrom uint8

// The elements of a block list.
const (
	Latest BlockFrom = iota // uncommitted, else committed
	Committed
	Uncommitted
)

// BlockRef is one element of a block list.
type BlockRef struct {
	ID   string // as it was sent: base64
	From BlockFrom
}

// PutBlockList is Put Block List.
type PutBlockList struct {
	Blocks          []BlockRef
	Headers         HTTPHeaders
	Metadata        map[string]string
	Tags            map[string]string
	Tier            string
	EncryptionScope string
	Key             *CustomerKey
	Immutability    *Immutability
	LegalHold       bool
	Conditions      Conditions
}

// PutBlockList makes a blob of blocks. Nothing is copied: the blob is the list.
func (s *Service) PutBlockList(ctx context.Context, a Access, t Target, r PutBlockList) (*Blob, error) {
	g, err := s.permitTagged(ctx, a, OpPutBlockList, t, r.Tags)
	if err != nil {
		return nil, err
	}
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil {
		return nil, err
	}
	if err := r.Key.check(); err != nil {
		return nil, err
	}
	ids, err := r.check(g.account)
	if err != nil {
		return nil, err
	}
	manifest := content.ID{}
	if _, err := io.ReadFull(s.Rand, manifest[:]); err != nil {
		return nil, fault.Wrap("blob.PutBlockList", err)
	}
	var b *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := errors.Join(m.mayWrite(g, r.Conditions), r.Conditions.fresh(m.base, m.now)); err != nil {
			return err
		}
		if m.base != nil && m.base.Type != BlockBlob {
			return refuse(fault.Conflict, "InvalidBlobType")
		}
		if m.base != nil && m.base.Tier == "Archive" {
			return refuse(fault.Conflict, "BlobArchived")
		}
		b = newBlob(BlockBlob, r.Headers, r.Metadata)
		b.Tags, b.Tier, b.EncryptionScope = r.Tags, r.Tier, r.EncryptionScope
		b.Immutability, b.LegalHold, b.CustomerKey = r.Immutability, r.LegalHold, r.Key.fingerprint()
		if err := errors.Join(m.admit(b), m.sameKey(b)); err != nil {
			return err
		}
		if b.Tier != "" {
			b.TierChanged = m.now
		}
		if err := m.assemble(b, manifest, r.Blocks, ids); err != nil {
			return err
		}
		b.shown(m.account, m.now)
		b.Current = b.VersionID != 0
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// check gives the blocks' IDs as bytes.
func (r *PutBlockList) check(account *Account) ([]string, error) {
	if len(r.Blocks) > maxCommittedBlocks {
		return nil, refuse(fault.Invalid, "BlockListTooLong")
	}
	if err := checkWritten(account, r.Headers, r.Metadata, r.Tier); err != nil {
		return nil, err
	}
	if err := tags.Validate(r.Tags); err != nil {
		return nil, err
	}
	ids := make([]string, len(r.Blocks))
	for i, ref := range r.Blocks {
		id, err := blockID(ref.ID)
		if err != nil {
			return nil, refuse(fault.Invalid, "InvalidBlockId")
		}
		ids[i] = id
	}
	return ids, nil
}

// sameKey refuses a block list that comes with another key or encryption scope than the blocks that wait for it did.
func (m *mutation) sameKey(b *Blob) error {
	h, err := readStaged(m.tx, m.container.instance, m.name)
	if err != nil || h.count == 0 {
		return err
	}
	if err := sameKey(h.key, b.CustomerKey); err != nil {
		return err
	}
	if scopeName(h.scope) != scopeName(b.EncryptionScope) {
		return refuse(fault.Conflict, "BlobCustomerSpecifiedEncryptionMismatch")
	}
	return nil
}

// assemble writes the list of the blob's blocks, and the blob.
func (m *mutation) assemble(b *Blob, manifest content.ID, refs []BlockRef, ids []string) error {
	old, err := m.committed()
	if err != nil {
		return err
	}
	committed := byID(old)
	waiting, err := uncommitted(m.tx, m.container.instance, m.name)
	if err != nil {
		return err
	}
	staged := byID(waiting)
	// A block that the old list keeps as well has two holders from now on.
	twoHolders := m.base != nil && (m.base.Content.Shared || m.keeps())
	pieces := make([]piece, 0, len(ids))
	used, kept := map[string]struct{}{}, map[content.ID]struct{}{}
	seen := map[string]struct{}{}
	var size int64
	if m.base != nil && !bytes.Equal(m.base.CustomerKey, b.CustomerKey) {
		committed = nil // they are encrypted with something else
	}
	for i, id := range ids {
		p, isStaged, ok := choose(refs[i].From, id, staged, committed)
		if !ok {
			return refuse(fault.Invalid, "InvalidBlockList")
		}
		if isStaged {
			used[id] = struct{}{}
		} else {
			kept[p.content.ID] = struct{}{}
			p.content.Shared = p.content.Shared || twoHolders
		}
		if _, twice := seen[id]; twice {
			p.content.Shared = true // the same bytes at two places
		}
		seen[id] = struct{}{}
		p.id, p.start = id, size
		size += p.content.Size
		pieces = append(pieces, p)
	}
	m.grows = m.base != nil && (m.base.Content.Form == Manifest || m.base.Size == 0) && begins(pieces, old)
	if err := m.dropBlocksBut(used); err != nil {
		return err
	}
	b.Size = size
	if len(pieces) > 0 {
		b.Content = Content{Form: Manifest, ID: manifest, Size: size}
		if err := writeManifest(m.tx, manifest, pieces); err != nil {
			return err
		}
	}
	return m.replace(b, kept)
}

// begins reports whether the first pieces of a list are those of another.
func begins(list, with []piece) bool {
	return len(list) >= len(with) && slices.EqualFunc(list[:len(with)], with, func(a, b piece) bool {
		return a.content.ID == b.content.ID
	})
}

// choose finds the block that an element of a block list means.
func choose(from BlockFrom, id string, staged, committed map[string]piece) (p piece, isStaged, ok bool) {
	if from != Committed {
		if p, ok = staged[id]; ok {
			return p, true, true
		}
	}
	if from != Uncommitted {
		p, ok = committed[id]
	}
	return p, false, ok
}

func byID(pieces []piece) map[string]piece {
	m := make(map[string]piece, len(pieces))
	for _, p := range pieces {
		m[p.id] = p
	}
	return m
}

// committed reads the blocks of the blob's list in their order. What was written by Put Blob has none.
func (m *mutation) committed() ([]piece, error) {
	if m.base == nil || m.base.Content.Form != Manifest {
		return nil, nil
	}
	return readManifest(m.tx, m.base.Content.ID, 0, m.base.Content.Size)
}

// BlockEntry is a block as Get Block List shows it.
type BlockEntry struct {
	ID   string // its bytes
	Size int64
}

// BlockList is what Get Block List answers.
type BlockList struct {
	Blob        *Blob // nil where there are only uncommitted blocks
	Committed   []BlockEntry
	Uncommitted []BlockEntry // in the order of their IDs
}

// GetBlockList lists a blob's blocks. Of a snapshot or version there are only committed ones.
func (s *Service) GetBlockList(ctx context.Context, a Access, t Target, c Conditions) (BlockList, error) {
	g, err := s.permitBlob(ctx, a, OpGetBlockList, t)
	if err != nil {
		return BlockList{}, err
	}
	now := TicksOf(s.Clock.Now())
	var list BlockList
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		container, b, err := readTarget(r, t, now)
		missing := fault.ReasonOf(err) == "BlobNotFound"
		if err != nil && !missing {
			return err
		}
		if t.Snapshot == 0 && t.VersionID == 0 {
			waiting, err := uncommitted(r, container.instance, t.Blob)
			if err != nil {
				return err
			}
			list.Uncommitted = entries(waiting)
		}
		if missing && len(list.Uncommitted) == 0 {
			return err
		}
		if b == nil {
			return nil
		}
		if b.Type != BlockBlob {
			return refuse(fault.Conflict, "InvalidBlobType")
		}
		if err := c.leaseForRead(b.Lease, now); err != nil {
			return err
		}
		if err := c.tagged(b.state()); err != nil {
			return err
		}
		list.Blob = b.shown(g.account, now)
		if b.Content.Form != Manifest {
			return nil
		}
		pieces, err := readManifest(r, b.Content.ID, 0, b.Content.Size)
		list.Committed = entries(pieces)
		return err
	})
	if err != nil {
		return BlockList{}, fault.Wrap("blob.GetBlockList", err)
	}
	return list, nil
}

func entries(pieces []piece) []BlockEntry {
	list := make([]BlockEntry, len(pieces))
	for i, p := range pieces {
		list[i] = BlockEntry{ID: p.id, Size: p.content.Size}
	}
	return list
}
