package sts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

const (
	codeLife   = 10 * time.Minute // of an authorization code
	deviceLife = 15 * time.Minute // of a device code
	// pendingKept is how long a code is remembered after its end, so that who uses it late is told why.
	pendingKept = time.Hour
	maxPending  = 4096 // codes of one kind
)

// pending is a code that a client redeems once a user has signed in: an authorization code or a device code. Only a
// hash of the code is kept, as its key.
type pending struct {
	ClientID    string    `json:"client"`
	SignIn      signIn    `json:"signin"` // of nobody until a device code has been approved
	RedirectURI string    `json:"redirect,omitempty"`
	Challenge   string    `json:"challenge,omitempty"` // PKCE (RFC 7636)
	Method      string    `json:"method,omitempty"`    // plain or S256
	Expires     time.Time `json:"expires"`
	Used        bool      `json:"used,omitempty"`
	Device      []byte    `json:"device,omitempty"` // of a user code: the key of its device code
}

// The kinds of pending codes, a part of their keys.
const (
	pendingCode   = "code"
	pendingDevice = "device"
	pendingUser   = "usercode" // what the user types; leads to the device code
)

func pendingKey(kind, code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return store.Key("sts", kind, hex.EncodeToString(sum[:]))
}

// newCode draws the secret that a client will show.
func (s *Service) newCode() (string, error) {
	b, err := s.random(secretSize)
	return "1." + base64.RawURLEncoding.EncodeToString(b), err
}

// addPending writes a new code and forgets those of its kind that are long over.
func addPending(tx store.Tx, kind string, key []byte, p pending, now time.Time) error {
	prefix := store.Prefix("sts", kind)
	live := 0
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		var other pending
		if err := json.Unmarshal(item.Value, &other); err != nil {
			return err
		}
		if now.Before(other.Expires.Add(pendingKept)) {
			live++
		} else if err := tx.Delete(item.Key); err != nil {
			return err
		}
	}
	if live >= maxPending {
		return fault.New(fault.Throttled, "sts.addPending", "", "Too many sign-ins are pending.")
	}
	return putPending(tx, key, p)
}

func putPending(tx store.Tx, key []byte, p pending) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return tx.Put(key, text)
}

func readPending(r store.Reader, key []byte) (pending, bool, error) {
	item, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return pending{}, false, nil
	}
	if err != nil {
		return pending{}, false, err
	}
	var p pending
	err = json.Unmarshal(item.Value, &p)
	return p, err == nil, err
}

// begin is the sign-in of a user who has just shown the password.
func (s *Service) begin(ctx context.Context, u user) (signIn, error) {
	mark, err := s.passwordMark(ctx, u.objectID)
	return signIn{ObjectID: u.objectID, At: s.clock.Now(), Password: mark}, err
}
