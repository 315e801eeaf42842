package pebble

import "github.com/alcedo-cloud/alcedo/internal/store"

// How much recent keeps: at most twice recentItems, of values that are not longer than recentSize bytes.
const (
	recentItems = 64
	recentSize  = 1 << 10
)

// recent has what updates have read of late. A service that writes a thousand things asks each time for the one that
// they belong to, a container or a vault, and a look-up of a key that was written long ago goes through all levels.
//
// It is used by who has the writer's token only, and is told of every key that is written; so it never differs from
// what is committed.
type recent struct {
	young, old map[string]store.Item
}

// get finds what a key has.
func (r *recent) get(key []byte) (store.Item, bool) {
	if item, ok := r.young[string(key)]; ok {
		return item, true
	}
	item, ok := r.old[string(key)]
	if !ok {
		return store.Item{}, false
	}
	delete(r.old, string(key))
	r.add(item)
	return item, true
}

// note keeps what was read: nobody changes it, as store.Reader says.
func (r *recent) note(item store.Item) {
	if len(item.Value) <= recentSize {
		r.add(item)
	}
}

func (r *recent) add(item store.Item) {
	if r.young == nil || len(r.young) >= recentItems {
		r.young, r.old = r.old, r.young
		clear(r.young)
		if r.young == nil {
			r.young = make(map[string]store.Item, recentItems)
		}
	}
	r.young[string(item.Key)] = item
}

// drop forgets a key that is about to be written.
func (r *recent) drop(key []byte) {
	delete(r.young, string(key))
	delete(r.old, string(key))
}
