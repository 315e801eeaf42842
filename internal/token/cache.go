package token

import (
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"
)

// maxCached bounds the remembered tokens. An entry takes about two kilobytes.
const maxCached = 4096

// cache remembers checked tokens by their hash. The zero cache is ready.
type cache struct {
	mu      sync.RWMutex
	entries map[[sha256.Size]byte]*verified
}

func (c *cache) get(sum [sha256.Size]byte) *verified {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries[sum]
}

// put remembers v. A full cache loses its expired entries, and where that does not help any tenth of the others.
func (c *cache) put(sum [sha256.Size]byte, v *verified, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = make(map[[sha256.Size]byte]*verified)
	}
	if len(c.entries) >= maxCached {
		c.evict(now)
	}
	c.entries[sum] = v
}

func (c *cache) evict(now time.Time) {
	for sum, v := range c.entries {
		if now.Unix() >= v.claims.Expires {
			delete(c.entries, sum)
		}
	}
	for sum := range c.entries { // in Go's random order
		if len(c.entries) <= maxCached*9/10 {
			return
		}
		delete(c.entries, sum)
	}
}

func decodeSegment(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }
