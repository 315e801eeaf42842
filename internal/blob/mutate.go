package blob

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// mutation is a change of one blob in progress.
type mutation struct {
	ctx       context.Context
	tx        store.Tx
	account   *Account
	container *Container
	name      string
	base      *Blob // what is there; nil where nothing is
	now       Ticks // the moment of the change, later than all that was there
	drops     []content.ID
	grows     bool // what is written keeps all that is there, and adds to it
}

// mutate runs fn in a transaction that has read the container and the blob, and removes the contents that fn has
// dropped once it is committed. fn may be called again.
func (s *Service) mutate(ctx context.Context, g grant, t Target, fn func(*mutation) error) error {
	var m *mutation
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		m = &mutation{ctx: ctx, tx: tx, account: g.account, name: t.Blob}
		var err error
		if m.container, err = readContainer(tx, t.Account, t.Container); err != nil {
			return err
		}
		if m.base, err = readBase(tx, m.container.instance, t.Blob); err != nil {
			return err
		}
		m.now = s.tick(m.latest())
		m.settle()
		return fn(m)
	})
	if err != nil {
		return fault.Wrap("blob.mutate", g.refuse(ctx, err))
	}
	if !s.Store.Shared() { // other processes may be reading; the sweep waits for them
		s.pins.drop(m.drops)
	}
	return nil
}

// settle brings the blob up to date: what has expired is not there, what was on its way from Archive may have arrived.
func (m *mutation) settle() {
	if m.base == nil {
		return
	}
	if m.base.Expires != 0 && m.base.Expires <= m.now {
		m.base = nil
		return
	}
	m.base.settle(m.now)
}

func (m *mutation) latest() Ticks {
	if m.base == nil {
		return 0
	}
	return max(Ticks(m.base.ETag), m.base.VersionID)
}

