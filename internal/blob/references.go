package blob

import (
	"bytes"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// references are the IDs that records hold: of inline contents and files, of manifests, of layers. 16 bytes each, sorted
// before they are asked, so that a million blobs cost some tens of megabytes while a sweep lasts.
type references struct{ ids []content.ID }

func (r *references) add(id content.ID) { r.ids = append(r.ids, id) }

func (r *references) sort() {
	slices.SortFunc(r.ids, compareIDs)
	r.ids = slices.Compact(r.ids)
}

func (r *references) has(id content.ID) bool {
	_, ok := slices.BinarySearchFunc(r.ids, id, compareIDs)
	return ok
}

func compareIDs(a, b content.ID) int { return bytes.Compare(a[:], b[:]) }

// refer collects all that is referenced, as r sees it.
func refer(r store.Reader) (*references, error) {
	refs := &references{}
	dead, err := deadInstances(r)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"b", "h"} {
		err := scanRecords(r, table, func(i instance, item store.Item) error {
			if dead[i] {
				return nil
			}
			b, err := decodeBlob(item.Value)
			if err == nil && b.Content.Form != NoContent {
				refs.add(b.Content.ID)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if err := referBlocks(r, dead, refs); err != nil {
		return nil, err
	}
	refs.sort()
	if err := referLayers(r, refs); err != nil {
		return nil, err
	}
	if err := referPieces(r, refs); err != nil {
		return nil, err
	}
	refs.sort()
	return refs, nil
}

// deadInstances are those whose containers are gone: what their records hold is held by nobody.
func deadInstances(r store.Reader) (map[instance]bool, error) {
	dead := map[instance]bool{}
	prefix := store.Prefix("blob", "x")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		if len(item.Key) != len(prefix)+instanceSize {
			return nil, errKey
		}
		dead[instance(item.Key[len(prefix):])] = true
	}
	return dead, nil
}

func scanRecords(r store.Reader, table string, f func(instance, store.Item) error) error {
	prefix := store.Prefix("blob", table)
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		if len(item.Key) < len(prefix)+instanceSize {
			return errKey
		}
		if err := f(instance(item.Key[len(prefix):len(prefix)+instanceSize]), item); err != nil {
			return err
		}
	}
	return nil
}

// referBlocks collects what blocks hold that wait for a block list. Headers and blocks lie together, and are told apart
// by what they decode as.
func referBlocks(r store.Reader, dead map[instance]bool, refs *references) error {
	return scanRecords(r, "u", func(i instance, item store.Item) error {
		if dead[i] {
			return nil
		}
		row, err := decodePieces(item.Value)
		if err != nil {
			if _, headerErr := decodeStaged(item.Value); headerErr == nil {
				return nil
			}
			return err
		}
		for _, p := range row {
			refs.add(p.content.ID)
		}
		return nil
	})
}

// referLayers collects the layers below those that are held, and what the extents of all of them hold.
func referLayers(r store.Reader, refs *references) error {
	prefix := store.Prefix("blob", "pl")
	held := len(refs.ids)
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		id, err := idOf(item.Key, len(prefix))
		if err != nil {
			return err
		}
		if !(&references{refs.ids[:held]}).has(id) {
			continue
		}
		chain, err := layers(r, id)
		if err != nil {
			return err
		}
		refs.ids = append(refs.ids, chain[1:]...)
	}
	refs.sort()
	prefix = store.Prefix("blob", "p")
	alive := &references{refs.ids[:len(refs.ids):len(refs.ids)]}
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		id, err := idOf(item.Key, len(prefix))
		if err != nil {
			return err
		}
		if !alive.has(id) {
			continue
		}
		e, err := decodeExtent(item.Key, item.Value)
		if err != nil {
			return err
		}
		if e.form == File {
			refs.add(e.id)
		}
	}
	refs.sort()
	return nil
}

// referPieces collects what the manifests that are held hold.
func referPieces(r store.Reader, refs *references) error {
	prefix := store.Prefix("blob", "m")
	alive := &references{refs.ids[:len(refs.ids):len(refs.ids)]}
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		id, err := idOf(item.Key, len(prefix))
		if err != nil {
			return err
		}
		if !alive.has(id) {
			continue
		}
		row, err := decodePieces(item.Value)
		if err != nil {
			return err
		}
		for _, p := range row {
			refs.add(p.content.ID)
		}
	}
	return nil
}

func idOf(key []byte, at int) (content.ID, error) {
	if len(key) < at+content.IDSize {
		return content.ID{}, errKey
	}
	return content.ID(key[at : at+content.IDSize]), nil
}
