package txn

// maxBytes of writes that a transaction may hold: what one update of the store takes, less the overhead of the batch.
const maxBytes = 240 << 20

// Put gives a key a value. The bytes are copied. The caller holds the lock that the key needs.
func (t *Tx) Put(x *Index, key, value []byte) error {
	return t.write(x, key, value, present)
}

// Delete takes a key away.
func (t *Tx) Delete(x *Index, key []byte) error {
	return t.write(x, key, nil, deleted)
}

func (t *Tx) write(x *Index, key, value []byte, s state) error {
	if t.ended {
		return ErrEnded
	}
	g := t.log(x)
	l := g.to(x)
	before := l.bytes
	g.write(l, key, value, s)
	if x.Table.Space != Stored {
		return t.local.room(l.bytes - before)
	}
	if t.written.Add(int64(l.bytes-before)) > maxBytes {
		return errLogFull()
	}
	return nil
}

// Count notes that a table got n rows, or lost them where n is negative. x is where its rows are: the clustered index
// or the heap.
func (t *Tx) Count(x *Index, n int64) { t.log(x).to(x).delta += n }
