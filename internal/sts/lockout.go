package sts

import (
	"strings"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
)

// Smart lockout as a tenant has it unless configured. Source: learn.microsoft.com, "Protect user accounts from attacks
// with Microsoft Entra smart lockout".
const (
	lockoutThreshold = 10
	lockoutDuration  = time.Minute
	maxLockouts      = 4096 // accounts that are watched
)

// lockout counts wrong passwords, so that guessing is slow.
type lockout struct {
	clock clock.Clock
	mu    sync.Mutex
	wrong map[string]attempts
}

type attempts struct {
	count int
	last  time.Time
}

func newLockout(c clock.Clock) *lockout {
	return &lockout{clock: c, wrong: map[string]attempts{}}
}

// locked reports whether the account may not be tried now.
func (l *lockout) locked(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.wrong[strings.ToLower(name)]
	return a.count >= lockoutThreshold && l.clock.Now().Before(a.last.Add(lockoutDuration))
}

// failed records a wrong password.
func (l *lockout) failed(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name, now := strings.ToLower(name), l.clock.Now()
	if _, ok := l.wrong[name]; !ok && len(l.wrong) >= maxLockouts {
		l.forget(now)
	}
	a := l.wrong[name]
	if now.Sub(a.last) >= lockoutDuration {
		a.count = 0
	}
	l.wrong[name] = attempts{count: a.count + 1, last: now}
}

// forget makes room: first whoever is no longer locked, then anybody.
func (l *lockout) forget(now time.Time) {
	for name, a := range l.wrong {
		if now.Sub(a.last) >= lockoutDuration {
			delete(l.wrong, name)
		}
	}
	for name := range l.wrong {
		if len(l.wrong) < maxLockouts {
			return
		}
		delete(l.wrong, name)
	}
}

// succeeded forgets the account's wrong passwords.
func (l *lockout) succeeded(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.wrong, strings.ToLower(name))
}
