package blob

import (
	"context"
	"encoding/base64"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Bounds of blocks.
const (
	maxBlock             = 4000 << 20 // bytes, since version 2019-12-12
	maxBlockID           = 64         // bytes
	maxCommittedBlocks   = 50_000
	maxUncommittedBlocks = 100_000
)

// PutBlock is Put Block.
type PutBlock struct {
	ID      string // as it was sent: base64
	Body    io.Reader
	Length  int64
	MD5     []byte
	CRC64   *uint64
	LeaseID string
	Key     *CustomerKey

	EncryptionScope string
}

// BlockResult has the checksums of a body.
type BlockResult struct {
	MD5             []byte // nil where the client sent none
	CRC64           uint64
	EncryptionScope string
}

// stagedBlocks is what holds for all uncommitted blocks of a blob.
type stagedBlocks struct {
	name   string
	idSize int // bytes of each block's ID
	count  int
	key    []byte // SHA-256 of the customer's key that they are encrypted with
	scope  string // the encryption scope that they are encrypted with
	since  Ticks  // when the last block came: a week later they are swept
}

const (
	sName byte = iota + 1
	sIDSize
	sCount
	sSince
	sKey
	sScope
)

func (h stagedBlocks) encode() []byte {
	w := newRecord(64)
	w.text(sName, h.name)
	w.number(sIDSize, uint64(h.idSize))
	w.number(sCount, uint64(h.count))
	w.number(sSince, uint64(h.since))
	w.bytes(sKey, h.key)
	w.text(sScope, h.scope)
	return w.b
}

func decodeStaged(record []byte) (stagedBlocks, error) {
	var h stagedBlocks
	r := readRecord(record)
	for r.next() {
		switch r.tag {
		case sName:
			h.name = r.text()
		case sIDSize:
			h.idSize = int(r.number())
		case sCount:
			h.count = int(r.number())
		case sSince:
			h.since = Ticks(r.number())
		case sKey:
			h.key = r.clone()
		case sScope:
			h.scope = r.text()
		default:
			return h, errRecord
		}
	}
	return h, r.err
}

// readStaged reads the header of a blob's uncommitted blocks; its count is 0 where there are none.
func readStaged(r store.Reader, i instance, name string) (stagedBlocks, error) {
	item, err := r.Get(keyStaged(i, name))
	if errors.Is(err, store.ErrNotFound) {
		return stagedBlocks{name: name}, nil
	}
	if err != nil {
		return stagedBlocks{}, err
	}
	return decodeStaged(item.Value)
}

// blockID reads a block's ID.
func blockID(text string) (string, error) {
	id, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(id) == 0 || len(id) > maxBlockID {
		return "", invalidQuery("blockid", text)
	}
	return string(id), nil
}

// PutBlock takes in a block that waits for a block list.
func (s *Service) PutBlock(ctx context.Context, a Access, t Target, r PutBlock) (BlockResult, error) {
	g, err := s.permitBlob(ctx, a, OpPutBlock, t)
	if err != nil {
		return BlockResult{}, err
	}
	id, err := blockID(r.ID)
	switch {
	case err != nil:
		return BlockResult{}, err
	case r.Length <= 0:
		return BlockResult{}, invalidHeader("Content-Length", "0")
	case r.Length > maxBlock:
		return BlockResult{}, refuse(fault.TooLarge, "RequestBodyTooLarge")
	}
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil {
		return BlockResult{}, err
	}
	c := Conditions{LeaseID: r.LeaseID}
	if r.Length > maxInline {
		if err := s.precheck(ctx, g, t, func(m *mutation) error { return m.mayStage(g, c) }); err != nil {
			return BlockResult{}, err
		}
	}
	st, err := s.arrive(ctx, upload{body: r.Body, length: r.Length, md5: r.MD5, crc: r.CRC64}, r.Key)
	if err != nil {
		return BlockResult{}, err
	}
	block := stagedBlock{staged: st.staged, id: id, key: r.Key.fingerprint(), asked: r.EncryptionScope}
	if err := s.putBlock(ctx, g, t, c, &block); err != nil {
		return BlockResult{}, err
	}
	return BlockResult{MD5: st.md5, CRC64: st.crc, EncryptionScope: scopeName(block.scope)}, nil
}

// stagedBlock is a block whose bytes have arrived.
type stagedBlock struct {
	*staged
	id  string
	key []byte // SHA-256 of the customer's key that it is encrypted with

	asked string // the encryption scope of the request, if any
	scope string // the one that it is encrypted with
}

// putBlock records a block whose bytes have arrived; Put Block From URL ends here too.
func (s *Service) putBlock(ctx context.Context, g grant, t Target, c Conditions, b *stagedBlock) error {
	err := s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.mayStage(g, c); err != nil {
			return err
		}
		if err := b.put(m.tx); err != nil {
			return err
		}
		return m.stageBlock(b)
	})
	if surelyFailed(err) {
		s.discard(b.staged)
	}
	return err
}

