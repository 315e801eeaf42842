package txn

import (
	"bytes"
	"encoding/binary"
)

// list holds what a transaction has written to one index, in the order of keys: a skip list whose nodes lie in one
// slice, so that a million of them are no burden to the garbage collector and whatever was added after a mark can be
// told by its number. Nodes are never removed, only marked.
type list struct {
	nodes []node
	links []uint32 // the towers: at nodes[i].tower is the next node's number at height 0, then 1, …
	tails [maxHeight]uint32
	seed  uint32
	room  []byte // what is left of the chunk for keys and values
	chunk int    // size of the last chunk
	bytes int    // of keys and values kept, dead ones too
	live  int    // nodes that are neither absent nor deleted
	skip  int    // bytes with which all keys begin
}

type node struct {
	head       uint64 // the key's first bytes after those that all have: most comparisons end with them
	key, value []byte
	tower      uint32
	height     uint8
	state      state
}

// state is what a node says of its key.
type state uint8

const (
	absent  state = iota // nothing: the write was undone
	present              // the key has the value
	deleted              // the key is not there, whatever the snapshot says
)

const (
	maxHeight  = 14
	firstChunk = 1 << 10
	lastChunk  = 1 << 18
)

func newList(skip int) *list {
	l := &list{skip: skip, seed: 0x9e3779b9, nodes: make([]node, 1, 8), links: make([]uint32, maxHeight, maxHeight+16)}
	l.nodes[0].height = maxHeight
	return l
}

// keep copies b into the list's memory.
func (l *list) keep(b []byte) []byte {
	if len(b) == 0 {
		return []byte{}
	}
	if len(b) > len(l.room) {
		l.chunk = min(max(2*l.chunk, firstChunk), lastChunk)
		l.room = make([]byte, max(l.chunk, len(b)))
	}
	kept := l.room[:len(b):len(b)]
	copy(kept, b)
	l.room = l.room[len(b):]
	l.bytes += len(b)
	return kept
}

func (l *list) next(n uint32, height int) uint32 { return l.links[l.nodes[n].tower+uint32(height)] }

// head is the start of a key as a number: where two differ, the keys are ordered as they are.
func (l *list) head(key []byte) uint64 {
	if len(key) >= l.skip+8 {
		return binary.BigEndian.Uint64(key[l.skip:])
	}
	h := uint64(0)
	for i := l.skip; i < l.skip+8; i++ {
		h <<= 8
		if i < len(key) {
			h |= uint64(key[i])
		}
	}
	return h
}

// before reports whether a node's key is less than another.
func (n *node) before(head uint64, key []byte) bool {
	if n.head != head {
		return n.head < head
	}
	return bytes.Compare(n.key, key) < 0
}

// find is the number of the first node at or after key, 0 for none. With before, it notes the last node before key at
// each height.
func (l *list) find(key []byte, before *[maxHeight]uint32) uint32 {
	head := l.head(key)
	at, found := uint32(0), uint32(0)
	for h := maxHeight - 1; h >= 0; h-- {
		for {
			n := l.next(at, h)
			if n == 0 || n == found || !l.nodes[n].before(head, key) {
				found = n
				break
			}
			at = n
		}
		if before != nil {
			before[h] = at
		}
	}
	return found
}

// beyond reports whether a key lies behind all others.
func (l *list) beyond(key []byte) bool {
	last := l.tails[0]
	return last == 0 || l.nodes[last].before(l.head(key), key)
}

// get is the number of the node of key, 0 for none.
func (l *list) get(key []byte) uint32 {
	if l.beyond(key) {
		return 0
	}
	if n := l.find(key, nil); n != 0 && bytes.Equal(l.nodes[n].key, key) {
		return n
	}
	return 0
}

// put is the number of the node of key, which it makes where there is none. Keys that come in order cost no search.
func (l *list) put(key []byte) (n uint32, fresh bool) {
	if l.beyond(key) {
		return l.add(key, &l.tails), true
	}
	var before [maxHeight]uint32
	if n := l.find(key, &before); n != 0 && bytes.Equal(l.nodes[n].key, key) {
		return n, false
	}
	return l.add(key, &before), true
}

// add makes a node behind those before it at each height.
func (l *list) add(key []byte, before *[maxHeight]uint32) uint32 {
	height := l.height()
	n := uint32(len(l.nodes))
	l.nodes = append(l.nodes, node{head: l.head(key), key: l.keep(key), tower: uint32(len(l.links)), height: uint8(height)})
	for h := range height {
		link := &l.links[l.nodes[before[h]].tower+uint32(h)]
		after := *link
		*link = n
		l.links = append(l.links, after)
		if after == 0 {
			l.tails[h] = n
		}
	}
	return n
}

// height of a new tower: each is half as frequent as the one below. The numbers need no secret.
func (l *list) height() int {
	l.seed ^= l.seed << 13
	l.seed ^= l.seed >> 17
	l.seed ^= l.seed << 5
	h := 1
	for r := l.seed; r&3 == 0 && h < maxHeight; r >>= 2 {
		h++
	}
	return h
}

// set gives a node another state and counts.
func (l *list) set(n uint32, value []byte, s state) {
	at := &l.nodes[n]
	if at.state == present {
		l.live--
	}
	if s == present {
		l.live++
	}
	at.value, at.state = value, s
}
