package httpx

import (
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/http"
	"sync"
)

// IDs makes request ids: random GUIDs. It reads its source in blocks, since an answer needs up to three of them. It is
// for names of requests, never for secrets.
type IDs struct {
	mu     sync.Mutex
	source io.Reader
	block  [4096]byte
	next   int
	count  uint64
}

// NewIDs returns request ids from random.
func NewIDs(random io.Reader) *IDs {
	ids := &IDs{source: random}
	ids.next = len(ids.block)
	return ids
}

// New is a fresh GUID in lower case (RFC 9562, version 4). Where the source fails it counts instead, so that ids stay
// unique within the process and no request fails for want of a name.
func (ids *IDs) New() string {
	var raw [16]byte
	ids.mu.Lock()
	if ids.next+len(raw) > len(ids.block) {
		if _, err := io.ReadFull(ids.source, ids.block[:]); err == nil {
			ids.next = 0
		}
	}
	if ids.next+len(raw) <= len(ids.block) {
		ids.next += copy(raw[:], ids.block[ids.next:])
	} else {
		ids.count++
		binary.BigEndian.PutUint64(raw[8:], ids.count)
	}
	ids.mu.Unlock()
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80

	var text [36]byte
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:36], raw[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// maxEchoed bounds what a client can make us repeat in an answer and in the log.
const maxEchoed = 128

// Echoed is the request header of that name where it can be repeated in an answer: printable ASCII of at most 128
// characters. Otherwise it is "". key must be in canonical form.
func Echoed(r *http.Request, key string) string {
	values := r.Header[key]
	if len(values) == 0 || len(values[0]) > maxEchoed {
		return ""
	}
	for _, c := range []byte(values[0]) {
		if c < 0x20 || c > 0x7e {
			return ""
		}
	}
	return values[0]
}

// RequestID is the correlation id of the request: the x-ms-correlation-request-id that the client sent, where it can be
// echoed, else a new one.
func RequestID(r *http.Request, ids *IDs) string {
	if id := Echoed(r, "X-Ms-Correlation-Request-Id"); id != "" {
		return id
	}
	return ids.New()
}
