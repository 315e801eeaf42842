package imds

import (
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
)

// Limits are the rates at which one machine may ask. Azure's are 20 tokens a second, 5 of them at a time, and 5 other
// requests a second. 0 does not limit.
type Limits struct {
	Tokens     int // requests a second to the identity category
	Concurrent int // of those, at the same time
	Others     int // requests a second to the other categories
}

// limiter counts the requests of one machine in the current second.
type limiter struct {
	limits Limits
	clock  clock.Clock

	mu             sync.Mutex
	second         time.Time
	tokens, others int
	running        int
}

func newLimiter(l Limits, c clock.Clock) *limiter {
	if l == (Limits{}) {
		return nil
	}
	return &limiter{limits: l, clock: c}
}

// enter admits a request, or refuses it with 429. The function it returns must be called when the request is over.
func (l *limiter) enter(c category) (release func(), err error) {
	if l == nil {
		return nothing, nil
	}
	identity := c == token || c == info
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.clock.Now().Truncate(time.Second); !now.Equal(l.second) {
		l.second, l.tokens, l.others = now, 0, 0
	}
	if !identity {
		if l.others++; l.limits.Others > 0 && l.others > l.limits.Others {
			return nil, tooMany(false)
		}
		return nothing, nil
	}
	if l.tokens++; l.limits.Tokens > 0 && l.tokens > l.limits.Tokens || l.limits.Concurrent > 0 && l.running >= l.limits.Concurrent {
		return nil, tooMany(true)
	}
	l.running++
	return func() {
		l.mu.Lock()
		l.running--
		l.mu.Unlock()
	}, nil
}

func nothing() {}