// mayStage checks what stands between a request and a block of the blob.
func (m *mutation) mayStage(g grant, c Conditions) error {
	if m.base == nil {
		return nil // the lease of what is not there yet is not asked for
	}
	if g.newOnly {
		return errNewOnly
	}
	if m.base.Type != BlockBlob {
		return refuse(fault.Conflict, "InvalidBlobType")
	}
	if m.base.Tier == "Archive" {
		return refuse(fault.Conflict, "BlobArchived")
	}
	return c.leaseForWrite(m.base.Lease, m.now)
}

// stageBlock writes a block, in the place of one with the same ID.
func (m *mutation) stageBlock(b *stagedBlock) error {
	h, err := readStaged(m.tx, m.container.instance, m.name)
	if err != nil {
		return err
	}
	// The blocks of the blob that is there may have IDs of another size: another program wrote it.
	if h.count > 0 && h.idSize != len(b.id) {
		return refuse(fault.Invalid, "InvalidBlobOrBlock")
	}
	if b.scope, err = m.encryptionScope(b.asked, b.key); err != nil {
		return err
	}
	if h.count > 0 {
		if err := sameKey(h.key, b.key); err != nil {
			return err
		}
		if scopeName(h.scope) != scopeName(b.scope) {
			return refuse(fault.Conflict, "BlobCustomerSpecifiedEncryptionMismatch")
		}
	}
	key := keyBlock(m.container.instance, m.name, b.id)
	item, err := m.tx.Get(key)
	switch {
	case err == nil:
		old, err := decodePieces(item.Value)
		if err != nil {
			return err
		}
		for _, p := range old {
			if err := m.drop(p.content, nil); err != nil {
				return err
			}
		}
	case errors.Is(err, store.ErrNotFound):
		if h.count++; h.count > maxUncommittedBlocks {
			return refuse(fault.Conflict, "BlockCountExceedsLimit")
		}
	default:
		return err
	}
	h.idSize, h.since, h.key, h.scope = len(b.id), m.now, b.key, b.scope
	if err := m.tx.Put(keyStaged(m.container.instance, m.name), h.encode()); err != nil {
		return err
	}
	return m.tx.Put(key, encodePieces([]piece{{id: b.id, content: b.content}}))
}

// uncommitted reads the blocks that wait for a block list, in the order of their IDs.
func uncommitted(r store.Reader, i instance, name string) ([]piece, error) {
	prefix := keyStaged(i, name)
	var all []piece
	for item, err := range r.Scan(append(prefix[:len(prefix):len(prefix)], 0), store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		block, err := decodePieces(item.Value)
		if err != nil {
			return nil, err
		}
		all = append(all, block...)
	}
	return all, nil
}

// dropBlocks lets go of all blocks that wait for a block list: a blob written otherwise makes them void.
func (m *mutation) dropBlocks() error {
	return m.dropBlocksBut(nil)
}

// dropBlocksBut is dropBlocks for a block list: the contents in used are the blob's from now on.
func (m *mutation) dropBlocksBut(used map[string]struct{}) error {
	h, err := readStaged(m.tx, m.container.instance, m.name)
	if err != nil || h.count == 0 {
		return err
	}
	blocks, err := uncommitted(m.tx, m.container.instance, m.name)
	if err != nil {
		return err
	}
	for _, p := range blocks {
		if _, stays := used[p.id]; !stays {
			if err := m.drop(p.content, nil); err != nil {
				return err
			}
		}
		if err := m.tx.Delete(keyBlock(m.container.instance, m.name, p.id)); err != nil {
			return err
		}
	}
	return m.tx.Delete(keyStaged(m.container.instance, m.name))
}
