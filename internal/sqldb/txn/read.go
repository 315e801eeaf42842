package txn

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// log is where an index's writes are.
func (t *Tx) log(x *Index) *log {
	switch x.Table.Space {
	case Temporary:
		return &t.local.temporary
	case Variable:
		return &t.local.variable
	}
	return &t.rows
}

// own is what the transaction itself says of a key.
func (t *Tx) own(x *Index, key []byte) (value []byte, s state) {
	l := t.log(x).of(x)
	if l == nil {
		return nil, absent
	}
	n := l.get(key)
	if n == 0 {
		return nil, absent
	}
	return l.nodes[n].value, l.nodes[n].state
}

// Get reads a key as the statement sees it. The value must not be changed.
func (t *Tx) Get(x *Index, key []byte) (value []byte, found bool, err error) {
	if value, s := t.own(x, key); s != absent || x.Table.Space != Stored {
		return value, s == present, nil
	}
	v, err := t.view()
	if err != nil {
		return nil, false, err
	}
	return v.get(key)
}

// Newest reads a key as of the latest commit, under the transaction's own writes: what a unique index and a foreign key
// are checked against. The key's lock is held, so that nobody changes it meanwhile.
func (t *Tx) Newest(x *Index, key []byte) (value []byte, found bool, err error) {
	if value, s := t.own(x, key); s != absent || x.Table.Space != Stored {
		return value, s == present, nil
	}
	v, err := t.fresh(t.engine.table(x.Table))
	if err != nil {
		return nil, false, err
	}
	return v.get(key)
}

func (v *view) get(key []byte) ([]byte, bool, error) {
	item, err := v.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	return item.Value, err == nil, err
}

// version of a key, 0 where it is not there.
func (v *view) version(key []byte) (store.Version, error) {
	item, err := v.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return item.Version, err
}

// unchanged reports whether a key is still what the statement has read or would read.
func (t *Tx) unchanged(x *Index, key []byte) (bool, error) {
	if _, s := t.own(x, key); s != absent {
		return true, nil // it was locked when it was written
	}
	read := t.opened()
	if read == nil {
		return true, nil
	}
	s := t.engine.table(x.Table)
	now, err := t.fresh(s)
	if err != nil || now == read {
		return err == nil, err
	}
	before, err := read.version(key)
	if err != nil {
		return false, err
	}
	after, err := now.version(key)
	return before == after, err
}
