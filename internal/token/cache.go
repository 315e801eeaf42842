package token

import (
	"strings"
	"sync"
	"time"
)

// maxCached bounds the remembered tokens. An entry takes about four kilobytes; only tokens that we have signed get in.
const maxCached = 4096

// cache remembers checked tokens by their text. Go's map finds it by a hash with a secret seed and then compares the
// whole, which takes a tenth of the time of a cryptographic digest and leaves no collision to think about; who could
// read the texts in memory could read the signing key as well. The zero cache is ready.
type cache struct {
	mu      sync.RWMutex
	entries map[string]*verified
}

func (c *cache) get(raw string) *verified {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries[raw]
}

// put remembers v. A full cache loses its expired entries, and where that does not help any tenth of the others.
func (c *cache) put(raw string, v *verified, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = make(map[string]*verified)
	}
	if len(c.entries) >= maxCached {
		c.evict(now)
	}
	// A copy, since a header's text is a part of all headers of its request and would keep them alive.
	c.entries[strings.Clone(raw)] = v
}

func (c *cache) evict(now time.Time) {
	for raw, v := range c.entries {
		if now.Unix() >= v.claims.Expires {
			delete(c.entries, raw)
		}
	}
	for raw := range c.entries { // in Go's random order
		if len(c.entries) <= maxCached*9/10 {
			return
		}
		delete(c.entries, raw)
	}
}