// readContainer finds a container that is there.
func readContainer(r store.Reader, account, name string) (*Container, error) {
	item, err := r.Get(keyContainer(account, name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, refuse(fault.NotFound, "ContainerNotFound")
	}
	if err != nil {
		return nil, err
	}
	return decodeContainer(item.Value)
}

// readBase reads the blob of a name as it is now; nil where there is none.
func readBase(r store.Reader, i instance, name string) (*Blob, error) {
	item, err := r.Get(keyBlob(i, name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeBlob(item.Value)
}

// exists refuses where there is no blob.
func (m *mutation) exists() error {
	if m.base == nil {
		return refuse(fault.NotFound, "BlobNotFound")
	}
	return nil
}

// save writes the blob as it is to be, in place: no version is kept.
func (m *mutation) save(b *Blob) error {
	return m.tx.Put(keyBlob(m.container.instance, m.name), b.encode())
}

// touch gives a blob that is about to be saved a new ETag and Last-Modified.
func (m *mutation) touch(b *Blob) {
	b.ETag, b.Modified = ETag(m.now), m.now
}

// keeps reports whether what is there stays, as a version or a softly deleted snapshot, when it is overwritten.
func (m *mutation) keeps() bool {
	return m.base != nil &&
		(m.account.Properties.Versioning || m.base.VersionID != 0 || m.account.Properties.DeleteRetention.Enabled)
}

// replace writes a blob with a content of its own over what is there. What was there is kept as a version where
// versioning is on, as a softly deleted snapshot where that is on, and dropped otherwise, other than the pieces in kept.
func (m *mutation) replace(next *Blob, kept map[content.ID]struct{}) error {
	if err := m.admit(next); err != nil {
		return err
	}
	m.renew(next)
	if m.account.Properties.LastAccessTracking {
		next.LastAccess = m.now // a write is an access as well
	}
	if m.base == nil {
		next.Created = m.now
		if err := m.demoteDeleted(); err != nil {
			return err
		}
		return m.save(next)
	}
	next.Created, next.Lease = m.base.Created, m.base.Lease
	if err := m.mayReplace(); err != nil {
		return err
	}
	old := *m.base
	switch {
	case m.account.Properties.Versioning || old.VersionID != 0:
		if err := m.keepVersion(&old, next); err != nil {
			return err
		}
	case m.account.Properties.DeleteRetention.Enabled:
		old.Snapshot = m.now
		m.softDelete(&old)
		if err := m.tx.Put(keyHistory(m.container.instance, m.name, old.Snapshot, snapshotKind), old.encode()); err != nil {
			return err
		}
	default:
		if err := m.drop(old.Content, kept); err != nil {
			return err
		}
	}
	return m.save(next)
}

// rewrite writes a blob with the content that is there: a change of metadata, which is a version but no overwriting.
func (m *mutation) rewrite(next *Blob) error {
	if err := m.mayChange(m.base); err != nil {
		return err
	}
	if m.account.Properties.Versioning {
		next.Immutability = nil // it is the last version's
	}
	m.renew(next)
	if m.account.Properties.Versioning || m.base.VersionID != 0 {
		old := *m.base
		if err := m.keepVersion(&old, next); err != nil {
			return err
		}
	}
	return m.save(next)
}

// renew gives a blob its name, its moment and, where versioning is on, its version.
func (m *mutation) renew(next *Blob) {
	next.Name = m.name
	m.touch(next)
	next.VersionID = 0
	if m.account.Properties.Versioning {
		next.VersionID = m.now
		m.inherit(next)
	}
}

// demoteDeleted makes a blob that was deleted softly, and whose name is used again, a softly deleted snapshot: that is
// what it is restored as.
func (m *mutation) demoteDeleted() error {
	if !m.account.Properties.DeleteRetention.Enabled {
		return nil
	}
	prefix := prefixHistory(m.container.instance, m.name)
	for item, err := range m.tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		at, kind, err := historyOf(item.Key)
		if err != nil {
			return err
		}
		if kind != deletedKind {
			continue
		}
		b, err := decodeBlob(item.Value)
		if err != nil {
			return err
		}
		b.Snapshot = at
		if err := m.tx.Put(keyHistory(m.container.instance, m.name, at, snapshotKind), b.encode()); err != nil {
			return err
		}
		if err := m.tx.Delete(item.Key); err != nil {
			return err
		}
	}
	return nil
}

// keepVersion writes a base as a previous version. next, where not nil, may share its content.
func (m *mutation) keepVersion(old, next *Blob) error {
	if old.VersionID == 0 {
		old.VersionID = old.Modified // versioning was switched on after it was written
	}
	old.Lease = Lease{}
	if next != nil && next.Content.ID == old.Content.ID {
		next.Content.Shared, old.Content.Shared = true, true
	}
	return m.tx.Put(keyHistory(m.container.instance, m.name, old.VersionID, versionKind), old.encode())
}

// softDelete marks a record as deleted softly.
func (m *mutation) softDelete(b *Blob) {
	days := m.account.Properties.DeleteRetention.Days
	b.Deleted = m.now
	b.Purge = m.now + Ticks(days)*ticksADay
	b.Lease = Lease{}
}

// drop has a content removed that this change lets go. What others may hold is left to the sweep.
func (m *mutation) drop(c Content, kept map[content.ID]struct{}) error {
	if c.Shared {
		return nil
	}
	switch c.Form {
	case Inline:
		return m.tx.Delete(keyData(c.ID))
	case File:
		m.drops = append(m.drops, c.ID)
	case Manifest:
		return m.dropManifest(c.ID, kept)
	}
	return nil // the ranges of a page blob are swept
}

// dropManifest removes a manifest and those of its pieces that are not in kept.
func (m *mutation) dropManifest(id content.ID, kept map[content.ID]struct{}) error {
	prefix := prefixManifest(id)
	for item, err := range m.tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		row, err := decodePieces(item.Value)
		if err != nil {
			return err
		}
		for _, p := range row {
			if _, stays := kept[p.content.ID]; stays {
				continue
			}
			if err := m.drop(p.content, nil); err != nil {
				return err
			}
		}
		if err := m.tx.Delete(item.Key); err != nil {
			return err
		}
	}
	return nil
}
